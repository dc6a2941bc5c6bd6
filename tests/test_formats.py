"""Spreadsheet files: recognised by what is in them, read as they look, written so that nothing is lost."""

import io
from datetime import date, datetime

import pytest
import tablib
from openpyxl import Workbook, load_workbook

from partners.formats import CSV, XLSX, SemicolonCSV, Table, UnreadableError, guarded, restored

FORMATS = (CSV, SemicolonCSV, XLSX)
ROWS = [["slug", "name_lv"], ["kesis", "Ķēsis, „Vecais”"], ["saldus", "divas\nrindas"]]


def read(content):
    dataset = Table().create_dataset(content)
    return [dataset.headers, *map(list, dataset)]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
def test_text_is_read_whatever_its_separator_and_encoding(delimiter, encoding):
    text = 'slug;name_lv\r\nkesis;"Ķēsis, „Vecais”"\r\n\r\nsaldus;"divas\nrindas"\r\n'.replace(";", delimiter)
    assert read(text.encode(encoding)) == ROWS


def test_workbook_is_read_as_it_looks():
    content = workbook(
        ["slug", "signed_on", "position", "is_published", None],
        ["a", datetime(2012, 9, 17), 10.0, True, None],  # noqa: DTZ001
        [None, None, None, None, None],
        ["b", "2012-09", 7, False, None],
        ["007", None, 2.5, None, None],
    )
    assert read(content) == [
        ["slug", "signed_on", "position", "is_published"],
        ["a", "2012-09-17", "10", "1"],
        ["b", "2012-09", "7", "0"],
        ["007", "", "2.5", ""],
    ]


@pytest.mark.parametrize(
    ("shown_as", "text"),
    [("yyyy-mm-dd", "2012-09-01"), ("DD.MM.YYYY", "2012-09-01"), ("mmm-yy", "2012-09"), ("yyyy", "2012")],
)
def test_date_that_excel_shows_as_a_month_is_a_month(shown_as, text):
    book = load_workbook(io.BytesIO(workbook(["signed_on"], [date(2012, 9, 1)])))
    book.active["A2"].number_format = shown_as
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue()) == [["signed_on"], [text]]


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
        "„”",
        "",
        "x" * 30_000,
    ],
)
def test_what_is_written_is_read_back_unchanged(file_format, text):
    dataset = tablib.Dataset(["key", text], headers=["slug", "name_lv"])
    assert read(file_format().export_data(dataset)) == [["slug", "name_lv"], ["key", text]]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_formula_leaves_as_text(text):
    assert guarded(text) == f"'{text}"
    assert restored(guarded(text)) == text
    book = load_workbook(io.BytesIO(XLSX().export_data(tablib.Dataset([text.strip()], headers=["x"]))))
    assert book.active["A2"].data_type == "s"


@pytest.mark.parametrize("number", ["-33.45", "+5", "-7", "0,5"])
def test_number_leaves_as_a_number(number):
    assert guarded(number) == number


def test_cells_of_a_workbook_are_text_so_that_what_is_typed_stays_as_typed():
    sheet = load_workbook(io.BytesIO(XLSX().export_data(tablib.Dataset(["a"], headers=["slug"])))).active
    assert (sheet["A2"].number_format, sheet.freeze_panes, sheet.auto_filter.ref) == ("@", "B2", "A1:A2")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Fails ir tukšs."),
        (b"\n\n;;\n", "Fails ir tukšs."),
        (b"\xd0\xcf\x11\xe0rest", "Šis ir vecs vai šifrēts Excel fails. Saglabājiet to kā XLSX bez paroles."),
        (
            b"PK\x03\x04rest",
            "Fails ir bojāts vai nav XLSX. Atveriet to programmā Excel un saglabājiet kā XLSX.",
        ),
        (
            b"slug,name_lv\na,b,c\n",
            "2. rindā ir vairāk šūnu nekā kolonnu. Pārbaudiet atdalītājus un pēdiņas.",
        ),
        (b'slug,name_lv\na,"b\n', "Failā nav aizvērtas pēdiņas. Saglabājiet to no jauna kā CSV vai XLSX."),
        (b"slug\n\x81\n", "Faila burtus nevar nolasīt. Saglabājiet to kā „CSV UTF-8” vai XLSX."),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_what_to_do(content, sentence):
    with pytest.raises(UnreadableError) as refusal:
        read(content)
    assert str(refusal.value) == sentence
