"""Reading Excel workbooks.

By a reader of our own: openpyxl hides what must not be guessed (formulas without a value, hidden and merged
cells, rows out of order), changes some texts, and needs memory without bound.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import NoReturn
from zipfile import ZipFile

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

from ..archive import Collector, damaged, parsed, too_complex
from ..sheets import FilledSheet, list_sources, place_of_visible, skip_hidden
from ..table import (
    Table,
    UnreadableError,
    check_width,
    column_letters,
    is_whole_day,
    merged_cells,
    never_calculated,
    number_not_shown,
    shown_date,
    shown_number,
    table,
)
from .book import Book, TextCollector
from .number_formats import decimals, has_form_of_its_own, shown_parts

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
NUMBER = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")
FIRST_DATE = "1900-03-01"  # Excel takes 1900 for a leap year, so that no date before is certain
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
AREA = re.compile(r"([A-Z]{1,3})[1-9]\d{0,6}:([A-Z]{1,3})([1-9]\d{0,6})")
MOST_ARRAYS = 1000  # formulas for several cells
MOST_LISTS = 1000  # drop-down lists whose source is looked at
EVERYTHING = {"year", "month", "day", "hours"}


def read_xlsx(archive: ZipFile, main: str) -> Table:
    """The table in the one sheet of the workbook, whose part is `main`, that holds anything."""
    book = Book(archive, main)
    notes: list[str] = []
    return table(lines(book, notes), notes)


def lines(book: Book, notes: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of the visible sheet, each with its number; `notes` grow by what was left out."""
    sheets, readers = [], []
    for name, is_hidden, part in book.sheets:
        collector = AnyValue() if is_hidden else Rows(book)
        found = parsed(book.archive, part, collector)
        if first := next(found, None):
            sheets.append(FilledSheet(name, is_hidden))
            readers.append((collector, chain([first], found)))
    collector, rows = readers[place_of_visible(sheets)]
    yield from map(line, rows)
    # Where lists have their values from stands behind the cells.
    notes += skip_hidden(sheets, collector.list_sources())


def line(row: tuple[int, dict[int, str]]) -> tuple[int, list[str]]:
    """The number of a row and its cells, with those that are blank."""
    number, cells = row
    made = [""] * (max(cells) + 1)
    for place, text in cells.items():
        made[place] = text
    return number, made


