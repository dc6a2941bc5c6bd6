"""What is attached is told by its content alone, and nothing that a browser could run comes in."""

import gzip
import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.contents import BLOCK, examine

from .contents import (
    EXTENDED,
    LOSSLESS,
    LOSSY,
    PDF_BODY,
    container,
    jpeg,
    jpeg_part,
    pdf,
    png,
    png_part,
    signed,
    webp,
    webp_part,
)

SCRIPT = b"<script>alert(document.domain)</script>"
PAGE = b"<!doctype html><html><body>" + SCRIPT
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def archive(prefix=b""):
    file = io.BytesIO(prefix)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("a.class", b"x")
    return file.getvalue()


def archive_ending(size):
    """The table at the end of an archive, followed by a remark of `size` bytes."""
    return archive()[:-2] + size.to_bytes(2, "little")


GOOD = {
    "PDF": (pdf(), "application/pdf", None),
    "PDF signed twice": (signed(signed(pdf())), "application/pdf", None),
    "PDF with zeros behind it": (pdf() + b"\r\n" + b"\0" * 500, "application/pdf", None),
    "PDF with the end mark of DOS behind it": (pdf() + b"\x1a", "application/pdf", None),
    "PDF with an annex": (pdf(PDF_BODY + b"<< /EmbeddedFile >>"), "application/pdf", None),
    "PDF that names JavaScripts": (pdf(PDF_BODY + b"<< /JavaScripts /Launched >>"), "application/pdf", None),
    "JPEG": (jpeg(), "image/jpeg", (40, 30)),
    "progressive JPEG": (
        jpeg().replace(b"\xff\xc0", b"\xff\xc2")[:-2] + jpeg_part(0xDA, b"\1\1\0\1\5\0") + b"\x01\xff\xd9",
        "image/jpeg",
        (40, 30),
    ),
    "JPEG with filled markers": (jpeg(scan=b"\x12\xff\xff\xff"), "image/jpeg", (40, 30)),
    "JPEG whose scan is long": (
        jpeg(scan=b"\x12" * (BLOCK - 1) + b"\xff\x00" * BLOCK + b"\x12"),
        "image/jpeg",
        (40, 30),
    ),
    "JPEG with a second image": (jpeg() + jpeg(20, 15), "image/jpeg", (40, 30)),
    # Sent as an image, with nosniff, it is one to every browser.
    "JPEG with a page in a remark": (jpeg(extra=jpeg_part(0xFE, PAGE)), "image/jpeg", (40, 30)),
    "JPEG filled up with zeros": (jpeg() + b"\0" * 300, "image/jpeg", (40, 30)),
    "PNG": (png(), "image/png", (40, 30)),
    "PNG with a page in a remark": (png(extra=png_part(b"tEXt", b"a\0" + PAGE)), "image/png", (40, 30)),
    "PNG with a remark": (png(extra=png_part(b"tEXt", b"Title\0Tukums")), "image/png", (40, 30)),
    "lossy WebP": (webp(LOSSY), "image/webp", (40, 30)),
    "lossless WebP": (webp(LOSSLESS), "image/webp", (40, 30)),
    "e-signed container": (container(), "application/vnd.etsi.asic-e+zip", None),
    "extended WebP": (webp(EXTENDED + LOSSY + webp_part(b"EXIF", b"odd")), "image/webp", (40, 30)),
}

