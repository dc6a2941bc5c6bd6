from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from partners.backups.archive import BackupError, file_for
from partners.backups.making import make
from partners.models.query_statistics import update_statistics


class Command(BaseCommand):
    requires_system_checks = ()  # they connect since Django 6, and SQLite would make the file

    help = (
        "Writes the register, its history, its accounts and its documents into one file, while people go on "
        "working. Refused are a database without the register and a register whose documents are away. "
        "Exit codes: 0 done, 1 not possible, or files of documents were missing or damaged already."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "target",
            type=Path,
            help="a file that ends in .zip, or a folder for a file named after this moment",
        )

    def handle(self, *, target, **options):
        try:
            target = file_for(target, f"twinning-{timezone.now():%Y%m%dT%H%M%SZ}.zip")
            manifest = make(target)
            update_statistics()  # each night, of a register that has grown record by record
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or target}: {error.strerror or error}") from error
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(f"{target}: {rows} rows, {len(manifest['documents'])} documents")
        if manifest["lost"]:
            raise CommandError(
                "The backup is made, but files of documents are missing or damaged: "
                f"{', '.join(manifest['lost'])}. Put them back from an earlier backup."
            )
