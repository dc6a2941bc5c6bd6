"""Which sheets of a document hold anything, and where its drop-down lists have their values from."""

import re
from itertools import islice
from zipfile import ZipFile

from ..archive import gathered, parsed, pieces
from ..sheets import FilledSheet, list_sources
from .styles import Styles

# Drawings stand inside a cell, or where it would, and hold texts of their own.
NO_CELL_CONTENT = frozenset({"annotation", "shapes", "tracked-changes", "note", "ruby-text", "frame", "g"})
NO_CELL_CONTENT |= {"custom-shape", "control", "caption", "measure", "connector", "rect", "line", "polyline"}
NO_CELL_CONTENT |= {"polygon", "regular-polygon", "path", "circle", "ellipse"}
MOST_SHEETS = 10_000
OVERLAP = 1024  # bytes; no name is longer
MOST_SOURCES = 1000  # of drop-down lists, and names
# The name of the copy that LibreOffice keeps of a table in another file; no sheet can be called so.
CACHE = re.compile(r"'[a-z]+:.*'#.*", re.DOTALL)


TABLE = re.compile(rb"<(?:[\w.-]+:)?table[\s/>]")


def filled_sheets(archive: ZipFile, contents: "Contents") -> list[tuple[int, FilledSheet]]:
    """The sheets of the document that hold anything, each with its place; `contents` gathers the rest.

    Only of several it takes more than a look at the beginning.
    """
    if count_tables(archive) == 1:
        return list(islice(parsed(archive, "content.xml", contents), 1))
    return gathered(archive, "content.xml", contents, MOST_SHEETS)


def count_tables(archive: ZipFile) -> int:
    """How often a table begins in the document, as far as its bytes tell: in UTF-16 they tell of none."""
    count, rest = 0, b""
    for piece in pieces(archive, "content.xml"):
        count += len(TABLE.findall(rest + piece))
        rest = piece[-OVERLAP:]  # what is found there twice does no harm
    return count


class Contents(Styles):
    """Finds the sheets that hold any value.

    ``sources`` are the conditions of cells with drop-down lists, ``names`` the cells that a name stands for.
    """

    skipped = NO_CELL_CONTENT

    def __init__(self) -> None:
        super().__init__({})
        self.sheet: FilledSheet | None = None  # the one that nothing has been found in yet
        self.place = 0
        self.sources: list[str] = []
        self.names: dict[str, str] = {}

    def start_content_validation(self, attributes: dict[str, str]) -> None:
        if len(self.sources) < MOST_SOURCES:
            self.sources.append(attributes.get("condition", ""))

    def start_named_range(self, attributes: dict[str, str]) -> None:
        if len(self.names) < MOST_SOURCES:
            self.names[attributes["name"]] = attributes.get("cell-range-address", "")

    def start_table(self, attributes: dict[str, str]) -> None:
        self.place += 1
        name = attributes.get("name", "")
        self.sheet = FilledSheet(name, self.is_hidden(attributes.get("style-name")))
        if CACHE.fullmatch(name):
            self.sheet = None

    def start_table_cell(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("value-type", "string")
        if self.sheet and (kind != "string" or attributes.get("string-value")):
            self._is_filled()

    def characters(self, content: str) -> None:
        if self.sheet and not content.isspace():
            self._is_filled()

    def end_table(self) -> None:
        self.sheet = None

    def _is_filled(self) -> None:
        self.found.append((self.place, self.sheet))
        self.sheet = None

    def list_sources(self) -> list[str]:
        """Where drop-down lists have their values from, those behind a name included."""
        return list_sources(self.sources, self.names)
