"""Spreadsheet files: recognised by what is in them, read as they look, written so that nothing is lost."""

import io
import re
import struct
import zipfile
from datetime import date, datetime

import pytest
from django.conf import settings as django_settings
from openpyxl import Workbook, load_workbook

from partners.formats import CSV, JSON, ODS, XLSX, SemicolonCSV, Sheet, UnreadableError, read
from partners.formats.guarding import guarded, restored
from partners.partial_dates import PartialDate

FORMATS = (XLSX, CSV, SemicolonCSV, ODS, JSON)
ROWS = [["slug", "name_lv"], ["kesis", "Ķēsis, „Vecais”"], ["saldus", "divas\nrindas"]]


def read_back(content):
    """The headings and then the rows of what is in the file."""
    table = read(io.BytesIO(content))
    return [table.headings, *(row.cells for row in table.rows)]


def written(file_format, headings, *rows):
    file = io.BytesIO()
    file_format().write(file, [Sheet("Lapa", headings, rows)])
    return file.getvalue()


def workbook(*rows, **formats):
    """A workbook such as Excel saves, with the number formats of some of its cells."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats.items():
        book.active[cell].number_format = number_format
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
def test_text_is_read_whatever_its_separator_and_encoding(delimiter, encoding):
    text = 'slug;name_lv\r\nkesis;"Ķēsis, „Vecais”"\r\n\r\nsaldus;"divas\nrindas"\r\n'.replace(";", delimiter)
    assert read_back(text.encode(encoding)) == ROWS


def test_officer_is_told_when_an_encoding_had_to_be_guessed():
    content = "slug;name_lv\r\nkesis;Ķēsis\r\n"
    assert read(io.BytesIO(content.encode("utf-8"))).notes == []
    assert read(io.BytesIO(content.encode("cp1257"))).notes == [
        "Fails ir nolasīts Windows-1257 (Baltijas) kodējumā: pārbaudiet, vai šajos vārdos visi burti ir "
        "pareizi: Ķēsis."
    ]


def test_workbook_is_read_as_it_looks():
    content = workbook(
        ["slug", "signed_on", "position", "is_published", None],
        ["a", datetime(2012, 9, 17), 10.0, True, None],  # noqa: DTZ001
        [None, None, None, None, None],
        ["b", "2012-09", 7, False, None],
        ["007", None, 2.5, None, None],
        [7, None, 0.1 + 0.2, None, None],
        A6="000",
    )
    assert read_back(content) == [
        ["slug", "signed_on", "position", "is_published"],
        ["a", "2012-09-17", "10", "1"],
        ["b", "2012-09", "7", "0"],
        ["007", "", "2.5", ""],
        ["007", "", "0.3", ""],
    ]


def test_rows_keep_the_numbers_that_excel_shows():
    table = read(io.BytesIO(workbook(["slug"], [None], ["a"], [None], ["b"])))
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("shown_as", "text"),
    [
        ("yyyy-mm-dd", "2012-09-01"),
        ("DD.MM.YYYY", "2012-09-01"),
        ('yyyy". gada "d. mmmm', "2012-09-01"),
        ("mmm-yy", "2012-09"),
        ("yyyy", "2012"),
        ("[$-426]mmmm yyyy", "2012-09"),
    ],
)
def test_date_that_excel_shows_as_a_month_is_a_month(shown_as, text):
    content = workbook(["signed_on"], [date(2012, 9, 1)], A2=shown_as)
    assert read_back(content) == [["signed_on"], [text]]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+371 65404",
        "-",
        "-33.45",
        "@home",
        "'=1+1",
        "''=1",
        "'s-Hertogenbosch",
        "007",
        "1e5",
        "a\nb",
        "a  b",
        " \t a",
        "„”",
        "_x0041_",
        "",
        "x" * 30_000,
    ],
)
def test_what_is_written_is_read_back_unchanged(file_format, text):
    content = written(file_format, ["slug", "name_lv"], ["key", text])
    assert read_back(content) == [["slug", "name_lv"], ["key", text]]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_formula_leaves_as_text(text):
    assert guarded(text) == f"'{text}"
    assert restored(guarded(text)) == text
    book = load_workbook(io.BytesIO(written(XLSX, ["x"], [text.strip()])))
    assert book.active["A2"].data_type == "s"


@pytest.mark.parametrize("number", ["-33.45", "+5", "-7", "0,5"])
def test_number_leaves_as_a_number(number):
    assert guarded(number) == number


def test_workbook_has_a_frozen_heading_a_filter_wide_columns_and_cells_that_stay_as_typed():
    content = written(XLSX, ["slug", "name_lv"], ["a", "x" * 40])
    page = load_workbook(io.BytesIO(content)).active
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:B2")
    assert (page["A2"].number_format, page["A1"].font.bold) == ("@", True)
    assert page.column_dimensions["B"].width > 40 > page.column_dimensions["A"].width


def test_full_date_leaves_as_a_date_and_a_partial_one_as_text():
    dates = [PartialDate("2012-09-17"), PartialDate("2012-09"), PartialDate("1899-12-31")]
    page = load_workbook(io.BytesIO(written(XLSX, ["a", "b", "c"], dates))).active
    assert [cell.value for cell in page[2]] == [datetime(2012, 9, 17), "2012-09", "1899-12-31"]  # noqa: DTZ001
    for file_format in (XLSX, ODS):
        assert read_back(written(file_format, ["a", "b", "c"], dates))[1] == dates


@pytest.mark.parametrize("file_format", [XLSX, ODS])
def test_sizes_stand_in_the_archive_as_every_program_reads_them(file_format):
    content = written(file_format, ["slug", "name_lv"], ["a", "b"])
    for part in zipfile.ZipFile(io.BytesIO(content)).infolist():
        header = content[part.header_offset : part.header_offset + 30]
        packed, unpacked, _name, extra = struct.unpack("<18xIIHH", header)
        assert (packed, unpacked, extra) == (part.compress_size, part.file_size, 0)  # 0: no ZIP64
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_open_document_is_laid_out_as_a_workbook_is():
    content = written(ODS, ["slug", "name_lv"], ["a", "x" * 40])
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert parts.infolist()[0].filename == "mimetype"
    assert content[30:84] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    table = parts.read("content.xml").decode()
    widths = re.findall(r'<table:table-column table:style-name="(width\d+)"', table)
    assert [float(re.search(rf'"{name}".*?column-width="(.+?)cm"', table)[1]) > 8 for name in widths] == [
        False,
        True,
    ]
    settings = parts.read("settings.xml").decode()
    for frozen in ("HorizontalSplitPosition", "VerticalSplitPosition"):
        assert f'config:name="{frozen}" config:type="int">1<' in settings


@pytest.mark.parametrize("file_format", [XLSX, ODS])
def test_several_sheets_are_written_but_not_read(file_format):
    file = io.BytesIO()
    file_format().write(file, [Sheet("Viens", ["a"], [["1"]]), Sheet("Viens", ["b"], [["2"]])])
    with pytest.raises(UnreadableError, match="Dati ir vairākās faila lapās: Viens, Viens"):
        read_back(file.getvalue())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Fails ir tukšs."),
        (b"\n\n;;\n", "Fails ir tukšs."),
        (b"\xd0\xcf\x11\xe0rest", "Šis ir vecs vai šifrēts Excel fails. Saglabājiet to kā XLSX bez paroles."),
        (
            b"PK\x03\x04rest",
            "Fails ir bojāts. Atveriet to programmā Excel vai LibreOffice un saglabājiet kā XLSX vai ODS.",
        ),
        (
            b"slug,name_lv\na,b,c\n",
            "2. rindā šūnu skaits ir 3, bet kolonnu skaits – 2. Pārbaudiet atdalītājus un pēdiņas.",
        ),
        (
            b'slug,name_lv\na,"b\n',
            "Pie 2. rindas pēdiņas nav aizvērtas vai ir nevietā. Saglabājiet failu kā XLSX.",
        ),
        (b"slug\n\x81\n", "Faila burtus nevar nolasīt. Saglabājiet to kā „CSV UTF-8” vai XLSX."),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_what_to_do(content, sentence):
    with pytest.raises(UnreadableError) as refusal:
        read_back(content)
    assert str(refusal.value) == sentence


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("setting", "value", "content", "sentence"),
    [
        (
            "IMPORT_MAX_BYTES",
            2**10,
            b"0" * (2**10 + 1),
            "Fails ir lielāks par 1,0\N{NO-BREAK SPACE}KB. Sadaliet to vairākos failos.",
        ),
        (
            "IMPORT_MAX_UNPACKED_BYTES",
            2**20,
            archive(bomb="0" * (2**20 + 1)),
            "Atpakots fails ir lielāks par 1,0\N{NO-BREAK SPACE}MB. Saglabājiet jaunā failā tikai tabulu.",
        ),
        (
            "IMPORT_MAX_ENTRIES",
            2,
            archive(a="", b="", c=""),
            "Failam ir vairāk par 2 daļām. Saglabājiet jaunā failā tikai tabulu.",
        ),
        (
            "IMPORT_MAX_ROWS",
            2,
            b"slug\na\nb\nc\n",
            "Failā ir vairāk par 2 rindām. Sadaliet to vairākos failos.",
        ),
        ("IMPORT_MAX_COLUMNS", 2, b"a,b,c\n", "Failā ir vairāk par 2 kolonnām. Izdzēsiet liekās."),
        (
            "IMPORT_MAX_CELL_LENGTH",
            3,
            b"slug\nabcd\n",
            "2. rindā, kolonnā „slug” teksts ir garāks par 3 rakstzīmēm. Saīsiniet to.",
        ),
    ],
)
def test_file_beyond_a_limit_is_refused(settings, setting, value, content, sentence):
    setattr(settings, setting, value)
    with pytest.raises(UnreadableError) as refusal:
        read_back(content)
    assert str(refusal.value) == sentence


def test_default_limits_are_those_of_the_manual():
    assert (
        django_settings.IMPORT_MAX_BYTES,
        django_settings.IMPORT_MAX_UNPACKED_BYTES,
        django_settings.IMPORT_MAX_ENTRIES,
        django_settings.IMPORT_MAX_ROWS,
    ) == (20 * 2**20, 100 * 2**20, 200, 20_000)
