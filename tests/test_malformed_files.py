"""Broken, tricky and hostile files: each is understood exactly, or refused with a sentence that helps.

The files are in tests/files/, made by build.py there. They go in through the admin, as an officer sends them;
the register holds a partner, three agreements and a field of cooperation.
"""

import io
import json
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import pytest

from partners.formats import UnreadableError, read
from partners.models import Agreement, City

from .factories import make_agreement, make_city, make_field
from .files.build import built
from .spreadsheets import JSON, confirm, export, preview, problems, sentences, totals

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

FOLDER = Path(__file__).with_name("files")
KEY, SECOND, THIRD = "tukums-2012", "tukums-2015", "tukums-2018"
HEADINGS = ["slug", "signed_on", "internal_note"]
NOTE = "Ķēniņu šķūnis Žagarē, „ļoti ērti”"

READ_AS_1257 = "Fails ir nolasīts latviešu Windows kodējumā (1257): pārbaudiet, vai visi burti ir pareizi."
EMPTY = "Fails ir tukšs."
DAMAGED = "Fails ir bojāts. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX vai ODS."
NO_TABLE = "Šis fails nav tabula. Izvēlieties XLSX, ODS vai CSV failu."
NO_TEXT = "Šis nav teksta fails. Saglabājiet tabulu kā XLSX, ODS vai „CSV UTF-8”."
NO_LETTERS = "Faila burtus nevar nolasīt. Saglabājiet to kā „CSV UTF-8” vai XLSX."
GARBLED = (
    "%d. rindā, kolonnā „internal_note” burti ir nolasīti nepareizā kodējumā („%s”). "
    "Saglabājiet tabulu no jauna kā „CSV UTF-8” vai XLSX."
)
LOST_LETTERS = "Kad šis teksts iepriekš saglabāts, daži burti ir zaudēti („\ufffd”). Ierakstiet to no jauna."
WEB_PAGE = (
    "Šī ir tīmekļa lapa vai XML fails. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX."
)
OLD = "Šis ir vecs vai šifrēts Excel fails. Saglabājiet to kā XLSX bez paroles."
PASSWORD = "Fails ir aizsargāts ar paroli. Saglabājiet to bez paroles."
NO_EXPORT = "Šis JSON fails nav reģistra eksports. Izmantojiet XLSX vai CSV."
QUOTES = "Pie %d. rindas pēdiņas nav aizvērtas vai ir nevietā. Saglabājiet failu kā XLSX."
RAGGED = "%d. rindā šūnu skaits ir %d, bet kolonnu skaits – 3. Pārbaudiet atdalītājus un pēdiņas."
UNNAMED = "2. rindā ir vērtība kolonnā %s, kurai nav virsraksta. Ierakstiet virsrakstu."
TOO_MANY_ROWS = "Failā ir vairāk par 50\u00a0000 rindām. Sadaliet to vairākos failos."
TOO_MANY_COLUMNS = "Failā ir vairāk par 200 kolonnām. Izdzēsiet liekās."
TOO_MANY_PARTS = "Failam ir vairāk par 200 daļām. Saglabājiet jaunā failā tikai tabulu."
TOO_LONG = "2. rindā, kolonnā „internal_note” teksts ir garāks par 100\u00a0000 rakstzīmēm. Saīsiniet to."
TOO_LARGE = "Atpakots fails ir lielāks par 50,0\u00a0MB. Saglabājiet jaunā failā tikai tabulu."
MERGED = (
    "Šūnas %s ir apvienotas. Sadaliet tās vai, ja tas ir nosaukums virs virsrakstiem, izdzēsiet šo rindu."
)
HIDDEN_ROW = "%d. rinda ir paslēpta. Parādiet visas rindas, noņemiet filtru un saglabājiet failu."
HIDDEN_COLUMN = "Kolonna %s ir paslēpta. Parādiet visas kolonnas un saglabājiet failu."
HIDDEN_SHEET = "Lapa „Līgumi” ir paslēpta. Parādiet to vai izdzēsiet no faila."
SEVERAL_SHEETS = "Dati ir vairākās faila lapās: %s. Pārkopējiet importējamo lapu jaunā failā."
ERROR = "Šūnā %s ir kļūda (%s). Ierakstiet tās vietā vērtību."
NO_RESULT = "Šūnā C2 ir formula bez rezultāta. Ierakstiet formulas vietā vērtību."
UNCERTAIN = "Šūnā %s esošais datums nav viennozīmīgs. Ierakstiet to kā tekstu."
TIME = "Šūnā C2 ir diennakts laiks. Ierakstiet to kā tekstu."
OWN_FORM = "Šūnā C2 redzamais skaitlis nav tas pats, kas tajā ierakstīts. Parādiet visus ciparus vai ierakstiet to kā tekstu."
PERCENTAGE = "Šūnā C2 ir procentu vērtība. Ierakstiet to kā parastu skaitli vai tekstu."
BINARY = "Šis ir binārs Excel fails (XLSB). Saglabājiet to kā XLSX."
MACROS = "Šajā darbgrāmatā ir makrokomandas. Saglabājiet to kā XLSX, tad to vairs nebūs."