REFUSED = {
    "nothing": (b"", "nothing"),
    "page": (PAGE, "kind"),
    "page after white space": (b" \n\t" + PAGE, "kind"),
    "page after a byte order mark": (b"\xef\xbb\xbf" + PAGE, "kind"),
    "drawing": (DRAWING, "kind"),
    "drawing with an XML declaration": (b'<?xml version="1.0"?>' + DRAWING, "kind"),
    "drawing, packed": (gzip.compress(DRAWING), "kind"),
    "drawing in UTF-16": (DRAWING.decode().encode("utf-16"), "kind"),
    "drawing with a JPEG in it": (DRAWING[:-2] + b"><!--" + jpeg() + b"--></svg>", "kind"),
    "JPEG with a drawing behind it": (jpeg() + DRAWING, "damaged"),
    "PNG with a drawing behind it": (png() + DRAWING, "damaged"),
    "PDF with a drawing behind it": (pdf() + DRAWING, "damaged"),
    "page in UTF-16": (PAGE.decode().encode("utf-16"), "kind"),
    "page in UTF-7": (b"+/v8-+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "kind"),
    "page as a mail": (b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE, "kind"),
    "page in XML": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "kind"),
    "style sheet": (b"*{background:url(//evil.example)}", "kind"),
    "script": (b"alert(1)//%PDF-1.7", "kind"),
    "form for PDF readers": (b'<?xml version="1.0"?><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>', "kind"),
    "bitmap that is a script": (b"BM=1;alert(1)//" + bytes(40), "kind"),
    "icon": (b"\0\0\1\0\1\0" + bytes(40), "kind"),
    "TIFF": (b"II*\0" + bytes(40), "kind"),
    "AVIF": (b"\0\0\0\x1cftypavif" + bytes(40), "kind"),
    "film": (b"\x1aE\xdf\xa3" + bytes(40), "kind"),
    "GIF": (b"GIF89a\1\0\1\0\0\0\0;", "kind"),
    "GIF that is a script": (b"GIF89a=1;alert(1)//", "kind"),
    "GIF with a page behind it": (b"GIF89a\1\0\1\0\0\0\0;" + PAGE, "kind"),
    "drawing after a remark": (b"<!-- %PDF-1.7 -->" + DRAWING, "kind"),
    "archive with a PDF behind it": (archive() + pdf(), "archive"),
    "text": (b"Ligums", "kind"),
    "program": (b"MZ\x90\0" + b"\0" * 60, "kind"),
    "archive": (archive(), "archive"),
    "text document": (container("application/vnd.oasis.opendocument.text"), "archive"),
    "container of another kind": (container("application/vnd.etsi.asic-e+zip2"), "archive"),
    "container with a packed type": (container(compression=zipfile.ZIP_DEFLATED), "archive"),
    "container cut off": (container()[:-10], "damaged"),
    "archive that names a container in its second part": (archive()[:-22] + container(), "archive"),
    "PDF behind something": (b"\n" + pdf(), "kind"),
    "PDF behind a page": (PAGE + pdf(), "kind"),
    "PDF cut off": (pdf()[:-8], "damaged"),
    "PDF with a page behind it": (pdf() + PAGE, "damaged"),
    "PDF with a page behind it that ends like one": (pdf() + PAGE + b"\n%%EOF", "damaged"),
    "PDF with a page and a false table": (pdf() + PAGE + b"startxref\n10\n%%EOF", "damaged"),
    "PDF whose table is far outside": (PDF_BODY + b"startxref\n999999999999\n%%EOF", "damaged"),
    "PDF with an archive behind it": (archive(pdf()), "damaged"),
    "PDF within the remark of an archive": (
        pdf(PDF_BODY + archive_ending(len(pdf()) - len(PDF_BODY))),
        "damaged",
    ),
    "PDF with a script whose name is disguised": (
        pdf(PDF_BODY + b"<< /S /J#61vaScrip#74 /JS (app.alert(1)) >>"),
        "active",
    ),
    "PDF with a script": (pdf(PDF_BODY + b"<< /S /JavaScript /JS (app.alert(1)) >>"), "active"),
    "PDF that starts a program": (pdf(PDF_BODY + b"<< /S /Launch /F (cmd.exe) >>"), "active"),
    **{
        f"PDF that says {name}": (pdf(PDF_BODY + b"<< /S /%b /F (a) >>" % name.encode()), "active")
        for name in ("SubmitForm", "ImportData", "GoToR", "GoToE", "XFA")
    },
    "PDF with a script between two blocks": (
        pdf(PDF_BODY + b"%" + b"x" * (BLOCK - len(PDF_BODY) - 6) + b"/JavaScript "),
        "active",
    ),
    "PDF that plays something, disguised between two blocks": (
        pdf(
            PDF_BODY
            + b"%"
            + b"x" * (BLOCK - len(PDF_BODY) - 46)
            + b"/"
            + b"".join(b"#%02x" % letter for letter in b"RichMediaExecute")
            + b" "
        ),
        "active",
    ),
    "head of a PDF alone": (b"%PDF-1.7", "damaged"),
    "JPEG cut off in its scan": (jpeg()[:-4], "damaged"),
    "JPEG cut off before its end": (jpeg()[:-2], "damaged"),
    "JPEG cut off within a marker": (jpeg()[:-1], "damaged"),
    "JPEG cut off in a part": (jpeg()[:15], "damaged"),
    "JPEG without pixels": (b"\xff\xd8\xff\xd9", "damaged"),
    "JPEG without measures": (jpeg(0, 0), "damaged"),
    "JPEG with a part of no length": (jpeg(extra=b"\xff\xe1\0\1"), "damaged"),
    "JPEG in the middle of another": (jpeg(extra=b"\xff\xd8"), "damaged"),
    "JPEG with a page behind it": (jpeg() + PAGE, "damaged"),
    "JPEG with a page behind zeros": (jpeg() + b"\0" * BLOCK + PAGE, "damaged"),
    "JPEG with a page behind a second image": (jpeg() + jpeg() + PAGE, "damaged"),
    "JPEG with an archive behind it": (archive(jpeg()), "damaged"),
    "JPEG that begins like one": (b"\xff\xd8\xff" + PAGE, "damaged"),
    "JPEG with half a second image": (jpeg() + jpeg()[:20], "damaged"),
    "PNG cut off": (png()[:-10], "damaged"),
    "PNG cut off in its head": (png()[:20], "damaged"),
    "PNG whose part is longer than the file": (png(extra=b"\x7f\xff\xff\xfftEXt"), "damaged"),
    "PNG that begins with another part": (b"\x89PNG\r\n\x1a\n" + png_part(b"tEXt", b"x" * 13), "damaged"),
    "PNG without measures": (png(0, 0), "damaged"),
    "PNG without a pixel": (png().replace(b"IDAT", b"tEXt"), "damaged"),
    "PNG larger than browsers can unpack": (png(60_000, 60_000, rows=1), "pixels"),
    "PNG with a page behind it": (png() + PAGE, "damaged"),
    "PNG with an archive behind it": (archive(png()), "damaged"),
    "PNG that is an archive within": (png(extra=png_part(b"tEXt", archive())), "damaged"),
    "WebP cut off": (webp(LOSSY)[:-4], "damaged"),
    "WebP with a page behind it": (webp(LOSSY) + PAGE, "damaged"),
    "WebP whose part is longer than the file": (webp(b"VP8 \xff\xff\0\0" + LOSSY[8:]), "damaged"),
    "WebP with nothing in it": (webp(b""), "damaged"),
    "WebP with an unknown image": (webp(webp_part(b"ANIM", b"0123456789")), "damaged"),
    "WebP with a short head": (webp(webp_part(b"VP8L", b"\x2f") + LOSSY), "damaged"),
    "WebP with a shorter head": (webp(webp_part(b"VP8 ", b"\x10\0\0\x9d\x01\x2a")), "damaged"),
    "sound": (webp(LOSSY).replace(b"WEBP", b"WAVE"), "kind"),
}


