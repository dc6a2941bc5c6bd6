"""Makes the spreadsheets in this folder: broken, tricky and hostile ones, and some that are no spreadsheets.

``python tests/files/build.py`` writes them all anew, always with the same bytes: nothing depends on the
clock, on chance or on the version of a compression library. What the product makes of each is in
tests/test_malformed_files.py.
"""

import codecs
import io
import json
import struct
import warnings
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zlib import crc32

HEADINGS = ("slug", "signed_on", "internal_note")
KEY = "tukums-2012"
NOTE = "Ķēniņu šķūnis Žagarē, „ļoti ērti”"


# Text


def lines(*rows, separator=",", end="\r\n"):
    """Rows of cells that need no quotation marks, below the usual headings."""
    return "".join(separator.join(row) + end for row in (HEADINGS, *rows))


def text_files():
    latvian = lines((KEY, "2012-09", f'"{NOTE}"'), ("tukums-2015", "2015-11-17", ""))
    tabs = lines((KEY, "2012-09", NOTE), separator="\t")
    semicolons = lines((KEY, "2012-09", NOTE), separator=";")
    simple = lines((KEY, "2012-09", "Ēvele"))
    return {
        "utf-8.csv": latvian.encode(),
        "utf-8-bom.csv": codecs.BOM_UTF8 + latvian.encode(),
        "utf-16-le-bom.txt": codecs.BOM_UTF16_LE + tabs.encode("utf-16-le"),
        "utf-16-be-bom.csv": codecs.BOM_UTF16_BE + latvian.encode("utf-16-be"),
        "utf-16-no-bom.csv": latvian.encode("utf-16-le"),
        "utf-16-odd-byte.csv": codecs.BOM_UTF16_LE + tabs.encode("utf-16-le") + b"\n",
        "utf-16-lone-surrogate.csv": codecs.BOM_UTF16_LE
        + lines((KEY, "2012", "\ud83d")).encode("utf-16-le", "surrogatepass"),
        "utf-32-le-bom.csv": codecs.BOM_UTF32_LE + latvian.encode("utf-32-le"),
        "utf-32-be-bom.csv": codecs.BOM_UTF32_BE + latvian.encode("utf-32-be"),
        "windows-1257.csv": semicolons.encode("cp1257"),
        "windows-1252.csv": lines((KEY, "2012", "Sacré-Cœur")).encode("cp1252"),
        "windows-1251.csv": lines((KEY, "2012-09", "Харьков"), ("tukums-2015", "2015", "Витебск")).encode(
            "cp1251"
        ),
        "utf-8-cut-off.csv": lines((KEY, "2012-09", "Ķēniņi pie Ērgļiem un Ēvelē")).rstrip().encode()
        + "ē".encode()[:1],
        "utf-8-mixed-with-1257.csv": simple.encode() + "tukums-2015,2015,Ērgļi\r\n".encode("cp1257"),
        "utf-8-encoded-twice.csv": simple.encode().decode("cp1252").encode(),
        "utf-8-lone-surrogate.csv": lines((KEY, "2012", "\ud83d")).encode("utf-8", "surrogatepass"),
        "nul.csv": lines((KEY, "2012", "a\0b")).encode(),
        "replacement-character.csv": lines((KEY, "2012", "K\ufffdsis")).encode(),
        "row-short.csv": lines((KEY, "2012", "a"), ("tukums-2015", "2015")).encode(),
        "row-long.csv": lines((KEY, "2012", "a"), ("tukums-2015", "2015", "divi", "trīs")).encode(),
        "trailing-separators.csv": b"slug;signed_on;internal_note;;\r\n"
        b"tukums-2012;2012;a;;\r\n;;;;\r\ntukums-2015;2015;b\r\n",
        "heading-twice.csv": b"slug,internal_note,internal_note\r\ntukums-2012,a,b\r\n",
        "heading-twice-in-two-languages.csv": "slug,signed_on,Noslēgts\r\ntukums-2012,2012,2013\r\n".encode(),
        "headings-padded.csv": " Slug ,\u00a0SIGNED_ON\u200b,  Iekšējā   piezīme\r\ntukums-2012,2012,a\r\n".encode(),
        "heading-with-combining-letters.csv": "slug,Nosle\u0304gts\r\ntukums-2012,2012\r\n".encode(),
        "heading-with-line-end.csv": 'slug,"Iekšējā\r\npiezīme"\r\ntukums-2012,a\r\n'.encode(),
        "heading-empty.csv": b"slug,,signed_on\r\ntukums-2012,,2012\r\n",
        "heading-empty-above-value.csv": b"slug,,signed_on\r\ntukums-2012,x,2012\r\n",
        "headings-missing.csv": b"tukums-2012,2012,a\r\ntukums-2015,2015,b\r\n",
        "heading-of-key-missing.csv": b"signed_on,internal_note\r\n2012,a\r\n",
        "heading-unknown.csv": b"slug,signed_onn,mayor\r\ntukums-2012,2012,a\r\n",
        "heading-without-language.csv": b"slug,scope\r\ntukums-2012,a\r\n",
        "title-row.csv": f"Līgumi ar partneriem\r\n{latvian}".encode(),
        "blank-rows-before-headings.csv": f"\r\n,,\r\n{lines((KEY, '2012', 'a'))}".encode(),
        "blank-rows-before-unknown-heading.csv": b"\r\n\r\nslug,mayor\r\ntukums-2012,a\r\n",
        "blank-rows-between.csv": lines(
            (KEY, "2012", "a"), ("", "", ""), ("tukums-2015", "rīt", "b")
        ).encode(),
        "space-after-last-separator.csv": b"slug,signed_on,internal_note\r\ntukums-2012,2012,a, \r\n",
        "cp775.csv": lines((KEY, "2012", "Āboļi Žūķ un Ķēniņu šķūnis")).encode("cp775"),
        "decoded-wrongly.csv": lines((KEY, "2012", "Ļuta"), ("tukums-2015", "2015", "Å½agarÄ“")).encode(),
        "sep-line.csv": f"sep=;\r\n{semicolons}".encode(),
        "sep-line-with-bar.csv": f"sep=|\r\n{lines((KEY, '2012', 'a,b;c'), separator='|')}".encode(),
        "sep-line-empty.csv": f"sep=\r\n{lines((KEY, '2012', 'a'))}".encode(),
        "sep-line-of-quotation-mark.csv": f'sep="\r\n{lines((KEY, "2012", "a"))}'.encode(),
        "separated-by-bars.csv": lines((KEY, "2012", "a"), separator="|").encode(),
        "quote-not-closed.csv": lines((KEY, "2012", "a"), ("tukums-2015", "2015", '"b')).encode(),
        "quote-not-closed-in-headings.csv": b'slug,"signed_on\r\ntukums-2012,2012\r\n',
        "quote-closed-in-another-row.csv": lines((KEY, "2012", '"a'), ("tukums-2015", "2015", 'b"')).encode(),
        "quote-in-the-middle.csv": lines((KEY, "2012", 'Biedrība "Rīts" un klubs "Vakars"')).encode(),
        "quote-misplaced.csv": lines(
            (KEY, "2012", "a"), ("tukums-2015", "2015", '"Rīts" un "Vakars"')
        ).encode(),
        "line-ends-cr.csv": lines((KEY, "2012", "a"), ("tukums-2015", "2015", "b"), end="\r").encode(),
        "line-ends-mixed.csv": b"slug,signed_on\rtukums-2012,2012\ntukums-2015,2015\r\n",
        "line-ends-in-cells.csv": lines((KEY, "2012", '"viens\r\ndivi\rtrīs\nčetri"')).encode(),
        "columns-201.csv": (",".join(["slug", *map(str, range(200))]) + "\r\n").encode(),
        "only-headings.csv": lines().encode(),
        "empty.csv": b"",
        "whitespace.csv": codecs.BOM_UTF8 + "\r\n \t \r\n\u00a0\r\n".encode(),
        "apostrophes.csv": lines(
            (KEY, "2012", "'=1+1"), ("tukums-2015", "2015", "'s-Hertogenbosch")
        ).encode(),
        "formulas.csv": lines((KEY, "2012", "=1+1"), ("tukums-2015", "2015", "@SUM(A1)")).encode(),
        "no-break-spaces.csv": lines((f"{KEY}\u00a0", "2012-09\u00a0", "\u00a0ielas\u00a01\u00a0")).encode(),
        "unseen-characters.csv": lines(
            (f"\u200b{KEY}\ufeff", "\u202a2012-09\u202c", "Cē\u200bsis\u2060 un \u202eRīga\u202c\x01")
        ).encode(),
        "soft-hyphens.csv": lines((KEY, "2012", "Daugav\u00adpils")).encode(),
        "row-of-unseen-characters.csv": lines((KEY, "2012", "a"), ("\u200b", "", "\ufeff")).encode(),
        "row-of-unseen-characters-before-headings.csv": f"\u200b,\ufeff\r\n{lines((KEY, '2012', 'a'))}".encode(),
        "combining-letters.csv": lines((KEY, "2012", "Ce\u0304sis un S\u030ck\u0327e\u0304de")).encode(),
        "emoji.csv": lines((KEY, "2012", "🤝 🇱🇻 𝔸")).encode(),
        "end-of-file-character.csv": lines((KEY, "2012", "a")).encode() + b"\x1a",
        "begins-with-pk.csv": b"PK,slug\r\n1,tukums-2012\r\n",
        "numbers-as-typed.csv": lines((KEY, "2012", "007"), ("tukums-2015", "2015", "1e5")).encode(),
        "key-twice.csv": lines((KEY, "2012", "a"), ("tukums-2015", "2015", "b"), (KEY, "2013", "c")).encode(),
        "key-empty.csv": lines((KEY, "2012", "a"), ("", "2015", "b")).encode(),
        "values-unknown.csv": "slug;city;fields;signed_on;status;is_published\r\n"
        "jauns;Tukms;culture | Tūrisms;2012-02-30;spekā;varbūt\r\n"
        "tukums-2012;tukums;Kultūra;01/02/2003;spēkā;jā\r\n".encode(),
    }


