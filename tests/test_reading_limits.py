"""A file costs what it holds, whatever it says: memory and work are bounded while it is read."""

import io
import re
import tracemalloc
import zipfile

import pytest
from django.conf import settings

from partners.formats import CSV, ODS, XLSX, Sheet, UnreadableError, archive, read
from partners.formats.xlsx.book import SharedTexts
from partners.models import Agreement
from partners.resources import AgreementResource

from .malformed.ods import document, line, ods
from .malformed.text import KEY
from .malformed.xlsx import grid, noted, row, sheet, strings, xlsx

TOO_COMPLEX = "Fails ir pārāk sarežģīts. Saglabājiet jaunā failā tikai tabulu."
MOST_MEMORY = 16 * 2**20
MANY = 150_000


def attributes(count):
    return " ".join(f'a{number}=""' for number in range(count))


def elements(count):
    return "".join(f"<a{number}/>" for number in range(count))


HOSTILE = {
    "row with many attributes": lambda: xlsx(row(1, ["slug"]) + f"<row {attributes(MANY)}/>"),
    "cell with many attributes": lambda: ods(f"<table:table-row {attributes(MANY)}/>"),
    "tag that does not end": lambda: xlsx(row(1, ["slug"]) + f'<row a="{"x" * 2**21}"/>'),
    "many names of elements": lambda: xlsx(row(1, ["slug"]) + elements(MANY)),
    "many names of attributes": lambda: xlsx(
        row(1, ["slug"]) + "".join(f'<a b{number}=""/>' for number in range(MANY))
    ),
    "deep elements": lambda: xlsx(row(1, ["slug"]) + "<a>" * 20_000 + "</a>" * 20_000),
    "many attributes in a list of texts": lambda: noted("a", shared=strings(f"<t {attributes(MANY)}/>")),
    "many relations": lambda: noted(
        "a",
        rels='<R xmlns="x">'
        + "".join(f'<Relationship Id="r{number}" Type="a" Target="b"/>' for number in range(20_000))
        + "</R>",
    ),
    "many styles": lambda: ods(
        line(KEY, "2012", "a"),
        more_styles="".join(f'<style:style style:name="s{number}"/>' for number in range(60_000)),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_xml_that_says_more_than_a_table_needs_is_refused_in_little_memory(name):
    content = io.BytesIO(HOSTILE[name]())
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError) as refusal:
            for _row in read(content).rows:
                pass
    finally:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert str(refusal.value) == TOO_COMPLEX
    assert peak < MOST_MEMORY


def test_row_has_no_more_cells_than_excel_has_columns():
    with pytest.raises(UnreadableError) as refusal:
        read(io.BytesIO(xlsx(f"<row>{'<c/>' * 20_000}</row>")))
    assert str(refusal.value).startswith("Fails ir bojāts.")


def test_paragraphs_of_a_cell_are_not_kept_beyond_the_longest_text(settings):
    settings.IMPORT_MAX_CELL_LENGTH = 100
    paragraphs = "<text:p/>" * 100_000
    content = ods(line(KEY, "2012", f"<table:table-cell>{paragraphs}</table:table-cell>"))
    tracemalloc.start()
    [only] = read(io.BytesIO(content)).rows
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert only.cells == [KEY, "2012", "\n" * 100]
    assert peak < 4 * 2**20


@pytest.mark.parametrize("content", [xlsx("<row/>" * 50_000), ods("<table:table-row/>" * 50_000, bare=True)])
def test_elements_are_counted(monkeypatch, content):
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 1000)
    monkeypatch.setattr(archive, "ELEMENTS_OF_A_ROW", 0)
    with pytest.raises(UnreadableError) as refusal:
        read(io.BytesIO(content))
    assert str(refusal.value) == TOO_COMPLEX


def test_long_text_between_tags_is_no_long_tag():
    """Nor are many parts that follow one another."""
    blanks = " " * 2**20
    content = xlsx(sheet1=sheet(grid((KEY, "2012", "a"))).replace("</row>", f"</row>{blanks}"))
    assert [row.cells for row in read(io.BytesIO(content)).rows] == [[KEY, "2012", "a"]]
    content = document(line(KEY, "2012", "a")).replace("</table:table-row>", f"</table:table-row>{blanks}")
    assert len(content) > 4 * archive.LONGEST_TAG


def test_long_tags_may_follow_one_another():
    long = f'<row a="{"x" * 300_000}"/>'
    content = xlsx(row(1, ["slug"]) + long * 20 + row(30, ["a"]))
    assert [found.cells for found in read(io.BytesIO(content)).rows] == [["a"]]


def test_shared_texts_are_those_that_were_added():
    texts = SharedTexts()
    for text in ("", "Ķekava", "\ud83d", "🤝"):
        texts.append(text)
    assert [texts[place] for place in range(len(texts))] == ["", "Ķekava", "\ud83d", "🤝"]
    with pytest.raises(IndexError):
        texts[4]


def costs(file_format, headings, rows):
    """The bytes of a file with `rows`, and of its largest part unpacked with the number of elements in it."""
    file = io.BytesIO()
    file_format().write(file, [Sheet("Līgumi", headings, rows)])
    parts = [file.getvalue()]
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as made:
            parts = [made.read(name) for name in made.namelist()]
    largest = max(parts, key=len)
    return len(file.getvalue()), len(largest), len(re.findall(rb"<\w", largest))


@pytest.mark.parametrize("file_format", [CSV, XLSX, ODS])
def test_as_many_rows_with_real_texts_as_are_allowed_fit_the_other_limits(register, file_format):
    resource = AgreementResource()
    headings = [column.column_name for column in resource.columns]
    rows = list(resource.rows(Agreement.objects.all()))
    without, with_rows = costs(file_format, headings, []), costs(file_format, headings, rows)
    size, unpacked, elements = (
        fixed + (cost - fixed) / len(rows) * settings.IMPORT_MAX_ROWS
        for fixed, cost in zip(without, with_rows, strict=True)
    )
    assert size < settings.IMPORT_MAX_BYTES
    assert unpacked < settings.IMPORT_MAX_UNPACKED_BYTES
    assert elements < archive.most_elements()


@pytest.mark.parametrize(
    "content",
    [
        b"slug\na\n" + b",,\n" * 100_000,
        xlsx(row(1, ["slug"]) + row(2, ["a"]) + "<row/>" * 100_000),
        ods(line("slug"), line("a"), "<table:table-row/>" * 100_000, bare=True),
    ],
    ids=["csv", "xlsx", "ods"],
)
def test_blank_rows_are_no_rows(content):
    assert [row.cells for row in read(io.BytesIO(content)).rows] == [["a"]]
