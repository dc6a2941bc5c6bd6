"""What a file is, told by its content: its name, and what a browser says of it, prove nothing.

Each format is walked from part to part to its end, so that nothing else stands in front of it or behind it:
no file is an image to one program and a page or an archive to another.
"""

import hashlib
import re
import struct
import zipfile
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from . import exif
from .pdf_inspection import ACTIVE, ACTIVE_KEYS, TRIGGERS, Finding, inspect

BLOCK = 2**16
HEAD = 128  # bytes that tell the kind of a file

PDF = "application/pdf"
CONTAINER = "application/vnd.etsi.asic-e+zip"

EXTENSIONS = {
    PDF: (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    CONTAINER: (".edoc", ".asice", ".sce"),
}

# The end of a PDF, white space, the zeros that scanners fill up with, or the end mark of DOS (Ctrl-Z) behind
# it; where its last table stands.
PDF_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF[\s\0\x1a]*\Z")
PDF_END_WITHIN = 1024
PDF_TABLE = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)\b")


def pdf_name(name):
    """The pattern of a name in a PDF, each letter of which may be written as its number."""
    letters = "".join(
        f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name.removeprefix("/")
    )
    return f"/{letters}\\b".encode()


# Names that do not tell by themselves: articles are threads, and pixels may read like a short name.
PDF_UNCERTAIN = {"/Thread", "/JS"}
# What runs, sends, plays or opens something else as soon as a reader opens it, as far as it is plain to see;
# a signed copy needs none of it. Attached files stay: an e-signed PDF may hold the annexes it was signed
# with, and none of them opens by itself.
PDF_ACTIVE = re.compile(
    b"|".join(map(pdf_name, sorted((ACTIVE | ACTIVE_KEYS) - PDF_UNCERTAIN)))
    + rb"|/S\s*"
    + pdf_name("/Thread")
)
# What makes it necessary to look at its objects: not all of them can be read, some are addresses, or
# something happens without a click.
PDF_TO_INSPECT = re.compile(
    b"|".join(
        map(pdf_name, ("/ObjStm", "/XRef", "/XRefStm", "/Encrypt", "/URI", *TRIGGERS, *sorted(PDF_UNCERTAIN)))
    )
)
PDF_ACTIVE_WITHIN = 64  # bytes; the longest name with each letter as its number

MOST_PIXELS = 100_000_000  # more than a sheet of A3 at 600 dots an inch; browsers unpack each of them

ARCHIVE = b"PK\x03\x04"
# The first part of an e-signed container, not compressed, says what it is: ETSI EN 319 162-1, annex A.1.
CONTAINER_HEAD = re.compile(
    rb"PK\x03\x04.{4}\x00\x00.{16}\x08\x00.{2}mimetype.{0,40}?"
    + re.escape(CONTAINER).encode()
    + rb"(?:.{12})?PK",
    re.DOTALL,
)

JPEG_BEGIN, JPEG_END, JPEG_SCAN, JPEG_EXIF = 0xD8, 0xD9, 0xDA, 0xE1
EXIF_SIGN = b"Exif\0\0"
JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
JPEG_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

REFUSALS = {  # under these codes; "empty" is one of Django's, with a sentence of its own
    "nothing": _("The file is empty. Look whether it opens on your computer, and choose it again."),
    "size": _(
        "The file has %(size)s; the most that is taken is %(limit)s. "
        "Scan it at a lower resolution or save it smaller, and choose the new file."
    ),
    "kind": _(
        "This is no PDF and no JPEG, PNG or WebP image, whatever its name says. "
        "Save it as one of these, and choose the new file."
    ),
    "archive": _(
        "This is an archive, such as a Word document. Save what it holds as a PDF, and choose that file. "
        "Only an e-signed container (.edoc, .asice) is kept as it is."
    ),
    "damaged": _(
        "The file is damaged or incomplete, or something else stands behind its end. "
        "Open it, save it anew as a PDF or an image, and choose the new file."
    ),
    "pixels": _(
        "The picture is %(width)s × %(height)s pixels large, which is too much for browsers. "
        "Save it at a lower resolution, and choose the new file."
    ),
    "active": _(
        "This PDF holds a script, or sends, fetches or starts something. Print it to a new PDF, which holds "
        "what is to be read and nothing more, and choose the new file."
    ),
    "password": _(
        "This PDF is protected by a password. Save it without one, or print it to a new PDF, and choose the "
        "new file."
    ),
    "unchecked": _(
        "The contents of this PDF cannot be checked: it is damaged, or too complex. Print it to a new PDF, "
        "and choose the new file."
    ),
}


class Content(NamedTuple):
    """What a file turned out to be; `width` and `height` of an image in pixels."""

    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None


def refused(reason, **params):
    return ValidationError(REFUSALS[reason], code=reason, params=params)


def examine(file):
    """The Content of `file`, a Django File; a ValidationError says why it is refused and what to do."""
    if not file.size:
        raise refused("nothing")
    if file.size > settings.DOCUMENT_MAX_BYTES:
        limit = filesizeformat(settings.DOCUMENT_MAX_BYTES)
        raise refused("size", size=filesizeformat(file.size), limit=limit)
    file.seek(0)
    head = file.read(HEAD)
    media_type, walk = next(
        ((media_type, walk) for media_type, signature, walk in FORMATS if signature.match(head)), (None, None)
    )
    if not walk:
        raise refused("archive" if head.startswith(ARCHIVE) else "kind")
    width, height = walk(file)
    if width and width * height > MOST_PIXELS:
        raise refused("pixels", width=width, height=height)
    # An archive is read from its end, and may begin with anything.
    if media_type != CONTAINER and zipfile.is_zipfile(file):
        raise refused("damaged")
    if media_type == PDF:
        refuse_active_pdf(file)
    digest = hashlib.sha256()
    for chunk in file.chunks(BLOCK):
        digest.update(chunk)
    return Content(media_type, file.size, digest.hexdigest(), width, height)