def json_files():
    def written(*notes, indent=None):
        records = [
            dict(zip(HEADINGS, (key, "2012", note), strict=True))
            for key, note in zip((KEY, "tukums-2015"), notes, strict=False)
        ]
        return json.dumps(records, ensure_ascii=False, indent=indent).encode()

    return {
        "export.json": written(NOTE, 7),
        "indented.json": written(NOTE, "b", indent=2),
        "bom.json": codecs.BOM_UTF8 + written("a", None),
        "object.json": b'{"slug": "tukums-2012", "internal_note": "a"}',
        "object-indented.json": b'{\n  "tukums-2012": {\n    "internal_note": "a"\n  }\n}\n',
        "arrays.json": b'[["slug", "internal_note"], ["tukums-2012", "a"]]',
        "nested.json": written(["a", "b"]),
        "truth.json": written(True),
        "decimals.json": b'[{"slug": "tukums", "latitude": 56.967, "longitude": 23.10}]',
        "not-a-number.json": b'[{"slug": "tukums-2012", "internal_note": NaN}]',
        "long-number.json": written(12345678901234567890),
        "key-twice-in-record.json": b'[{"slug": "tukums-2012", "internal_note": "a", "internal_note": "b"}]',
        "keys-differ.json": b'[{"slug": "tukums-2012", "internal_note": "a"}, {"slug": "tukums-2015"}]',
        "lone-surrogate.json": b'[{"slug": "tukums-2012", "internal_note": "a\\ud83db"}]',
        "surrogate-pair.json": b'[{"slug": "tukums-2012", "internal_note": "\\ud83e\\udd1d"}]',
        "nul.json": b'[{"slug": "tukums-2012", "internal_note": "a\\u0000b"}]',
        "cut-off.json": written("a", "b")[:-20],
        "deep.json": b'[{"slug": ' + b"[" * 20_000,
        "empty-list.json": b"[]\n",
    }


