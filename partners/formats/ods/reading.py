"""Reading OpenDocument spreadsheets.

By a reader of our own: the libraries for them load the whole document, repeat a cell as often as it says (a
million times is usual), or do not tell what is hidden and how precisely a date is shown.
"""

import re
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from ..archive import Collector, damaged, parsed, part_of
from ..table import (
    UnreadableError,
    check_width,
    column_letters,
    hidden_sheet,
    merged_cells,
    no_table,
    number_not_shown,
    several_sheets,
    shown_date,
    shown_number,
    table,
)

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

SCIENTIFIC = re.compile(r"-?[0-9]+(\.[0-9]+)?E[+-]?[0-9]{1,3}")

# Drawings stand inside a cell, or where it would, and hold texts of their own.
NO_CELL_CONTENT = {"annotation", "shapes", "tracked-changes", "note", "ruby-text"}
NO_CELL_CONTENT |= {"frame", "custom-shape", "control", "caption", "measure", "connector", "g", "rect"}
NO_CELL_CONTENT |= {"line", "polyline", "polygon", "regular-polygon", "path", "circle", "ellipse"}


def password_needed():
    return UnreadableError(_("The file is protected with a password. Save it without one."))


def read_ods(archive):
    """The table in the one sheet of the document that holds anything."""
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist() and next(parsed(archive, manifest, Manifest()), None):
        raise password_needed()
    if part_of(archive, "mimetype").strip() != MIME_TYPE.encode():
        raise no_table()
    styles = {}
    if "styles.xml" in archive.namelist():
        list(parsed(archive, "styles.xml", Cells(styles)))
    filled = {}
    for sheet, is_hidden, _numbers, _cells in parsed(archive, "content.xml", Cells(styles)):
        filled.setdefault(sheet, is_hidden)
        if len(filled) > 1:
            raise several_sheets((name, is_hidden) for (name, _place), is_hidden in filled.items())
    if not filled:
        raise UnreadableError(_("The file is empty."))
    [((name, _place), is_hidden)] = filled.items()
    if is_hidden:
        raise hidden_sheet(name)
    rows = parsed(archive, "content.xml", Cells(styles))
    return table((number, list(cells)) for _sheet, _is_hidden, numbers, cells in rows for number in numbers)


class Manifest(Collector):
    """Says True if anything in the archive is encrypted."""

    def start(self, name, attributes):
        if name == "encryption-data":
            self.found.append(True)


