"""OpenDocument spreadsheets, as LibreOffice writes them.

They are read by a reader of our own: the libraries for them load the whole document, repeat a cell as often
as it says (a million times is usual), or do not tell what is hidden and how precisely a date is shown.
"""

import re
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from ..partial_dates import PartialDate
from .archive import Collector, damaged, parsed
from .table import Format, UnreadableError, check_width, column_letters, limited, shown_date, table

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
# XML has no way to write these at all.
UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SPACES = re.compile(r"\n|\r|\t| {2,}|^ | $")


def read_ods(archive):
    """The table in the one sheet of the document that holds anything."""
    names = archive.namelist()
    if "META-INF/manifest.xml" in names:
        protected = next(parsed(archive, "META-INF/manifest.xml", Manifest()), None)
        if protected:
            raise UnreadableError(_("The file is protected with a password. Save it without one."))
    if "mimetype" not in names or archive.read("mimetype").strip() != MIME_TYPE.encode():
        raise UnreadableError(_("This file is no table. Choose an XLSX, ODS or CSV file."))
    styles = {}
    if "styles.xml" in names:
        list(parsed(archive, "styles.xml", Cells(styles)))
    filled = {}
    for name, is_hidden, _number, _cells in parsed(archive, "content.xml", Cells(styles)):
        filled.setdefault(name, is_hidden)
        if len(filled) > 1:
            raise UnreadableError(
                _("Several sheets of the file hold data: %(names)s. Leave only the one to import.")
                % {"names": ", ".join(name for name, _place in filled)}
            )
    if not filled:
        raise UnreadableError(_("The file is empty."))
    [((name, _place), is_hidden)] = filled.items()
    if is_hidden:
        sentence = _("The sheet “%(name)s” is hidden. Show it, or remove it from the file.")
        raise UnreadableError(sentence % {"name": name})
    rows = parsed(archive, "content.xml", Cells(styles))
    return table((number, cells) for _name, _is_hidden, number, cells in rows)


class Manifest(Collector):
    """Says True if anything in the archive is encrypted."""

    def start(self, name, attributes):
        if name == "encryption-data":
            self.found.append(True)


