"""Writing OpenDocument spreadsheets, piece by piece: OpenDocument 1.3."""

import re
from xml.sax.saxutils import escape, quoteattr  # nosec B406 # parses nothing
from zipfile import ZIP_STORED, ZipInfo

from django.utils.translation import gettext as _

from ...partial_dates import PartialDate
from ..days import Day, day_style
from ..export_time import export_time, opendocument_properties
from ..guarding import guarded_again
from ..layout import Layout
from ..writing import ArchiveFormat
from . import package
from .reading import MIME_TYPE

# XML has no way to write these at all.
UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SPACES = re.compile(r"\n|\r|\t| {2,}|^ | $")
ROWS_AT_ONCE = 200


class ODS(ArchiveFormat):
    """A document of text cells, but for whole numbers and full dates."""

    title = "ODS"
    extension = "ods"
    content_type = MIME_TYPE

    def entry(self, name):
        info = ZipInfo(name)
        info.compress_type = ZIP_STORED if name == "mimetype" else package.COMPRESSION
        return info

    def parts(self, sheets):
        names = [written(sheet.title, sheet.title) for sheet in sheets]
        yield "mimetype", [MIME_TYPE.encode()]
        exported_at = export_time(sheets)
        parts = [*package.PARTS, "meta.xml"] if exported_at else package.PARTS
        yield "META-INF/manifest.xml", [package.manifest(parts).encode()]
        if exported_at:
            yield "meta.xml", [opendocument_properties(exported_at).encode()]
        yield "styles.xml", [package.styles([sheet.page_text() for sheet in sheets]).encode()]
        yield "settings.xml", [package.settings(names).encode()]
        yield "content.xml", self.content(sheets, names)

    def content(self, sheets, names):
        tables = [TableWriter(*each) for each in zip(sheets, names, strict=True)]
        widths = {width for table in tables for width in table.layout.widths}
        yield package.beginning(widths, len(sheets), day_style().elements).encode()
        for number, table in enumerate(tables, start=1):
            for piece in table.pieces(f"table{number}"):
                yield piece.encode()
        yield package.ending([table.filter_area for table in tables if table.row_count]).encode()


class TableWriter:
    """One table of a document. How many rows it has is known once its pieces are written."""

    def __init__(self, sheet, name):
        self.sheet, self.name = sheet, name
        self.layout = Layout.of(sheet.headings, sheet.rows, sheet.upright_from)
        self.row_count = 0

    @property
    def filter_area(self):
        """The name of the table, its columns, and its rows with the headings."""
        return (self.name, len(self.sheet.headings), self.row_count + 1)

    def pieces(self, style):
        sheet, layout = self.sheet, self.layout
        columns = "".join(
            f'<table:table-column table:style-name="width{width}" table:default-cell-style-name="blank"/>'
            for width in layout.widths
        )
        upright = len(sheet.headings) if sheet.upright_from is None else sheet.upright_from
        headings = "".join(
            text_cell(str(heading), "upright" if place >= upright else "heading", str(heading))
            for place, heading in enumerate(sheet.headings)
        )
        height = layout.heading_height(sheet.headings, sheet.upright_from)
        yield (
            f'<table:table table:name={quoteattr(self.name)} table:style-name="{style}">{columns}'
            f"<table:table-header-rows>{row_element(height, headings)}"
            "</table:table-header-rows>"
        )
        held = []
        for row, is_total in sheet._replace(rows=layout.rows).body():
            self.row_count += 1
            held.append(row_element(layout.row_height(row), self.cells(row, is_total)))
            if len(held) == ROWS_AT_ONCE:
                yield "".join(held)
                held.clear()
        if sheet.remarks:
            held.append("<table:table-row><table:table-cell/></table:table-row>")
        for text in sheet.remark_texts():
            held.append(f"<table:table-row>{text_cell(text, 'remark', text)}</table:table-row>")
        yield f"{''.join(held)}</table:table>"

    def cells(self, row, is_total):
        text_style, number_style = ("total", "total-number") if is_total else ("text", "number")
        cells = []
        for heading, cell in zip(self.sheet.headings, row, strict=True):
            if cell is None or cell == "":
                cells.append(f'<table:table-cell table:style-name="{text_style}"/>')
            elif not isinstance(cell, str):
                cells.append(
                    f'<table:table-cell table:style-name="{number_style}" office:value-type="float" '
                    f'office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
                )
            elif type(cell) is Day:
                cells.append(date_cell(cell.iso, cell, "day"))
            elif type(cell) is PartialDate and cell.day:
                cells.append(date_cell(cell, cell, "iso-day"))
            else:
                cells.append(text_cell(guarded_again(cell), text_style, f"{heading}, {row[0]}"))
        return "".join(cells)


def row_element(height, cells):
    return f'<table:table-row table:style-name="height{height}">{cells}</table:table-row>'


def text_cell(text, style, where):
    paragraphs = "".join(f"<text:p>{written(line, where)}</text:p>" for line in text.split("\n"))
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"{paragraphs}</table:table-cell>"
    )


def date_cell(iso, text, style):
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="date" office:date-value="{iso}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


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
