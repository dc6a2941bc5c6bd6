"""A backup is restored elsewhere, by the program itself, and compared with what it was made from."""

import os
import subprocess  # nosec B404 # runs manage.py
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.crypto import get_random_string

from .archive import BackupError, opened


def differences(source, before, folder):
    """What is not the same once `source`, opened as `before`, was restored in `folder`, a sentence each."""
    again = folder / "again.zip"
    with empty_place(folder) as environment:
        manage(environment, "restore", source)
        manage(environment, "backup", again)
    with opened(again) as after:
        if before[1]["migrations"] != after[1]["migrations"]:
            raise BackupError(
                f"{source} was made by an earlier version of this program: it was restored and brought up to "
                "date, and cannot be compared row by row any more."
            )
        yield from different_tables(before, after)
        yield from different_documents(before, after)


@contextmanager
def empty_place(folder):
    """The environment of an installation with a database and a storage of its own."""
    elsewhere = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DOCUMENT_STORAGE": "",
        "DOCUMENT_STORAGE_OPTIONS": "{}",
    }
    if connection.vendor == "sqlite":
        yield {**elsewhere, "DATABASE_URL": ""}
        return
    name = f"twinning_drill_{get_random_string(12, 'abcdefghijklmnopqrstuvwxyz')}"
    with connection._nodb_cursor() as cursor:
        try:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except DatabaseError as error:
            raise BackupError(
                f"No database for the drill can be made ({error}). Let the account make databases "
                "(ALTER ROLE … CREATEDB), or run the drill on another machine."
            ) from error
    server = urlsplit(os.environ["DATABASE_URL"])
    try:
        yield {**elsewhere, "DATABASE_URL": server._replace(path=f"/{name}").geturl()}
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def manage(environment, *arguments):
    command = [sys.executable, Path(settings.BASE_DIR, "manage.py"), *arguments]
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 # nosec B603
    if outcome.returncode:
        raise BackupError(f"{arguments[0]} failed: {outcome.stderr.strip()}")


def different_tables(before, after):
    restored = {table["model"]: table for table in after[1]["tables"]}
    for table in before[1]["tables"]:
        other = restored[table["model"]]
        if (table["sha256"], table["last_key"]) != (other["sha256"], other["last_key"]):
            with before[0].open(table["part"]) as old, after[0].open(other["part"]) as new:
                number = len(set(old) ^ set(new))
            yield f"{table['model']}: {table['rows']} rows were {other['rows']} then, {number} lines differ"


def different_documents(before, after):
    old, new = (
        {part["name"]: part["sha256"] for part in manifest["documents"]} for _, manifest in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"document {name} is not the same"
