"""Dates known to the day, the month or only the year."""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Older than any cooperation between cities that is in force, and later than any term.
FIRST_YEAR, LAST_YEAR = 1800, 2199

ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

# The cases that a date has in a sentence: nominative, genitive, dative, accusative; without diacritics, the
# locative is one of them.
LATVIAN_MONTHS = (
    *("janvaris", "februaris", "marts", "aprilis", "maijs", "junijs"),
    *("julijs", "augusts", "septembris", "oktobris", "novembris", "decembris"),
)
LATVIAN_ENDINGS = {"is": ("is", "a", "im", "i"), "s": ("s", "a", "am", "u")}
ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ABBREVIATIONS = {"janv": 1, "febr": 2, "sept": 9, "okt": 10}


def month_numbers() -> dict[str, int]:
    """The number of each month by its names in both languages, in lower case and without diacritics."""
    numbers = dict(ABBREVIATIONS)
    for number, (latvian, english) in enumerate(zip(LATVIAN_MONTHS, ENGLISH_MONTHS, strict=True), start=1):
        ending = "is" if latvian.endswith("is") else "s"
        stem = latvian.removesuffix(ending)
        names = [english, english[:3], *(stem + case for case in LATVIAN_ENDINGS[ending])]
        numbers |= dict.fromkeys(names, number)
    return numbers


MONTH_NUMBERS = month_numbers()

YEAR = r"(?P<year>\d{4})"
GADA = r"(?:gad(?:s|a|am|u)|g\.?)"  # gads, gada, gadam, gadu, gadā, and as it is abbreviated
# What may follow a year: nothing, a full stop, "gads" in one of its cases.
YEAR_END = rf"(?:\.?\s*{GADA}|\.)?"
ORDINAL = r"(?:st|nd|rd|th|\.)?"
FORMATS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        # 2003-11-17, 2003.11.17., 2003/11/17
        rf"{YEAR}([./-])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})\.?",
        # 17.11.2003., 17.11.2003. g., 11.2003, 2003, 2003. gads, 2003. gadā
        rf"(?:(?:(?P<day>\d{{1,2}})\.\s*)?(?P<month>\d{{1,2}})\.\s*)?{YEAR}{YEAR_END}",
        # 17/11/2003, 17-11-2003
        rf"(?P<day>\d{{1,2}})(?P<sign>[/-])(?P<month>\d{{1,2}})(?P=sign){YEAR}{YEAR_END}",
        # 2003. gada 17. novembris, 2027. gada 14. martam, 2012. gada septembrī
        rf"{YEAR}\.?\s*{GADA}\s*(?:(?P<day>\d{{1,2}})\.?\s*)?(?P<month>[a-z]+)\.?",
        # 17 November 2017, 17th of November, 2017, September 2012, 17. novembrī 2017. gadā
        rf"(?:(?P<day>\d{{1,2}}){ORDINAL}\s*(?:of\s+)?)?(?P<month>[a-z]+)\.?,?\s+{YEAR}{YEAR_END}",
        # November 17th, 2017
        rf"(?P<month>[a-z]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{YEAR}",
    )
)

ROUND_YEARS = 5  # an anniversary is round if it is a multiple of these


def years_to_celebrate(year):
    """The years, as texts, since each of which a round number of years has passed in `year`."""
    return [f"{signed:04}" for signed in range(year - ROUND_YEARS, 999, -ROUND_YEARS)]


def day_in_month(year, month, day):
    """That day, or the last of a month that is shorter; months before January are those of earlier years."""
    years, months = divmod(month - 1, 12)
    if year + years < date.min.year:
        return date.min
    return date(year + years, months + 1, min(day, monthrange(year + years, months + 1)[1]))


def without_marks(text: str) -> str:
    """`text` without the diacritics of its letters."""
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))


def iso_text(
    year: str, month: str | None = None, day: str | None = None, sign: str | None = None
) -> str | None:
    """ISO 8601 for the parts of a date, its month as a number or a word; None where they tell no day.

    `sign` stands between the parts of a date whose day comes first in Europe and second in America.
    """
    if month and month.isalpha():
        if month not in MONTH_NUMBERS:
            return None
        month = str(MONTH_NUMBERS[month])
    if sign and day and month and int(day) <= 12 and int(day) != int(month):
        return None
    return "-".join(filter(None, (year, month and month.zfill(2), day and day.zfill(2))))