@pytest.mark.parametrize("name", GOOD)
def test_whole_files_are_told_by_their_content_and_measured(name):
    content, media_type, measures = GOOD[name]
    width, height = measures or (None, None)
    digest = hashlib.sha256(content).hexdigest()
    assert examine(ContentFile(content)) == (media_type, len(content), digest, width, height)


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused_and_why_is_said(name):
    content, reason = REFUSED[name]
    with pytest.raises(ValidationError) as refusal:
        examine(ContentFile(content))
    assert refusal.value.code == reason


@pytest.mark.parametrize(
    ("name", "declared", "content"),
    [("ligums.pdf", "application/pdf", PAGE), ("attels.png", "image/png", DRAWING)],
    ids=["page", "drawing"],
)
def test_neither_name_nor_declared_type_makes_a_file_what_it_is_not(name, declared, content):
    with pytest.raises(ValidationError) as refusal:
        examine(SimpleUploadedFile(name, content, declared))
    assert refusal.value.code == "kind"


@pytest.mark.parametrize(("name", "declared"), [("attels.jpg", "image/jpeg"), ("lapa.html", "text/html")])
def test_image_is_what_it_is_whatever_it_is_called(name, declared):
    assert examine(SimpleUploadedFile(name, png(), declared)).media_type == "image/png"


def test_file_up_to_the_limit_is_taken_and_a_larger_one_refused(settings):
    content = pdf()
    settings.DOCUMENT_MAX_BYTES = len(content)
    assert examine(ContentFile(content)).size == len(content)
    with pytest.raises(ValidationError) as refusal:
        examine(ContentFile(content + b"\n"))
    assert refusal.value.code == "size"


@pytest.mark.parametrize(
    "content", [pdf(), jpeg(), png(), webp(EXTENDED + LOSSY)], ids=["PDF", "JPEG", "PNG", "WebP"]
)
def test_no_beginning_of_a_file_is_taken_for_the_whole(content):
    taken = []
    for end in range(len(content.rstrip())):
        try:
            examine(ContentFile(content[:end]))
        except ValidationError:
            continue
        taken.append(end)
    assert taken == []
