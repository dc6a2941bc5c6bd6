"""Active content of PDFs is found wherever it stands; links that wait for a click stay."""

import io
import zlib

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from pikepdf import Array, Dictionary, Name, Object

from partners.contents import examine
from partners.pdf_inspection import Finding, inspect

from .contents import PDF_BODY, pdf


def written(*, is_packed=True, encryption=False, root=None, **page):
    """A PDF with what `root` adds to its catalog and `page` to its page; its objects are packed, or not."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(300, 200))
        for owner, entries in ((document.Root, root or {}), (document.pages[0].obj, page)):
            for name, value in entries.items():
                value = Object.parse(value) if isinstance(value, bytes) else value
                owner[f"/{name}"] = document.make_indirect(value)
        file = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if is_packed else pikepdf.ObjectStreamMode.disable
        document.save(file, object_stream_mode=mode, encryption=encryption, static_id=not encryption)
    return file.getvalue()


def reason(content):
    """Why `content` is refused, or that it is not."""
    try:
        examine(ContentFile(content))
    except ValidationError as refusal:
        return refusal.code
    return None


def action(kind, **entries):
    return Dictionary(S=Name(f"/{kind}"), **entries)


def link(uri):
    """The annotations of a page with one link, as Word writes it."""
    return Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action("URI", URI=uri))]
    )


ACTIVE = (
    *("JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE"),
    *("Rendition", "RichMediaExecute", "Movie", "Sound", "Thread"),
)


@pytest.mark.parametrize("kind", ACTIVE)
@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
def test_active_content_is_refused_packed_or_not(kind, is_packed):
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action(kind))
    content = written(is_packed=is_packed, Annots=Array([annotation]))
    assert (f"/{kind}".encode() in content) is not is_packed
    assert reason(content) == "active"


@pytest.mark.parametrize("kind", ["RichMediaExecute", "GoTo3DView", "Hide", "SetOCGState", "Trans"])
@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
def test_what_happens_without_a_click_is_refused_packed_or_not(kind, is_packed):
    happening = b"<< /S /%b >>" % kind.encode()
    assert reason(written(is_packed=is_packed, root={"OpenAction": happening})) == "active"
    assert reason(written(is_packed=is_packed, AA=b"<< /O %b >>" % happening)) == "active"


@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize(
    "root",
    [
        {"Names": b"<< /JavaScript << /Names [(a) << /JS (x) >>] >> >>"},
        {"Names": b"<< /JS (x) >>"},
        {"AcroForm": b"<< /Fields [] /XFA (x) >>"},
        {"URI": b"<< /Base (file:///etc/) >>"},
    ],
    ids=["scripts by name", "script without a name", "form of its own", "base of addresses"],
)
def test_active_content_of_the_whole_document_is_refused(root, is_packed):
    assert reason(written(is_packed=is_packed, root=root)) == "active"


@pytest.mark.parametrize("subtype", ["RichMedia", "Movie", "Sound"])
def test_annotations_that_play_something_are_refused(subtype):
    assert reason(written(Annots=Array([Dictionary(Subtype=Name(f"/{subtype}"))]))) == "active"


@pytest.mark.parametrize(
    "uri",
    [
        "https://www.example.org/lv/?a=1",
        "HTTP://example.org",
        "mailto:sekretariats@example.org",
        "www.example.org",
        "#lapa2",
    ],
)
def test_link_that_waits_for_a_click_stays(uri):
    assert reason(written(Annots=link(uri))) is None


def test_link_is_told_from_others_in_a_plain_pdf_as_well():
    assert reason(written(is_packed=False, Annots=link("https://example.org/"))) is None
    assert reason(written(is_packed=False, Annots=link("file:///etc/passwd"))) == "active"


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " java\nscript:alert(1)",
        "file:///etc/passwd",
        "smb://server/share",
        "data:text/html,x",
        "ms-word:ofe|u|https://example.org/a.docx",
        Name.Https,
    ],
)
def test_link_to_anything_but_the_web_is_refused(uri):
    assert reason(written(Annots=link(uri))) == "active"


WEB = b"<< /S /URI /URI (https://example.org/) >>"


@pytest.mark.parametrize(
    "entries",
    [
        {"root": {"OpenAction": WEB}},
        {"root": {"OpenAction": b"<< /S /GoTo /D (a) /Next %b >>" % WEB}},
        {"root": {"OpenAction": b"<< /S /GoTo /D (a) /Next [<< /S /Named /N /Print >> %b] >>" % WEB}},
        {"root": {"AA": b"<< /WC %b >>" % WEB}},
        {"AA": b"<< /O %b >>" % WEB},
        {"Annots": b"[<< /Subtype /Screen /AA << /PV %b >> >>]" % WEB},
        {"root": {"OpenAction": WEB}, "is_packed": False},
    ],
    ids=["opening", "after another", "among several", "closing", "page", "annotation", "plain"],
)
def test_address_that_is_opened_without_a_click_is_refused(entries):
    assert reason(written(**entries)) == "active"


def test_document_may_open_at_a_place_of_its_own():
    for opening in (b"<< /S /GoTo /D (a) >>", b"<< /S /Named /N /FirstPage >>", b"[0 /Fit]"):
        for is_packed in (True, False):
            assert reason(written(is_packed=is_packed, root={"OpenAction": opening})) is None


def test_actions_that_follow_one_another_without_end_are_refused():
    with pikepdf.new() as document:
        document.add_blank_page()
        round_and_round = document.make_indirect(action("GoTo", D="a"))
        round_and_round.Next = round_and_round
        document.Root.OpenAction = round_and_round
        file = io.BytesIO()
        document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert reason(file.getvalue()) == "active"


def test_pdf_that_asks_for_a_password_is_refused():
    encryption = pikepdf.Encryption(owner="a", user="b")
    assert reason(written(encryption=encryption)) == "password"
    assert reason(written(encryption=encryption, is_packed=False)) == "password"


def test_pdf_that_opens_without_its_password_is_taken_and_looked_through():
    encryption = pikepdf.Encryption(owner="a", user="", allow=pikepdf.Permissions(extract=False))
    assert reason(written(encryption=encryption)) is None
    assert reason(written(encryption=encryption, Annots=link("javascript:alert(1)"))) == "active"


def packed(content):
    """A PDF whose only packed object is the compressed `content`, as no program would write it."""
    stream = b"4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(
        content
    )
    body = PDF_BODY + stream + content + b"\nendstream\nendobj\n"
    table = len(body)
    entries = [(1, body.index(b"1 0 obj")), (2, 4), (1, body.index(b"4 0 obj")), (1, table)]
    rows = b"".join(bytes((kind,)) + at.to_bytes(4, "big") + b"\0" for kind, at in entries)
    index = b"/Index [1 2 4 2]"
    head = b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] %b /Root 1 0 R /Length %d >>\nstream\n" % (
        index,
        len(rows),
    )
    return body + head + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table


def unpacking_to(text, size):
    """Compressed `text`, followed by `size` spaces; each sixteen million are compressed once and repeated."""
    block = b" " * 2**24
    deflate = zlib.compressobj(9)
    begin = deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH)
    spaces = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.adler32(text)
    for _ in range(size // len(block)):
        checksum = zlib.adler32(block, checksum)
    return begin + spaces * (size // len(block)) + b"\x03\0" + checksum.to_bytes(4, "big")


def test_pdf_that_unpacks_to_more_than_there_is_memory_is_refused():
    pages = b"2 0 << /Type /Pages /Kids [] /Count 0 >>"
    assert zlib.decompress(unpacking_to(pages, 2**24)) == pages + b" " * 2**24
    assert reason(packed(unpacking_to(pages, 2**24))) is None
    assert reason(packed(unpacking_to(pages, 2**30))) == "unchecked"


def test_plain_pdf_takes_no_process_of_its_own(monkeypatch):
    monkeypatch.setattr("partners.contents.inspect", None)
    assert reason(pdf()) is None


def test_what_is_no_pdf_to_the_library_is_unchecked():
    assert inspect(iter([b"%PDF-1.7\n/ObjStm"])) is Finding.UNCHECKED
