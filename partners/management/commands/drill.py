from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from partners.backups.archive import BackupError, opened
from partners.backups.drill import differences
from partners.backups.making import make


class Command(BaseCommand):
    requires_system_checks = ()  # they connect since Django 6, and SQLite would make the file

    help = (
        "Proves that a backup restores: makes one, or takes that at SOURCE, restores it into a temporary "
        "database and folder, and compares every row and every document. Exit codes: 0 all the same, "
        "1 something differs or is not possible."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, nargs="?", help="a backup; without it, one is made")

    def handle(self, *, source, **options):
        with TemporaryDirectory() as folder:
            folder = Path(folder)
            try:
                if not source:
                    source = folder / "backup.zip"
                    make(source)
                with opened(source) as before:
                    found = list(differences(source.resolve(), before, folder))
            except (BackupError, DatabaseError) as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"The drill could not be held: {error}") from error
        for difference in found:
            self.stderr.write(difference)
        if found:
            raise CommandError("What was restored is not what was backed up.")
        _archive, manifest = before
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(
            f"restored and compared: {rows} rows in {len(manifest['tables'])} tables, "
            f"{len(manifest['documents'])} documents: all the same"
        )