class Cells(Collector):
    """The rows that hold any value: the sheet, whether it is hidden, the numbers of the row, and its texts.

    A sheet is a pair of its name and place. A row that is repeated has several numbers.
    """

    def __init__(self, styles):
        super().__init__()
        self.styles = styles  # what styles say, by name: of cells their date style, of dates their parts
        self.style = self.date_style = self.sheet = self.cells = self.cell = self.paragraph = None
        self.sheets = self.ignored = 0
        self.groups = []  # of rows that this row stands in, whether each is hidden

    def start(self, name, attributes):
        if self.ignored or name in NO_CELL_CONTENT:
            self.ignored += 1
            return
        begin = getattr(self, f"start_{name.replace('-', '_')}", None)
        if begin:
            begin(attributes)

    def end(self, name):
        if self.ignored:
            self.ignored -= 1
            return
        finish = getattr(self, f"end_{name.replace('-', '_')}", None)
        if finish:
            finish()

    # Styles

    def start_style(self, attributes):
        self.style = attributes.get("name")
        self.styles[self.style] = attributes.get("data-style-name") or attributes.get("parent-style-name")

    def start_table_properties(self, attributes):
        if attributes.get("display") == "false":
            self.styles[self.style] = "hidden"

    def start_date_style(self, attributes):
        self.date_style = attributes["name"]
        self.styles[self.date_style] = frozenset()

    def end_date_style(self):
        self.date_style = None

    def _shows(self, part):
        if self.date_style:
            self.styles[self.date_style] |= {part}

    def start_year(self, attributes):
        # Of another calendar it is not the year that is stored.
        self._shows("year" if attributes.get("calendar", "gregorian") == "gregorian" else "years")

    def start_month(self, attributes):
        self._shows("month")

    def start_day(self, attributes):
        self._shows("day")

    def start_quarter(self, attributes):
        self._shows("quarter")

    def start_hours(self, attributes):
        self._shows("hours")

    def shown_parts(self, style):
        """Which parts of a date a cell of `style` shows; all of them if no style says so."""
        for _step in range(20):
            style = self.styles.get(style)
            if isinstance(style, frozenset):
                return style
        return {"year", "month", "day", "hours"}

    # Sheets, rows and cells

    def start_table(self, attributes):
        self.sheets += 1
        self.sheet = (attributes.get("name", ""), self.sheets)
        self.is_hidden = self.styles.get(attributes.get("style-name")) == "hidden"
        self.row = 0
        self.columns = []  # each with its first and last place, whether it is hidden, and its style

    def start_table_column(self, attributes):
        if not self.sheet:
            raise damaged()
        first = self.columns[-1][1] + 1 if self.columns else 0
        last = first + repeated(attributes, "number-columns-repeated") - 1
        is_hidden = attributes.get("visibility") in ("collapse", "filter")
        if first <= settings.IMPORT_MAX_COLUMNS:
            self.columns.append((first, last, is_hidden, attributes.get("default-cell-style-name")))

    def start_table_row_group(self, attributes):
        self.groups.append(attributes.get("display") == "false")

    def end_table_row_group(self):
        self.groups.pop()

    def start_table_row(self, attributes):
        if not self.sheet:
            raise damaged()
        self.rows = repeated(attributes, "number-rows-repeated")
        self.row_style = attributes.get("default-cell-style-name")
        self.is_hidden_row = any(self.groups) or attributes.get("visibility") in ("collapse", "filter")
        self.cells = []
        self.place = 0

    def end_table_row(self):
        if self.cells:
            if self.is_hidden_row:
                sentence = _("Row %(row)d is hidden. Show all rows and clear the filter, then save the file.")
                raise UnreadableError(sentence % {"row": self.row + 1})
            numbers = range(self.row + 1, self.row + 1 + self.rows)
            self.found.append((self.sheet, self.is_hidden, numbers, self.cells))
        self.row += self.rows
        self.cells = None

    def start_covered_table_cell(self, attributes):
        self.start_table_cell(attributes)

    def start_table_cell(self, attributes):
        if self.cells is None:
            raise damaged()
        self.cell = attributes
        self.paragraphs = []
        self.length = 0
        columns, rows = (repeated(attributes, f"number-{what}-spanned") for what in ("columns", "rows"))
        if columns > 1 or rows > 1:
            cells = f"{self._reference()}:{column_letters(self.place + columns - 1)}{self.row + rows}"
            raise merged_cells(cells)

    def end_covered_table_cell(self):
        self.end_table_cell()

    def end_table_cell(self):
        if self.cell is None:
            raise damaged()
        times = repeated(self.cell, "number-columns-repeated")
        if text := self._shown():
            check_width(self.place + times)
            for first, last, is_hidden, _style in self.columns:
                if is_hidden and first < self.place + times and self.place <= last:
                    sentence = _("The column %(column)s is hidden. Show all columns, then save the file.")
                    raise UnreadableError(sentence % {"column": column_letters(self.place)})
            self.cells += [""] * (self.place - len(self.cells))
            self.cells += [text] * times
        self.place += times
        self.cell = self.paragraph = None

    def _reference(self):
        return f"{column_letters(self.place)}{self.row + 1}"

    # Text

    def start_p(self, attributes):
        if self.cell is not None:
            self.paragraph = []
            self.paragraphs.append(self.paragraph)

    def end_p(self):
        self.paragraph = None

    def _write(self, text):
        # A cell beyond the limit is refused later, where its column is known; until then it need not grow.
        if self.paragraph is not None and self.length <= settings.IMPORT_MAX_CELL_LENGTH:
            self.paragraph.append(text[: settings.IMPORT_MAX_CELL_LENGTH + 1])
            self.length += len(text)

    def characters(self, content):
        if not self.ignored:
            # Spaces beyond one, tabs and line ends are written as elements.
            self._write(re.sub(r"[ \t\r\n]+", " ", content))

    def start_s(self, attributes):
        self._write(" " * min(repeated(attributes, "c"), settings.IMPORT_MAX_CELL_LENGTH + 1))

    def start_tab(self, attributes):
        self._write("\t")

    def start_line_break(self, attributes):
        self._write("\n")

    def _shown(self):
        """The text that the cell stands for; a date at the precision that it shows."""
        kind = self.cell.get("value-type", "")
        text = "\n".join("".join(parts) for parts in self.paragraphs)
        if self.cell.get("calcext:value-type") == "error":
            self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if "formula" in self.cell:
            if not kind or (kind == "string" and not text and "string-value" not in self.cell):
                self._refuse(_("The cell %(cell)s holds a formula without a result. Write a value instead."))
            if re.match(r"#[A-Z/0!?]|Err:\d", text):
                self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if kind == "string":
            return self.cell.get("string-value", text)
        if kind == "float":
            number = self._number(text)
            has_zeros = text.startswith("0") and text.isdecimal() and number == str(int(text))
            return text if has_zeros else number
        if kind == "boolean":
            return {"true": "1", "false": "0"}[self.cell["boolean-value"]]
        if kind == "date":
            moment = datetime.fromisoformat(self.cell["date-value"])
            return shown_date(moment, self.shown_parts(self._style())) or self._refuse(
                _("The cell %(cell)s holds a date that is not certain. Write it as text.")
            )
        if kind == "percentage":
            self._refuse(_("The cell %(cell)s holds a percentage. Write it as a plain number or as text."))
        if kind == "time":
            self._refuse(_("The cell %(cell)s holds a time of day. Write it as text."))
        if kind == "currency":
            return self._number(text)
        return text

    def _number(self, text):
        """The number of the cell, which shows `text`; that may have zeros and separators of its own."""
        number = shown_number(self.cell["value"])
        if text and not is_shown(number, text.replace(",", ".")):
            self._refuse(number_not_shown())
        return number

    def _style(self):
        """The style of the cell; without one of its own, that of its row or column."""
        of_columns = (style for first, last, _hidden, style in self.columns if first <= self.place <= last)
        return self.cell.get("style-name") or self.row_style or next(of_columns, None)

    def _refuse(self, sentence, text=""):
        raise UnreadableError(sentence % {"cell": self._reference(), "text": text})


def is_shown(number, text):
    """Whether `text` has all digits of `number`."""
    if SCIENTIFIC.fullmatch(text):
        return Decimal(text) == Decimal(number)
    shown, stored = (re.sub("[^0-9]", "", digits).lstrip("0") for digits in (text, number))
    return shown.startswith(stored)


def repeated(attributes, name):
    """How often the element says that something is repeated: at least once."""
    number = int(attributes.get(name, 1))
    if number < 1:
        raise damaged()
    return number