COLUMNS = (
    "Šīs izklājlapas kolonnas ir: Identifikators, Sadarbības partneris, Veids, Papildina līgumu, Noslēgts, Statuss, "
    "Izbeigšanas datums, Iemesls · LV, Iemesls · EN, Spēkā līdz, Pagarinās automātiski, Uzteikuma termiņš mēnešos, "
    "Domes lēmuma numurs, Domes lēmuma datums, Sadarbības virzieni · LV, Sadarbības virzieni · EN, Sadarbības jomas, "
    "Avots · LV, Avots · EN, Iekšējā piezīme, Publicēts."
)
UNKNOWN = f"Kolonna nav zināma: pārdēvējiet vai izdzēsiet to. {COLUMNS}"
NONE_KNOWN = (
    "Neviens virsraksts nav zināms. Virsrakstiem jābūt pirmajā rindā: izdzēsiet nosaukumus virs tiem un "
    f"piešķiriet kolonnām šīs izklājlapas nosaukumus. {COLUMNS}"
)
NO_KEY = (
    1,
    "Identifikators",
    "",
    "Trūkst vienas no šīm kolonnām: Identifikators, Sadarbības partneris. "
    "Bez tās nav zināms, uz kuru ierakstu attiecas rinda.",
)
TWICE = "Kolonna ir divreiz. Izdzēsiet vienu no tām."
NO_DATE = (
    "„%s” nav datums. Rakstiet 2012-09-17 vai 17.09.2012., bet, ja zināms tikai mēnesis vai gads, – "
    "2012-09 vai 2012; ja nekas nav zināms, atstājiet tukšu."
)
NO_PARTNER = "Ierakstiet, ar kuru sadarbības partneri līgums noslēgts."


def guess(name):
    return f"Kolonna nav zināma: pārdēvējiet vai izdzēsiet to. Vai domājāt „{name}”? {COLUMNS}"


class Understood(NamedTuple):
    """What a file says, cell by cell, and what the register holds of it afterwards, if that is not the same."""

    rows: list
    stored: list = None
    notes: tuple = ()
    headings: list = HEADINGS
    columns: list = None
    model: type = Agreement
    totals: dict = None


def one(note="a", signed_on="2012", stored=None, **facts):
    """One agreement, and the note that the register keeps of it."""
    kept = None if stored is None else [[KEY, signed_on, stored]]
    return Understood([[KEY, signed_on, note]], kept, **facts)


def two(*notes, **facts):
    return Understood([[KEY, "2012", notes[0]], [SECOND, "2015", notes[1]]], **facts)


def dated(signed_on):
    return one(signed_on=signed_on)


LATVIAN = Understood([[KEY, "2012-09", NOTE], [SECOND, "2015-11-17", ""]])
TRUTH = Understood(
    [[KEY, "1"], [SECOND, "0"]], headings=["slug", "is_published"], totals={"changed": 1, "unchanged": 1}
)