class PartialDate(str):
    """A date at the precision that is known: its ISO 8601 text, ``2012``, ``2012-09`` or ``2012-09-17``.

    Being text, it sorts within its month or year, goes to the database and to spreadsheets, and comes
    back unchanged. Raises ValueError where the text is no such date.
    """

    year: int
    month: int | None
    day: int | None

    def __new__(cls, iso):
        match = ISO.fullmatch(iso)
        if not match:
            raise ValueError(f"not a partial ISO 8601 date: {iso!r}")
        self = super().__new__(cls, iso)
        year, month, day = match.groups()
        self.year = int(year)
        self.month = int(month) if month else None
        self.day = int(day) if day else None
        date(self.year, int(month or 1), int(day or 1))
        return self

    def __getnewargs__(self):
        return (str(self),)

    @classmethod
    def parse(cls, text):
        """Read what people write: ISO 8601, ``17.11.2003. g.``, ``09.2012``, and words in either language.

        Words may stand in any case, as a sentence has them: ``2027. gada 14. martam``. What can be read in
        two ways, such as ``01/02/2003``, raises ValueError as does what is no date.
        """
        typed = without_marks(" ".join(text.split())).casefold()
        for pattern in FORMATS:
            match = pattern.fullmatch(typed)
            if match and (iso := iso_text(**match.groupdict())):
                return cls(iso)
        return cls(" ".join(text.split()))

    def is_before(self, other):
        """Whether this date is certainly earlier than `other`: "2012-09" is not before "2012-09-17"."""
        return self < other[: len(self)]

    def first_day(self, months_earlier=0):
        """The first day that this date may mean, or that day so many months earlier."""
        return day_in_month(self.year, (self.month or 1) - months_earlier, self.day or 1)

    def last_day(self, months_earlier=0):
        """The last day that this date may mean, or that day so many months earlier."""
        return day_in_month(self.year, (self.month or 12) - months_earlier, self.day or 31)

    def minus_months(self, months):
        """This date so many months earlier, no more precise; None where the year does not tell the year."""
        if not self.month and months % 12:
            return None
        return PartialDate(self.first_day(months).isoformat()[: len(self)])

    @property
    def localized(self):
        """The date in the words of the active language: "September 2012", "2012. gada septembris"."""
        parts = {"year": self.year, "day": self.day, "month": MONTHS[self.month] if self.month else None}
        if self.day:
            # Translators: a full date such as "23 August 2008".
            return _("%(day)d %(month)s %(year)d") % parts
        if self.month:
            # Translators: a date known to the month, such as "September 2012".
            return _("%(month)s %(year)d") % parts
        # Translators: a date known to the year only, such as "2012".
        return _("%(year)d") % parts


MOST_PARTS = 5  # of a date in words: 17th of November, 2017; 2003. gada 17. novembris


def dates_in(text: str) -> tuple[list[PartialDate], str]:
    """The dates in `text` that are known to the month or the day, and the rest of it."""
    parts, dates, rest = text.split(), [], []
    while parts:
        for length in range(min(MOST_PARTS, len(parts)), 0, -1):
            try:
                found = PartialDate.parse(" ".join(parts[:length]))
            except ValueError:
                continue
            if found.month:
                dates.append(found)
                del parts[:length]
                break
        else:
            rest.append(parts.pop(0))
    return dates, " ".join(rest)


def validate(text):
    """Return the partial date that `text` stands for; raise a ValidationError that says what to type."""
    try:
        return PartialDate.parse(text)
    except ValueError:
        raise ValidationError(
            _(
                "“%(value)s” is not a date. Write 2012-09-17 or 17.09.2012., "
                "or 2012-09 or 2012 if no more is known; leave it empty if nothing is."
            ),
            code="invalid",
            params={"value": text},
        ) from None


def validate_year(partial_date):
    """Raise a ValidationError where the year can only be a slip, such as 0203, or stands for “never”."""
    if not FIRST_YEAR <= partial_date.year <= LAST_YEAR:
        raise ValidationError(
            _(
                "The year %(year)s cannot be right. Write one from %(first)s to %(last)s, "
                "or leave the date empty if there is none."
            ),
            code="year",
            params={"year": partial_date[:4], "first": FIRST_YEAR, "last": LAST_YEAR},
        )


class PartialDateFormField(forms.CharField):
    def to_python(self, value):
        value = super().to_python(value)
        return validate(value) if value else None


class PartialDateField(models.CharField):
    """Stores a PartialDate as its ISO text; unknown is NULL."""

    description = gettext_lazy("Date known to the day, the month or the year")
    default_validators = (validate_year,)  # not in to_python: what is stored can be loaded

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = len("2012-09-17")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value, expression, connection):
        return value and PartialDate(value)

    def to_python(self, value):
        return validate(str(value)) if value else None

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PartialDateFormField, "max_length": None, **kwargs})
