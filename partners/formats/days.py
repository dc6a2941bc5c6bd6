"""Full dates as people write them: a date for spreadsheet programs, and its text for all else."""

from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as formatted
from django.utils.translation import get_language


class DayStyle(NamedTuple):
    """How days are written in a language: for Django, for Excel, and in the elements of OpenDocument."""

    pattern: str
    number_format: str
    elements: str


YEAR = '<number:year number:style="long"/>'
LATVIAN = DayStyle(
    "d.m.Y.",
    'dd"."mm"."yyyy"."',
    '<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/>'
    f"<number:text>.</number:text>{YEAR}<number:text>.</number:text>",
)
ENGLISH = DayStyle(
    "j F Y",
    "[$-809]d mmmm yyyy",
    "<number:day/><number:text> </number:text>"
    '<number:month number:style="long" number:textual="true"/>'
    f"<number:text> </number:text>{YEAR}",
)


def day_style() -> DayStyle:
    """How days are written in the active language."""
    return LATVIAN if get_language() == "lv" else ENGLISH


class Day(str):
    """A full date as it is written in the active language; `iso` is the same for programs."""

    iso: str

    def __new__(cls, iso: str) -> "Day":
        self = super().__new__(cls, formatted(date.fromisoformat(iso), day_style().pattern))
        self.iso = iso
        return self