UNDERSTOOD = {
    "utf-8.csv": LATVIAN,
    "utf-8-bom.csv": LATVIAN,
    "utf-16-le-bom.txt": one(NOTE, "2012-09"),
    "utf-16-be-bom.csv": LATVIAN,
    "windows-1257.csv": one(NOTE, "2012-09", notes=(READ_AS_1257,)),
    "trailing-separators.csv": two("a", "b"),
    "headings-padded.csv": one(headings=["Slug", "SIGNED_ON", "Iekšējā piezīme"], columns=HEADINGS),
    "heading-with-combining-letters.csv": Understood(
        [[KEY, "2012"]], headings=["slug", "Noslēgts"], columns=["slug", "signed_on"]
    ),
    "heading-with-line-end.csv": Understood(
        [[KEY, "a"]], headings=["slug", "Iekšējā piezīme"], columns=["slug", "internal_note"]
    ),
    "heading-empty.csv": Understood([[KEY, "2012"]], headings=["slug", "signed_on"]),
    "blank-rows-before-headings.csv": one(),
    "row-of-unseen-characters.csv": one(),
    "row-of-unseen-characters-before-headings.csv": one(),
    "sep-line.csv": one(NOTE, "2012-09"),
    "space-after-last-separator.csv": one(),
    "sep-line-with-bar.csv": one("a,b;c"),
    "sep-line-empty.csv": one(),
    "sep-line-of-quotation-mark.csv": one(),
    "quote-closed-in-another-row.csv": one(f"a\r\n{SECOND},2015,b", stored=f"a\n{SECOND},2015,b"),
    "quote-in-the-middle.csv": one('Biedrība "Rīts" un klubs "Vakars"'),
    "line-ends-cr.csv": two("a", "b"),
    "line-ends-mixed.csv": Understood([[KEY, "2012"], [SECOND, "2015"]], headings=["slug", "signed_on"]),
    "line-ends-in-cells.csv": one("viens\r\ndivi\rtrīs\nčetri", stored="viens\ndivi\ntrīs\nčetri"),
    "apostrophes.csv": two("=1+1", "'s-Hertogenbosch"),
    "formulas.csv": two("=1+1", "@SUM(A1)"),
    "no-break-spaces.csv": Understood(
        [[f"{KEY}\u00a0", "2012-09\u00a0", "\u00a0ielas\u00a01\u00a0"]], [[KEY, "2012-09", "ielas\u00a01"]]
    ),
    "unseen-characters.csv": Understood(
        [[f"\u200b{KEY}\ufeff", "\u202a2012-09\u202c", "Cē\u200bsis\u2060 un \u202eRīga\u202c\x01"]],
        [[KEY, "2012-09", "Cēsis un Rīga"]],
    ),
    "soft-hyphens.csv": one("Daugav\u00adpils", stored="Daugavpils"),
    "combining-letters.csv": one(
        "Ce\u0304sis un S\u030ck\u0327e\u0304de", stored="C\u0113sis un \u0160\u0137\u0113de"
    ),
    "emoji.csv": one("🤝 🇱🇻 𝔸"),
    "end-of-file-character.csv": one(),
    "numbers-as-typed.csv": two("007", "1e5"),
    "export.json": Understood([[KEY, "2012", NOTE], [SECOND, "2012", "7"]]),
    "indented.json": Understood([[KEY, "2012", NOTE], [SECOND, "2012", "b"]]),
    "bom.json": Understood([[KEY, "2012", "a"], [SECOND, "2012", ""]]),
    "decimals.json": Understood(
        [["tukums", "56.967", "23.10"]],
        [["tukums", "56.967", "23.1"]],
        headings=["slug", "latitude", "longitude"],
        model=City,
    ),
    "long-number.json": one("12345678901234567890"),
    "lone-surrogate.json": Understood([[KEY, "a\ud83db"]], [[KEY, "ab"]], headings=["slug", "internal_note"]),
    "surrogate-pair.json": Understood([[KEY, "🤝"]], headings=["slug", "internal_note"]),
    "nul.json": Understood([[KEY, "a\0b"]], [[KEY, "ab"]], headings=["slug", "internal_note"]),
    "entry-outside.xlsx": one(),
    "texts-of-all-kinds.xlsx": two("Ķēniņu  šķūnis", "東京"),
    "spaces.xlsx": one("  divas  atstarpes \n rinda ", stored="divas  atstarpes \n rinda"),
    "dimension-false.xlsx": two("a", "b"),
    "rows-without-numbers.xlsx": two("a", "b"),
    "hidden-blank-row.xlsx": two("a", "b"),
    "chart-sheet.xlsx": two("a", "b"),
    "strict.xlsx": dated("2012-09-17"),
    "workbook-elsewhere.xlsx": one(),
    "absolute-targets.xlsx": two("a", "b"),
    "prefixed-names.xlsx": one(),
    "button-and-choices.xlsx": two("a", "b"),
    "formula-with-value.xlsx": one("viens"),
    "formula-with-empty-text.xlsx": one(""),
    "formula-of-array.xlsx": two("1", "2"),
    "dates.xlsx": Understood([[KEY, "2012-09-17", "1900-03-01"], [SECOND, "2015-11-17", "9999-12-31"]]),
    "dates-of-1904.xlsx": one("1904-01-02", "2012-09-17"),
    "date-that-hides-its-time.xlsx": one("2012-09", "2012-09-17"),
    "dates-shown-as-months.xlsx": Understood([[KEY, "2012-09", "2012-09"], [SECOND, "2015", "2015-11"]]),
    "date-in-iso.xlsx": dated("2012-09-17"),
    "date-in-iso-with-zone.xlsx": dated("2012-09-17"),
    "date-in-iso-shown-as-month.xlsx": dated("2012-09"),
    "date-in-iso-and-time.xlsx": one("2012-09-17 14:30:00"),
    "currency.xlsx": one("1234.5"),
    "truth.xlsx": TRUTH,
    "zeros-in-front.xlsx": Understood([[KEY, "2012", "007"], [SECOND, "2015", "7"], [THIRD, "2018", "007"]]),
    "numbers.xlsx": Understood(
        [[KEY, "2012", "100000"], [SECOND, "2015", "0.3"], [THIRD, "2018", "-0.00000015"]]
    ),
    "number-with-all-its-digits.xlsx": Understood(
        [[KEY, "2012", "1.5"], [SECOND, "2015", "2"], [THIRD, "2018", "1.567"]]
    ),
    "date-in-digits-of-another-script.xlsx": dated("2012-09-17"),
    "number-of-16-digits.xlsx": one("1234567890123456"),
    "escaped-characters.xlsx": one("viens\r\ndivi A _x0041_ _x00zz_", stored="viens\ndivi A _x0041_ _x00zz_"),
    "escaped-pair.xlsx": one("a🤝b"),
    "escaped-surrogate.xlsx": one("a\ud83db", stored="ab"),
    "escaped-nul.xlsx": one("a\0b", stored="ab"),
    "apostrophes.xlsx": two("'=1+1", "=1+1"),
    "plain.ods": Understood([[KEY, "2012-09", NOTE], [SECOND, "2015", "b"]]),
    "annotation.ods": one(),
    "text-box.ods": one(),
    "text-box-over-empty-cell.ods": one(""),
    "tracked-changes.ods": one(),
    "formula-with-value.ods": one("3"),
    "dates.ods": Understood([[KEY, "2012-09-17", "a"], [SECOND, "2015-11-17", "b"]]),
    "date-shown-as-month.ods": dated("2012-09"),
    "date-shown-as-year.ods": dated("2012"),
    "date-shown-as-month-by-its-column.ods": dated("2012-09"),
    "date-shown-as-month-by-its-row.ods": dated("2012-09"),
    "numbers.ods": Understood([[KEY, "2012", "1234.5"], [SECOND, "2015", "0.3"], [THIRD, "2018", "100000"]]),
    "zeros-in-front.ods": one("007"),
    "number-of-16-digits.ods": one("1234567890123456"),
    "truth.ods": TRUTH,
    "repeated-cells.ods": two("2012", "b"),
    "repeated-a-million-times.ods": one(),
    "spaces.ods": one("divas  atstarpes\tun\nrinda\n\ntrešā daļa"),
    "indented.ods": one("viens\ndivi"),
}

