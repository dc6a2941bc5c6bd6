from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from partners.backups.archive import BackupError
from partners.backups.restoring import restore


class Command(BaseCommand):
    requires_system_checks = ()  # of the program, which the service makes when it starts

    help = (
        "Restores a backup into an empty database and an empty storage of documents; anything else it "
        "refuses, and a damaged backup too. Exit codes: 0 done, 1 not possible."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path)

    def handle(self, *, source, **options):
        try:
            manifest = restore(source)
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Nothing was restored: {error.strerror or error}") from error
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(f"restored: {rows} rows, {len(manifest['documents'])} documents")
