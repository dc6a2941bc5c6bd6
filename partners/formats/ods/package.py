"""The parts of a document beside its rows: OpenDocument 1.3."""

from xml.sax.saxutils import escape, quoteattr  # nosec B406 # parses nothing
from zipfile import ZIP_DEFLATED

from ..layout import HIGHEST_ROW, LINE_HEIGHT
from ..table import column_letters
from .reading import MIME_TYPE

COMPRESSION = ZIP_DEFLATED
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
    )
)
PARTS = ("content.xml", "styles.xml", "settings.xml")
FONT = 'fo:font-family="Arial" fo:font-size="10pt"'
BOLD = '<style:text-properties fo:font-weight="bold"/>'
CHARACTER = 0.22  # centimetres: the width of a digit
HAIRLINE, RULE = "0.05pt solid #999999", "0.75pt solid #666666"
RULES = f'fo:border-top="{RULE}" fo:border-bottom="{RULE}"'
BOLD_TEXT = '<text:span text:style-name="bold">{}</text:span>'
MARGIN, BAND = "1.2cm", "1cm"


def manifest(parts):
    """The list of the `parts` of a document, each in XML."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{part}" manifest:media-type="text/xml"/>' for part in parts
    )
    return (
        f"{DECLARATION}<manifest:manifest "
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
        f'manifest:media-type="{MIME_TYPE}"/>{entries}</manifest:manifest>'
    )


def cell(name, properties, more="", data_style="as-typed"):
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default" '
        f'style:data-style-name="{data_style}">'
        f"<style:table-cell-properties {properties}/>{more}</style:style>"
    )


TOP = 'style:vertical-align="top"'
LEFT = '<style:paragraph-properties fo:text-align="start"/>'
RIGHT = '<style:paragraph-properties fo:text-align="end"/>'
PADDING = 'fo:padding="0.05cm" fo:padding-left="0.2cm"'
INDENTED = 'fo:padding="0.05cm" fo:padding-right="0.25cm"'
LINED = f'{TOP} fo:border-bottom="{HAIRLINE}"'
SHADED = f'style:vertical-align="bottom" fo:background-color="#ececec" {RULES}'
CELLS = "".join(
    (
        cell("text", f'{LINED} {PADDING} fo:wrap-option="wrap"'),
        cell("blank", f'{TOP} fo:wrap-option="wrap"'),
        cell("number", f"{LINED} {INDENTED}", RIGHT, "whole"),
        cell("iso-day", f'{LINED} {PADDING} style:text-align-source="fix"', LEFT, "iso"),
        cell("day", f'{LINED} {PADDING} style:text-align-source="fix"', LEFT, "short"),
        cell("heading", f'{SHADED} {PADDING} fo:wrap-option="wrap"', BOLD),
        cell(
            "upright",
            f'{SHADED} style:rotation-angle="90" style:rotation-align="none" style:text-align-source="fix"',
            f'<style:paragraph-properties fo:text-align="center"/>{BOLD}',
        ),
        cell("total", f'{TOP} {RULES} {PADDING} fo:wrap-option="wrap"', BOLD),
        cell("total-number", f"{TOP} {RULES} {INDENTED}", f"{RIGHT}{BOLD}", "whole"),
        cell("remark", f"{TOP} {PADDING}", '<style:text-properties fo:font-style="italic"/>'),
    )
)


def beginning(widths, table_count, day_elements):
    """The content up to the first table: its styles, for columns of these `widths` in characters."""
    columns = "".join(
        f'<style:style style:name="width{width}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{(width + 2) * CHARACTER:.2f}cm"/></style:style>'
        for width in sorted(widths)
    )
    # Not fitted by LibreOffice itself, which on paper comes out a little too low.
    rows = "".join(
        f'<style:style style:name="height{height}" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{height}pt" style:use-optimal-row-height="false"/></style:style>'
        for height in range(LINE_HEIGHT, HIGHEST_ROW + 1)
    )
    tables = "".join(
        f'<style:style style:name="table{number}" style:family="table" style:master-page-name="page{number}">'
        '<style:table-properties table:display="true"/></style:style>'
        for number in range(1, table_count + 1)
    )
    return (
        f'{DECLARATION}<office:document-content {NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{columns}{rows}{tables}"
        '<number:date-style style:name="iso"><number:year number:style="long"/><number:text>-</number:text>'
        '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
        "</number:date-style>"
        f'<number:date-style style:name="short">{day_elements}</number:date-style>'
        '<number:number-style style:name="whole"><number:number number:decimal-places="0" '
        'number:min-integer-digits="1"/></number:number-style>'
        '<number:text-style style:name="as-typed"><number:text-content/></number:text-style>'
        f"{CELLS}</office:automatic-styles><office:body><office:spreadsheet>"
    )


def ending(areas):
    """The content from the last table on; `areas` are what is filtered: name, columns and rows of a table."""
    ranges = "".join(
        f'<table:database-range table:name="table{number}" table:display-filter-buttons="true" '
        f"table:target-range-address={quoteattr(address(name, columns, rows))}/>"
        for number, (name, columns, rows) in enumerate(areas, start=1)
    )
    ranges = ranges and f"<table:database-ranges>{ranges}</table:database-ranges>"
    return f"{ranges}</office:spreadsheet></office:body></office:document-content>"


def address(name, columns, rows):
    quoted = "'{}'".format(name.replace("'", "''"))
    return f"{quoted}.A1:{quoted}.{column_letters(columns - 1)}{rows}"


def styles(pages):
    """The pages that tables are printed on, A4 landscape, as wide as the table, with the texts of `pages`."""
    band = f'fo:min-height="{BAND}" fo:margin-left="0cm" fo:margin-right="0cm"'
    masters = "".join(
        f'<style:master-page style:name="page{number}" style:page-layout-name="landscape">'
        f"<style:header>{region('left', BOLD_TEXT.format(escape(page.title)))}"
        f"{region('right', escape(page.municipality))}</style:header>"
        f"<style:footer>{region('left', escape(page.day))}{region('right', numbering(page))}</style:footer>"
        "</style:master-page>"
        for number, page in enumerate(pages, start=1)
    )
    return (
        f'{DECLARATION}<office:document-styles {NAMESPACES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="table-cell"><style:text-properties '
        f"{FONT}/></style:default-style>"
        '<style:style style:name="Default" style:family="table-cell"/></office:styles>'
        '<office:automatic-styles><style:style style:name="bold" style:family="text">'
        f'{BOLD}</style:style><style:page-layout style:name="landscape"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" '
        f'fo:margin="{MARGIN}" fo:margin-top="{MARGIN}" fo:margin-bottom="{MARGIN}" '
        f'fo:margin-left="{MARGIN}" fo:margin-right="{MARGIN}" style:scale-to-X="1" '
        'style:first-page-number="continue"/>'
        f'<style:header-style><style:header-footer-properties {band} fo:margin-bottom="0.3cm"/>'
        f"</style:header-style><style:footer-style><style:header-footer-properties {band} "
        'fo:margin-top="0.3cm"/></style:footer-style></style:page-layout></office:automatic-styles>'
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    )


def region(side, text):
    return f"<style:region-{side}><text:p>{text}</text:p></style:region-{side}>"


def numbering(page):
    number, count = "<text:page-number>1</text:page-number>", "<text:page-count>1</text:page-count>"
    return escape(page.numbering).format(page=number, pages=count)


def settings(names):
    """The settings that keep the headings and the first column of each table in sight."""
    split = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in (
            ("HorizontalSplitMode", "short", 2),
            ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 1),
            ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3),
            ("PositionLeft", "int", 0),
            ("PositionRight", "int", 1),
            ("PositionTop", "int", 0),
            ("PositionBottom", "int", 1),
        )
    )
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{split}</config:config-item-map-entry>"
        for name in names
    )
    return (
        f'{DECLARATION}<office:document-settings {NAMESPACES} xmlns:ooo="http://openoffice.org/2004/office" '
        'office:version="1.3"><office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{tables}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