UNREADABLE = {
    "utf-16-no-bom.csv": NO_TEXT,
    "utf-16-odd-byte.csv": NO_LETTERS,
    "utf-16-lone-surrogate.csv": NO_LETTERS,
    "utf-32-le-bom.csv": NO_TEXT,
    "utf-32-be-bom.csv": NO_LETTERS,
    "windows-1252.csv": NO_LETTERS,
    "windows-1251.csv": NO_LETTERS,
    "utf-8-cut-off.csv": NO_LETTERS,
    "utf-8-mixed-with-1257.csv": NO_LETTERS,
    "utf-8-encoded-twice.csv": GARBLED % (2, "Ä’vele"),
    "utf-8-lone-surrogate.csv": NO_LETTERS,
    "nul.csv": NO_TEXT,
    "row-short.csv": RAGGED % (3, 2),
    "row-long.csv": RAGGED % (3, 4),
    "heading-empty-above-value.csv": UNNAMED % "B",
    "quote-not-closed.csv": QUOTES % 3,
    "quote-not-closed-in-headings.csv": QUOTES % 1,
    "quote-misplaced.csv": QUOTES % 3,
    "columns-201.csv": TOO_MANY_COLUMNS,
    "empty.csv": EMPTY,
    "whitespace.csv": EMPTY,
    "object.json": NO_EXPORT,
    "object-indented.json": NO_EXPORT,
    "arrays.json": NO_EXPORT,
    "nested.json": NO_EXPORT,
    "truth.json": NO_EXPORT,
    "not-a-number.json": NO_EXPORT,
    "key-twice-in-record.json": NO_EXPORT,
    "keys-differ.json": NO_EXPORT,
    "cut-off.json": NO_EXPORT,
    "deep.json": NO_EXPORT,
    "empty-list.json": EMPTY,
    "cut-off.xlsx": DAMAGED,
    "wrong-checksum.xlsx": DAMAGED,
    "zip-password.xlsx": DAMAGED,
    "bomb.xlsx": TOO_LARGE,
    "bomb-that-lies.xlsx": DAMAGED,
    "entries-201.xlsx": TOO_MANY_PARTS,
    "entry-twice.xlsx": DAMAGED,
    "entity-in-sheet.xlsx": DAMAGED,
    "entity-in-workbook.xlsx": DAMAGED,
    "laughs-in-texts.xlsx": DAMAGED,
    "sheet-cut-off.xlsx": DAMAGED,
    "sheet-part-missing.xlsx": DAMAGED,
    "relations-missing.xlsx": DAMAGED,
    "target-outside.xlsx": DAMAGED,
    "target-elsewhere.xlsx": DAMAGED,
    "cells-out-of-order.xlsx": DAMAGED,
    "rows-out-of-order.xlsx": DAMAGED,
    "row-twice.xlsx": DAMAGED,
    "text-out-of-range.xlsx": DAMAGED,
    "text-before-the-first.xlsx": DAMAGED,
    "texts-part-missing.xlsx": DAMAGED,
    "style-out-of-range.xlsx": DAMAGED,
    "style-before-the-first.xlsx": DAMAGED,
    "styles-part-missing.xlsx": DAMAGED,
    "merged-cells.xlsx": MERGED % "C2:C3",
    "hidden-row.xlsx": HIDDEN_ROW % 3,
    "filtered-rows.xlsx": HIDDEN_ROW % 2,
    "hidden-column.xlsx": HIDDEN_COLUMN % "B",
    "hidden-sheet.xlsx": HIDDEN_SHEET,
    "very-hidden-sheet.xlsx": HIDDEN_SHEET,
    "hidden-sheet-with-lists.xlsx": SEVERAL_SHEETS % "Līgumi, Saraksti (paslēpta)",
    "several-sheets.xlsx": SEVERAL_SHEETS % "2012 & 2013, 2015",
    "empty-workbook.xlsx": EMPTY,
    "value-without-heading.xlsx": UNNAMED % "D",
    "columns-beyond-limit.xlsx": TOO_MANY_COLUMNS,
    "cell-too-long.xlsx": TOO_LONG,
    "error-reference.xlsx": ERROR % ("C2", "#REF!"),
    "error-not-available.xlsx": ERROR % ("B2", "#N/A"),
    "formula-without-value.xlsx": NO_RESULT,
    "date-before-march-1900.xlsx": UNCERTAIN % "B2",
    "date-below-zero.xlsx": UNCERTAIN % "B2",
    "date-beyond-9999.xlsx": UNCERTAIN % "B2",
    "date-without-year.xlsx": UNCERTAIN % "B2",
    "date-without-year-built-in.xlsx": UNCERTAIN % "B2",
    "month-without-year.xlsx": UNCERTAIN % "B2",
    "date-format-of-another-language.xlsx": UNCERTAIN % "C2",
    "date-in-iso-that-is-none.xlsx": DAMAGED,
    "time.xlsx": TIME,
    "time-in-minutes.xlsx": TIME,
    "duration.xlsx": TIME,
    "percentage.xlsx": PERCENTAGE,
    "number-with-text-in-front.xlsx": OWN_FORM,
    "number-with-hyphen.xlsx": OWN_FORM,
    "number-rounded.xlsx": OWN_FORM,
    "number-rounded-built-in.xlsx": OWN_FORM,
    "number-below-zero-rounded.xlsx": OWN_FORM,
    "number-as-fraction.xlsx": OWN_FORM,
    "date-of-islamic-calendar.xlsx": UNCERTAIN % "B2",
    "date-of-umm-al-qura.xlsx": UNCERTAIN % "B2",
    "date-of-thai-calendar.xlsx": UNCERTAIN % "B2",
    "date-of-short-calendar.xlsx": UNCERTAIN % "B2",
    "number-in-thousands.xlsx": OWN_FORM,
    "number-not-shown.xlsx": OWN_FORM,
    "number-with-plus.xlsx": OWN_FORM,
    "number-by-its-size.xlsx": OWN_FORM.replace("C2", "B2"),
    "number-with-underscore.xlsx": DAMAGED,
    "format-of-brackets.xlsx": DAMAGED,
    "date-below-zero-of-1904.xlsx": UNCERTAIN % "B2",
    "rows-hidden-by-default.xlsx": HIDDEN_ROW % 1,
    "columns-hidden-by-default.xlsx": HIDDEN_COLUMN % "A",
    "decoded-wrongly.xlsx": GARBLED % (2, "FerrÄra jaunÄ"),
    "decoded-wrongly.csv": GARBLED % (3, "Å½agarÄ“"),
    "cp775.csv": NO_LETTERS,
    "number-that-is-none.xlsx": DAMAGED,
    "number-that-is-text.xlsx": DAMAGED,
    "mimetype-damaged.ods": DAMAGED,
    "password.ods": PASSWORD,
    "password-on-everything.ods": PASSWORD,
    "entity.ods": DAMAGED,
    "content-cut-off.ods": DAMAGED,
    "empty.ods": EMPTY,
    "cell-outside-row.ods": DAMAGED,
    "column-outside-table.ods": DAMAGED,
    "covered-cells.ods": MERGED % "C2:C3",
    "error-reference.ods": ERROR % ("C2", "#REF!"),
    "error-in-latvian.ods": ERROR % ("C2", "Kļūda:508"),
    "formula-without-value.ods": NO_RESULT,
    "date-without-year.ods": UNCERTAIN % "B2",
    "date-that-is-none.ods": DAMAGED,
    "time.ods": TIME,
    "percentage.ods": PERCENTAGE,
    "number-that-is-none.ods": DAMAGED,
    "number-rounded.ods": OWN_FORM,
    "number-rounded-and-grouped.ods": OWN_FORM,
    "number-in-thousands.ods": OWN_FORM,
    "currency-rounded.ods": OWN_FORM,
    "date-of-islamic-calendar.ods": UNCERTAIN % "B2",
    "currency-that-is-none.ods": DAMAGED,
    "rows-repeated-beyond-limit.ods": TOO_MANY_ROWS,
    "rows-repeated-again-and-again.ods": TOO_MANY_ROWS,
    "rows-repeated-zero-times.ods": DAMAGED,
    "columns-repeated-beyond-limit.ods": TOO_MANY_COLUMNS,
    "spaces-beyond-limit.ods": TOO_LONG,
    "spaces-again-and-again.ods": TOO_LONG,
    "hidden-row.ods": HIDDEN_ROW % 3,
    "filtered-row.ods": HIDDEN_ROW % 2,
    "hidden-column.ods": HIDDEN_COLUMN % "B",
    "hidden-sheet.ods": HIDDEN_SHEET,
    "several-sheets.ods": SEVERAL_SHEETS % "Līgumi, Saraksti",
    "letter.pdf": NO_TABLE,
    "picture.png": NO_TABLE,
    "photograph.jpg": NO_TABLE,
    "letter.rtf": NO_TABLE,
    "page.xls": WEB_PAGE,
    "excel-2003.xml": WEB_PAGE,
    "excel-97.xls": OLD,
    "encrypted.xlsx": OLD,
    "binary.xlsb": BINARY,
    "macros.xlsm": MACROS,
    "letter.docx": NO_TABLE,
    "letter.odt": NO_TABLE,
    "photographs.zip": NO_TABLE,
    "empty.zip": NO_TABLE,
    "flat.fods": WEB_PAGE,
    "table.gz": NO_TABLE,
}

