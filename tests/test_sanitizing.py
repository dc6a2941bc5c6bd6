"""What is kept of an uploaded file: the picture or the PDF alone, without place and device."""

import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from partners import exif as exif_data
from partners.contents import BLOCK, EXIF_SIGN, examine
from partners.sanitizing import sanitized

from .contents import (
    EXTENDED,
    IPTC,
    LOSSLESS,
    LOSSY,
    PDF_BODY,
    TRAILERS,
    XMP,
    exif,
    jpeg,
    jpeg_part,
    pdf,
    png,
    png_part,
    signed,
    webp,
    webp_part,
)

PROFILE = jpeg_part(0xE2, b"ICC_PROFILE\0\1\1colours")
ADOBE = jpeg_part(0xEE, b"Adobe\0\x64\0\0\0\0\1")


def kept(content):
    file = sanitized(ContentFile(content, name="a"))
    file.seek(0)
    return file.read()


def with_exif(*parts):
    return jpeg(extra=b"".join((jpeg_part(0xE1, EXIF_SIGN + exif()), *parts)))


def archive_behind(content):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("a.class", b"x")
    return file.getvalue()


WHOLE = {
    "PDF": pdf(),
    "PDF signed twice": signed(signed(pdf())),
    "PDF with line ends behind it": pdf() + b"\r\n \n",
    "JPEG": jpeg(),
    "JPEG with colours": jpeg(extra=PROFILE + ADOBE),
    "JPEG whose scan is long": jpeg(scan=b"\x12" * (BLOCK - 1) + b"\xff\x00" * BLOCK + b"\x12"),
    "progressive JPEG": jpeg()[:-2] + jpeg_part(0xDA, b"\1\1\0\1\5\0") + b"\x01\xff\xd9",
    "PNG": png(),
    "PNG with colours": png(extra=png_part(b"gAMA", b"\0\0\xb1\x8f") + png_part(b"iCCP", b"a\0\0b")),
    "lossy WebP": webp(LOSSY),
    "lossless WebP": webp(LOSSLESS),
    "extended WebP": webp(EXTENDED + webp_part(b"ICCP", b"odd") + LOSSY),
    "page": b"<html>",
    "nothing": b"",
}


@pytest.mark.parametrize("name", WHOLE)
def test_file_with_nothing_round_it_is_kept_byte_for_byte(name):
    assert kept(WHOLE[name]) == WHOLE[name]


