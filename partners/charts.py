"""Charts as numbers: where the templates draw what."""

from typing import NamedTuple

WIDTH, HEIGHT = 640, 180  # of columns
HEAD, FOOT = 18, 22  # room for the figures above and the labels below
LABELLED = 5  # every so many columns


class Column(NamedTuple):
    label: object
    value: int
    x: float
    y: float
    width: float
    height: float
    is_labelled: bool

    @property
    def middle(self):
        return round(self.x + self.width / 2, 1)


def columns(pairs):
    """A column for each of `pairs`, a label and a whole number, on a drawing of WIDTH by HEIGHT."""
    step = min(WIDTH / max(len(pairs), 1), 40)
    highest = max((value for _label, value in pairs), default=0) or 1
    made = []
    for place, (label, value) in enumerate(pairs):
        height = round((HEIGHT - HEAD - FOOT) * value / highest, 1)
        x, y = round(place * step + step * 0.12, 1), round(HEIGHT - FOOT - height, 1)
        is_labelled = len(pairs) <= 12 or label % LABELLED == 0
        made.append(Column(label, value, x, y, round(step * 0.76, 1), height, is_labelled))
    return made
