"""What a backup and the drill cost, with a document to every tenth agreement."""

from io import StringIO
from pathlib import Path

from .registers import attach, fill
from .running import report, timed


def bench_backup(count, folder):
    from django.core.management import call_command

    fill(count)
    attach(count // 10)
    target = Path(folder, "backup.zip")
    backup_time, _ = timed(lambda: call_command("backup", target, stdout=StringIO()))
    drill_time, _ = timed(lambda: call_command("drill", stdout=StringIO()))
    report(
        f"backup of {count} agreements and {count // 10} documents: {backup_time:.1f} s, {mebibytes(target)} MiB"
    )
    report(f"  the drill: backup, restore elsewhere, comparison of every row and file: {drill_time:.1f} s")


def mebibytes(path):
    return round(path.stat().st_size / 2**20)
