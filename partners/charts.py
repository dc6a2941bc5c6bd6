"""Charts as numbers: where the templates draw what."""

from typing import NamedTuple

WIDTH, HEIGHT = 640, 180  # of columns
HEAD, FOOT, SIDE = 18, 22, 16  # room for figures above, labels below, and what these stick out
WIDEST = 40  # a column with its gap
DIGIT, LINE = 7.2, 12  # the room that a figure takes, a little more than its letters have
LABELLED = (1, 5, 10, 20, 50, 100)  # every so many columns


class Column(NamedTuple):
    """`is_turned` tells that its figure stands upright, for want of room; `has_figure` that it has any."""

    label: int
    value: int
    x: float
    y: float
    width: float
    height: float
    is_labelled: bool
    has_figure: bool
    is_turned: bool

    @property
    def middle(self):
        return round(self.x + self.width / 2, 1)


def columns(pairs):
    """A column for each of `pairs`, a year and a whole number, on a drawing of WIDTH by HEIGHT.

    Where the columns are too narrow for the figures, these are turned; where for that too, left to the table.
    """
    step = min((WIDTH - 2 * SIDE) / max(len(pairs), 1), WIDEST)
    highest = max((value for _year, value in pairs), default=0) or 1
    figure = DIGIT * len(str(highest))
    is_turned = figure > step
    head = figure + 6 if is_turned else HEAD
    every = next((years for years in LABELLED if years * step >= DIGIT * 5), LABELLED[-1])
    made = []
    for place, (year, value) in enumerate(pairs):
        height = round((HEIGHT - head - FOOT) * value / highest, 1)
        x, y = round(SIDE + place * step + step * 0.12, 1), round(HEIGHT - FOOT - height, 1)
        width = round(step * 0.76, 1)
        has_figure = value > 0 and step >= LINE * is_turned
        made.append(Column(year, value, x, y, width, height, year % every == 0, has_figure, is_turned))
    return made
