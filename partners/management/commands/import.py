from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from partners.formats import UnreadableError, read
from partners.imports import Plan, StaleError, apply
from partners.imports.plan import Outcome
from partners.models import SpreadsheetImport
from partners.resources import SPREADSHEETS, resource_for

BAR = 40  # characters


class Command(BaseCommand):
    """Replaces the command of django-import-export, which knows neither our rules nor the history."""

    help = (
        "Imports a spreadsheet by the rules of the admin: whole or not at all. "
        "Exit codes: 0 done, 1 refused (the reasons go to standard error), 2 wrong use."
    )

    def add_arguments(self, parser):
        parser.add_argument("records", choices=SPREADSHEETS, help="what the rows are about")
        parser.add_argument("file", type=Path, help="XLSX, ODS, CSV or exported JSON")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--create-fields", action="store_true", help="create the fields of cooperation that are unknown"
        )
        parser.add_argument("--user", help="the account that the history names")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(self, *, records, file, dry_run, create_fields, user, language, verbosity, **options):
        with translation.override(language):
            user = user and self.account(user)
            shows_progress = verbosity > 0 and self.stderr.isatty()
            plan = self.plan(records, file, (), shows_progress)
            if create_fields and plan.needs_only_fields:
                plan = self.plan(records, file, list(plan.unknown_fields), shows_progress)
            for problem in sorted(plan.problems, key=lambda problem: problem.row):
                place = [str(problem.row), problem.column, problem.value[:100]]
                self.stderr.write(": ".join([*filter(None, place), problem.sentence]))
            counts = {outcome: plan.counts[outcome] for outcome in Outcome}
            self.stdout.write(", ".join(f"{outcome}: {count}" for outcome, count in counts.items()))
            if plan.problems:
                raise CommandError(_("Nothing was imported."))
            if plan.has_changes and not dry_run:
                self.apply(plan, records, file, user)

    def account(self, name):
        User = get_user_model()  # noqa: N806 a class
        try:
            return User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no account “{name}”.", returncode=2) from None

    def plan(self, records, path, creating, shows_progress):
        try:
            with path.open("rb") as file:
                table = read(file)
                if shows_progress:
                    with path.open("rb") as again:
                        total = sum(1 for _row in read(again).rows)
                    table = table._replace(rows=self.progress(table.rows, total))
                return Plan(resource_for(SPREADSHEETS[records]), table, creating)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
        except UnreadableError as error:
            raise CommandError(str(error)) from error

    def progress(self, rows, total):
        """`rows`, with a bar on standard error that grows as they are taken."""
        for number, row in enumerate(rows, start=1):
            if number % 500 == 0 or number == total:
                done = BAR * number // total
                self.stderr.write(f"\r[{'#' * done}{'.' * (BAR - done)}] {number}/{total}", ending="")
            yield row
        self.stderr.write("")

    def apply(self, plan, records, path, user):
        content = path.read_bytes()
        waiting = SpreadsheetImport.objects.create(
            subject=plan.model._meta.model_name,
            file_name=path.name[-255:],
            checksum=sha256(content).hexdigest(),
            content=content,
            seen=plan.seen,
            imported_by=user,
        )
        try:
            apply(plan, waiting)
        except StaleError as error:
            waiting.delete()
            raise CommandError(
                _("Nothing was imported: the register has changed since the preview.")
            ) from error
