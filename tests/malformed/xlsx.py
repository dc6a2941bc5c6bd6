"""The parts of a workbook of Excel."""

from xml.sax.saxutils import escape

from .archives import zipped
from .text import HEADINGS, KEY

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CONTENT_TYPES = (
    f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="'
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
SHEET = "xl/worksheets/sheet1.xml"


def c(attributes, inner):
    """A cell as it stands in the XML of a sheet."""
    return {"attributes": attributes, "inner": inner}


def n(number, style=0):
    return c(f's="{style}"', f"<v>{number}</v>")


def row(number, cells, attributes=""):
    """The XML of a row; texts are written into their cells, None leaves a cell out."""
    xml = ""
    for letter, cell in zip("ABCDEFGHIJ", cells, strict=False):
        if isinstance(cell, str):
            cell = c('t="inlineStr"', f'<is><t xml:space="preserve">{escape(cell)}</t></is>')
        if cell is not None:
            xml += f'<c r="{letter}{number}" {cell["attributes"]}>{cell["inner"]}</c>'
    return f'<row r="{number}" {attributes}>{xml}</row>'


def grid(*rows, **attributes):
    """Rows below the usual headings; `row3="…"` are attributes of the third."""
    return "".join(
        row(number, cells, attributes.get(f"row{number}", ""))
        for number, cells in enumerate((HEADINGS, *rows), start=1)
    )


def sheet(data, before="", after="", main=MAIN):
    return (
        f'{DECLARATION}<worksheet xmlns="{main}" xmlns:r="{OFFICE}">{before}'
        f"<sheetData>{data}</sheetData>{after}</worksheet>"
    )


def relations(*targets, office=OFFICE):
    """Relationships rId1, rId2 …, each of a kind to a target."""
    made = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}">{made}</Relationships>'


def styles(*formats):
    """Styles 1, 2 …, each with a number format: a code of its own or the number of a built-in one."""
    codes = [(164 + at, code) for at, code in enumerate(formats) if isinstance(code, str)]
    own = "".join(f'<numFmt numFmtId="{key}" formatCode="{escape(code, QUOTED)}"/>' for key, code in codes)
    keys = [0, *(164 + at if isinstance(code, str) else code for at, code in enumerate(formats))]
    used = "".join(f'<xf numFmtId="{key}" applyNumberFormat="1"/>' for key in keys)
    numbers = f"<numFmts>{own}</numFmts>" if own else ""
    return (
        f'{DECLARATION}<styleSheet xmlns="{MAIN}">{numbers}'
        f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>{used}</cellXfs></styleSheet>'
    )


QUOTED = {'"': "&quot;"}


def strings(*items):
    return f'{DECLARATION}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def book(*sheets, properties="", head="", after=""):
    """The workbook with `sheets`, each a name and a state."""
    made = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>'
        for number, (name, state) in enumerate(sheets or [("Līgumi", "visible")], start=1)
    )
    return (
        f'{DECLARATION}{head}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<workbookPr {properties}/><sheets>{made}</sheets>{after}</workbook>"
    )


def xlsx_parts(data="", *, formats=(), texts=(), before="", after="", **changed):
    """The parts of a workbook of one sheet by name; `changed` ones by the name without folder and ending."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": changed.get("workbook") or book(),
        "xl/_rels/workbook.xml.rels": changed.get("rels")
        or relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": styles(*formats),
        "xl/sharedStrings.xml": changed.get("shared") or strings(*texts),
        SHEET: changed.get("sheet1") or sheet(data, before, after),
    }


def xlsx(data="", *, without=(), more=(), **changed):
    parts = xlsx_parts(data, **changed)
    entries = [(name, text) for name, text in parts.items() if name not in without]
    return zipped(*entries, *more)


def noted(cell, **changed):
    """A workbook with `cell` as the note of the one agreement in it."""
    return xlsx(grid((KEY, "2012", cell)), **changed)


def signed(cell, **changed):
    """A workbook with `cell` as the date of the one agreement in it."""
    return xlsx(grid((KEY, cell, "a")), **changed)
