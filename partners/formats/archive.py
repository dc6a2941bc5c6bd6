"""Files that are archives of XML: looked at before anything is unpacked, and parsed without a DTD.

What a file may cost is bounded while it is parsed, not by the sizes that it states: the length of a tag, the
number of different names, of elements, and of those inside one another.
"""

import io
import lzma
import zlib
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.sax import SAXException  # nosec B406 # defusedxml parses
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.conf import settings
from django.utils.translation import gettext as _

from .table import UnreadableError, limited

PIECE = 2**16
# Of a document, and for each row that there may be, of which all columns of the register need half.
MOST_ELEMENTS, ELEMENTS_OF_A_ROW = 100_000, 120
DEEPEST_ELEMENT = 100
LONGEST_TAG = 2**19  # bytes: an attribute holds the text of a cell at most
MOST_NAMES = 5000  # of elements and attributes: neither format knows as many
# What a broken archive or document raises is of every kind: a missing part, a wrong checksum, a password,
# an unknown compression, a number that is none.
BROKEN = (
    BadZipFile,
    DefusedXmlException,
    SAXException,
    ArithmeticError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
)


def damaged():
    return UnreadableError(
        _("The file is damaged. Open it in Excel or LibreOffice and save it as XLSX or ODS.")
    )


def opened(content):
    """The archive in the bytes `content`; its sizes are what zipfile will not unpack more than."""
    try:
        archive = ZipFile(io.BytesIO(content))
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged() from error
    entries = archive.infolist()
    limited(
        len(entries),
        "IMPORT_MAX_ENTRIES",
        _("The file consists of more than %(limit)s parts. Save only the table as a new file."),
    )
    limited(
        sum(entry.file_size for entry in entries),
        "IMPORT_MAX_UNPACKED_BYTES",
        _("Unpacked, the file is larger than %(limit)s. Save only the table as a new file."),
    )
    if len({entry.filename for entry in entries}) < len(entries):
        raise damaged()
    return archive


def most_elements() -> int:
    return MOST_ELEMENTS + ELEMENTS_OF_A_ROW * settings.IMPORT_MAX_ROWS


def too_complex():
    return UnreadableError(_("The file is too complex. Save only the table as a new file."))


class Collector:
    """Gathers in `found` what the elements of a document say.

    A subclass has a method ``start_row(attributes)`` or ``end_row()`` for each element that it cares about;
    the hyphens of a name are underscores there. Names come without prefixes, those of attributes both with
    and without. ``characters(text)`` is called with the text between tags, but for `skipped` elements.
    """

    skipped: frozenset[str] = frozenset()
    characters: Any = None

    def __init__(self) -> None:
        self.found: deque = deque()


def without_prefixes(attributes: dict[str, str]) -> dict[str, str]:
    """`attributes` by their names with and without prefixes; the first of several of one name counts."""
    for name in attributes:
        if ":" in name:
            break
    else:
        return attributes
    bare: dict[str, str] = {}
    for name, value in attributes.items():
        bare.setdefault(name.rpartition(":")[2], value)
    return bare | attributes


class Parser(DefusedExpatParser):
    """Hands the elements of a document to a Collector straight from Expat: SAX takes twice the time."""

    def __init__(self, collector: Collector) -> None:
        super().__init__(forbid_dtd=True)
        self.collector = collector
        self.fed = self.started = self.ended = self.skipping = 0
        self.starts: dict[str, Any] = {}
        self.ends: dict[str, Any] = {}

    def reset(self) -> None:
        self._interning: dict = {}  # every name of the document
        super().reset()
        self._parser.buffer_text = True
        if hasattr(self._parser, "SetReparseDeferralEnabled"):
            # It keeps Expat behind what it was fed, for fear of tags longer than are let through here.
            self._parser.SetReparseDeferralEnabled(False)
        self._read()

    def feed(self, data: bytes, isFinal: bool = False) -> None:  # noqa: N803 as in the base class
        super().feed(data, isFinal)
        self.fed += len(data)
        if (
            self.started > most_elements()
            or self.started - self.ended > DEEPEST_ELEMENT
            or len(self._interning) > MOST_NAMES
            # Where Expat stands is the beginning of what it waits for the end of.
            or self.fed - self._parser.CurrentByteIndex > LONGEST_TAG
        ):
            raise too_complex()

    def _read(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.collector.characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.started += 1
        try:
            method = self.starts[name]
        except KeyError:
            method = self._learn(name)
        if method:
            method(without_prefixes(attributes))

    def _end(self, name: str) -> None:
        self.ended += 1
        if method := self.ends[name]:
            method()

    def _learn(self, name: str) -> Any:
        """Look up what is to be done with the elements of this name."""
        local = name.rpartition(":")[2]
        method = local.replace("-", "_")
        self.ends[name] = getattr(self.collector, f"end_{method}", None)
        self.starts[name] = getattr(self.collector, f"start_{method}", None)
        if local in self.collector.skipped:
            self.starts[name] = self._skip
        return self.starts[name]

    def _skip(self, attributes: dict[str, str]) -> None:
        """Pass over what the element holds."""
        self.skipping = 1
        self._parser.StartElementHandler = self._start_skipped
        self._parser.EndElementHandler = self._end_skipped
        self._parser.CharacterDataHandler = None

    def _start_skipped(self, name: str, attributes: dict[str, str]) -> None:
        self.started += 1
        self.skipping += 1

    def _end_skipped(self, name: str) -> None:
        self.ended += 1
        self.skipping -= 1
        if not self.skipping:
            self._read()


def entry_name(archive: ZipFile, part: str) -> str | None:
    """What the archive calls a part: programs differ in the size of letters and in slashes."""
    if part in archive.NameToInfo:
        return part
    wanted = part.casefold()
    for name in archive.namelist():
        if name.replace("\\", "/").lstrip("/").casefold() == wanted:
            return name
    return None


def part_of(archive: ZipFile, part: str) -> bytes:
    """The bytes of a part of the archive; there may be none of that name."""
    name = entry_name(archive, part)
    try:
        return archive.read(name) if name else b""
    except BROKEN as error:
        raise damaged() from error


def pieces(archive: ZipFile, part: str) -> Iterator[bytes]:
    """The bytes of a part of the archive, some at a time."""
    try:
        with archive.open(entry_name(archive, part) or part) as stream:
            while piece := stream.read(PIECE):
                yield piece
    except BROKEN as error:
        raise damaged() from error


def parsed(archive: ZipFile, part: str, collector: Collector) -> Iterator:
    """What `collector` finds in the `part` of `archive`, as soon as it is found."""
    parser = Parser(collector)
    try:
        for piece in pieces(archive, part):
            parser.feed(piece)
            while collector.found:
                yield collector.found.popleft()
        parser.close()
    except UnreadableError:
        raise
    except BROKEN as error:
        raise damaged() from error
    yield from collector.found


def gathered(archive: ZipFile, part: str, collector: Collector, most: int) -> list:
    """All that `collector` finds in the `part` of `archive`; refused if that is more than `most`."""
    found = list(islice(parsed(archive, part, collector), most + 1))
    if len(found) > most:
        raise too_complex()
    return found