# Archives


def zipped(*entries):
    """An archive of `entries`: name and content, and compressed content with its size if it is not plain."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in entries:
            archive.writestr(info(name), content)
    return file.getvalue()


def info(name):
    made = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.create_system = 3
    return made


def packed(content, name, stream, size, crc):
    """The archive `content` with one more entry, first: the deflated `stream`, said to hold `size` bytes."""
    with ZipFile(io.BytesIO(content)) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    found, directory = b"", b""
    streams = [(name, stream, size, crc, ZIP_DEFLATED)]
    streams += [(each, text, len(text), crc32(text), ZIP_STORED) for each, text in entries if each != name]
    for each, text, length, checksum, method in streams:
        # version, flags, method, time, date, checksum, packed size, size, length of the name, extra
        common = struct.pack("<HHHHHLLLHH", 20, 0, method, 0, 33, checksum, len(text), length, len(each), 0)
        directory += struct.pack("<4sH", b"PK\x01\x02", 20) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(found)) + each.encode()
        found += b"PK\x03\x04" + common + each.encode() + text
    count = len(streams)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(found), 0)
    return found + directory + end


def deflated(before, letter, times, after):
    """A deflate stream: `before`, the `letter` 1 + 258 `times` times, and `after`; written bit by bit.

    The codes: 0 for "258 times", 10 for the letter, 11 for the end of the block, 0 for the distance 1.
    """
    bits = []

    def add(value, count):
        bits.extend(value >> at & 1 for at in range(count))

    def zeros(count):
        while count:
            part = min(count, 138)
            bits.append(0)
            add(part - 11, 7)
            count -= part

    add(0, 1)  # not the last block
    add(2, 2)  # with codes of its own
    add(286 - 257, 5)
    add(0, 5)
    add(18 - 4, 4)
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        add({18: 1, 1: 2, 2: 2}.get(symbol, 0), 3)
    one, two = (1, 0), (1, 1)
    zeros(letter)
    bits.extend(two)
    zeros(255 - letter)
    bits.extend(two)
    zeros(28)
    bits.extend((*one, *one))
    bits.extend((1, 0))
    zero_bits = 2 * times
    aligning = -len(bits) % 8
    bits += [0] * aligning
    rest = zero_bits - aligning
    tail = [0] * (rest % 8) + [1, 1]
    tail += [1, 0, 0]  # the last block, plain
    plain = struct.pack("<BHH", 0, len(before), len(before) ^ 0xFFFF) + before
    run = in_bytes(bits) + bytes(rest // 8) + in_bytes(tail)
    return plain + run + struct.pack("<HH", len(after), len(after) ^ 0xFFFF) + after


def in_bytes(bits):
    groups = (bits[at : at + 8] for at in range(0, len(bits), 8))
    return bytes(sum(bit << at for at, bit in enumerate(group)) for group in groups)


# Workbooks

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


def book(*sheets, properties="", head=""):
    """The workbook with `sheets`, each a name and a state."""
    made = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>'
        for number, (name, state) in enumerate(sheets or [("Līgumi", "visible")], start=1)
    )
    return (
        f'{DECLARATION}{head}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<workbookPr {properties}/><sheets>{made}</sheets></workbook>"
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


def hostile_workbooks():
    good = noted("a")
    bomb = deflated(b"", ord(" "), 204_000, b"")  # more than 50 MiB
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
        "bomb.xlsx": packed(good, SHEET, bomb, 1 + 258 * 204_000, crc32(b" " * (1 + 258 * 204_000))),
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


# OpenDocument

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


# What is no spreadsheet, or is one of another kind


def strangers():
    ole2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    page = "<html><body><table><tr><td>slug</td></tr><tr><td>tukums-2012</td></tr></table></body></html>"
    xml_2003 = (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
    )
    flat = document(line(KEY, "2012", "a")).replace("document-content", "document")
    flat = flat.replace("<office:document ", f'<office:document office:mimetype="{SPREADSHEET}" ')
    word = [("[Content_Types].xml", CONTENT_TYPES), ("word/document.xml", "<document/>")]
    writer = SPREADSHEET.replace("spreadsheet", "text")
    picture = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    return {
        "letter.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "picture.png": picture,
        "photograph.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        "letter.rtf": b"{\\rtf1\\ansi slug}",
        "page.xls": page.encode(),
        "excel-2003.xml": xml_2003.encode(),
        "excel-97.xls": ole2 + "Workbook".encode("utf-16-le"),
        "encrypted.xlsx": ole2 + "EncryptedPackage".encode("utf-16-le"),
        "binary.xlsb": zipped(("[Content_Types].xml", CONTENT_TYPES), ("xl/workbook.bin", b"\x83\x01\0")),
        "macros.xlsm": noted("a", more=[("xl/vbaProject.bin", ole2)]),
        "letter.docx": zipped(*word),
        "letter.odt": zipped(("mimetype", writer), ("content.xml", document())),
        "photographs.zip": zipped(("1.png", picture)),
        "empty.zip": zipped(),
        "flat.fods": flat.encode(),
        "table.gz": bytes.fromhex("1f8b0800000000000003") + b"\x03\0" + bytes(8),
    }


def built():
    """Every file by its name."""
    groups = (
        text_files(),
        json_files(),
        hostile_workbooks(),
        workbooks_of_odd_shape(),
        workbooks_of_odd_values(),
        documents(),
        strangers(),
    )
    files = {}
    for group in groups:
        for name, content in group.items():
            if name in files:
                raise ValueError(name)
            files[name] = content
    return files


if __name__ == "__main__":
    for name, content in built().items():
        Path(__file__).with_name(name).write_bytes(content)