def test_file_too_large_for_memory_is_kept_whole(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = BLOCK
    large = pdf(PDF_BODY + b"%" * 3 * BLOCK + b"\n")
    file = sanitized(ContentFile(large, name="a"))
    assert examine(file).size == len(large)
    assert examine(sanitized(file)).size == len(large)


@pytest.mark.parametrize("trailer", TRAILERS)
def test_photograph_is_cut_behind_its_end(trailer):
    photograph = jpeg() + TRAILERS[trailer]
    assert kept(photograph) == jpeg()
    assert examine(sanitized(ContentFile(photograph))).size == len(jpeg())


@pytest.mark.parametrize("picture", [jpeg(), png(), webp(LOSSY)], ids=["JPEG", "PNG", "WebP"])
def test_archive_behind_a_picture_is_cut_off(picture):
    hidden = archive_behind(picture)
    assert zipfile.is_zipfile(io.BytesIO(hidden))
    assert kept(hidden) == picture


def test_archive_in_a_remark_of_a_picture_is_left_out():
    remark = archive_behind(b"")
    assert kept(png(extra=png_part(b"tEXt", remark))) == png()
    assert kept(jpeg(extra=jpeg_part(0xFE, remark))) == jpeg()


@pytest.mark.parametrize("order", "<>")
def test_photograph_keeps_of_place_and_device_only_which_side_is_up(order):
    known = jpeg_part(0xE1, EXIF_SIGN + exif(6, order))
    photograph = jpeg(extra=known + jpeg_part(0xE1, XMP) + jpeg_part(0xED, IPTC) + PROFILE)
    upright = jpeg_part(0xE1, EXIF_SIGN + exif_data.stating(6))
    assert kept(photograph) == jpeg(extra=upright + PROFILE)
    assert exif_data.orientation(exif_data.stating(6)) == 6


REMARKS = {
    "JPEG, upright": (jpeg(extra=jpeg_part(0xE1, EXIF_SIGN + exif(1))), jpeg()),
    "JPEG, small picture within": (jpeg(extra=jpeg_part(0xE0, b"JFXX\0\x10" + jpeg())), jpeg()),
    "JPEG, index of pictures": (jpeg(extra=jpeg_part(0xE2, b"MPF\0MM\0*")), jpeg()),
    "JPEG, of the maker": (jpeg(extra=jpeg_part(0xE4, b"Telefons-9")), jpeg()),
    "JPEG, remark": (jpeg(extra=jpeg_part(0xFE, b"Telefons-9")), jpeg()),
    "PNG, texts": (
        png(
            extra=png_part(b"tEXt", b"Model\0Telefons-9")
            + png_part(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
            + png_part(b"zTXt", b"Raw profile type iptc\0\0x")
            + png_part(b"tIME", b"\x07\xe4\1\1\1\1\1")
        ),
        png(),
    ),
    "PNG, upright": (png(extra=png_part(b"eXIf", exif(1))), png()),
    "PNG, lying": (png(extra=png_part(b"eXIf", exif(8))), png(extra=png_part(b"eXIf", exif_data.stating(8)))),
    "WebP": (
        webp(
            webp_part(b"VP8X", b"\x0c\0\0\0\x27\0\0\x1d\0\0")
            + LOSSY
            + webp_part(b"EXIF", exif(1))
            + webp_part(b"XMP ", XMP)
            + webp_part(b"TEL9", b"Telefons-9")
        ),
        webp(EXTENDED + LOSSY),
    ),
    "WebP, lying": (
        webp(
            webp_part(b"VP8X", b"\x0c\0\0\0\x27\0\0\x1d\0\0")
            + LOSSY
            + webp_part(b"EXIF", EXIF_SIGN + exif(6))
            + webp_part(b"XMP ", XMP)
        ),
        webp(
            webp_part(b"VP8X", b"\x08\0\0\0\x27\0\0\x1d\0\0")
            + LOSSY
            + webp_part(b"EXIF", exif_data.stating(6))
        ),
    ),
}


@pytest.mark.parametrize("name", REMARKS)
def test_remarks_of_cameras_and_programs_are_left_out(name):
    content, left = REMARKS[name]
    assert kept(content) == left
    assert kept(left) == left
    assert examine(ContentFile(left)).size == len(left)


@pytest.mark.parametrize(
    ("orientation", "measures"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))]
)
@pytest.mark.parametrize("make", ["JPEG", "PNG"])
def test_picture_is_measured_as_it_is_shown(make, orientation, measures):
    part = (jpeg_part, 0xE1, EXIF_SIGN) if make == "JPEG" else (png_part, b"eXIf", b"")
    extra = part[0](part[1], part[2] + exif(orientation))
    picture = sanitized(ContentFile((jpeg if make == "JPEG" else png)(extra=extra)))
    content = examine(picture)
    assert (content.width, content.height) == measures


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"MM\0*",
        b"MM\0*\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"GIF8\0\0\0\x08",
        exif(0),
        exif(9),
        exif_data.stating(6).replace(struct.pack(">HHI", 0x0112, 3, 1), struct.pack(">HHI", 0x0112, 4, 1)),
    ],
)
def test_picture_that_does_not_say_which_side_is_up_is_upright(tiff):
    assert exif_data.orientation(tiff) == exif_data.UPRIGHT


ROUND_A_PDF = {
    "zeros behind": (b"", b"\0" * 80_508),
    "zeros behind over several blocks": (b"", b"\0" * 3 * BLOCK),
    "zeros and line ends behind": (b"", b"\0\r\n\0\0"),
    "byte order mark in front": (b"\xef\xbb\xbf", b""),
    "line ends in front": (b"\r\n\n  ", b""),
    "both": (b"\xef\xbb\xbf\n", b"\0" * 500),
    "spaces behind": (b"", b" " * 3000),
    "spaces behind over several blocks": (b"", b" " * 3 * BLOCK),
    "line ends behind": (b"", b"\r\n" * 700),
    "Ctrl-Z behind": (b"", b"\x1a"),
    "everything behind": (b"", b"\x1a\r\n\0 \t\f\v\x1a" * 300),
}


@pytest.mark.parametrize("name", ROUND_A_PDF)
def test_pdf_is_kept_without_the_rubbish_round_it(name):
    before, after = ROUND_A_PDF[name]
    surrounded = before + signed(pdf()) + b"\r\n" + after
    assert kept(surrounded) == signed(pdf()) + b"\r\n"
    assert examine(sanitized(ContentFile(surrounded))).size == len(signed(pdf()) + b"\r\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html>" + pdf(), "kind"),
        (pdf() + b"<html>", "damaged"),
        (pdf() + b"\0" * 500 + b"<html>", "damaged"),
        (pdf() + b" " * 3000 + b"<html>", "damaged"),
        (pdf() + b"\x1a<html>" + b"\r\n" * 700, "damaged"),
        (b"\n" * 2000 + pdf(), "kind"),
    ],
)
def test_pdf_with_anything_else_round_it_is_refused(content, reason):
    with pytest.raises(ValidationError) as refusal:
        examine(sanitized(ContentFile(content)))
    assert refusal.value.code == reason


@pytest.mark.parametrize(
    "content", [with_exif(PROFILE), png(), webp(EXTENDED + LOSSY)], ids=["JPEG", "PNG", "WebP"]
)
def test_no_beginning_of_a_picture_is_taken_for_the_whole(content):
    taken = []
    for end in range(1, len(content)):
        try:
            examine(sanitized(ContentFile(content[:end])))
        except ValidationError:
            continue
        taken.append(end)
    assert taken == []
