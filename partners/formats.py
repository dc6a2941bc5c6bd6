"""The files that spreadsheets come in and go out as.

Whatever the file, the rest of the program sees the same: rows of text. So a cell means what it shows: a
date that Excel shows as a month is a month.
"""

import csv
import io
import re
from datetime import date, datetime

import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import Format
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
WIDEST_COLUMN = 60
LONGEST_CELL = 32_767  # beyond this, Excel has no room and openpyxl cuts in silence


class UnreadableError(ValueError):
    """Says to the officer why a file cannot be read and what to do instead."""


class Table(Format):
    """Any spreadsheet that is understood, recognised by its content and never by its name."""

    def __init__(self, encoding=None):
        # The package offers an encoding; the content tells.
        super().__init__()

    def get_title(self):
        return "XLSX, CSV"

    def can_import(self):
        return True

    def create_dataset(self, in_stream):
        """The rows of the file as text; raises UnreadableError."""
        if in_stream.startswith(b"PK"):
            rows = read_workbook(in_stream)
        elif in_stream.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableError(
                _("This is an old or encrypted Excel file. Save it as XLSX without a password.")
            )
        else:
            rows = read_text(in_stream)
        filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
        if not filled:
            raise UnreadableError(_("The file is empty."))
        headers = [header.strip() for header in filled[0][1]]
        while not headers[-1]:
            headers.pop()
        dataset = tablib.Dataset(headers=headers)
        for number, row in filled[1:]:
            if any(row[len(headers) :]):
                problem = _(
                    "Row %(row)d has more cells than there are columns. Check separators and quotation marks."
                )
                raise UnreadableError(problem % {"row": number})
            dataset.append([*row, *[""] * len(headers)][: len(headers)])
        return dataset


def read_workbook(content):
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [[shown(cell) for cell in row] for row in book.active.iter_rows()]
    except Exception as error:
        # What openpyxl raises for a broken file is of every kind.
        raise UnreadableError(
            _("The file is damaged or no XLSX. Open it in Excel and save it as XLSX.")
        ) from error


def shown(cell):
    """The text that `cell` stands for; a date at the precision that the cell shows."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date):
        pattern = cell.number_format.lower()
        return (
            f"{value:%Y-%m-%d}" if "d" in pattern else f"{value:%Y-%m}" if "m" in pattern else f"{value:%Y}"
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_text(content):
    text = decoded(content)
    header = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [[restored(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise UnreadableError(
            _("A quotation mark in the file is not closed. Save it again as CSV or XLSX.")
        ) from error


def decoded(content):
    """The text of a CSV file: Unicode if it is that, or else what Latvian Windows writes."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1257"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(_("The letters of the file cannot be read. Save it as “CSV UTF-8” or XLSX."))


def guarded(text):
    """`text` so that Excel does not take it for a formula."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def restored(text):
    """What `guarded` made its argument of."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


class CSV(Format):
    """CSV as Excel reads it: UTF-8 with a byte order mark."""

    delimiter = ","

    def get_title(self):
        return _("CSV (comma)")

    def get_extension(self):
        return "csv"

    def get_content_type(self):
        return "text/csv; charset=utf-8"

    def can_export(self):
        return True

    def export_data(self, dataset, **kwargs):
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=self.delimiter)
        writer.writerow(dataset.headers)
        writer.writerows([guarded(str(cell)) for cell in row] for row in dataset)
        return file.getvalue().encode("utf-8-sig")


class SemicolonCSV(CSV):
    """CSV as Latvian Excel opens it by a double click."""

    delimiter = ";"

    def get_title(self):
        return _("CSV (semicolon, for Latvian Excel)")


class XLSX(Format):
    """A workbook of text cells: nothing in it is a formula, and what is typed into it stays as typed.

    Raises ValueError, with a sentence for the officer, for a text longer than a cell can be.
    """

    def get_title(self):
        return "XLSX"

    def get_extension(self):
        return "xlsx"

    def get_content_type(self):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def can_export(self):
        return True

    def export_data(self, dataset, **kwargs):
        book = Workbook()
        sheet = book.active
        for number, row in enumerate([dataset.headers, *dataset], start=1):
            for column, text in enumerate(map(str, row), start=1):
                if len(text) > LONGEST_CELL:
                    problem = _(
                        "XLSX cannot hold the text of “%(column)s” in the row “%(row)s”. Export it as CSV."
                    )
                    raise ValueError(problem % {"column": dataset.headers[column - 1], "row": row[0]})
                cell = sheet.cell(number, column, text)
                cell.data_type, cell.number_format = "s", "@"
        for column, values in enumerate(zip(dataset.headers, *dataset, strict=True), start=1):
            widest = max(len(line) for value in values for line in str(value).split("\n"))
            sheet.column_dimensions[get_column_letter(column)].width = min(widest, WIDEST_COLUMN) + 2
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = sheet.dimensions
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()
