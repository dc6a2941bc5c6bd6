"""Writing Excel workbooks."""

import re
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from ...partial_dates import PartialDate
from .. import export_time
from ..guarding import guarded_again
from ..table import Format
from .reading import FIRST_DATE

WIDEST_COLUMN = 60
LONGEST_CELL = 32_767  # beyond this, Excel has no room


class XLSX(Format):
    """A workbook in which nothing is a formula, and what is typed into it stays as typed.

    Cells are text, but for whole numbers and full dates.
    """

    title = "XLSX"
    extension = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    several_sheets = True

    def write(self, file, sheets):
        book = Workbook(file, {"constant_memory": True})
        # The same content makes the same file, whenever it is written.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.heading = book.add_format({"num_format": "@", "bold": True, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.number = book.add_format({"valign": "top"})
        taken = set()
        for sheet in sheets:
            if exported_at := sheet.exported_at():
                export_time.add_to_workbook(book, exported_at)
            self.write_sheet(book.add_worksheet(free_title(sheet.title, taken)), sheet)
        book.close()

    def write_sheet(self, page, sheet):
        widths = [len(str(heading)) for heading in sheet.headings]
        page.freeze_panes(1, 1)
        for place, heading in enumerate(sheet.headings):
            page.write_string(0, place, str(heading), self.heading)
        number = 0
        for number, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                if cell is None or cell == "":
                    page.write_blank(number, place, None, self.text)
                    continue
                if isinstance(cell, str):
                    self.write_text(page, number, place, cell, sheet, row)
                else:
                    page.write_number(number, place, cell, self.number)
                if widths[place] < WIDEST_COLUMN:
                    widths[place] = max(widths[place], longest_line(str(cell)))
        for place, width in enumerate(widths):
            page.set_column(place, place, min(width, WIDEST_COLUMN) + 2, self.text)
        if number:
            page.autofilter(0, 0, number, len(widths) - 1)

    def write_text(self, page, number, place, text, sheet, row):
        if type(text) is PartialDate and text.day and text >= FIRST_DATE:
            page.write_datetime(number, place, date.fromisoformat(text), self.date)
        elif len(text) > LONGEST_CELL:
            problem = _("XLSX cannot hold the text of “%(column)s” in the row “%(row)s”. Export it as CSV.")
            raise ValueError(problem % {"column": sheet.headings[place], "row": row[0]})
        else:
            page.write_string(number, place, guarded_again(text), self.text)


def longest_line(text):
    return len(text) if "\n" not in text else max(map(len, text.split("\n")))


def free_title(title, taken):
    """A title that Excel accepts for a sheet and that is not `taken` yet."""
    stem = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "1"
    title = next(
        name for name in (stem, *(f"{stem} {n}" for n in range(2, 100))) if name.casefold() not in taken
    )
    taken.add(title.casefold())
    return title
