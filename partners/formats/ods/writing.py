"""Writing OpenDocument spreadsheets."""

import re
from xml.sax.saxutils import escape, quoteattr  # nosec B406 # parses nothing
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from ...partial_dates import PartialDate
from .. import export_time
from ..guarding import guarded_again
from ..table import Format
from .reading import MIME_TYPE

# XML has no way to write these at all.
UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SPACES = re.compile(r"\n|\r|\t| {2,}|^ | $")


class ODS(Format):
    """A document of text cells, but for whole numbers and full dates."""

    title = "ODS"
    extension = "ods"
    content_type = MIME_TYPE
    several_sheets = True

    def write(self, file, sheets):
        with ZipFile(file, "w") as archive:
            archive.writestr(entry("mimetype", ZIP_STORED), MIME_TYPE)
            exported_at = None
            with archive.open(entry("content.xml"), "w", force_zip64=True) as content:
                content.write(HEAD.encode())
                for sheet in sheets:
                    exported_at = sheet.exported_at() or exported_at
                    name = quoteattr(written(sheet.title, sheet.title))
                    content.write(f"<table:table table:name={name}>".encode())
                    columns = len(sheet.headings)
                    content.write(
                        f'<table:table-column table:style-name="wide" '
                        f'table:number-columns-repeated="{columns}"/>'.encode()
                    )
                    self.write_row(content, sheet.headings, sheet, "bold")
                    for row in sheet.rows:
                        self.write_row(content, row, sheet, "text")
                    content.write(b"</table:table>")
                content.write(b"</office:spreadsheet></office:body></office:document-content>")
            parts = ["content.xml"]
            if exported_at:
                archive.writestr(entry("meta.xml"), export_time.opendocument_properties(exported_at))
                parts.append("meta.xml")
            archive.writestr(entry("META-INF/manifest.xml"), manifest(parts))

    def write_row(self, content, row, sheet, style):
        cells = []
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                cells.append("<table:table-cell/>")
            elif type(cell) is PartialDate and cell.day:
                cells.append(
                    '<table:table-cell table:style-name="date" office:value-type="date" '
                    f'office:date-value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
                )
            elif isinstance(cell, str):
                where = f"{sheet.headings[place]}, {row[0]}"
                lines = guarded_again(cell).split("\n")
                paragraphs = "".join(f"<text:p>{written(line, where)}</text:p>" for line in lines)
                cells.append(
                    f'<table:table-cell table:style-name="{style}" office:value-type="string">'
                    f"{paragraphs}</table:table-cell>"
                )
            else:
                cells.append(
                    f'<table:table-cell office:value-type="float" office:value="{cell}">'
                    f"<text:p>{cell}</text:p></table:table-cell>"
                )
        content.write(f"<table:table-row>{''.join(cells)}</table:table-row>".encode())


def manifest(parts):
    """The list of the parts of a document, each in XML."""
    files = [("/", MIME_TYPE), *((part, "text/xml") for part in parts)]
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in files
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">{entries}</manifest:manifest>'
    )


def entry(name, compression=ZIP_DEFLATED):
    # The same content makes the same file, whenever it is written.
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = compression
    return info


def written(text, where):
    """`text` as the content of a paragraph; raises ValueError where XML cannot hold it."""
    if UNWRITABLE.search(text):
        problem = _("ODS cannot hold a character of the text in “%(place)s”. Export it as CSV.")
        raise ValueError(problem % {"place": where})
    return SPACES.sub(space, escape(text))


def space(match):
    if match[0] == "\t":
        return "<text:tab/>"
    if match[0] == "\r":
        return "&#13;"
    return f'<text:s text:c="{len(match[0])}"/>'


NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
    )
)
HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES} office:version="1.3">'
    "<office:automatic-styles>"
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="4.5cm"/></style:style>'
    '<number:date-style style:name="iso"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    "</number:date-style>"
    '<number:text-style style:name="as-typed"><number:text-content/></number:text-style>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="iso"/>'
    '<style:style style:name="text" style:family="table-cell" style:data-style-name="as-typed"/>'
    '<style:style style:name="bold" style:family="table-cell" style:data-style-name="as-typed">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
