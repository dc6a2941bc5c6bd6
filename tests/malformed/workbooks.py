"""Workbooks of Excel: hostile ones, and those of odd shape or with odd values."""

from zlib import crc32

from .archives import deflated, packed, zipped
from .text import HEADINGS, KEY
from .xlsx import (
    MAIN,
    OFFICE,
    SHEET,
    STRICT_MAIN,
    STRICT_OFFICE,
    book,
    c,
    grid,
    n,
    noted,
    relations,
    row,
    sheet,
    signed,
    strings,
    xlsx,
    xlsx_parts,
)


def hostile_workbooks():
    good = noted("a")
    bomb = deflated(b"", ord(" "), 408_000, b"")  # more than 100 MiB
    lying = deflated(b"", ord(" "), 16_000, b"")
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE sst [<!ENTITY e0 "ha">{laughs}]>'
    plain_sheet = sheet(grid((KEY, "2012", "a")))
    broken = bytearray(good)
    broken[good.index(b">a<") + 1] = ord("b")
    locked = bytearray(good)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(mark)
        while place >= 0:
            locked[place + at] |= 1
            place = locked.find(mark, place + 1)
    return {
        "cut-off.xlsx": good[: len(good) // 2],
        "wrong-checksum.xlsx": bytes(broken),
        "zip-password.xlsx": bytes(locked),
        "bomb.xlsx": packed(good, SHEET, bomb, 1 + 258 * 408_000, crc32(b" " * (1 + 258 * 408_000))),
        "bomb-that-lies.xlsx": packed(good, SHEET, lying, 1000, crc32(b" " * (1 + 258 * 16_000))),
        "entries-201.xlsx": zipped(*xlsx_parts(grid()).items(), *((f"xl/media/{n}", "") for n in range(194))),
        "entry-twice.xlsx": xlsx(grid((KEY, "2012", "a")), more=[(SHEET, sheet(grid((KEY, "2012", "b"))))]),
        "entry-outside.xlsx": noted("a", more=[("../../etc/cron.d/twinning", "x"), ("/etc/motd", "x")]),
        "entity-in-sheet.xlsx": xlsx(
            sheet1=plain_sheet.replace("<worksheet", f"{entity}<worksheet").replace(">a<", ">&e;<")
        ),
        "entity-in-workbook.xlsx": xlsx(grid((KEY, "2012", "a")), workbook=book(head=entity)),
        "laughs-in-texts.xlsx": noted(
            c('t="s"', "<v>0</v>"),
            shared=strings("<t>&e9;</t>").replace("<sst", f"{laughs}<sst"),
        ),
        "sheet-cut-off.xlsx": xlsx(sheet1=plain_sheet[:-40]),
        "sheet-part-missing.xlsx": noted("a", without=[SHEET]),
        "relations-missing.xlsx": noted("a", without=["xl/_rels/workbook.xml.rels"]),
        "target-outside.xlsx": noted("a", rels=relations(("worksheet", "../../../etc/passwd"))),
        "target-elsewhere.xlsx": noted(
            "a",
            rels=relations(("worksheet", "https://example.org/sheet1.xml")).replace(
                "/></Rel", ' TargetMode="External"/></Rel'
            ),
        ),
    }


def workbooks_of_odd_shape():
    two = [(KEY, "2012", "a"), ("tukums-2015", "2015", "b")]
    numbered = grid(*two)
    unnumbered = numbered
    for number in (1, 2, 3):
        unnumbered = unnumbered.replace(f'<row r="{number}" >', "<row>")
        for letter in "ABC":
            unnumbered = unnumbered.replace(f' r="{letter}{number}"', "")
    first, second, third = (row(number, cells) for number, cells in enumerate((HEADINGS, *two), start=1))
    shuffled = row(2, two[0]).split("<c ")
    shuffled = (
        "<c ".join([shuffled[0], shuffled[2], shuffled[1], shuffled[3].removesuffix("</row>")]) + "</row>"
    )
    three = [("Līgumi", "visible"), ("Saraksti", "hidden"), ("Diagramma", "visible")]
    lists = sheet(row(1, ["culture"]))
    beside = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
        ("chartsheet", "chartsheets/sheet3.xml"),
    )
    second_part = [("xl/worksheets/sheet2.xml", lists)]
    elsewhere = xlsx_parts(grid(two[0]))
    elsewhere["_rels/.rels"] = relations(("officeDocument", "book/main.xml"))
    elsewhere["book/main.xml"] = elsewhere.pop("xl/workbook.xml")
    elsewhere["book/_rels/main.xml.rels"] = relations(("worksheet", "pages/one.xml"))
    elsewhere["book/pages/one.xml"] = elsewhere.pop(SHEET)
    for part in ("xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"):
        del elsewhere[part]
    strict = xlsx_parts(
        grid((KEY, c('s="1" t="d"', "<v>2012-09-17</v>"), c('t="s"', "<v>0</v>"))),
        texts=["<t>a</t>"],
        formats=["yyyy-mm-dd"],
    )
    strict = {
        name: text.replace(MAIN, STRICT_MAIN).replace(OFFICE, STRICT_OFFICE) for name, text in strict.items()
    }
    prefixed = sheet(grid(two[0])).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    prefixed = prefixed.replace('xmlns="', 'xmlns:x="')
    button = (
        '<controls><control shapeId="1" r:id="rId9" name="Poga"><controlPr><anchor><from><xdr:col xmlns:xdr="x">1'
        '</xdr:col><xdr:row xmlns:xdr="x">4</xdr:row></from></anchor></controlPr></control></controls>'
        '<extLst><ext><x14:dataValidation xmlns:x14="x"><x14:formula1><xm:f xmlns:xm="x">Saraksti!A1</xm:f>'
        "</x14:formula1></x14:dataValidation></ext></extLst>"
    )
    before, after = sheet(grid((KEY, "2012", "@"))).encode().split(b"@")
    long = before + b"x" * (1 + 258 * 388) + after
    return {
        "texts-of-all-kinds.xlsx": xlsx(
            grid(
                (c('t="s"', "<v>1</v>"), c('t="inlineStr"', "<is><t>2012</t></is>"), c('t="s"', "<v>0</v>")),
                ("tukums-2015", c('t="str"', "<v>2015</v>"), c('t="s"', "<v>2</v>")),
            ),
            texts=[
                '<r><t>Ķēniņu </t></r><r><rPr><b/></rPr><t xml:space="preserve"> šķūnis</t></r>',
                f"<t>{KEY}</t>",
                '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
            ],
        ),
        "spaces.xlsx": noted("  divas  atstarpes \n rinda "),
        "dimension-false.xlsx": xlsx(numbered, before='<dimension ref="A1:XFD1048576"/>'),
        "cells-out-of-order.xlsx": xlsx(first + shuffled),
        "rows-out-of-order.xlsx": xlsx(first + third + second),
        "row-twice.xlsx": xlsx(first + second + row(2, two[1])),
        "rows-without-numbers.xlsx": xlsx(unnumbered),
        "blank-rows.xlsx": xlsx(first + row(4, (KEY, "rīt", "a")) + row(9, ("tukums-2015", "2015", "b"))),
        "text-out-of-range.xlsx": noted(c('t="s"', "<v>1</v>"), texts=["<t>a</t>"]),
        "text-before-the-first.xlsx": noted(c('t="s"', "<v>-1</v>"), texts=["<t>a</t>"]),
        "texts-part-missing.xlsx": noted(c('t="s"', "<v>0</v>"), without=["xl/sharedStrings.xml"]),
        "style-out-of-range.xlsx": signed(n(41169, style=9), formats=["yyyy-mm"]),
        "style-before-the-first.xlsx": signed(n(41169, style=-1), formats=["yyyy-mm"]),
        "styles-part-missing.xlsx": noted(n(41169, style=1), formats=["yyyy-mm"], without=["xl/styles.xml"]),
        "merged-cells.xlsx": xlsx(numbered, after='<mergeCells><mergeCell ref="C2:C3"/></mergeCells>'),
        "hidden-row.xlsx": xlsx(grid(*two, row3='hidden="1"')),
        "filtered-rows.xlsx": xlsx(
            grid(*two, row2='hidden="true"'),
            after='<autoFilter ref="A1:C3"><filterColumn colId="0"/></autoFilter>',
        ),
        "hidden-blank-row.xlsx": xlsx(first + second + row(3, ["", None], 'hidden="1"') + row(4, two[1])),
        "hidden-column.xlsx": xlsx(
            numbered, before='<cols><col min="2" max="2" width="9" hidden="1"/></cols>'
        ),
        "hidden-sheet.xlsx": xlsx(numbered, workbook=book(("Līgumi", "hidden"))),
        "very-hidden-sheet.xlsx": xlsx(numbered, workbook=book(("Līgumi", "veryHidden"))),
        "hidden-sheet-with-lists.xlsx": xlsx(
            numbered, workbook=book(*three[:2]), rels=beside, more=second_part
        ),
        "several-sheets.xlsx": xlsx(
            numbered,
            workbook=book(("2012 & 2013".replace("&", "&amp;"), "visible"), ("2015", "visible")),
            rels=beside,
            more=second_part,
        ),
        "chart-sheet.xlsx": xlsx(
            numbered,
            workbook=book(*three),
            rels=beside,
            more=[
                ("xl/worksheets/sheet2.xml", sheet("")),
                ("xl/chartsheets/sheet3.xml", f'<chartsheet xmlns="{MAIN}"/>'),
            ],
        ),
        "empty-workbook.xlsx": xlsx(""),
        "strict.xlsx": zipped(*strict.items()),
        "workbook-elsewhere.xlsx": zipped(*elsewhere.items()),
        "absolute-targets.xlsx": xlsx(
            numbered,
            rels=relations(("worksheet", f"/{SHEET}"), ("styles", "/xl/styles.xml")),
        ),
        "prefixed-names.xlsx": xlsx(sheet1=prefixed),
        "button-and-choices.xlsx": xlsx(numbered, after=button),
        "value-without-heading.xlsx": xlsx(grid((KEY, "2012", "a", "b"))),
        "columns-beyond-limit.xlsx": xlsx(first + row(2, two[0]).replace('r="C2"', 'r="XFD2"')),
        "cell-too-long.xlsx": packed(
            noted("a"), SHEET, deflated(before, ord("x"), 388, after), len(long), crc32(long)
        ),
    }


