"""How wide columns and how high rows are, where no program fits them to their text."""

import io
from zipfile import ZipFile

import pytest

from partners.formats import ODS, XLSX, PageText, Sheet
from partners.formats.layout import LINE_HEIGHT, PAGE_WIDTH, ROW_PADDING, Layout

LONG = "Izglītība; Kultūra; Sports; Zinātne; Tehnoloģijas; Ekonomika; Tirdzniecība; Veselības aprūpe; " * 3


def lines(layout, *cells):
    """How many lines high the row of these cells is."""
    return (layout.row_height(cells) - ROW_PADDING) / LINE_HEIGHT


def test_columns_that_fit_on_the_page_are_as_wide_as_their_text():
    layout = Layout.of(["a", "b"], [["Rīga", "x" * 40], ["Ķēsis un Vecpiebalga", None]])
    assert layout.widths == [20, 40]


def test_columns_with_long_texts_share_what_the_short_ones_leave_of_the_page():
    layout = Layout.of(["Partneris", "Noslēgts", "Jomas"], [["Radoma", "2012. gada septembris", LONG]] * 9)
    assert layout.widths[1] == len("2012. gada septembris")
    assert PAGE_WIDTH - 3 < sum(layout.widths) <= PAGE_WIDTH


def test_row_is_as_high_as_its_longest_text_and_as_every_line_of_it():
    layout = Layout.of(["a", "b"], [["x", "y" * 20]])
    assert lines(layout, "x", "y") == 1
    assert lines(layout, "x", "viens\ndivi\ntrīs") == 3
    assert lines(layout, "x", "vārds " * 12) == 4
    assert lines(layout, "x", "中文" * 12) == 3  # each twice as wide as a letter
    assert lines(layout, "x" * 100, 7) > 9  # a word that is too long is broken


def test_turned_headings_make_their_row_high_and_their_columns_narrow():
    headings = ["Valsts", "Sociālā aprūpe un palīdzība"]
    layout = Layout.of(headings, [["Polija", 1]], upright_from=1)
    assert layout.widths[1] < 6
    assert layout.heading_height(headings, 1) > 150


def test_layout_looks_at_the_first_rows_and_gives_back_all():
    layout = Layout.of(["a"], ([number] for number in range(2000)))
    assert [cell for [cell] in layout.rows] == list(range(2000))


@pytest.mark.parametrize("length", [10, 200])
def test_head_of_a_page_in_excel_is_no_longer_than_it_may_be_and_shows_an_ampersand(length):
    page = PageText(
        "Pārskats & saraksts " * 4, "Ķ" * length, "2026. gada 25. novembris", "{page}. no {pages}"
    )
    text = part(XLSX, "xl/worksheets/sheet1.xml", page)
    header = text.partition("<oddHeader>")[2].partition("</oddHeader>")[0].replace("&amp;", "&")
    assert len(header) <= 255
    assert header.startswith("&L&BPārskats && ")
    assert header.endswith(f"&R{'Ķ' * length}")
    assert "<oddFooter>&amp;L2026. gada 25. novembris&amp;R&amp;P. no &amp;N</oddFooter>" in text


def test_sheet_without_a_page_text_is_headed_by_its_own_title():
    assert "<oddHeader>&amp;L&amp;BA &amp;&amp; B&amp;B&amp;R<" in part(
        XLSX, "xl/worksheets/sheet1.xml", title="A & B"
    )
    assert '<text:span text:style-name="bold">A &amp; B</text:span>' in part(ODS, "styles.xml", title="A & B")


def part(file_format, name, page=None, title="Lapa"):
    """A part of a file with one sheet."""
    file = io.BytesIO()
    file_format().write(file, [Sheet(title, ["a"], [["1"]], page=lambda: page or PageText())])
    return ZipFile(file).read(name).decode()