def take(file, count):
    taken = file.read(count)
    if len(taken) < count:
        raise refused("damaged")
    return taken


def skip(file, count):
    file.seek(count, 1)
    if file.tell() > file.size:
        raise refused("damaged")


def pdf(file):
    file.seek(max(0, file.size - PDF_END_WITHIN))
    end = PDF_END.search(file.read())
    if not end:
        raise refused("damaged")
    file.seek(int(end[1]))
    if not PDF_TABLE.match(file.read(64)):
        raise refused("damaged")
    return None, None


def refuse_active_pdf(file):
    """Raise a ValidationError where a PDF does something of its own accord, or cannot be looked through."""
    before, has_hidden_objects = b"", False
    for chunk in file.chunks(BLOCK):
        seen = before + chunk
        if PDF_ACTIVE.search(seen):
            raise refused("active")
        has_hidden_objects = has_hidden_objects or PDF_TO_INSPECT.search(seen)
        before = chunk[-PDF_ACTIVE_WITHIN:]
    if not has_hidden_objects:
        return
    finding = inspect(file.chunks(BLOCK))
    if finding is not Finding.PASSIVE:
        raise refused(finding.name.lower())


def container(file):
    """An e-signed container, which nothing here unpacks: it only has to be whole."""
    if not zipfile.is_zipfile(file):
        raise refused("damaged")
    return None, None


def png(file):
    file.seek(8)
    length, kind, width, height = struct.unpack_from(">I4sII", take(file, 25))
    if (length, kind) != (13, b"IHDR") or not (width and height):
        raise refused("damaged")
    has_pixels, orientation = False, exif.UPRIGHT
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", take(file, 8))
        has_pixels = has_pixels or kind == b"IDAT"
        begin = take(file, length) if kind == b"eXIf" and length <= BLOCK else b""
        orientation = exif.orientation(begin) if begin else orientation
        skip(file, length - len(begin) + 4)
    if file.tell() != file.size or not has_pixels:
        raise refused("damaged")
    return exif.as_shown(width, height, orientation)


def webp(file):
    file.seek(4)
    (length,) = struct.unpack("<I", take(file, 4))
    if length + 8 != file.size:
        raise refused("damaged")
    file.seek(12)
    measures = None
    while not measures or file.tell() < file.size:
        kind, length = struct.unpack("<4sI", take(file, 8))
        begin = take(file, min(length, 10))
        measures = measures or webp_measures(kind, begin)
        skip(file, length - len(begin) + length % 2)
    return measures


def webp_measures(kind, begin):
    """Width and height as the first part of a WebP image has them, each kind in its own way."""
    if kind == b"VP8X" and len(begin) == 10:
        return int.from_bytes(begin[4:7], "little") + 1, int.from_bytes(begin[7:10], "little") + 1
    if kind == b"VP8L" and len(begin) >= 5 and begin[:1] == b"\x2f":
        bits = int.from_bytes(begin[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(begin) == 10 and begin[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", begin[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise refused("damaged")


def jpeg(file):
    file.seek(0)
    measures = one_jpeg(file)
    # Telephones put further images behind the first, such as one for bright screens; cameras fill up with
    # zeros.
    while (ahead := file.read(2)) == b"\xff\xd8":
        file.seek(-2, 1)
        one_jpeg(file)
    while ahead:
        if ahead.strip(b"\0"):
            raise refused("damaged")
        ahead = file.read(BLOCK)
    return measures


def one_jpeg(file):
    """Walk to the end of the image that begins here; return width and height as it is shown."""
    measures, orientation = (0, 0), None
    if jpeg_marker(file) != JPEG_BEGIN:
        raise refused("damaged")
    while (marker := jpeg_marker(file)) != JPEG_END:
        if marker in JPEG_WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack(">H", take(file, 2))
        if marker in (0, JPEG_BEGIN) or length < 2:
            raise refused("damaged")
        segment = take(file, length - 2)
        if marker in JPEG_FRAMES and len(segment) >= 5:
            height, width = struct.unpack_from(">HH", segment, 1)
            measures = (width, height)
        if marker == JPEG_EXIF and segment.startswith(EXIF_SIGN) and orientation is None:
            orientation = exif.orientation(segment[len(EXIF_SIGN) :])
        if marker == JPEG_SCAN:
            pass_scan(file)
    if not all(measures):
        raise refused("damaged")
    return exif.as_shown(*measures, orientation or exif.UPRIGHT)


def jpeg_marker(file):
    if take(file, 1) != b"\xff":
        raise refused("damaged")
    while (marker := take(file, 1)) == b"\xff":
        pass
    return marker[0]


def pass_scan(file):
    """Go to the first marker behind the compressed pixels; they have no length."""
    while block := file.read(BLOCK):
        if marker := JPEG_MARKER_IN_SCAN.search(block):
            file.seek(marker.start() - len(block), 1)
            return
        if block.endswith(b"\xff") and len(block) > 1:
            file.seek(-1, 1)
    raise refused("damaged")


FORMATS = (
    (PDF, re.compile(rb"%PDF-[12]\.\d"), pdf),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff"), jpeg),
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n"), png),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL), webp),
    (CONTAINER, CONTAINER_HEAD, container),
)