def place_of(letters: str) -> int:
    """The place of the column that spreadsheet programs call so, counted from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


class AnyValue(Collector):
    """Says True if a sheet holds any value."""

    def __init__(self) -> None:
        super().__init__()
        self.is_value = False

    def start_v(self, attributes: dict[str, str]) -> None:
        self.is_value = True

    start_t = start_v

    def end_v(self) -> None:
        self.is_value = False

    end_t = end_v

    def characters(self, content: str) -> None:
        if self.is_value and not content.isspace():
            self.found.append(True)
            self.is_value = False


class Rows(TextCollector):
    """The rows of a sheet that hold any value: a number, and the texts of its cells by their place.

    What an empty cell says is not looked at: there may be millions.
    """

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self.row = 0
        self.row_attributes: dict[str, str] = {}
        self.cells: dict[int, str] | None = None
        self.cell: dict[str, str] = {}
        self.has_formula = self.has_value = False
        self.column = -1  # of the last cell that holds anything
        self.reference = ""  # of the last cell that has one, and how many cells there are behind it
        self.behind = 0
        self.columns = 0
        self.hidden_columns: set[int] = set()
        self.shown_columns: set[int] = set()
        self.hides_columns = False
        self.array_count = 0
        self.arrays: dict[int, int] = {}  # of formulas for several cells, the last row in each column
        self.is_list = False
        self.sources: list[str] = []

    # Columns and rows

    def start_sheetFormatPr(self, attributes: dict[str, str]) -> None:  # noqa: N802 the name of the element
        self.hides_columns = float(attributes.get("defaultColWidth", 1)) == 0

    def start_col(self, attributes: dict[str, str]) -> None:
        if "min" not in attributes:  # the place of a button
            return
        self.columns += 1
        if self.columns > LAST_COLUMN:
            raise damaged()
        first, last = int(attributes["min"]) - 1, int(attributes["max"])
        places = range(first, min(last, settings.IMPORT_MAX_COLUMNS))
        if is_hidden(attributes, "width"):
            self.hidden_columns.update(places)
        elif "width" in attributes:
            self.shown_columns.update(places)

    def start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self.row + 1))
        if not self.row < number <= LAST_ROW:
            raise damaged()
        self.row, self.row_attributes, self.cells = number, attributes, {}
        self.column, self.reference, self.behind = -1, "", 0

    def end_row(self) -> None:
        if self.cells:
            self.found.append((self.row, self.cells))
        self.cells = None

    def start_mergeCell(self, attributes: dict[str, str]) -> None:  # noqa: N802
        raise merged_cells(attributes["ref"])

    # The sources of drop-down lists

    def start_dataValidation(self, attributes: dict[str, str]) -> None:  # noqa: N802
        self.is_list = attributes.get("type") == "list"

    def start_formula1(self, attributes: dict[str, str]) -> None:
        self.is_text = self.is_list and len(self.sources) < MOST_LISTS

    def end_formula1(self) -> None:
        if self.is_text:
            self.sources.append(self.taken())
        self.is_text = False

    def list_sources(self) -> list[str]:
        """Where drop-down lists have their values from, those behind a name included."""
        return list_sources(self.sources, self.book.names)

    # Cells

    def start_c(self, attributes: dict[str, str]) -> None:
        if self.cells is None:
            raise damaged()
        if self.text:
            self.taken()
        self.cell = attributes
        self.has_formula = self.has_value = False
        if "r" in attributes:
            self.reference, self.behind = attributes["r"], 0
        else:
            self.behind += 1
            if self.behind > LAST_COLUMN:
                raise damaged()

    def start_f(self, attributes: dict[str, str]) -> None:
        if self.cells is None:
            return
        self.has_formula = True
        if self.book.is_uncalculated and attributes.get("t") == "array":
            self._note_array(attributes["ref"])

    def _note_array(self, reference: str) -> None:
        """Remember for which other cells the formula is."""
        if area := AREA.fullmatch(reference):
            self.array_count += 1
            if self.array_count > MOST_ARRAYS:
                raise too_complex()
            last = min(place_of(area[2]), settings.IMPORT_MAX_COLUMNS)
            for place in range(place_of(area[1]), last + 1):
                self.arrays[place] = max(self.arrays.get(place, 0), int(area[3]))

    def start_v(self, attributes: dict[str, str]) -> None:
        self.is_text = True

    def end_v(self) -> None:
        self.is_text = False
        self.has_value = True

    def end_is(self) -> None:
        self.has_value = True

    def end_c(self) -> None:
        kind = self.cell.get("t", "n")
        if not self.text and not self.has_formula and kind != "e":
            return
        text = self.taken()
        place = self._place()
        if self.has_formula and not (self.has_value and (text or kind == "str")):
            self._refuse(_("The cell %(cell)s holds a formula without a result. Write a value instead."))
        if kind == "e":
            self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if self.book.is_uncalculated and self._is_dummy(kind, text):
            self._refuse(never_calculated())
        if not text or not (value := self._shown(kind, text)):
            return
        if is_hidden(self.row_attributes, "ht"):
            sentence = _("Row %(row)d is hidden. Show all rows and clear the filter, then save the file.")
            raise UnreadableError(sentence % {"row": self.row})
        if place in self.hidden_columns or (self.hides_columns and place not in self.shown_columns):
            sentence = _("The column %(column)s is hidden. Show all columns, then save the file.")
            raise UnreadableError(sentence % {"column": column_letters(place)})
        check_width(place + 1)
        self.cells[place] = value

    def _place(self) -> int:
        """The place of this cell, which stands behind all others of its row that hold anything."""
        place = self.behind - 1
        if self.reference:
            match = REFERENCE.fullmatch(self.reference)
            if not match or int(match[2]) != self.row:
                raise damaged()
            place += place_of(match[1]) + 1
        if place <= self.column:
            raise damaged()
        self.column = place
        return place

    def _is_dummy(self, kind: str, text: str) -> bool:
        """Whether the cell is what programs write that cannot calculate: a formula and 0, or nothing."""
        is_formula = self.has_formula or self.row <= self.arrays.get(self.column, 0)
        is_zero = kind == "n" and bool(re.fullmatch(r"-?0*\.?0+", text))
        return is_formula and (is_zero or not text)

    def _refuse(self, sentence: str, text: str = "") -> NoReturn:
        cell = f"{column_letters(self.column)}{self.row}"
        raise UnreadableError(sentence % {"cell": cell, "text": text})

    def _shown(self, kind: str, text: str) -> str:
        """The text that the cell stands for; a date at the precision that it shows."""
        style = self.cell.get("s", "0")
        number_format = (
            "General" if style == "0" and not self.book.formats else item(self.book.formats, style)
        )
        if kind == "s":
            return item(self.book.texts, text)
        if kind in ("str", "inlineStr"):
            return text
        if kind == "b":
            return {"1": "1", "0": "0", "true": "1", "false": "0"}[text]
        parts = shown_parts(number_format)
        if kind == "d":
            moment = datetime.fromisoformat(text)
            return self._shown_date(moment if is_whole_day(moment) else None, parts or EVERYTHING)
        if not NUMBER.fullmatch(text):
            raise damaged()
        if parts & {"year", "month", "day"}:
            return self._shown_date(self._moment(float(text)), parts)
        if parts & {"hours", "seconds"}:
            self._refuse(_("The cell %(cell)s holds a time of day. Write it as text."))
        if "percent" in parts:
            self._refuse(_("The cell %(cell)s holds a percentage. Write it as a plain number or as text."))
        number = shown_number(text)
        if has_form_of_its_own(number_format) or len(number.partition(".")[2]) > decimals(number_format):
            self._refuse(number_not_shown())
        return number.zfill(len(number_format)) if re.fullmatch("0+", number_format) else number

    def _moment(self, number: float) -> datetime | None:
        """The date and time that stand for `number`, or None if they are not certain."""
        try:
            moment = from_excel(number, self.book.epoch)
        except (OverflowError, ValueError):
            return None
        if not isinstance(moment, datetime):  # less than a day
            return self.book.epoch if self.book.epoch == CALENDAR_MAC_1904 else None
        is_certain = number >= 0 and (
            self.book.epoch == CALENDAR_MAC_1904 or moment.isoformat() >= FIRST_DATE
        )
        return moment if is_certain else None

    def _shown_date(self, moment: datetime | None, parts: set[str]) -> str:
        shown = moment and shown_date(moment, parts)
        return shown or self._refuse(
            _("The cell %(cell)s holds a date that is not certain. Write it as text.")
        )


def item(items, index: str):
    """The one of `items` that the text `index` names; as from the end no document counts."""
    if not index.isdecimal():
        raise ValueError(index)
    return items[int(index)]


def is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no `size`."""
    return attributes.get("hidden") in ("1", "true") or float(attributes.get(size, 1)) == 0
