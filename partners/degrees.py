"""Degrees of latitude and longitude, as maps, phones and letters write them."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

SMALLEST = Decimal("0.000001")  # a tenth of a metre: what a program writes beyond it is no measurement
# What the directions are called in English and in Latvian; degrees of two of them are below zero.
DIRECTIONS = {
    "latitude": {"N": 1, "S": -1, "Z": 1, "D": -1},
    "longitude": {"E": 1, "W": -1, "A": 1, "R": -1},
}
NUMBER = r"\d{1,3}(?:[.,]\d{1,20})?"
PATTERN = re.compile(
    rf"""(?P<before>[A-Z])?\s*
    (?P<sign>[+-])?\s*
    (?P<degrees>{NUMBER})\s*
    (?:[°º˚]\s*
        (?:(?P<minutes>{NUMBER})\s*['′’ʹ´]\s*
            (?:(?P<seconds>{NUMBER})\s*(?:["″”ʺ]|''|′′|’’)\s*)?
        )?
    )?
    (?P<after>[A-Z])?""",
    re.ASCII | re.VERBOSE | re.IGNORECASE,
)
MINUSES = str.maketrans("\N{MINUS SIGN}\N{EN DASH}", "--")


def parse_degrees(text: str, axis: str) -> Decimal:
    """The degrees that `text` stands for, on the `axis` “latitude” or “longitude”, to six decimals.

    It may have a comma, a direction in front or behind in English or Latvian, minutes and seconds. Raises
    ValidationError where it is no such thing.
    """
    match = PATTERN.fullmatch(text.strip().translate(MINUSES))
    value = match and degrees_of(match, DIRECTIONS[axis])
    if value is None:
        raise ValidationError(
            _(
                "“%(value)s” is not a number. Write degrees, for example 55.874736 or −8.61, "
                "or with minutes and seconds: 55°52′29″."
            ),
            code="invalid",
            params={"value": text},
        )
    return value.quantize(SMALLEST, ROUND_HALF_EVEN)


def degrees_of(match: re.Match, directions: dict[str, int]) -> Decimal | None:
    """The number of degrees; None where the parts contradict one another."""
    parts = [match[name] for name in ("degrees", "minutes", "seconds") if match[name]]
    numbers = [Decimal(part.replace(",", ".")) for part in parts]
    letters = [letter.upper() for letter in (match["before"], match["after"]) if letter]
    signs = [directions.get(letter, 0) for letter in letters]
    if match["sign"]:
        signs.append(-1 if match["sign"] == "-" else 1)
    whole = all(number == number.to_integral_value() for number in numbers[:-1])
    if not whole or any(number >= 60 for number in numbers[1:]) or len(signs) > 1 or 0 in signs:
        return None
    value = sum((number / 60**power for power, number in enumerate(numbers)), Decimal())
    return value * signs[0] if signs else value


class DegreesFormField(forms.DecimalField):
    def __init__(self, *, axis, **kwargs):
        self.axis = axis
        super().__init__(**kwargs)

    def prepare_value(self, value):
        # Without the zeros that only the database needs.
        return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return parse_degrees(str(value), self.axis)


class DegreesField(models.DecimalField):
    """Degrees of the latitude or the longitude, whichever is its name."""

    def deconstruct(self):
        # The database knows nothing of how the number is read.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": DegreesFormField, "axis": self.name, **kwargs})