REFUSED = {
    "heading-twice.csv": [(1, "internal_note", "", TWICE)],
    "heading-twice-in-two-languages.csv": [(1, "Noslēgts", "", TWICE)],
    "headings-missing.csv": [(1, KEY, "", NONE_KNOWN)],
    "heading-of-key-missing.csv": [NO_KEY],
    "heading-unknown.csv": [(1, "signed_onn", "", guess("signed_on")), (1, "mayor", "", UNKNOWN)],
    "heading-without-language.csv": [(1, "scope", "", "Norādiet valodu: scope_lv vai scope_en.")],
    "title-row.csv": [(1, "Līgumi ar partneriem", "", NONE_KNOWN)],
    "blank-rows-before-unknown-heading.csv": [(3, "mayor", "", UNKNOWN)],
    "blank-rows-between.csv": [(4, "signed_on", "rīt", NO_DATE % "rīt")],
    "blank-rows.xlsx": [(4, "signed_on", "rīt", NO_DATE % "rīt")],
    "separated-by-bars.csv": [(1, "slug|signed_on|internal_note", "", NONE_KNOWN)],
    "begins-with-pk.csv": [(1, "PK", "", UNKNOWN)],
    "key-twice.csv": [
        (4, "slug", KEY, "2. rinda ir par to pašu ierakstu. Katram ierakstam drīkst būt tikai viena rinda.")
    ],
    "key-empty.csv": [(3, "Sadarbības partneris", "", NO_PARTNER)],
    "values-unknown.csv": [
        (
            2,
            "city",
            "Tukms",
            "Reģistrā nav sadarbības partnera „Tukms”. Ja tas ir jauns, vispirms pievienojiet to. Vai domājāt „Tukums”?",
        ),
        (2, "fields", "culture | Tūrisms", "Reģistrā nav sadarbības jomas „Tūrisms”."),
        (2, "signed_on", "2012-02-30", NO_DATE % "2012-02-30"),
        (
            2,
            "status",
            "spekā",
            "Vērtība „spekā” šeit nav atļauta. "
            "Rakstiet vienu no šīm vērtībām: nav norādīts, spēkā, apturēts, izbeigts. Vai domājāt „spēkā”?",
        ),
        (
            2,
            "is_published",
            "varbūt",
            "„varbūt” nav ne „jā”, ne „nē”. Rakstiet „jā” vai „nē”, „yes” vai „no”, 1 vai 0.",
        ),
        (3, "signed_on", "01/02/2003", NO_DATE % "01/02/2003"),
    ],
    "replacement-character.csv": [(2, "internal_note", "K\ufffdsis", LOST_LETTERS)],
    "replacement-character.xlsx": [(2, "internal_note", "K\ufffdsis", LOST_LETTERS)],
    "date-and-time.xlsx": [(2, "signed_on", "2012-09-17 12:00:00", NO_DATE % "2012-09-17 12:00:00")],
    "number-as-date.xlsx": [(2, "signed_on", "41169", NO_DATE % "41169")],
    "date-and-time.ods": [(2, "signed_on", "2012-09-17 14:30:00", NO_DATE % "2012-09-17 14:30:00")],
}