def workbooks_of_odd_values():
    date = 41169  # 17 September 2012
    formula = "<f>A1&amp;B1</f>"
    months = xlsx(
        grid(
            (KEY, n(41153, 1), n(41153, 2)),
            ("tukums-2015", n(42309, 3), n(42309, 4)),
        ),
        formats=["mmm-yy", 17, "yyyy", '[$-426]yyyy". gada "mmmm'],
    )
    return {
        "error-reference.xlsx": noted(c('t="e"', "<f>Cits!A1</f><v>#REF!</v>")),
        "error-not-available.xlsx": signed(c('t="e"', "<v>#N/A</v>")),
        "formula-with-value.xlsx": noted(c('t="str"', f"{formula}<v>viens</v>")),
        "formula-with-empty-text.xlsx": noted(c('t="str"', f"{formula}<v></v>")),
        "formula-without-value.xlsx": noted(c("", formula)),
        "formula-of-array.xlsx": xlsx(
            grid(
                (KEY, "2012", c("", '<f t="array" ref="C2:C3">ROW(A1:A2)</f><v>1</v>')),
                ("tukums-2015", "2015", c("", "<v>2</v>")),
            )
        ),
        "dates.xlsx": xlsx(
            grid((KEY, n(date, 1), n(61, 2)), ("tukums-2015", n(42325, 3), n(2958465, 4))),
            formats=["dd.mm.yyyy", 14, '[$-426]dddd, yyyy". gada "d. mmmm;@', "yyyy\\-mm\\-dd"],
        ),
        "dates-of-1904.xlsx": xlsx(
            grid((KEY, n(date - 1462, 1), n(1, 1))),
            formats=["yyyy-mm-dd"],
            workbook=book(properties='date1904="1"'),
        ),
        "date-before-march-1900.xlsx": signed(n(60, 1), formats=["yyyy-mm-dd"]),
        "date-below-zero.xlsx": signed(n(-1, 1), formats=["yyyy-mm-dd"]),
        "date-beyond-9999.xlsx": signed(n("1e9", 1), formats=["yyyy-mm-dd"]),
        "date-and-time.xlsx": signed(n(f"{date}.5", 1), formats=["yyyy-mm-dd hh:mm"]),
        "date-that-hides-its-time.xlsx": xlsx(
            grid((KEY, n(f"{date}.5", 1), n(f"{date}.5", 2))), formats=["dd.mm.yyyy", "yyyy-mm"]
        ),
        "dates-shown-as-months.xlsx": months,
        "date-without-year.xlsx": signed(n(date, 1), formats=["d. mmmm"]),
        "date-without-year-built-in.xlsx": signed(n(date, 1), formats=[16]),
        "month-without-year.xlsx": signed(n(date, 1), formats=["mmmm"]),
        "date-format-of-another-language.xlsx": noted(n(date, 1), formats=[31]),
        "date-in-iso.xlsx": signed(c('s="1" t="d"', "<v>2012-09-17</v>"), formats=["dd.mm.yyyy"]),
        "date-in-iso-with-zone.xlsx": signed(
            c('s="1" t="d"', "<v>2012-09-17T00:00:00Z</v>"), formats=["dd.mm.yyyy"]
        ),
        "date-in-iso-shown-as-month.xlsx": signed(
            c('s="1" t="d"', "<v>2012-09-01T00:00:00</v>"), formats=["mmm yyyy"]
        ),
        "date-in-iso-and-time.xlsx": noted(
            c('s="1" t="d"', "<v>2012-09-17T14:30:00</v>"), formats=["yyyy-mm-dd hh:mm"]
        ),
        "date-in-iso-that-is-none.xlsx": noted(c('s="1" t="d"', "<v>vakar</v>"), formats=["yyyy-mm-dd"]),
        "time.xlsx": noted(n("0.5", 1), formats=["hh:mm"]),
        "time-in-minutes.xlsx": noted(n("0.5", 1), formats=["mm:ss"]),
        "duration.xlsx": noted(n("1.5", 1), formats=["[h]:mm"]),
        "percentage.xlsx": noted(n("0.25", 1), formats=[9]),
        "number-with-text-in-front.xlsx": noted(n("5401", 1), formats=['"LV-"0000']),
        "number-with-hyphen.xlsx": noted(n("7012", 1), formats=["000\\-000"]),
        "number-in-thousands.xlsx": noted(n("12000", 1), formats=["0,"]),
        "number-rounded.xlsx": noted(n("1.567", 1), formats=["0"]),
        "number-rounded-built-in.xlsx": noted(n("1.567", 1), formats=[2]),
        "number-below-zero-rounded.xlsx": noted(n("-1.567", 1), formats=["0.000;-0.0"]),
        "number-as-fraction.xlsx": noted(n("0.3333", 1), formats=["# ?/?"]),
        "number-with-all-its-digits.xlsx": xlsx(
            grid(
                (KEY, "2012", n("1.5", 1)),
                ("tukums-2015", "2015", n("2", 2)),
                ("tukums-2018", "2018", n("1.567", 3)),
            ),
            formats=["0.00", 3, 49],
        ),
        "date-of-islamic-calendar.xlsx": signed(n(date, 1), formats=["B2yyyy\\-mm\\-dd"]),
        "date-of-umm-al-qura.xlsx": signed(n(date, 1), formats=["[$-1170000]yyyy\\-mm\\-dd;@"]),
        "date-of-thai-calendar.xlsx": signed(n(date, 1), formats=["[$-,107]d/m/yyyy;@"]),
        "date-of-short-calendar.xlsx": signed(n(date, 1), formats=["[$-60409]d/m/yyyy"]),
        "date-in-digits-of-another-script.xlsx": signed(n(date, 1), formats=["[$-2010000]yyyy/mm/dd;@"]),
        "number-not-shown.xlsx": noted(n("2012", 1), formats=[";;;"]),
        "number-with-plus.xlsx": noted(n("37165404", 1), formats=["+0"]),
        "number-by-its-size.xlsx": signed(n("41169", 1), formats=["[>50000]yyyy;0"]),
        "number-with-underscore.xlsx": noted(n("2_012")),
        "format-of-brackets.xlsx": noted(n("1", 1), formats=["[" * 60_000]),
        "date-below-zero-of-1904.xlsx": signed(
            n("-400", 1), formats=[14], workbook=book(properties='date1904="1"')
        ),
        "rows-hidden-by-default.xlsx": xlsx(
            grid((KEY, "2012", "a")), before='<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
        ),
        "columns-hidden-by-default.xlsx": xlsx(
            grid((KEY, "2012", "a")), before='<sheetFormatPr defaultRowHeight="15" defaultColWidth="0"/>'
        ),
        "currency.xlsx": noted(n("1234.5", 1), formats=['#,##0.00\\ "EUR";[Red]\\-#,##0.00\\ "dienas"']),
        "truth.xlsx": xlsx(
            row(1, ["slug", "is_published"])
            + row(2, [KEY, c('t="b"', "<v>1</v>")])
            + row(3, ["tukums-2015", c('t="b"', "<v>0</v>")])
        ),
        "zeros-in-front.xlsx": xlsx(
            grid((KEY, "2012", "007"), ("tukums-2015", "2015", n(7)), ("tukums-2018", "2018", n(7, 1))),
            formats=["000"],
        ),
        "numbers.xlsx": xlsx(
            grid(
                (KEY, n(2012), n("1e5")),
                ("tukums-2015", n("2015.0"), n("0.30000000000000004")),
                ("tukums-2018", n("2.018E3"), n("-1.5E-7")),
            )
        ),
        "number-of-16-digits.xlsx": noted(n("1234567890123456")),
        "number-that-is-none.xlsx": noted(n("NaN")),
        "number-that-is-text.xlsx": noted(n("viens")),
        "number-as-date.xlsx": signed(n(date)),
        "escaped-characters.xlsx": noted("viens_x000D_\ndivi _x0041_ _x005F_x0041_ _x00zz_"),
        "escaped-surrogate.xlsx": noted("a_xD83D_b"),
        "escaped-pair.xlsx": noted("a_xD83E__xDD1D_b"),
        "decoded-wrongly.xlsx": noted("FerrÄ\u0081ra jaunÄ\u0081"),
        "escaped-nul.xlsx": noted("a_x0000_b"),
        "apostrophes.xlsx": xlsx(grid((KEY, "2012", "'=1+1"), ("tukums-2015", "2015", "=1+1"))),
        "replacement-character.xlsx": noted("K\ufffdsis"),
    }
