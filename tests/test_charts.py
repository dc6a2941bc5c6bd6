"""Charts: what is written on them has room, however many years and however large the figures are."""

from itertools import pairwise

import pytest

from partners.charts import DIGIT, FOOT, HEIGHT, WIDTH, columns


def boxes(chart):
    """The left, upper, right and lower edge of each figure, and of each year below."""
    figures, years = [], []
    for column in chart:
        length = DIGIT * len(str(column.value))
        if column.has_figure and column.is_turned:
            figures.append((column.middle - 5.5, column.y - length, column.middle + 5.5, column.y))
        elif column.has_figure:
            half = length / 2
            figures.append((column.middle - half, column.y - 14, column.middle + half, column.y))
        if column.is_labelled:
            half = DIGIT * 4 / 2
            years.append((column.middle - half, HEIGHT - FOOT, column.middle + half, HEIGHT))
    return figures, years


@pytest.mark.parametrize("count", [1, 2, 12, 13, 34, 52, 80, 120, 227, 400])
@pytest.mark.parametrize("value", [1, 99, 100, 999, 1000, 12345])
def test_figures_and_years_have_room_on_the_drawing_and_beside_each_other(count, value):
    chart = columns([(1800 + place, value) for place in range(count)])
    figures, years = boxes(chart)
    assert years or count < 5
    for several in (figures, years):
        for left, top, right, bottom in several:
            assert (left >= 0, top >= 0, right <= WIDTH, bottom <= HEIGHT) == (True,) * 4
        for before, after in pairwise(several):
            assert before[2] <= after[0]


def test_figures_stand_over_their_columns_as_long_as_there_is_room():
    assert [column.has_figure for column in columns([(2000, 7), (2001, 0), (2002, 123)])] == [
        True,
        False,
        True,
    ]
    assert {column.is_turned for column in columns([(year, 99) for year in range(1990, 2026)])} == {False}
    assert {column.is_turned for column in columns([(year, 100) for year in range(1990, 2026)])} == {True}
    assert {column.has_figure for column in columns([(year, 100) for year in range(1900, 2026)])} == {False}