class Cells(Collector):
    """The rows that hold any value: name and place of the sheet, whether it is hidden, number, and texts."""

    def __init__(self, styles):
        super().__init__()
        self.styles = styles  # what styles say, by name: of cells their date style, of dates their parts
        self.style = self.date_style = self.sheet = None
        self.sheets = self.ignored = 0
        self.paragraphs = None

    def start(self, name, attributes):
        if self.ignored or name in ("annotation", "shapes", "tracked-changes", "deletion"):
            self.ignored += 1
            return
        begin = getattr(self, f"start_{name.replace('-', '_')}", None)
        if begin:
            begin(attributes)

    def end(self, name):
        if self.ignored:
            self.ignored -= 1
            return
        finish = getattr(self, f"end_{name.replace('-', '_')}", None)
        if finish:
            finish()

    # Styles

    def start_style(self, attributes):
        self.style = attributes.get("name")
        self.styles[self.style] = attributes.get("data-style-name") or attributes.get("parent-style-name")

    def start_table_properties(self, attributes):
        if attributes.get("display") == "false":
            self.styles[self.style] = "hidden"

    def start_date_style(self, attributes):
        self.date_style = attributes["name"]
        self.styles[self.date_style] = frozenset()

    def start_day(self, attributes):
        if self.date_style:
            self.styles[self.date_style] |= {"day"}

    def start_month(self, attributes):
        if self.date_style:
            self.styles[self.date_style] |= {"month"}

    def end_date_style(self):
        self.date_style = None

    def shown_parts(self, style):
        """Which parts of a date a cell of `style` shows; None if no style says so."""
        for _step in range(20):
            style = self.styles.get(style)
            if style is None or isinstance(style, frozenset):
                return style
        return None

    # Sheets, rows and cells

    def start_table(self, attributes):
        self.sheets += 1
        self.sheet = (attributes.get("name", ""), self.sheets)
        self.is_hidden = self.styles.get(attributes.get("style-name")) == "hidden"
        self.row = self.columns = 0
        self.hidden_columns = []

    def start_table_column(self, attributes):
        repeated = self._repeated(attributes, "number-columns-repeated")
        if attributes.get("visibility") in ("collapse", "filter"):
            self.hidden_columns.append((self.columns, self.columns + repeated - 1))
        self.columns += repeated

    def start_table_row(self, attributes):
        self.rows_repeated = self._repeated(attributes, "number-rows-repeated")
        self.is_hidden_row = attributes.get("visibility") in ("collapse", "filter")
        self.cells = []
        self.place = 0

    def end_table_row(self):
        if self.cells:
            if self.is_hidden_row:
                sentence = _("Row %(row)d is hidden. Show all rows and clear the filter, then save the file.")
                raise UnreadableError(sentence % {"row": self.row + 1})
            sentence = _("The file has more than %(limit)s rows. Split it into several files.")
            limited(self.rows_repeated, "IMPORT_MAX_ROWS", sentence)
            for number in range(self.row + 1, self.row + 1 + self.rows_repeated):
                self.found.append((self.sheet, self.is_hidden, number, list(self.cells)))
        self.row += self.rows_repeated

    def start_covered_table_cell(self, attributes):
        self.start_table_cell(attributes)

    def start_table_cell(self, attributes):
        self.cell = attributes
        self.paragraphs = []
        for name in ("number-columns-spanned", "number-rows-spanned"):
            if self._repeated(attributes, name) > 1:
                sentence = _("The cells %(cells)s are merged. Split them: every row needs cells of its own.")
                raise UnreadableError(sentence % {"cells": f"{column_letters(self.place)}{self.row + 1}"})

    def end_covered_table_cell(self):
        self.end_table_cell()

    def end_table_cell(self):
        repeated = self._repeated(self.cell, "number-columns-repeated")
        text = self._shown()
        self.paragraphs = None
        if text:
            check_width(self.place + repeated)
            if any(
                first <= self.place + repeated - 1 and self.place <= last
                for first, last in self.hidden_columns
            ):
                sentence = _("The column %(column)s is hidden. Show all columns, then save the file.")
                raise UnreadableError(sentence % {"column": column_letters(self.place)})
            self.cells += [""] * (self.place - len(self.cells))
            self.cells += [text] * repeated
        self.place += repeated

    def _repeated(self, attributes, name):
        number = int(attributes.get(name, 1))
        if number < 1:
            raise damaged()
        return number

    # Text

    def start_p(self, attributes):
        if self.paragraphs is not None:
            self.paragraphs.append([])

    def characters(self, content):
        if self.paragraphs and not self.ignored:
            # Spaces beyond one, tabs and line ends are written as elements.
            self.paragraphs[-1].append(re.sub(r"[ \t\r\n]+", " ", content))

    def start_s(self, attributes):
        if self.paragraphs:
            count = int(attributes.get("c", 1))
            sentence = _("A cell holds more than %(limit)s characters. Shorten it.")
            limited(count, "IMPORT_MAX_CELL_LENGTH", sentence)
            self.paragraphs[-1].append(" " * count)

    def start_tab(self, attributes):
        if self.paragraphs:
            self.paragraphs[-1].append("\t")

    def start_line_break(self, attributes):
        if self.paragraphs:
            self.paragraphs[-1].append("\n")

    def _shown(self):
        """The text that the cell stands for; a date at the precision that it shows."""
        kind = self.cell.get("value-type", "")
        text = "\n".join("".join(parts) for parts in self.paragraphs)
        if "formula" in self.cell:
            if kind == "string" and not text and "string-value" not in self.cell:
                kind = ""
            if not kind:
                self._refuse(_("The cell %(cell)s holds a formula without a result. Write a value instead."))
            if re.match(r"#[A-Z/0!?]|Err:\d", text):
                self._refuse(_("The cell %(cell)s holds an error (%(text)s). Write a value instead."), text)
        if kind == "string":
            return self.cell.get("string-value", text)
        if kind == "float":
            number = Decimal(self.cell["value"])
            if text.startswith("0") and text.isdigit() and number == int(text):
                return text  # shown with zeros in front
            rounded = Decimal(f"{number:.15g}")
            return f"{rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded:f}"
        if kind == "boolean":
            return {"true": "1", "false": "0"}[self.cell["boolean-value"]]
        if kind == "date":
            value = datetime.fromisoformat(self.cell["date-value"])
            parts = self.shown_parts(self.cell.get("style-name"))
            parts = parts if parts is not None else {"day", "month"}
            return shown_date(value, "day" in parts, "month" in parts)
        if kind == "percentage":
            self._refuse(_("The cell %(cell)s holds a percentage. Write it as a plain number or as text."))
        if kind == "time":
            self._refuse(_("The cell %(cell)s holds a time of day. Write it as text."))
        if kind == "currency":
            return f"{Decimal(self.cell['value']):f}"
        return text

    def _refuse(self, sentence, text=""):
        cell = f"{column_letters(self.place)}{self.row + 1}"
        raise UnreadableError(sentence % {"cell": cell, "text": text})


class ODS(Format):
    """A document of text cells, but for whole numbers and full dates."""

    title = "ODS"
    extension = "ods"
    content_type = MIME_TYPE
    several_sheets = True

    def write(self, file, sheets):
        with ZipFile(file, "w") as archive:
            archive.writestr(entry("mimetype", ZIP_STORED), MIME_TYPE)
            archive.writestr(entry("META-INF/manifest.xml"), MANIFEST)
            with archive.open(entry("content.xml"), "w", force_zip64=True) as content:
                content.write(HEAD.encode())
                for sheet in sheets:
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
                paragraphs = "".join(f"<text:p>{written(line, where)}</text:p>" for line in cell.split("\n"))
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
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
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
