"""What is kept of an uploaded file: the picture or the PDF alone.

Telephones put films, further pictures and remarks behind a photograph, and place and device into it; mail
programs and websites put signs in front of a PDF, and zeros or white space behind it. Pictures are copied
part by part and never unpacked: their pixels stay as they are, and no file takes more memory than another.
What is left out stays out of sight of visitors whichever program reads the file.
"""

import re
import struct
import zlib
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings
from django.core.files import File

from . import exif
from .contents import (
    BLOCK,
    EXIF_SIGN,
    JPEG_BEGIN,
    JPEG_END,
    JPEG_EXIF,
    JPEG_SCAN,
    JPEG_WITHOUT_LENGTH,
    jpeg_marker,
    pass_scan,
    refused,
    skip,
    take,
)

JPEG_COMMENT = 0xFE
JPEG_OF_PROGRAMS = range(0xE0, 0xF0)
# The parts of programs that say how the pixels are to be shown: their density, colours and colour space.
JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
# The same of PNG, and its animation; parts whose name begins with a capital letter are the picture.
PNG_KEPT = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs sPLT cICP mDCV cLLI acTL fcTL fdAT".split()
)
WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_FEATURES_AT, WEBP_HAS_EXIF, WEBP_HAS_XMP = 20, 0x08, 0x04

PDF_BEGINS_WITHIN = 1024  # where readers look for its head
PDF_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]*(?=%PDF-[12]\.\d)")
PDF_PADDING = b"\0\x1a \t\r\n\f\v"
# What stays of it: white space in front of the first zero or Ctrl-Z, which an e-signature may cover; where it
# is longer than any program writes it, one line end.
PDF_LAST_SPACE = re.compile(rb"\s{0,64}(?!\s)|\r?\n?")
PDF_LAST_SPACE_WITHIN = 65


def sanitized(file: File) -> File:
    """What is kept of `file`: itself, or a copy without what surrounds the picture or the PDF.

    It is no examination: what comes back may still be refused. A ValidationError says that the file is
    damaged.
    """
    file.seek(0)
    head = file.read(PDF_BEGINS_WITHIN)
    for signature, copy in FORMATS:
        if signature.match(head):
            kept = SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 the storage reads it
            copy(file, kept)
            kept.flush()  # on a disk its size is what has been written
            return File(kept, name=file.name)
    return file


def copy_range(file: File, kept: IO[bytes], start: int, end: int) -> None:
    """Copy the bytes of `file` from `start` to before `end`; it then stands at the end."""
    file.seek(start)
    while start < end:
        block = take(file, min(BLOCK, end - start))
        kept.write(block)
        start += len(block)


def copy_jpeg(file: File, kept: IO[bytes]) -> None:
    """Copy the first picture up to its end: no film, no second picture, no remarks."""
    file.seek(0)
    jpeg_marker(file)
    kept.write(bytes((0xFF, JPEG_BEGIN)))
    has_exif = False
    while (marker := jpeg_marker(file)) != JPEG_END:
        if marker in JPEG_WITHOUT_LENGTH:
            kept.write(bytes((0xFF, marker)))
            continue
        (length,) = struct.unpack(">H", take(file, 2))
        if length < 2:
            raise refused("damaged")
        data = take(file, length - 2)
        if marker == JPEG_EXIF and data.startswith(EXIF_SIGN) and not has_exif:
            has_exif = True
            if stated := exif.stating(exif.orientation(data[len(EXIF_SIGN) :])):
                write_jpeg_part(kept, marker, EXIF_SIGN + stated)
        elif is_kept_of_jpeg(marker, data):
            write_jpeg_part(kept, marker, data)
        if marker == JPEG_SCAN:
            start = file.tell()
            pass_scan(file)
            copy_range(file, kept, start, file.tell())
    kept.write(bytes((0xFF, JPEG_END)))


def is_kept_of_jpeg(marker: int, data: bytes) -> bool:
    if marker in JPEG_OF_PROGRAMS:
        return marker in JPEG_KEPT and data.startswith(JPEG_KEPT[marker])
    return marker != JPEG_COMMENT


def write_jpeg_part(kept: IO[bytes], marker: int, data: bytes) -> None:
    kept.write(bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data)


def copy_png(file: File, kept: IO[bytes]) -> None:
    """Copy the picture up to its end, without texts and the time."""
    file.seek(0)
    kept.write(take(file, 8))
    kind = b""
    while kind != b"IEND":
        start = file.tell()
        length, kind = struct.unpack(">I4s", take(file, 8))
        if kind == b"eXIf" and length <= BLOCK:
            if stated := exif.stating(exif.orientation(take(file, length))):
                part = kind + stated
                kept.write(struct.pack(">I", len(stated)) + part + struct.pack(">I", zlib.crc32(part)))
        elif kind[:1].isupper() or kind in PNG_KEPT:
            copy_range(file, kept, start, start + 8 + length + 4)
        file.seek(start)
        skip(file, 8 + length + 4)


def copy_webp(file: File, kept: IO[bytes]) -> None:
    """Copy the picture up to its end; its head then says what is left."""
    file.seek(4)
    (length,) = struct.unpack("<I", take(file, 4))
    kept.write(b"RIFF\0\0\0\0WEBP")
    start, end, features, stated = 12, length + 8, None, b""
    while start < end:
        file.seek(start)
        kind, length = struct.unpack("<4sI", take(file, 8))
        padded = length + length % 2
        if kind == b"VP8X" and start == 12:
            head = take(file, padded)
            features = head[0] & ~(WEBP_HAS_EXIF | WEBP_HAS_XMP) if head else None
            kept.write(kind + struct.pack("<I", length) + bytes((features or 0,)) + head[1:])
        elif kind == b"EXIF" and features is not None and not stated and length <= BLOCK:
            stated = exif.stating(exif.orientation(take(file, length).removeprefix(EXIF_SIGN)))
            if stated:
                kept.write(kind + struct.pack("<I", len(stated)) + stated)
        elif kind in WEBP_KEPT:
            copy_range(file, kept, start, start + 8 + padded)
        start += 8 + padded
    size = kept.tell()
    kept.seek(4)
    kept.write(struct.pack("<I", size - 8))
    if features is not None and stated:
        kept.seek(WEBP_FEATURES_AT)
        kept.write(bytes((features | WEBP_HAS_EXIF,)))


def copy_pdf(file: File, kept: IO[bytes]) -> None:
    """Copy the PDF from its head to its end, every byte as it is: an e-signature covers them."""
    file.seek(0)
    head = PDF_HEAD.match(file.read(PDF_BEGINS_WITHIN))
    copy_range(file, kept, head.end() if head else 0, end_of_pdf(file))


def end_of_pdf(file: File) -> int:
    """Where what a PDF was filled up with begins: zeros, white space and Ctrl-Z, in any order."""
    end = file.size
    while end:
        start = max(0, end - BLOCK)
        file.seek(start)
        if block := take(file, end - start).rstrip(PDF_PADDING):
            end = start + len(block)
            break
        end = start
    file.seek(end)
    last_space = PDF_LAST_SPACE.match(file.read(PDF_LAST_SPACE_WITHIN))
    return end + (last_space.end() if last_space else 0)


FORMATS: tuple[tuple[re.Pattern[bytes], Callable[[File, IO[bytes]], None]], ...] = (
    (PDF_HEAD, copy_pdf),
    (re.compile(rb"\xff\xd8\xff"), copy_jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), copy_png),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), copy_webp),
)
