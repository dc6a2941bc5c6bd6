"""The parts of a workbook beside its rows: ECMA-376, Open Packaging Conventions and SpreadsheetML."""

from xml.sax.saxutils import escape, quoteattr  # nosec B406 # parses nothing

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
A4 = 9
INCH = 2.54  # centimetres

# What the parts with the properties of a document are, by name: their relation to it and their type.
PROPERTIES = {
    "docProps/core.xml": (
        f"{PACKAGE}/relationships/metadata/core-properties",
        "application/vnd.openxmlformats-package.core-properties+xml",
    ),
    "docProps/custom.xml": (
        f"{OFFICE}/custom-properties",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    ),
}


def relations(properties):
    """What the package consists of: the workbook and the parts `properties`."""
    kinds = {"xl/workbook.xml": f"{OFFICE}/officeDocument"} | {
        part: PROPERTIES[part][0] for part in properties
    }
    return relationships(kinds.items())


def relationships(parts):
    """The `parts`, pairs of a name and of what it is, with the keys rId1, rId2 …"""
    elements = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{part}"/>'
        for number, (part, kind) in enumerate(parts, start=1)
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{elements}</Relationships>'


def content_types(sheet_count, properties):
    parts = {"xl/workbook.xml": f"{TYPE}.sheet.main+xml", "xl/styles.xml": f"{TYPE}.styles+xml"}
    parts |= {
        f"xl/worksheets/sheet{number}.xml": f"{TYPE}.worksheet+xml" for number in range(1, sheet_count + 1)
    }
    parts |= {part: PROPERTIES[part][1] for part in properties}
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in parts.items()
    )
    return (
        f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def core(title):
    # The same content makes the same file, whenever it is written.
    created = "2000-01-01T00:00:00Z"
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created></cp:coreProperties>'
    )


def workbook_relations(sheet_count):
    sheets = [
        (f"worksheets/sheet{number}.xml", f"{OFFICE}/worksheet") for number in range(1, sheet_count + 1)
    ]
    return relationships([*sheets, ("styles.xml", f"{OFFICE}/styles")])


def workbook(pages):
    """The workbook of `pages`, which have a name and, once they are written, the area that is filtered."""
    sheets = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, page in enumerate(pages, start=1)
    )
    names = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">'
        f"'{escape(page.name)}'!$1:$1</definedName>"
        for number, page in enumerate(pages)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">'
        f"'{escape(page.name)}'!{area(page.filter_area, '$')}</definedName>"
        for number, page in enumerate(pages)
        if page.filter_area
    )
    return (
        f'{DECLARATION}<workbook {MAIN} xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets><definedNames>{filters}{names}</definedNames></workbook>"
    )


def area(corners, mark=""):
    first, top, last, bottom = corners
    return f"{mark}{first}{mark}{top}:{mark}{last}{mark}{bottom}"


def beginning(widths, style):
    """A sheet up to its first row: columns of these `widths` in characters, cells of that `style`."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width + 2}" style="{style}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    return (
        f"{DECLARATION}<worksheet {MAIN}>"
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" '
        'activePane="bottomRight" state="frozen"/><selection pane="topRight"/><selection pane="bottomLeft"/>'
        '<selection pane="bottomRight" activeCell="B2" sqref="B2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
    )


def ending(filter_area, header, footer):
    """A sheet from its last row on: A4 landscape, as many pages as it needs, each as wide as the table."""
    filtered = f'<autoFilter ref="{area(filter_area)}"/>' if filter_area else ""
    side, edge, heads = (f"{centimetres / INCH:.4f}" for centimetres in (1.2, 1.8, 0.8))
    return (
        f'</sheetData>{filtered}<pageMargins left="{side}" right="{side}" top="{edge}" bottom="{edge}" '
        f'header="{heads}" footer="{heads}"/>'
        f'<pageSetup paperSize="{A4}" fitToHeight="0" orientation="landscape"/>'
        f"<headerFooter><oddHeader>{escape(header)}</oddHeader><oddFooter>{escape(footer)}</oddFooter>"
        "</headerFooter></worksheet>"
    )
