"""Files that are archives of XML: looked at before anything is unpacked, and parsed without a DTD."""

import io
import lzma
import zlib
from collections import deque
from xml.sax import SAXException  # nosec B406 # defusedxml parses
from xml.sax.handler import ContentHandler  # nosec B406
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

from .table import UnreadableError, limited

PIECE = 2**16
MOST_ELEMENTS = 4_000_000  # a table of the most rows and of all columns of the register needs fewer
DEEPEST_ELEMENT = 100
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


class Collector(ContentHandler):
    """Gathers in `found` what the elements of a document say.

    Their names come without prefixes, those of attributes both with and without.
    """

    def __init__(self):
        super().__init__()
        self.found = deque()
        self.elements = self.depth = 0

    def startElement(self, name, attrs):  # noqa: N802 the name that SAX calls
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST_ELEMENT:
            raise UnreadableError(_("The file is too complex. Save only the table as a new file."))
        attributes = {}
        for key in attrs.keys():  # noqa: SIM118 it is no dictionary
            attributes.setdefault(key.rpartition(":")[2], attrs[key])
        self.start(name.rpartition(":")[2], attributes | dict(attrs.items()))

    def endElement(self, name):  # noqa: N802 the name that SAX calls
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def start(self, name, attributes):
        """Begin the element `name`."""

    def end(self, name):
        """End the element `name`."""


def part_of(archive, name):
    """The bytes of a part of the archive; there may be none of that name."""
    try:
        return archive.read(name) if name in archive.namelist() else b""
    except BROKEN as error:
        raise damaged() from error


def parsed(archive, part, collector):
    """What `collector` finds in the `part` of `archive`, as soon as it is found."""
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(collector)
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.feed(piece)
                while collector.found:
                    yield collector.found.popleft()
            parser.close()
    except UnreadableError:
        raise
    except BROKEN as error:
        raise damaged() from error
    yield from collector.found