WITHOUT_ROWS = ["only-headings.csv"]

BOMBS = [
    "bomb.xlsx",
    "bomb-that-lies.xlsx",
    "laughs-in-texts.xlsx",
    "cell-too-long.xlsx",
    "repeated-a-million-times.ods",
    "rows-repeated-beyond-limit.ods",
    "rows-repeated-again-and-again.ods",
    "columns-repeated-beyond-limit.ods",
    "spaces-again-and-again.ods",
    "deep.json",
]
MOST_MEMORY = 16 * 2**20


@pytest.fixture(autouse=True)
def _register(db):
    tukums = make_city("tukums")
    make_field("culture", name_lv="Kultūra", name_en="Culture")
    for key in (KEY, SECOND, THIRD):
        make_agreement(tukums, slug=key, is_published=False)


def content(name):
    return (FOLDER / name).read_bytes()


def held(client, model, columns, keys):
    """What the register holds of the records with `keys`, in these `columns`."""
    records = {record["slug"]: record for record in json.loads(export(client, model, JSON))}
    return [[records[key][column] for column in columns] for key in keys]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_file_is_read_exactly(name):
    expected = UNDERSTOOD[name]
    table = read(io.BytesIO(content(name)))
    rows = list(table.rows)
    assert (table.headings, table.notes) == (expected.headings, list(expected.notes))
    assert [row.cells for row in rows] == expected.rows


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_a_file_says_is_what_the_register_holds_in_the_end(admin_client, name):
    expected = UNDERSTOOD[name]
    stored = expected.stored or expected.rows
    previewed = preview(admin_client, expected.model, content(name))
    assert sentences(previewed) == []
    assert totals(previewed) == (expected.totals or {"changed": len(stored)})
    confirm(admin_client, expected.model, previewed)
    columns = expected.columns or expected.headings
    assert held(admin_client, expected.model, columns, [row[0] for row in stored]) == stored
    assert totals(preview(admin_client, expected.model, content(name))) == {"unchanged": len(stored)}


