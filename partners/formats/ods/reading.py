"""Reading OpenDocument spreadsheets.

By a reader of our own: the libraries for them load the whole document, repeat a cell as often as it says (a
million times is usual), or do not tell what is hidden and how precisely a date is shown.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import NoReturn
from zipfile import ZipFile

from django.conf import settings
from django.utils.translation import gettext as _

from ..archive import Collector, damaged, entry_name, parsed, part_of
from ..sheets import place_of_visible, skip_hidden
from ..table import (
    Table,
    UnreadableError,
    check_width,
    column_letters,
    is_whole_day,
    merged_cells,
    never_calculated,
    no_table,
    number_not_shown,
    shown_date,
    shown_number,
    table,
)
from .contents import NO_CELL_CONTENT, Contents, filled_sheets
from .styles import Styles

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

HIDDEN = ("collapse", "filter")
# How programs show a truth that they keep as a number, in English and in Latvian.
TRUTHS = {"TRUE": "1", "FALSE": "0", "PATIESS": "1", "APLAMS": "0"}
SCIENTIFIC = re.compile(r"-?[0-9]+(\.[0-9]+)?E[+-]?[0-9]{1,3}")


def password_needed() -> UnreadableError:
    return UnreadableError(_("The file is protected with a password. Save it without one."))


def read_ods(archive: ZipFile) -> Table:
    """The table in the one sheet of the document that holds anything."""
    manifest = "META-INF/manifest.xml"
    if entry_name(archive, manifest) and next(parsed(archive, manifest, Manifest()), None):
        raise password_needed()
    if part_of(archive, "mimetype").strip() != MIME_TYPE.encode():
        raise no_table()
    styles = {}
    if entry_name(archive, "styles.xml"):
        for _found in parsed(archive, "styles.xml", Styles(styles)):
            pass
    contents = Contents()
    filled = filled_sheets(archive, contents)
    sheets = [sheet for _place, sheet in filled]
    place, _sheet = filled[place_of_visible(sheets)]
    notes = skip_hidden(sheets, contents.list_sources())
    rows = parsed(archive, "content.xml", Cells(styles, place))
    return table(((number, list(cells)) for numbers, cells in rows for number in numbers), notes)


class Manifest(Collector):
    """Says True if anything in the archive is encrypted."""

    def start_encryption_data(self, attributes: dict[str, str]) -> None:
        self.found.append(True)


class Cells(Styles):
    """The rows of the sheet at `place` that hold any value: their numbers and the texts of their cells.

    A row that is repeated has several numbers.
    """

    skipped = NO_CELL_CONTENT

    def __init__(self, styles: dict, place: int) -> None:
        super().__init__(styles)
        self.wanted = place
        self.sheets = 0
        self.is_read = False  # whether this is the sheet
        self.row = self.rows = self.place = self.length = 0
        self.row_attributes: dict[str, str] = {}
        self.cells: list[str] | None = None
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[list[str]] = []
        self.paragraph: list[str] | None = None
        self.columns: list[tuple] = []  # each with its first and last place, whether it is hidden, its style
        self.groups: list[bool] = []  # of rows that this row stands in, whether each is hidden

    # Sheets, rows and cells

    def start_table(self, attributes: dict[str, str]) -> None:
        self.sheets += 1
        self.is_read = self.sheets == self.wanted
        self.row = 0
        self.columns = []

    def end_table(self) -> None:
        self.is_read = False

    def start_table_column(self, attributes: dict[str, str]) -> None:
        if not self.sheets:
            raise damaged()
        if not self.is_read:
            return
        first = self.columns[-1][1] + 1 if self.columns else 0
        last = first + repeated(attributes, "number-columns-repeated") - 1
        is_hidden = attributes.get("visibility") in HIDDEN
        if first <= settings.IMPORT_MAX_COLUMNS:
            self.columns.append((first, last, is_hidden, attributes.get("default-cell-style-name")))

    def start_table_row_group(self, attributes: dict[str, str]) -> None:
        self.groups.append(attributes.get("display") == "false")

    def end_table_row_group(self) -> None:
        self.groups.pop()

    def start_table_row(self, attributes: dict[str, str]) -> None:
        if not self.sheets:
            raise damaged()
        if self.is_read:
            self.rows = repeated(attributes, "number-rows-repeated") if attributes else 1
            self.row_attributes = attributes
            self.cells = []
            self.place = 0

    def end_table_row(self) -> None:
        if self.cells:
            if any(self.groups) or self.row_attributes.get("visibility") in HIDDEN:
                sentence = _("Row %(row)d is hidden. Show all rows and clear the filter, then save the file.")
                raise UnreadableError(sentence % {"row": self.row + 1})
            numbers = range(self.row + 1, self.row + 1 + self.rows)
            self.found.append((numbers, self.cells))
        self.row += self.rows
        self.cells = None

    def start_table_cell(self, attributes: dict[str, str]) -> None:
        if self.cells is None:
            if self.is_read or not self.sheets:
                raise damaged()
            return
        self.cell = attributes
        if "number-columns-spanned" in attributes or "number-rows-spanned" in attributes:
            columns, rows = (repeated(attributes, f"number-{what}-spanned") for what in ("columns", "rows"))
            if columns > 1 or rows > 1:
                last = f"{column_letters(self.place + columns - 1)}{self.row + rows}"
                raise merged_cells(f"{self._reference()}:{last}")

    start_covered_table_cell = start_table_cell

    def end_table_cell(self) -> None:
        if self.cell is None:
            return
        times = repeated(self.cell, "number-columns-repeated")
        if self.paragraphs or "value-type" in self.cell or "formula" in self.cell:
            self._end_filled_cell(times)
        self.place += times
        self.cell = self.paragraph = None

    end_covered_table_cell = end_table_cell

    def _end_filled_cell(self, times: int) -> None:
        if text := self._shown():
            check_width(self.place + times)
            for first, last, is_hidden, _style in self.columns:
                if is_hidden and first < self.place + times and self.place <= last:
                    sentence = _("The column %(column)s is hidden. Show all columns, then save the file.")
                    raise UnreadableError(sentence % {"column": column_letters(self.place)})
            self.cells += [""] * (self.place - len(self.cells))
            self.cells += [text] * times
        self.paragraphs = []
        self.length = 0

    def _reference(self) -> str:
        return f"{column_letters(self.place)}{self.row + 1}"

    # Text

    def start_p(self, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            self.paragraph = []
            if self.length <= settings.IMPORT_MAX_CELL_LENGTH:
                self.paragraphs.append(self.paragraph)
            self.length += 1

    def end_p(self) -> None:
        self.paragraph = None

    def _write(self, text: str) -> None:
        # A cell beyond the limit is refused later, where its column is known; until then it need not grow.
        if self.paragraph is not None and self.length <= settings.IMPORT_MAX_CELL_LENGTH:
            self.paragraph.append(text[: settings.IMPORT_MAX_CELL_LENGTH + 1])
            self.length += len(text)

    def characters(self, content: str) -> None:
        if self.paragraph is not None:
            # Spaces beyond one, tabs and line ends are written as elements.
            self._write(re.sub(r"[ \t\r\n]+", " ", content))

    def start_s(self, attributes: dict[str, str]) -> None:
        self._write(" " * min(repeated(attributes, "c"), settings.IMPORT_MAX_CELL_LENGTH + 1))

    def start_tab(self, attributes: dict[str, str]) -> None:
        self._write("\t")

    def start_line_break(self, attributes: dict[str, str]) -> None:
        self._write("\n")

    def _shown(self) -> str:
        """The text that the cell stands for; a date at the precision that it shows."""
        cell = self.cell
        kind = cell.get("value-type", "")
        text = "\n".join("".join(parts) for parts in self.paragraphs)
        if cell.get("calcext:value-type") == "error":
            self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if "formula" in cell:
            if not kind or (kind == "string" and not text and "string-value" not in cell):
                self._refuse(_("The cell %(cell)s holds a formula without a result. Write a value instead."))
            if re.match(r"#[A-Z/0!?]|Err:\d", text):
                self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if kind == "string":
            return cell.get("string-value", text)
        if kind == "float":
            return self._shown_float(text)
        if kind == "boolean":
            return {"true": "1", "false": "0"}[cell["boolean-value"]]
        if kind == "date":
            return self._shown_date(text)
        if kind == "percentage":
            self._refuse(_("The cell %(cell)s holds a percentage. Write it as a plain number or as text."))
        if kind == "time":
            self._refuse(_("The cell %(cell)s holds a time of day. Write it as text."))
        if kind == "currency":
            return self._number(text)
        return text

    def _shown_float(self, text: str) -> str:
        formula = self.cell.get("formula")
        if formula and not text and float(self.cell["value"]) == 0:
            self._refuse(never_calculated())
        if TRUTHS.get(text.upper()) == self.cell["value"]:
            return self.cell["value"]
        number = self._number(text)
        has_zeros = text.startswith("0") and text.isdecimal() and number == str(int(text))
        return text if has_zeros else number

    def _shown_date(self, text: str) -> str:
        moment = datetime.fromisoformat(self.cell["date-value"])
        shown = shown_date(moment, self.shown_parts(self._style()))
        if moment.tzinfo and not (is_whole_day(moment) and shows_day(moment, text)):
            shown = None
        return shown or self._refuse(
            _("The cell %(cell)s holds a date that is not certain. Write it as text.")
        )

    def _number(self, text: str) -> str:
        """The number of the cell, which shows `text`; that may have zeros and separators of its own."""
        number = shown_number(self.cell["value"])
        if text and not is_shown(number, text.replace(",", ".")):
            self._refuse(number_not_shown())
        return number

    def _style(self) -> str | None:
        """The style of the cell; without one of its own, that of its row or column."""
        of_columns = (style for first, last, _hidden, style in self.columns if first <= self.place <= last)
        of_row = self.row_attributes.get("default-cell-style-name")
        return self.cell.get("style-name") or of_row or next(of_columns, None)

    def _refuse(self, sentence: str, text: str = "") -> NoReturn:
        raise UnreadableError(sentence % {"cell": self._reference(), "text": text})


def shows_day(moment: datetime, text: str) -> bool:
    """Whether `text`, if there is any, may show the day of `moment`."""
    return not text or moment.day in map(int, re.findall(r"[0-9]{1,4}", text))


def is_shown(number: str, text: str) -> bool:
    """Whether `text` has all digits of `number`."""
    if SCIENTIFIC.fullmatch(text):
        return Decimal(text) == Decimal(number)
    if Decimal(number) == 0:
        return "0" in text or not any(map(str.isalpha, text))
    shown, stored = (re.sub("[^0-9]", "", digits).lstrip("0") for digits in (text, number))
    return shown.startswith(stored)


def repeated(attributes: dict[str, str], name: str) -> int:
    """How often the element says that something is repeated: at least once."""
    if name not in attributes:
        return 1
    number = int(attributes[name])
    if number < 1:
        raise damaged()
    return number
