"""Spreadsheets of LibreOffice."""

from .archives import zipped
from .text import HEADINGS, KEY, NOTE

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("number", "datastyle"),
        ("draw", "drawing"),
    )
)
NAMES += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
NAMES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def cell(text="", kind="string", value="", more="", times=1):
    """A cell as LibreOffice writes it: `kind` once for everybody and once more for itself."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    attributes = f' office:value-type="{kind}" calcext:value-type="{kind}"' if kind else ""
    attributes += f' office:{name}="{value}"' if value else ""
    attributes += f' table:number-columns-repeated="{times}"' if times > 1 else ""
    return f"<table:table-cell{attributes} {more}><text:p>{text}</text:p></table:table-cell>"


def line(*cells, attributes=""):
    made = "".join(each if each.startswith("<") else cell(each) for each in cells)
    return f"<table:table-row {attributes}>{made}</table:table-row>"


def document(*rows, columns="<table:table-column/>", date_styles=(), more_styles="", after="", **changed):
    """The content of a document with one table; its cell styles ce1, ce2 … show a date in these parts."""
    looks = ""
    for number, parts in enumerate(date_styles, start=1):
        shown = "".join(f"<number:{part}/>" for part in parts.split())
        looks += f'<number:date-style style:name="N{number}">{shown}</number:date-style>'
        looks += f'<style:style style:name="ce{number}" style:family="table-cell" style:data-style-name="N{number}"/>'
    rows = rows if changed.get("bare") else (line(*HEADINGS), *rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{changed.get("head", "")}'
        f'<office:document-content {NAMES} office:version="1.3">'
        f"<office:automatic-styles>{looks}{more_styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{changed.get('lead', '')}"
        f'<table:table table:name="Līgumi" {changed.get("attributes", "")}>{columns}{"".join(rows)}</table:table>'
        f"{after}</office:spreadsheet></office:body></office:document-content>"
    )


def manifest(*paths, encrypted=""):
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="text/xml">{encrypted}'
        "</manifest:file-entry>"
        for path in paths
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{SPREADSHEET}"/>{entries}'
        "</manifest:manifest>"
    )


def ods(*rows, **changed):
    entries = [("mimetype", SPREADSHEET), ("META-INF/manifest.xml", manifest("content.xml"))]
    return zipped(*entries, ("content.xml", document(*rows, **changed)))


def documents():
    one = line(KEY, "2012", "a")
    two = line("tukums-2015", "2015", "b")

    def note(made, **changed):
        return ods(line(KEY, "2012", made), **changed)

    def date(made, **changed):
        return ods(line(KEY, made, "a"), **changed)

    def third(inner):
        """The note is a cell with `inner`."""
        return note(f'<table:table-cell office:value-type="string">{inner}</table:table-cell>')

    plain = ods(one)
    broken = bytearray(plain)
    broken[plain.index(b"opendocument.spreadsheet")] ^= 1
    key = (
        '<manifest:encryption-data manifest:checksum="x"><manifest:algorithm manifest:algorithm-name='
        '"http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></manifest:encryption-data>'
    )
    secret = bytes(range(256))
    empty_rows = (
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell {}/></table:table-row>'
    )
    empty_rows = empty_rows.format('table:number-columns-repeated="16384"')
    wide = '<table:table-cell table:number-columns-repeated="16381"/>'
    spaces = '<text:s text:c="{}"/>'
    hidden_look = (
        '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    hijri = (
        '<number:date-style style:name="N9"><number:year number:calendar="hijri"/><number:month/><number:day/>'
        '</number:date-style><style:style style:name="ce9" style:family="table-cell" style:data-style-name="N9"/>'
    )
    second_table = f'<table:table table:name="Saraksti">{line("culture")}</table:table>'
    box = '<draw:frame draw:z-index="0"><draw:text-box><text:p>Piezīme zīmējumā</text:p></draw:text-box></draw:frame>'
    annotation = (
        "<office:annotation><dc:creator>Anna</dc:creator><text:p>Pārbaudīt!</text:p></office:annotation>"
    )
    deleted = (
        "<table:tracked-changes><table:deletion><table:change-track-table-cell><text:p>vecs</text:p>"
        "</table:change-track-table-cell></table:deletion></table:tracked-changes>"
    )
    return {
        "plain.ods": ods(line(KEY, "2012-09", NOTE), two),
        "mimetype-damaged.ods": bytes(broken),
        "password.ods": zipped(
            ("mimetype", SPREADSHEET),
            ("META-INF/manifest.xml", manifest("content.xml", encrypted=key)),
            ("content.xml", secret),
        ),
        "password-on-everything.ods": zipped(
            ("mimetype", SPREADSHEET),
            ("META-INF/manifest.xml", manifest("encrypted-package", encrypted=key)),
            ("encrypted-package", secret),
        ),
        "entity.ods": ods(
            line(KEY, "2012", "&e;"),
            head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        ),
        "content-cut-off.ods": zipped(("mimetype", SPREADSHEET), ("content.xml", document(one)[:-60])),
        "empty.ods": ods(bare=True),
        "cell-outside-row.ods": ods(cell("a"), bare=True),
        "column-outside-table.ods": ods(one, lead="<table:table-column/>"),
        "annotation.ods": third(f"{annotation}<text:p>a</text:p>"),
        "text-box.ods": third(f"{box}<text:p>a</text:p>"),
        "text-box-over-empty-cell.ods": note(f"<table:table-cell>{box}</table:table-cell>"),
        "tracked-changes.ods": ods(one, lead=deleted),
        "covered-cells.ods": ods(
            line(
                KEY,
                "2012",
                cell("a", more='table:number-rows-spanned="2" table:number-columns-spanned="1"'),
            ),
            line("tukums-2015", "2015", "<table:covered-table-cell/>"),
        ),
        "error-reference.ods": note(
            '<table:table-cell table:formula="of:=[.#REF!]" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>'
        ),
        "error-in-latvian.ods": note(
            '<table:table-cell table:formula="of:=FOO()" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>Kļūda:508</text:p></table:table-cell>'
        ),
        "formula-with-value.ods": note(cell("3", "float", "3", more='table:formula="of:=1+2"')),
        "formula-without-value.ods": note('<table:table-cell table:formula="of:=1+2"/>'),
        "dates.ods": ods(
            line(KEY, cell("17.09.12", "date", "2012-09-17", 'table:style-name="ce1"'), "a"),
            line("tukums-2015", cell("2015-11-17", "date", "2015-11-17T00:00:00"), "b"),
            date_styles=["day month year"],
        ),
        "date-shown-as-month.ods": date(
            cell("sept. 12", "date", "2012-09-01", 'table:style-name="ce1"'), date_styles=["month year"]
        ),
        "date-shown-as-year.ods": date(
            cell("2012", "date", "2012-01-01", 'table:style-name="ce1"'), date_styles=["year"]
        ),
        # LibreOffice leaves out the style of a cell that looks as its column does.
        "date-shown-as-month-by-its-column.ods": date(
            cell("2012-09", "date", "2012-09-01"),
            date_styles=["year month"],
            columns='<table:table-column/><table:table-column table:default-cell-style-name="ce1"/>'
            "<table:table-column/>",
        ),
        "date-shown-as-month-by-its-row.ods": ods(
            line(
                KEY,
                cell("2012-09", "date", "2012-09-01"),
                "a",
                attributes='table:default-cell-style-name="ce1"',
            ),
            date_styles=["year month"],
        ),
        "date-without-year.ods": date(
            cell("17. sept.", "date", "2012-09-17", 'table:style-name="ce1"'), date_styles=["day month"]
        ),
        "date-and-time.ods": date(
            cell("17.09.12 14:30", "date", "2012-09-17T14:30:00", 'table:style-name="ce1"'),
            date_styles=["day month year hours minutes"],
        ),
        "date-that-is-none.ods": date(cell("rīt", "date", "2012-13-45")),
        "time.ods": note(cell("14:30", "time", "PT14H30M00S")),
        "percentage.ods": note(cell("25%", "percentage", "0.25")),
        "numbers.ods": ods(
            line(KEY, cell("2012", "float", "2012"), cell("1234,50 EUR", "currency", "1234.5")),
            line("tukums-2015", cell("2015", "float", "2015"), cell("0,3", "float", "0.30000000000000004")),
            line("tukums-2018", cell("2018", "float", "2018"), cell("1E+05", "float", "1E5")),
        ),
        "number-rounded.ods": note(cell("2", "float", "1.567")),
        "number-rounded-and-grouped.ods": note(cell("1,234", "float", "1234.5")),
        "number-in-thousands.ods": note(cell("12", "float", "12000")),
        "currency-rounded.ods": note(cell("2 EUR", "currency", "1.567")),
        "date-of-islamic-calendar.ods": date(
            cell("1433-10-30", "date", "2012-09-17", more='table:style-name="ce9"'), more_styles=hijri
        ),
        "zeros-in-front.ods": note(cell("007", "float", "7")),
        "number-of-16-digits.ods": note(cell("1234567890123456", "float", "1234567890123456")),
        "number-that-is-none.ods": note(cell("1,5", "float", "1,5")),
        "currency-that-is-none.ods": note(cell("1,5", "currency", "1,5")),
        "truth.ods": ods(
            line("slug", "is_published"),
            line(KEY, cell("PATIESS", "boolean", "true")),
            line("tukums-2015", cell("APLAMS", "boolean", "false")),
            bare=True,
        ),
        "repeated-cells.ods": ods(line(KEY, cell("2012", times=2)), line("tukums-2015", "2015", "b")),
        "repeated-a-million-times.ods": ods(
            f"<table:table-row>{line(KEY, '2012', 'a')[17:-18]}{wide}</table:table-row>",
            empty_rows,
            columns='<table:table-column table:number-columns-repeated="16384"/>',
        ),
        "rows-repeated-beyond-limit.ods": ods(
            one,
            line("tukums-2015", "2015", "b", attributes='table:number-rows-repeated="1048574"'),
        ),
        "rows-repeated-again-and-again.ods": ods(
            *[line("tukums-2015", "2015", "b", attributes='table:number-rows-repeated="99999"')] * 8
        ),
        "columns-repeated-beyond-limit.ods": note(cell("a", times=16382)),
        "rows-repeated-zero-times.ods": ods(
            line(KEY, "2012", "a", attributes='table:number-rows-repeated="0"')
        ),
        "spaces-beyond-limit.ods": third(f"<text:p>a{spaces.format(10**9)}</text:p>"),
        "spaces-again-and-again.ods": third(f"<text:p>a{spaces.format(100_000) * 400}b</text:p>"),
        "spaces.ods": third(
            f"<text:p>divas{spaces.format(2)}atstarpes<text:tab/>un<text:line-break/>rinda</text:p>"
            "<text:p/><text:p>trešā <text:span>daļa</text:span></text:p>"
        ),
        "indented.ods": third("\n      <text:p>viens</text:p>\n      <text:p>divi</text:p>\n    "),
        "hidden-row.ods": ods(
            one, line("tukums-2015", "2015", "b", attributes='table:visibility="collapse"')
        ),
        "filtered-row.ods": ods(line(KEY, "2012", "a", attributes='table:visibility="filter"'), two),
        "hidden-column.ods": ods(
            one,
            columns='<table:table-column/><table:table-column table:visibility="collapse"/>'
            "<table:table-column/>",
        ),
        "hidden-sheet.ods": ods(one, more_styles=hidden_look, attributes='table:style-name="ta1"'),
        "several-sheets.ods": ods(one, after=second_table),
    }
