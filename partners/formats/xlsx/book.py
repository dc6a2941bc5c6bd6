"""What a workbook says about its cells beside the sheets themselves."""

import re
from array import array
from posixpath import basename, dirname, join, normpath
from zipfile import ZipFile

from django.conf import settings
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from ..archive import Collector, damaged, entry_name, gathered, parsed
from ..table import holds_macros, no_table
from .number_formats import built_in_format

LONGEST_FORMAT = 255
MOST_STYLES = 65_490  # as many as Excel knows
MOST_FACTS = 10_000  # of a workbook: its sheets, names and relations
MACROS = {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}  # whatever the part itself is called
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true", "on")


def main_part(archive: ZipFile) -> str | None:
    """The part of the archive that an office program opens first, or None."""
    if not entry_name(archive, "_rels/.rels"):
        return None
    parts = dict(gathered(archive, "_rels/.rels", Relations(""), MOST_FACTS))
    return next((part for kind, part in parts.values() if kind == "officeDocument"), None)


class Book:
    """The texts, number formats and names that the sheets of a workbook refer to, and which sheets it has.

    ``sheets`` are pairs of a name and a part with whether it is hidden; ``names`` the definitions of names by
    the name. Where ``is_uncalculated``, the program that wrote the file left the results to be calculated.
    """

    def __init__(self, archive: ZipFile, main: str) -> None:
        self.archive = archive
        contents = Contents()
        sheets = gathered(archive, main, contents, MOST_FACTS)
        if not contents.is_workbook:
            raise no_table()
        self.epoch = CALENDAR_MAC_1904 if contents.begins_in_1904 else CALENDAR_WINDOWS_1900
        self.names = contents.names
        self.is_uncalculated = contents.is_uncalculated
        folder = dirname(main)
        relations = join(folder, "_rels", f"{basename(main)}.rels")
        parts = dict(gathered(archive, relations, Relations(folder), MOST_FACTS))
        kinds = dict(parts.values())
        if MACROS & kinds.keys():
            raise holds_macros()
        self.texts = SharedTexts()
        if (part := kinds.get("sharedStrings")) and entry_name(archive, part):
            for text in parsed(archive, part, Texts()):
                self.texts.append(text)
        self.formats = []
        if (part := kinds.get("styles")) and entry_name(archive, part):
            self.formats = gathered(archive, part, Styles(), MOST_STYLES)
        self.sheets = []
        read = set()
        for name, is_hidden, key in sheets:
            kind, part = parts.get(key, ("", ""))
            if part in read:
                raise damaged()
            read.add(part)
            if kind == "worksheet":  # the others are charts
                self.sheets.append((name, is_hidden, part))


class SharedTexts:
    """Texts in as much memory as they had in the file; a list of them would take several times as much."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("I")

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> str:
        start = self._ends[place - 1] if place else 0
        return self._bytes[start : self._ends[place]].decode("utf-8", "surrogatepass")


class Relations(Collector):
    """Which part of the archive a key stands for, and of what kind it is."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def start_Relationship(self, attributes: dict[str, str]) -> None:  # noqa: N802 the name of the element
        part = normpath(join(self.folder, attributes["Target"])).removeprefix("/")
        self.found.append((attributes["Id"], (attributes["Type"].rpartition("/")[2], part)))


class TextCollector(Collector):
    """Gathers text where `is_text`, as far as a cell may hold it.

    Longer ones are refused later, where their column is known; until then they need not grow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.is_text = self.is_guide = False
        self.length = 0
        self.longest = settings.IMPORT_MAX_CELL_LENGTH

    def start_rPh(self, attributes: dict[str, str]) -> None:  # noqa: N802
        self.is_guide = True  # to the pronunciation

    def end_rPh(self) -> None:  # noqa: N802
        self.is_guide = False

    def start_t(self, attributes: dict[str, str]) -> None:
        self.is_text = not self.is_guide

    def end_t(self) -> None:
        self.is_text = False

    def characters(self, content: str) -> None:
        if self.is_text and self.length <= self.longest:
            self.text.append(content)
            self.length += len(content)

    def taken(self) -> str:
        text = "".join(self.text)
        if ESCAPED.search(text):
            text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
            # Halves of a character are escaped each on its own.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        self.text.clear()
        self.length = 0
        return text


class Contents(TextCollector):
    """The sheets, each with its name, whether it is hidden, and its key; and what is said of all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.is_workbook = self.begins_in_1904 = self.is_uncalculated = False
        self.names: dict[str, str] = {}
        self.name = ""

    def start_workbook(self, attributes: dict[str, str]) -> None:
        self.is_workbook = True

    def start_sheet(self, attributes: dict[str, str]) -> None:
        is_hidden = attributes.get("state", "visible") != "visible"
        self.found.append((attributes["name"], is_hidden, attributes["id"]))

    def start_workbookPr(self, attributes: dict[str, str]) -> None:  # noqa: N802
        self.begins_in_1904 |= attributes.get("date1904") in TRUE

    def start_calcPr(self, attributes: dict[str, str]) -> None:  # noqa: N802
        asked = {attributes.get("fullCalcOnLoad"), attributes.get("forceFullCalc")}
        self.is_uncalculated |= bool(asked & set(TRUE)) or attributes.get("calcCompleted", "1") not in TRUE

    def start_definedName(self, attributes: dict[str, str]) -> None:  # noqa: N802
        self.name = attributes["name"]
        self.is_text = len(self.names) < MOST_FACTS

    def end_definedName(self) -> None:  # noqa: N802
        if self.is_text:
            self.names[self.name] = self.taken()
        self.is_text = False


class Texts(TextCollector):
    """The shared strings."""

    def end_si(self) -> None:
        self.found.append(self.taken())


class Styles(Collector):
    """The number format of each style of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.own: dict[str, str] = {}
        self.is_of_cells = False

    def start_numFmt(self, attributes: dict[str, str]) -> None:  # noqa: N802
        if len(attributes["formatCode"]) > LONGEST_FORMAT or len(self.own) > MOST_STYLES:
            raise damaged()
        self.own[attributes["numFmtId"]] = attributes["formatCode"]

    def start_cellXfs(self, attributes: dict[str, str]) -> None:  # noqa: N802
        self.is_of_cells = True

    def end_cellXfs(self) -> None:  # noqa: N802
        self.is_of_cells = False

    def start_xf(self, attributes: dict[str, str]) -> None:
        if self.is_of_cells:
            number = attributes.get("numFmtId", "0")
            self.found.append(self.own.get(number) or built_in_format(int(number)))
