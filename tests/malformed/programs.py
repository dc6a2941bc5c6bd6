"""Spreadsheets as some programs write them, which are easily read for something else than they show."""

import json

from .archives import zipped
from .ods import SPREADSHEET, cell, document, line, manifest, ods
from .text import HEADINGS, KEY
from .xlsx import SHEET, book, c, grid, noted, relations, row, sheet, signed, xlsx, xlsx_parts

UNCALCULATED = '<calcPr calcId="124519" fullCalcOnLoad="1"/>'
LISTS = "Saraksti"


def program_workbooks():
    two = [(KEY, "2012", "a"), ("tukums-2015", "2015", "b")]
    shared = xlsx_parts(grid((KEY, "2012", c('t="s"', "<v>0</v>"))), texts=["<t>a</t>"])
    in_capitals = {
        {"xl/sharedStrings.xml": "xl/SharedStrings.xml", SHEET: "XL/Worksheets/Sheet1.XML"}.get(
            name, name
        ): text
        for name, text in shared.items()
    }
    zero = c("", "<f>A2&amp;B2</f><v>0</v>")
    return {
        "part-names-in-another-case.xlsx": zipped(*in_capitals.items()),
        "part-names-with-backslashes.xlsx": zipped(
            *((name.replace("/", "\\"), text) for name, text in shared.items())
        ),
        "columns-hidden-but-for-those-with-a-width.xlsx": xlsx(
            grid(*two),
            before='<sheetFormatPr defaultColWidth="0" defaultRowHeight="15"/><cols>'
            '<col min="1" max="3" width="20.7"/><col min="4" max="16384" width="9.1" hidden="1"/></cols>',
        ),
        "columns-hidden-but-for-two-with-a-width.xlsx": xlsx(
            grid(*two),
            before='<sheetFormatPr defaultColWidth="0" defaultRowHeight="15"/><cols>'
            '<col min="1" max="2" width="20.7"/></cols>',
        ),
        "hidden-sheet-of-choices.xlsx": with_choices(f"{LISTS}!$A$1:$A$9"),
        "hidden-sheet-of-choices-in-an-extension.xlsx": with_choices(
            f"<xm:f>'{LISTS}'!$A$1:$A$9</xm:f>", prefix="x14:"
        ),
        "hidden-sheet-of-named-choices.xlsx": with_choices(
            "veidi", f'<definedNames><definedName name="Veidi">{LISTS}!$A$1:$A$9</definedName></definedNames>'
        ),
        "hidden-sheet-that-a-formula-knows.xlsx": with_choices(f"{LISTS}!$A$1=1", kind="custom"),
        "formula-never-calculated.xlsx": noted(zero, workbook=book(after=UNCALCULATED)),
        "text-never-calculated.xlsx": noted(
            c('t="str"', "<f>A2&amp;B2</f><v></v>"), workbook=book(after=UNCALCULATED)
        ),
        "array-never-calculated.xlsx": xlsx(
            grid(
                (KEY, "2012", c("", '<f t="array" ref="C2:C3">ROW(A1:A2)</f><v>1</v>')),
                ("tukums-2015", "2015", c("", "<v>0</v>")),
            ),
            workbook=book(after=UNCALCULATED),
        ),
        "formula-calculated-by-another-program.xlsx": xlsx(
            grid(
                (KEY, "2012", c('t="str"', "<f>A2&amp;B2</f><v>viens</v>")),
                ("tukums-2015", "2015", c("", "<v>0</v>")),
            ),
            workbook=book(after=UNCALCULATED),
        ),
        "formula-of-zero.xlsx": noted(zero),
        "date-in-iso-of-another-zone.xlsx": signed(
            c('s="1" t="d"', "<v>2012-09-16T21:00:00.000Z</v>"), formats=["dd.mm.yyyy"]
        ),
    }


