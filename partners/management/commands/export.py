from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone, translation

from partners.accounts.audit import note
from partners.exports import EXCHANGE, has_several_sheets, sheets
from partners.formats import CSV, JSON, ODS, XLSX, SemicolonCSV
from partners.reports import REPORTS, reports_for
from partners.resources import SPREADSHEETS

FORMATS = {"xlsx": XLSX, "csv": CSV, "csv-semicolon": SemicolonCSV, "ods": ODS, "json": JSON}


class Command(BaseCommand):
    """Replaces the command of django-import-export, which loads every record before it writes the first."""

    help = "Exports records as a spreadsheet. Exit codes: 0 done, 1 not possible, 2 wrong use."

    def add_arguments(self, parser):
        parser.add_argument("records", choices=SPREADSHEETS, help="what the rows are about")
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, help="if the name of the file does not say it")
        parser.add_argument("--report", choices=REPORTS, default=EXCHANGE, help="for people, not for import")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(self, *, records, file, format, report, language, **options):  # noqa: A002 the option's name
        file_format = FORMATS.get(format or file.suffix.lower().removeprefix("."))
        if not file_format:
            raise CommandError(f"Choose a --format: {', '.join(FORMATS)}.", returncode=2)
        if has_several_sheets(report) and not file_format.several_sheets:
            raise CommandError("This report has several sheets: choose xlsx or ods.", returncode=2)
        model = SPREADSHEETS[records]
        if report != EXCHANGE and report not in reports_for(model):
            raise CommandError(f"Choose one of these reports: {', '.join(reports_for(model))}.", returncode=2)
        draft = file.with_name(f".{file.name}.part")
        try:
            with translation.override(language), draft.open("wb") as stream:
                file_format().write(stream, sheets(model.objects.all(), report, timezone.localdate()))
            draft.replace(file)
            note("export", records=model._meta.model_name, content=report)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        finally:
            draft.unlink(missing_ok=True)
