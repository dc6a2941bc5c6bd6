import io
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError
from django.db import InternalError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.formats import UnreadableError, read, read_export_time
from partners.imports import BusyError, Plan, StaleError, apply
from partners.imports.newer_edits import sentence_about
from partners.imports.rows import Outcome
from partners.models import CooperationField, SpreadsheetImport
from partners.resources import SPREADSHEETS, resource_for
from partners.resources.widgets import SEPARATOR
from partners.roles import may

BAR = 40  # characters


def answer_of(text):
    row, _sign, key = text.partition("=")
    return int(row), key


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
        parser.add_argument(
            "--replace-newer",
            action="store_true",
            help="also write over what was changed in the register after the file was exported",
        )
        parser.add_argument(
            "--accept-encoding",
            action="store_true",
            help="also import a text file with words that may have been read in the wrong encoding; "
            "--dry-run names them",
        )
        parser.add_argument(
            "--answer",
            type=answer_of,
            action="append",
            default=[],
            metavar="ROW=KEY",
            help="which record a row is about, where the import asks; KEY is - for one that is not there yet,"
            " + for the one that it asks about; ROW is 0 for all rows",
        )
        parser.add_argument("--user", help="the account that the history names, and whose permissions apply")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(
        self,
        *,
        records,
        file,
        dry_run,
        create_fields,
        replace_newer,
        accept_encoding,
        answer,
        user,
        language,
        verbosity,
        **options,
    ):
        with translation.override(language):
            user = user and self.account(user)
            try:
                content = file.read_bytes()
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
            shows_progress = verbosity > 0 and self.stderr.isatty()
            model = SPREADSHEETS[records]
            if not may(user, "import", model):
                raise CommandError(
                    _("The account “%(name)s” may not import these records.") % {"name": user}, returncode=2
                )
            answers = dict(answer)
            plan = self.plan(model, content, (), user, shows_progress, answers)
            if create_fields and plan.needs_only_fields and may(user, "add", CooperationField):
                plan = self.plan(model, content, plan.unknown_fields, user, shows_progress, answers)
            for note in plan.notes:
                self.stderr.write(note)
            for problem in sorted(plan.problems, key=lambda problem: problem.row):
                place = [str(problem.row), problem.column, problem.value[:100]]
                self.stderr.write(": ".join([*filter(None, place), problem.sentence]))
            counts = {outcome: plan.counts[outcome] for outcome in Outcome}
            self.stdout.write(", ".join(f"{outcome}: {count}" for outcome, count in counts.items()))
            if plan.problems:
                raise CommandError(_("Nothing was imported."))
            self.report_rows_without_record(plan)
            self.report_losses(plan)
            self.report_newer_edits(plan)
            if plan.has_changes and plan.has_doubtful_words and not (accept_encoding or dry_run):
                raise CommandError(
                    _(
                        "Nothing was imported. If the letters of the file were read correctly, use "
                        "--accept-encoding; if not, save it as “CSV UTF-8” or XLSX."
                    )
                )
            if plan.newer_edits and not (replace_newer or dry_run):
                raise CommandError(
                    _("Nothing was imported. To replace what is newer than the file, use --replace-newer.")
                )
            if plan.has_changes and not dry_run:
                self.apply(plan, file.name, content, user)

    def report_rows_without_record(self, plan):
        if rows := plan.without_record:
            sentence = ngettext(
                "%(count)d row names a partner and no agreement, so none is made of it: %(rows)s.",
                "%(count)d rows name a partner and no agreement, so none is made of them: %(rows)s.",
                len(rows),
            )
            self.stdout.write(sentence % {"count": len(rows), "rows": ", ".join(map(str, rows))})
        if plan.passed_over:
            columns = ", ".join(f"{name} ({count})" for name, count in plan.passed_over.items())
            sentence = _("What such rows hold in other columns is not imported either: %(columns)s.")
            self.stdout.write(sentence % {"columns": columns})

    def report_losses(self, plan):
        """Say how many values, entries of lists and parts of texts the register loses, and show them."""
        if not plan.lost:
            return
        sentence = ngettext(
            "%(count)d value, list entry or part of a text is removed from the register:",
            "%(count)d values, list entries or parts of texts are removed from the register:",
            plan.lost,
        )
        self.stdout.write(sentence % {"count": plan.lost})
        for row in plan.rows:
            for change, loss in row.losses_by_change() if row.losses else ():
                if loss:
                    what = SEPARATOR.join(loss.entries) or f"{change.old} → {change.new}".rstrip()
                    self.stdout.write(f"  {row.number}: {row.slug}: {change.column}: {what}")

    def report_newer_edits(self, plan):
        """Say on standard error which cells were changed since the file was exported, when and by whom."""
        for row in plan.rows:
            for column, edit in row.newer_edits.items():
                what = f"{row.number}: {row.slug}: {column}"
                self.stderr.write(f"{what}: {sentence_about(edit)}")

    def account(self, name):
        User = get_user_model()  # noqa: N806 a class
        try:
            return User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no account “{name}”.", returncode=2) from None

    def plan(self, model, content, creating, user, shows_progress, answers):
        try:
            table = read(io.BytesIO(content))
            if shows_progress:
                total = sum(1 for _row in read(io.BytesIO(content)).rows)
                table = table._replace(rows=self.progress(table.rows, total))
            return Plan(resource_for(model), table, creating, user, read_export_time(content), answers)
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

    def apply(self, plan, file_name, content, user):
        try:
            apply(plan, SpreadsheetImport.objects.made_from(plan.model, file_name, content, user, plan.seen))
        except BusyError as error:
            raise CommandError(
                _("Others are changing the register just now. Wait a moment and try again.")
            ) from error
        except StaleError as error:
            sentence = _("Nothing was imported: others have just changed %(keys)s.") % {"keys": error}
            raise CommandError(sentence) from error
        except (
            OperationalError,
            InternalError,
        ) as error:  # a full disk, a database that is away or read-only
            raise CommandError(
                _("Nothing was imported. The database says: %(text)s") % {"text": error}
            ) from error