def with_choices(source, names="", kind="list", prefix=""):
    """A workbook whose cells may hold what stands on a hidden sheet, or at another `source`."""
    choices = (
        f'<dataValidations><{prefix}dataValidation type="{kind}" sqref="C2:C100"><{prefix}formula1>{source}'
        f"</{prefix}formula1></{prefix}dataValidation></dataValidations>"
    )
    choices = choices.replace("<dataValidations>", '<dataValidations xmlns:x14="x" xmlns:xm="y">')
    hidden = sheet(row(1, ["culture"]) + row(2, ["sport"], 'hidden="1"'))
    return xlsx(
        grid((KEY, "2012", "a"), ("tukums-2015", "2015", "b")),
        after=choices,
        workbook=book(("Līgumi", "visible"), (LISTS, "hidden"), after=names),
        rels=relations(("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")),
        more=[("xl/worksheets/sheet2.xml", hidden)],
    )


def program_documents():
    one = line(KEY, "2012", "a")
    hidden = (
        '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    lists = f'<table:table table:name="{LISTS}" table:style-name="ta2">{line("culture")}</table:table>'
    cache = "'file:///home/officer/src.ods'#src"
    cached = (
        f'<table:table table:name="{cache}" table:style-name="ta2"><table:table-source '
        f'table:mode="copy-results-only"/>{line("culture")}</table:table>'
    )

    def choices(source):
        return (
            '<table:content-validations><table:content-validation table:name="val1" '
            f'table:condition="of:cell-content-is-in-list({source})"/></table:content-validations>'
        )

    def truth(name, value):
        return (
            f'<table:table-cell table:formula="of:={name}()" office:value-type="float" office:value="{value}">'
            f"<text:p>{name}</text:p></table:table-cell>"
        )

    def dated(moment, shown):
        style = 'table:style-name="ce1"'
        return ods(line(KEY, cell(shown, "date", moment, style), "a"), date_styles=["month day year"])

    named = (
        '<table:named-expressions><table:named-range table:name="veidi" '
        f'table:cell-range-address="${LISTS}.$A$1:.$A$9"/></table:named-expressions>'
    )
    parts = [("mimetype", SPREADSHEET), ("META-INF/MANIFEST.XML", manifest("content.xml"))]
    return {
        "part-names-in-another-case.ods": zipped(*parts, ("Content.xml", document(one))),
        "cache-of-another-file.ods": ods(one, more_styles=hidden, after=cached),
        "hidden-sheet-of-choices.ods": ods(
            one, more_styles=hidden, lead=choices(f"[${LISTS}.$A$1:.$A$9]"), after=lists
        ),
        "hidden-sheet-of-named-choices.ods": ods(
            one, more_styles=hidden, lead=choices("veidi"), after=lists + named
        ),
        "hidden-sheet-beside.ods": ods(one, more_styles=hidden, after=lists),
        "truth-as-number.ods": ods(
            line("slug", "is_published"),
            line(KEY, truth("TRUE", "1")),
            line("tukums-2015", truth("FALSE", "0")),
            bare=True,
        ),
        "truth-that-is-none.ods": ods(line(KEY, "2012", truth("TRUE", "0"))),
        "formula-never-calculated.ods": ods(
            line(
                KEY,
                "2012",
                '<table:table-cell table:formula="of:=[.A2]" office:value-type="float" office:value="0"/>',
            )
        ),
        "date-of-another-zone.ods": dated("2012-09-16T21:00:00.000Z", "9/17/12"),
        "date-of-a-zone-that-shows-another-day.ods": dated("2012-09-17T00:00:00Z", "9/16/12"),
        "date-of-a-zone.ods": dated("2012-09-17T00:00:00Z", "9/17/12"),
        "apostrophes.ods": ods(line(KEY, "2012", "'=1+1"), line("tukums-2015", "2015", "'s-Hertogenbosch")),
    }


def program_json():
    rows = [(KEY, "2012", "'=1+1"), ("tukums-2015", "2015", "'s-Hertogenbosch")]
    return {
        "apostrophes.json": json.dumps([dict(zip(HEADINGS, each, strict=True)) for each in rows]).encode()
    }
