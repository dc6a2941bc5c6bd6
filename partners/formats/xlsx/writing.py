"""Writing Excel workbooks, piece by piece: ECMA-376, SpreadsheetML."""

import re
from datetime import date
from xml.sax.saxutils import escape  # nosec B406 # parses nothing

from django.utils.translation import gettext as _

from ...partial_dates import PartialDate
from ..days import Day, day_style
from ..export_time import export_time, workbook_properties
from ..guarding import guarded_again
from ..layout import Layout
from ..table import column_letters
from ..writing import ArchiveFormat
from . import package
from .reading import FIRST_DATE
from .styles import Style, styles

LONGEST_CELL = 32_767  # beyond this, Excel has no room
LONGEST_HEADER = 255
EPOCH = date(1899, 12, 30)
ROWS_AT_ONCE = 200
# What XML has no way to write, or would read as something else, and what looks like such an escape.
UNWRITABLE = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
TO_ESCAPE = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff&<>_]")


class XLSX(ArchiveFormat):
    """A workbook in which nothing is a formula, and what is typed into it stays as typed.

    Cells are text, but for whole numbers and full dates.
    """

    title = "XLSX"
    extension = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def parts(self, sheets):
        texts = [sheet.page_text() for sheet in sheets]
        pages = [
            Page(sheet, name, text) for sheet, name, text in zip(sheets, titles(sheets), texts, strict=True)
        ]
        exported_at = export_time(sheets)
        properties = {"docProps/core.xml": package.core(texts[0].title)}
        if exported_at:
            properties["docProps/custom.xml"] = workbook_properties(exported_at)
        yield "[Content_Types].xml", [package.content_types(len(pages), properties).encode()]
        yield "_rels/.rels", [package.relations(properties).encode()]
        for name, content in properties.items():
            yield name, [content.encode()]
        yield "xl/_rels/workbook.xml.rels", [package.workbook_relations(len(pages)).encode()]
        yield "xl/styles.xml", [styles(day_style().number_format).encode()]
        for number, page in enumerate(pages, start=1):
            yield f"xl/worksheets/sheet{number}.xml", page.pieces()
        yield "xl/workbook.xml", [package.workbook(pages).encode()]


class Page:
    """One sheet of a workbook. How many rows it has is known once its pieces are written."""

    def __init__(self, sheet, name, text):
        self.sheet, self.name, self.text = sheet, name, text
        self.last_column = column_letters(len(sheet.headings) - 1)
        self.row_count = 0

    @property
    def filter_area(self):
        """The corners of the table, headings included; None where there is nothing to filter."""
        return ("A", 1, self.last_column, self.row_count + 1) if self.row_count else None

    def pieces(self):
        sheet = self.sheet
        layout = Layout.of(sheet.headings, sheet.rows, sheet.upright_from)
        yield package.beginning(layout.widths, Style.BLANK).encode()
        letters = [column_letters(place) for place in range(len(sheet.headings))]
        upright = len(sheet.headings) if sheet.upright_from is None else sheet.upright_from
        headings = "".join(
            text_cell(f"{letter}1", str(heading), Style.UPRIGHT if place >= upright else Style.HEADING)
            for place, (letter, heading) in enumerate(zip(letters, sheet.headings, strict=True))
        )
        yield row_element(1, layout.heading_height(sheet.headings, sheet.upright_from), headings).encode()
        held = []
        for row, is_total in sheet._replace(rows=layout.rows).body():
            self.row_count += 1
            cells = self.cells(row, letters, self.row_count + 1, is_total)
            held.append(row_element(self.row_count + 1, layout.row_height(row), cells))
            if len(held) == ROWS_AT_ONCE:
                yield "".join(held).encode()
                held.clear()
        for number, text in enumerate(sheet.remark_texts(), start=self.row_count + 3):
            held.append(f'<row r="{number}">{text_cell(f"A{number}", text, Style.REMARK)}</row>')
        yield "".join(held).encode()
        yield package.ending(self.filter_area, header(self.text), footer(self.text)).encode()

    def cells(self, row, letters, number, is_total):
        text_style, number_style = (
            (Style.TOTAL, Style.TOTAL_NUMBER) if is_total else (Style.TEXT, Style.NUMBER)
        )
        cells = []
        for letter, cell in zip(letters, row, strict=True):
            if cell is None or cell == "":
                cells.append(f'<c r="{letter}{number}" s="{text_style}"/>')
            elif not isinstance(cell, str):
                cells.append(f'<c r="{letter}{number}" s="{number_style}"><v>{cell}</v></c>')
            elif type(cell) is Day and cell.iso >= FIRST_DATE:
                cells.append(date_cell(f"{letter}{number}", cell.iso, Style.DAY))
            elif type(cell) is PartialDate and cell.day and cell >= FIRST_DATE:
                cells.append(date_cell(f"{letter}{number}", cell, Style.ISO_DAY))
            else:
                if len(cell) > LONGEST_CELL:
                    raise ValueError(too_long(self.sheet.headings[letters.index(letter)], row[0]))
                cells.append(text_cell(f"{letter}{number}", guarded_again(cell), text_style))
        return "".join(cells)


def too_long(column, row):
    """The sentence about a text that has no room in a cell."""
    sentence = _("XLSX cannot hold the text of “%(column)s” in the row “%(row)s”. Export it as CSV.")
    return sentence % {"column": column, "row": row}


def row_element(number, height, cells):
    return f'<row r="{number}" ht="{height}" customHeight="1">{cells}</row>'


def text_cell(reference, text, style):
    if TO_ESCAPE.search(text):
        text = escape(UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def date_cell(reference, iso, style):
    return f'<c r="{reference}" s="{style}"><v>{(date.fromisoformat(iso) - EPOCH).days}</v></c>'


def header(page):
    return two_sided(f"&B{quoted(page.title)}&B", quoted(page.municipality))


def footer(page):
    numbering = quoted(page.numbering).format(page="&P", pages="&N")
    return two_sided(quoted(page.day), numbering)


def two_sided(left, right):
    """The code of a header or footer with a text on either side; Excel refuses one that is too long."""
    rest = LONGEST_HEADER - len(right) - len("&L&R")
    return f"&L{left}&R{right}" if len(left) <= rest else f"&L{left[: rest - 1].rstrip('&')}…&R{right}"


def quoted(text):
    return text.replace("&", "&&")


def titles(sheets):
    """A title for each sheet that Excel accepts."""
    taken = set()
    return [free_title(sheet.title, taken) for sheet in sheets]


def free_title(title, taken):
    """A title that Excel accepts for a sheet and that is not `taken` yet."""
    stem = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "1"
    title = next(
        name for name in (stem, *(f"{stem} {n}" for n in range(2, 100))) if name.casefold() not in taken
    )
    taken.add(title.casefold())
    return title
