"""Tables as text: CSV and JSON."""

import codecs
import json

HEADINGS = ("slug", "signed_on", "internal_note")
KEY = "tukums-2012"
NOTE = "Ķēniņu šķūnis Žagarē, „ļoti ērti”"


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
