"""How wide columns and how high rows are, so that their text can be read on the screen and on paper.

Neither Excel nor LibreOffice fits the rows of a file that another program wrote to the text in them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

# Digits of the font, of which about so many stand on a line of A4 landscape, printed at eight to nine points.
PAGE_WIDTH = 160
NARROWEST = 6
LONGEST_WORD = 22  # a longer one, such as an address, is broken
SHORT = 21  # a column whose longest line is no longer is not wrapped
FILTER_ARROW = 3
MEASURED_ROWS = 500  # enough to tell how wide the columns have to be
LINE_HEIGHT = 13  # points, of a font of ten
ROW_PADDING = 2
LETTERS_PER_DIGIT = 1.1  # that stand in the width of a digit, in words of Latvian or English
HIGHEST_ROW = 409  # points, in Excel
UPRIGHT_ADVANCE = 6.5  # points that a bold letter takes
UPRIGHT_WIDTH = 4  # of a column whose heading is turned
WIDE_LETTERS = "\u2e80"  # those from here on, such as Chinese, are as wide as two


class Layout(NamedTuple):
    """The `widths` of columns in characters, and the `rows` they were chosen for, none of them consumed."""

    widths: list[int]
    rows: Iterator

    @classmethod
    def of(cls, headings: Sequence, rows: Iterable, upright_from: int | None = None) -> "Layout":
        rows = iter(rows)
        beginning = list(islice(rows, MEASURED_ROWS))
        return cls(column_widths(headings, beginning, upright_from), chain(beginning, rows))

    def row_height(self, cells: Sequence) -> int:
        """The height in points of a row that shows all of its `cells`."""
        lines = 1
        for cell, width in zip(cells, self.widths, strict=False):
            if isinstance(cell, str) and (len(cell) > width or "\n" in cell or is_wide(cell)):
                lines = max(lines, line_count(cell, width))
        return min(lines * LINE_HEIGHT + ROW_PADDING, HIGHEST_ROW)

    def heading_height(self, headings: Sequence, upright_from: int | None) -> int:
        """The same for the row of headings, those from `upright_from` on turned by a quarter."""
        level = headings[:upright_from]
        lines = max(
            line_count(text, max(width - FILTER_ARROW, NARROWEST))
            for text, width in zip(level, self.widths, strict=False)
        )
        upright = max((len(text) for text in headings[len(level) :]), default=0)
        return min(max(lines * LINE_HEIGHT, int(upright * UPRIGHT_ADVANCE)) + ROW_PADDING, HIGHEST_ROW)


class Column(NamedTuple):
    """What the width of a column follows from: characters, and those of all its texts together."""

    least: int
    natural: int
    longest_line: int
    weight: int

    @classmethod
    def of(cls, heading: str, texts: Sequence[str], is_upright: bool) -> "Column":
        longest = max(map(longest_line, texts), default=0)
        unbroken = longest if longest <= SHORT else max(map(longest_word, texts))
        if is_upright:
            least = natural = max(UPRIGHT_WIDTH, unbroken)
        else:
            least = max(NARROWEST, unbroken, longest_word(heading) + FILTER_ARROW)
            natural = max(least, longest, len(heading) + FILTER_ARROW)
        return cls(least, natural, max(least, longest), sum(map(len, texts)))


def column_widths(headings: Sequence, rows: Sequence, upright_from: int | None) -> list[int]:
    """The width of each column in characters: as wide as its text if all fit on the page.

    If they do not, those that hold the most text share what the others leave.
    """
    level = len(headings) if upright_from is None else upright_from
    texts = [list(map(text_of, cells)) for cells in zip(*rows, strict=True)] or [[] for _ in headings]
    columns = [
        Column.of(heading, of_column, place >= level)
        for place, (heading, of_column) in enumerate(zip(headings, texts, strict=True))
    ]
    natural = [column.natural for column in columns]
    return natural if sum(natural) <= PAGE_WIDTH else shared_widths(columns)


def shared_widths(columns: list[Column]) -> list[int]:
    """Widths that together fill the page, in proportion to the texts, as far as the columns allow."""
    settled: dict[int, int] = {}
    while True:
        rest = max(PAGE_WIDTH - sum(settled.values()), 0)
        others = {place: column for place, column in enumerate(columns) if place not in settled}
        total = sum(column.weight for column in others.values()) or 1
        shares = {place: rest * column.weight // total for place, column in others.items()}
        too_small = {place: column.least for place, column in others.items() if shares[place] < column.least}
        too_large = {
            place: column.longest_line
            for place, column in others.items()
            if shares[place] > column.longest_line
        }
        if not (newly_settled := too_small or too_large):
            return [settled.get(place, shares.get(place, 0)) for place in range(len(columns))]
        settled |= newly_settled


def text_of(cell: object) -> str:
    return "" if cell is None else str(cell)


def longest_line(text: str) -> int:
    return max(map(display_width, text.split("\n")))


def longest_word(text: str) -> int:
    return min(max(map(display_width, text.split()), default=0), LONGEST_WORD)


def is_wide(text: str) -> bool:
    return not text.isascii() and max(text) >= WIDE_LETTERS


def display_width(text: str) -> int:
    """How many letters of usual width would be as wide as `text`."""
    if not is_wide(text):
        return len(text)
    return sum(2 if letter >= WIDE_LETTERS else 1 for letter in text)


def line_count(text: str, width: int) -> int:
    """How many lines `text` takes in a column that is as wide as `width` digits."""
    letters = int(width * LETTERS_PER_DIGIT)
    return sum(wrapped_line_count(paragraph, letters) for paragraph in str(text).split("\n"))


def wrapped_line_count(paragraph: str, width: int) -> int:
    if (length := display_width(paragraph)) <= width:
        return 1
    lines, used = 1, 0
    for word in paragraph.split(" "):
        length = display_width(word)
        if used and used + 1 + length > width:
            lines, used = lines + 1, 0
        lines += max(length - 1, 0) // width
        used = (used + 1 if used else 0) + (length - max(length - 1, 0) // width * width)
    return lines