@pytest.mark.parametrize("name", UNREADABLE)
def test_file_that_cannot_be_read_exactly_is_refused_with_what_to_do(admin_client, name):
    before = export(admin_client, Agreement)
    refused = preview(admin_client, Agreement, content(name))
    assert (refused.status_code, sentences(refused)) == (200, [UNREADABLE[name]])
    assert "preview" not in refused.context
    assert export(admin_client, Agreement) == before


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_in_a_file_is_said_with_row_and_column(admin_client, name):
    before = export(admin_client, Agreement)
    refused = preview(admin_client, Agreement, content(name))
    assert (refused.status_code, problems(refused)) == (200, REFUSED[name])
    assert refused.context["confirm_form"] is None
    assert export(admin_client, Agreement) == before


@pytest.mark.parametrize("name", WITHOUT_ROWS)
def test_file_without_rows_changes_nothing(admin_client, name):
    previewed = preview(admin_client, Agreement, content(name))
    assert (sentences(previewed), totals(previewed)) == ([], {})
    assert previewed.context["confirm_form"] is None


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_file_takes_little_memory(name):
    uploaded = io.BytesIO(content(name))
    tracemalloc.start()
    try:
        for _row in read(uploaded).rows:
            pass
    except UnreadableError:
        pass
    finally:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MOST_MEMORY


def test_every_file_has_a_rule_and_only_one():
    files = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"build.py", "README.md"}
    ruled = [*UNDERSTOOD, *UNREADABLE, *REFUSED, *WITHOUT_ROWS]
    assert sorted(ruled) == sorted(files)


def test_files_are_built_with_the_same_bytes_every_time():
    assert built() == {name: content(name) for name in [*UNDERSTOOD, *UNREADABLE, *REFUSED, *WITHOUT_ROWS]}
