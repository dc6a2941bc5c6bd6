"""Files as officers attach them, made in code: small, and whole."""

import io
import struct
import zipfile
import zlib

PDF_BODY = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"


def pdf(body=PDF_BODY):
    """A PDF with one empty page, as a scanner writes it; `body` is what comes before its pages."""
    written = body + (
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>\nendobj\n"
    )
    entries = b"".join(b"%010d 00000 n \n" % written.index(b"%d 0 obj" % number) for number in (1, 2, 3))
    return (
        written
        + b"xref\n0 4\n0000000000 65535 f \n"
        + entries
        + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    )


def signed(document):
    """`document`, a PDF, with what signing adds behind its end: an update with an end of its own."""
    update = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\n" % len(document)
    return document + update + b"startxref\n%d\n%%%%EOF" % len(document)


def png_part(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=40, height=30, extra=b"", rows=None):
    """A PNG of one colour; `extra` stands before its pixels, which are `rows` of the `height` that it claims."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x12\x48\x6b" * width) * (height if rows is None else rows))
    parts = png_part(b"IHDR", header) + extra + png_part(b"IDAT", pixels) + png_part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def jpeg_part(marker, data):
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(width=40, height=30, extra=b"", scan=b"\x12\xff\x00\x34\xff\xd0\x56"):
    """A JPEG in its parts, if not one that can be looked at; `extra` stands before its frame."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    parts = jpeg_part(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + extra + jpeg_part(0xC0, frame)
    return b"\xff\xd8" + parts + jpeg_part(0xDA, b"\1\1\0\0\x3f\0") + scan + b"\xff\xd9"


def webp(part):
    return b"RIFF" + struct.pack("<I", len(part) + 4) + b"WEBP" + part


def webp_part(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


LOSSY = webp_part(b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", 40, 30) + b"\0" * 5)
LOSSLESS = webp_part(b"VP8L", b"\x2f" + struct.pack("<I", 39 | 29 << 14) + b"\0" * 4)
EXTENDED = webp_part(b"VP8X", b"\0" * 4 + b"\x27\0\0\x1d\0\0")


def exif(orientation=6, order=">"):
    """What a telephone writes down of a picture: its device, how it lies, and where it was taken."""
    device, place = b"Telefons-9\0\0", b"55.8714 26.5161\0"
    begin = 8 + 2 + 3 * 12 + 4
    entries = (
        struct.pack(f"{order}HHII", 0x0110, 2, len(device), begin)
        + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
        + struct.pack(f"{order}HHII", 0x9286, 2, len(place), begin + len(device))
    )
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(f"{order}HIH", 42, 8, 3)
    return head + entries + struct.pack(f"{order}I", 0) + device + place


XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Telefons-9 55.8714</x:xmpmeta>"
IPTC = b"Photoshop 3.0\x008BIM\x04\x04Daugavpils, Telefons-9"
# What stands behind the end of photographs: remarks of the maker, a film, a further picture, zeros.
TRAILERS = {
    "Samsung": b"\0\0\x01\n\x0e\0\0\0Image_UTC_Data1605184800000SEFHk\0\0\0SEFT",
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\0\x08mdat",
    "second picture": b"\0" * 700 + jpeg(20, 15),
    "zeros": b"\0" * 300,
}


def container(
    media_type="application/vnd.etsi.asic-e+zip", document=b"Ligums", compression=zipfile.ZIP_STORED
):
    """An e-signed container such as eParakstitajs writes: what it is, the document, its signature."""
    file = io.BytesIO()
    parts = (
        ("mimetype", media_type, compression),
        ("ligums.docx", document, zipfile.ZIP_DEFLATED),
        ("META-INF/signatures0.xml", b"<asic:XAdESSignatures/>", zipfile.ZIP_DEFLATED),
    )
    with zipfile.ZipFile(file, "w") as packed:
        for name, content, how in parts:
            packed.writestr(zipfile.ZipInfo(name), content, how)  # always of the same day: the same bytes
    return file.getvalue()
