"""Reading Excel workbooks.

By a reader of our own: openpyxl hides what must not be guessed (formulas without a value, hidden and merged
cells, rows out of order), changes some texts, and needs memory without bound.
"""

import re
from datetime import datetime
from functools import lru_cache
from posixpath import basename, dirname, join, normpath

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from ..archive import Collector, damaged, parsed
from ..table import (
    UnreadableError,
    check_width,
    column_letters,
    hidden_sheet,
    holds_macros,
    merged_cells,
    no_table,
    number_not_shown,
    several_sheets,
    shown_date,
    shown_number,
    table,
)

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
LONGEST_FORMAT = 255
MACROS = {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}  # whatever the part itself is called
NUMBER = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")
FIRST_DATE = "1900-03-01"  # Excel takes 1900 for a leap year, so that no date before is certain
UNCERTAIN_DATE = "d"
# The number of a calendar, in front of the four digits of a language or behind a comma.
CALENDAR = re.compile(
    r"\[\$[^\]]*?(?:-[0-9A-F]*?([0-9A-F]{1,2})[0-9A-F]{4}|,[0-9A-F]*?([0-9A-F]{1,2}))\]", re.IGNORECASE
)
HIJRI = re.compile(r"(?:\[[^\]]*\])*B2", re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def main_part(archive):
    """The part of the archive that an office program opens first, or None."""
    if "_rels/.rels" not in archive.namelist():
        return None
    parts = dict(parsed(archive, "_rels/.rels", Relations("")))
    return next((part for kind, part in parts.values() if kind == "officeDocument"), None)


def read_xlsx(archive, main):
    """The table in the one sheet of the workbook, whose part is `main`, that holds anything."""
    book = Book(archive, main)
    filled = [sheet for sheet in book.sheets if next(sheet.values(), None)]
    if not filled:
        raise UnreadableError(_("The file is empty."))
    if len(filled) > 1:
        raise several_sheets((sheet.name, sheet.is_hidden) for sheet in filled)
    [sheet] = filled
    if sheet.is_hidden:
        raise hidden_sheet(sheet.name)
    return table(sheet.lines())


class Book:
    """What a workbook says about its cells beside the sheets themselves."""

    def __init__(self, archive, main):
        self.archive = archive
        facts = list(parsed(archive, main, Contents()))
        if facts[:1] != [("workbook",)]:
            raise no_table()
        folder = dirname(main)
        relations = join(folder, "_rels", f"{basename(main)}.rels")
        parts = dict(parsed(archive, relations, Relations(folder)))
        self.epoch = CALENDAR_MAC_1904 if ("1904",) in facts else CALENDAR_WINDOWS_1900
        kinds = dict(parts.values())
        if MACROS & kinds.keys():
            raise holds_macros()
        names = set(archive.namelist())
        self.texts = (
            list(parsed(archive, part, Texts())) if (part := kinds.get("sharedStrings")) in names else []
        )
        self.formats = list(parsed(archive, part, Styles())) if (part := kinds.get("styles")) in names else []
        self.sheets, read = [], set()
        for fact in facts:
            if len(fact) == 3:
                name, state, key = fact
                kind, part = parts.get(key, ("", ""))
                if part in read:
                    raise damaged()
                read.add(part)
                if kind == "worksheet":  # the others are charts
                    self.sheets.append(Sheet(self, part, name, state))


class Sheet:
    def __init__(self, book, part, name, state):
        self.book, self.part, self.name = book, part, name
        self.is_hidden = state != "visible"

    def values(self):
        """The rows that hold any value, as pairs of a number and cells."""
        return parsed(self.book.archive, self.part, Rows(self.book))

    def lines(self):
        for number, cells in self.values():
            line = [""] * (max(cells) + 1)
            for place, text in cells.items():
                line[place] = text
            yield number, line


class Relations(Collector):
    """Which part of the archive a key stands for, and of what kind it is."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def start(self, name, attributes):
        if name == "Relationship":
            part = normpath(join(self.folder, attributes["Target"])).removeprefix("/")
            self.found.append((attributes["Id"], (attributes["Type"].rpartition("/")[2], part)))


class Contents(Collector):
    """``("workbook",)``, ``("1904",)`` if that is where dates begin, and the sheets: name, state and key."""

    def start(self, name, attributes):
        if name == "workbook":
            self.found.append(("workbook",))
        if name == "sheet":
            self.found.append((attributes["name"], attributes.get("state", "visible"), attributes["id"]))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true", "on"):
            self.found.append(("1904",))


class TextCollector(Collector):
    """Gathers the text of elements called t, but not that of a phonetic guide."""

    def __init__(self):
        super().__init__()
        self.text = []
        self.is_text = self.is_guide = False

    def start(self, name, attributes):
        if name == "rPh":
            self.is_guide = True
        self.is_text = name == "t" and not self.is_guide

    def characters(self, content):
        if self.is_text:
            self.text.append(content)

    def end(self, name):
        self.is_text = False
        if name == "rPh":
            self.is_guide = False

    def taken(self):
        text = "".join(self.text)
        if ESCAPED.search(text):
            text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
            # Halves of a character are escaped each on its own.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        self.text.clear()
        return text


class Texts(TextCollector):
    """The shared strings."""

    def end(self, name):
        super().end(name)
        if name == "si":
            self.found.append(self.taken())


class Styles(Collector):
    """The number format of each style of cells."""

    def __init__(self):
        super().__init__()
        self.own = {}
        self.is_of_cells = False

    def start(self, name, attributes):
        if name == "numFmt":
            if len(attributes["formatCode"]) > LONGEST_FORMAT:
                raise damaged()
            self.own[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "cellXfs":
            self.is_of_cells = True
        elif name == "xf" and self.is_of_cells:
            number = attributes.get("numFmtId", "0")
            self.found.append(self.own.get(number) or built_in_format(int(number)))

    def end(self, name):
        if name == "cellXfs":
            self.is_of_cells = False


class Rows(TextCollector):
    """The rows of a sheet that hold any value: a number, and the texts of its cells by their place."""

    def __init__(self, book):
        super().__init__()
        self.book = book
        self.row = self.column = 0
        self.hidden_columns = set()
        self.columns = 0
        self.hides_rows = False
        self.cells = None

    def start(self, name, attributes):
        if name == "col" and is_hidden(attributes, "width"):
            self._hide_columns(attributes)
        elif name == "sheetFormatPr":
            self.hides_rows = attributes.get("zeroHeight") in ("1", "true")
            if float(attributes.get("defaultColWidth", 1)) == 0:
                self._hide_columns({"min": "1", "max": str(LAST_COLUMN)})
        elif name == "row":
            number = int(attributes.get("r", self.row + 1))
            if not self.row < number <= LAST_ROW:
                raise damaged()
            self.row, self.column, self.cells = number, -1, {}
            self.is_hidden = is_hidden(attributes, "ht") or (self.hides_rows and "hidden" not in attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self.has_formula = True
        elif name == "mergeCell":
            raise merged_cells(attributes["ref"])
        if name == "v":
            self.is_text = True
        else:
            super().start(name, attributes)

    def _hide_columns(self, attributes):
        self.columns += 1
        if self.columns > LAST_COLUMN:
            raise damaged()
        places = range(int(attributes["min"]) - 1, int(attributes["max"]))
        self.hidden_columns.update(places[: settings.IMPORT_MAX_COLUMNS])

    def _start_cell(self, attributes):
        if self.cells is None:
            raise damaged()
        place = self.column + 1
        if reference := attributes.get("r"):
            match = REFERENCE.fullmatch(reference)
            if not match or int(match[2]) != self.row:
                raise damaged()
            place = 0
            for letter in match[1]:
                place = place * 26 + ord(letter) - ord("A") + 1
            place -= 1
        if place <= self.column:
            raise damaged()
        self.column = place
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self.format = "General" if style == "0" and not self.book.formats else item(self.book.formats, style)
        self.has_formula = self.has_value = False

    def end(self, name):
        super().end(name)
        if name in ("v", "is"):
            self.has_value = True
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self.cells:
                self.found.append((self.row, self.cells))
            self.cells = None

    def _end_cell(self):
        text = self.taken()
        if self.has_formula and not (self.has_value and (text or self.kind == "str")):
            self._refuse(_("The cell %(cell)s holds a formula without a result. Write a value instead."))
        if self.kind == "e":
            self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if text and (value := self._shown(text)):
            if self.is_hidden:
                sentence = _("Row %(row)d is hidden. Show all rows and clear the filter, then save the file.")
                raise UnreadableError(sentence % {"row": self.row})
            if self.column in self.hidden_columns:
                sentence = _("The column %(column)s is hidden. Show all columns, then save the file.")
                raise UnreadableError(sentence % {"column": column_letters(self.column)})
            check_width(self.column + 1)
            self.cells[self.column] = value

    def _refuse(self, sentence, text=""):
        cell = f"{column_letters(self.column)}{self.row}"
        raise UnreadableError(sentence % {"cell": cell, "text": text})

    def _shown(self, text):
        """The text that the cell stands for; a date at the precision that it shows."""
        if self.kind == "s":
            return item(self.book.texts, text)
        if self.kind in ("str", "inlineStr"):
            return text
        if self.kind == "b":
            return {"1": "1", "0": "0", "true": "1", "false": "0"}[text]
        parts = shown_parts(self.format)
        if self.kind != "d" and not NUMBER.fullmatch(text):
            raise damaged()
        if self.kind == "d":
            return self._shown_date(datetime.fromisoformat(text), parts or {"year", "month", "day", "hours"})
        if parts & {"year", "month", "day"}:
            return self._shown_date(self._moment(float(text)), parts)
        if parts & {"hours", "seconds"}:
            self._refuse(_("The cell %(cell)s holds a time of day. Write it as text."))
        if "percent" in parts:
            self._refuse(_("The cell %(cell)s holds a percentage. Write it as a plain number or as text."))
        number = shown_number(text)
        if has_form_of_its_own(self.format) or len(number.partition(".")[2]) > decimals(self.format):
            self._refuse(number_not_shown())
        return number.zfill(len(self.format)) if re.fullmatch("0+", self.format) else number

    def _moment(self, number):
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

    def _shown_date(self, moment, parts):
        shown = moment and shown_date(moment, parts)
        return shown or self._refuse(
            _("The cell %(cell)s holds a date that is not certain. Write it as text.")
        )


def item(items, index):
    """The one of `items` that the text `index` names; as from the end no document counts."""
    if not index.isdecimal():
        raise ValueError(index)
    return items[int(index)]


def is_hidden(attributes, size):
    """Whether a row or column is hidden, or has no `size`."""
    return attributes.get("hidden") in ("1", "true") or float(attributes.get(size, 1)) == 0


def built_in_format(number):
    # These stand for dates whose form depends on the language of Excel; they do not say how.
    depends = 27 <= number <= 36 or 50 <= number <= 58
    return UNCERTAIN_DATE if depends else BUILTIN_FORMATS.get(number, "General")


@lru_cache(maxsize=1000)
def has_form_of_its_own(number_format):
    """Whether a number shows more or less than its digits: text, a scale, a form for its size, or nothing."""
    if re.search(r"\[[<>=]", number_format):
        return True
    first = re.sub(r"\[[^\]]*\]|_.|\*.", "", number_format).partition(";")[0]
    literals = re.findall(r'"[^"]*"|\\.', first)
    digits = re.sub(r'"[^"]*"|\\.', "", first)
    return not digits or bool(re.search(r"[0-9+-]", "".join(literals)) or re.search(r"\+|,$|,\.", digits))


@lru_cache(maxsize=1000)
def decimals(number_format):
    """How many digits behind the point are shown at least, whether the number is positive or negative."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", number_format)
    sections = [section for section in bare.split(";")[:2] if re.search("[0#?]", section)]
    return min((len(re.findall("[0#?]", section.partition(".")[2])) for section in sections), default=15)


def counts_otherwise(number_format):
    """Whether the years of a date are those of another calendar than ours."""
    calendars = {int(code or alone, 16) for code, alone in CALENDAR.findall(number_format)}
    return bool(calendars - {0, 1}) or bool(HIJRI.match(number_format))


@lru_cache(maxsize=1000)
def shown_parts(number_format):
    """Which of year, month, day, hours, seconds and percent a cell shows that has this number format."""
    # Without colours, languages and literal text, which hold any letters; but [h] counts hours.
    pattern = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]{2,}\]', "", number_format).partition(";")[0].casefold()
    if pattern in ("general", "standard"):
        return set()
    has_time = bool(set("hs") & set(pattern)) or bool(re.search(r"\[m+\]", pattern))
    found = {"year": "y" in pattern, "day": "d" in pattern}
    found |= {"hours": "h" in pattern, "seconds": has_time, "percent": "%" in pattern}
    found["month"] = "m" in pattern and (found["year"] or found["day"] or not has_time)
    parts = {part for part, is_shown in found.items() if is_shown}
    # One that depends on the size of the number is not certain to show the year.
    is_certain = not re.search(r"\[[<>=]", number_format) and not counts_otherwise(number_format)
    return parts if is_certain else parts - {"year"}
