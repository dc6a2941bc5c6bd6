"""What spreadsheets and searches cost, measured: ``make bench``, or ``python -m tests.bench --help``.

Ratios are taken within one run, because machines differ. The yardsticks are django-import-export as it comes
(row by row; measured on fewer rows and multiplied, since its cost grows with their number), csv.writer and
XlsxWriter. Everything happens in a database of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from .backups import bench_backup
from .exports import bench_export
from .imports import bench_import, bench_memory, bench_saves, saver
from .limits import bench_limits
from .pages import bench_cold, bench_desk, bench_search
from .running import ROOT, report, start
from .serving import bench_serving

PARTS = {
    "import": bench_import,
    "saves": bench_saves,
    "memory": bench_memory,
    "export": bench_export,
    "search": bench_search,
    "cold": bench_cold,
    "desk": bench_desk,
    "serving": bench_serving,
    "limits": bench_limits,
    "backup": bench_backup,
}
IN_A_FOLDER = (bench_saves, bench_backup)
DEFAULT = (
    ("import", 10_000),
    ("saves", 10_000),
    ("memory", 10_000),
    ("memory", 20_000),
    ("export", 100_000),
    ("search", 100_000),
    ("cold", 100_000),
    ("desk", 20_000),
    ("serving", 0),
    ("limits", 0),
    ("backup", 10_000),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="?", choices=PARTS, help="all of them unless one is named")
    parser.add_argument("rows", nargs="?", type=int, default=10_000)
    parser.add_argument("--saver", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.saver:
        start(options.saver)
        saver()
    elif options.part:
        with tempfile.TemporaryDirectory() as folder:
            start(folder)
            bench(PARTS[options.part], options.rows, folder)
    else:
        # Each in a process and a database of its own, so that none pays for what another left behind.
        for part, rows in DEFAULT:
            subprocess.run([sys.executable, "-m", "tests.bench", part, str(rows)], cwd=ROOT, check=True)


def bench(part, rows, folder):
    """Run one part in an empty database that holds the register."""
    from django.core.management import call_command
    from django.db import connection

    on_server = connection.vendor == "postgresql"
    if on_server:
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        os.environ["DATABASE_URL"] = f"{server}/{name}"  # for the processes that this one starts
    else:
        call_command("migrate", verbosity=0)
    report(f"— {connection.vendor}")
    call_command("loaddata", "daugavpils", verbosity=0)
    try:
        part(rows, folder) if part in IN_A_FOLDER else part(rows)
    finally:
        if on_server:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
