"""How a value stands in a cell, and what is understood when a cell is read.

render() writes the one form of the exchange format, without regard to language; shown() says what such a
cell means in the active one. clean() reads the cell and what people write instead, in either language; it
raises a ValidationError that says what was expected.
"""

import re
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import CharWidget

from ..degrees import parse_degrees
from ..lost_values import validate_is_value
from ..models.city import country_name
from ..partial_dates import PartialDate
from .directory import nearest, plain

SEPARATOR = " | "


class TextWidget(CharWidget):
    def clean(self, value, row=None, **kwargs):
        validate_is_value(value)
        return value

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value

    def shown(self, cell, directory):
        return cell


class LinesWidget(TextWidget):
    """A list, one entry a line in the register and `` | `` between them in a cell."""

    def clean(self, value, row=None, **kwargs):
        return "\n".join(filter(None, map(str.strip, value.replace("\n", "|").split("|"))))

    def render(self, value, obj=None, **kwargs):
        return value.replace("\n", SEPARATOR) if value else ""


class PartialDateWidget(TextWidget):
    """A date at its precision; the field itself reads the text.

    Programs write more than they know: a year as ``2012.0``, a day with the time of midnight.
    """

    year = re.compile(r"(?P<year>[0-9]{4})[.,]0+")
    midnight = re.compile(
        r"(?P<day>.+?)(T|,?\s+)(0{1,2}:00(:00([.,]0+)?)?|12:00(:00)?\s*AM)\s*(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?",
        re.IGNORECASE,
    )

    def clean(self, value, row=None, **kwargs):
        if match := self.year.fullmatch(value):
            return match["year"]
        if (match := self.midnight.fullmatch(value)) and names_day(match["day"]):
            return match["day"]
        return value or None

    def shown(self, cell, directory):
        return PartialDate(cell).localized if cell else ""


def names_day(text):
    """Whether `text` is a date known to the day."""
    try:
        return PartialDate.parse(text).day is not None
    except ValueError:
        return False


class AddressWidget(TextWidget):
    """The address of a website; without a scheme it is taken for https, as on the form."""

    def clean(self, value, row=None, **kwargs):
        return f"https://{value}" if value and "://" not in value and value.startswith("www.") else value


class DegreesWidget(TextWidget):
    """Degrees on the `axis` “latitude” or “longitude”: written with a point, read as on the form."""

    axis = "latitude"

    def clean(self, value, row=None, **kwargs):
        return parse_degrees(value, self.axis) if value else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{value.normalize():f}"


class WholeNumberWidget(TextWidget):
    """A whole number without thousands separators; it may not be missing if it is `required`."""

    pattern = re.compile(r"[+-]?[0-9]{1,9}([.,][0-9]{1,20})?")
    required = False

    def clean(self, value, row=None, **kwargs):
        if not value:
            if self.required:
                raise ValidationError(_("Write a whole number."))
            return None
        digits = value.replace("\N{MINUS SIGN}", "-")
        if not self.pattern.fullmatch(digits):
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": value})
        number = Decimal(digits.replace(",", "."))
        has_thousands = bool(re.search("[.,][0-9]{3}$", digits))  # 1.000 can be read in two ways
        if has_thousands or number != number.to_integral_value():
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value})
        return int(number)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class TruthWidget(TextWidget):
    """1 or 0; yes and no in either language are understood. Empty is unknown, unless it is `required`."""

    YES = ("1", "true", "t", "yes", "y", "jā", "ja", "j", "patiess", "patiesa", "patiesi", "taisnība")
    NO = ("0", "false", "f", "no", "n", "nē", "ne", "aplams", "aplama", "aplami", "nepatiess", "nepatiesa")
    WORDS = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False), "": None}
    CELLS = {True: "1", False: "0", None: ""}
    required = False

    def clean(self, value, row=None, **kwargs):
        if not value and self.required:
            raise ValidationError(_("Write “jā” or “nē”, “yes” or “no”, 1 or 0."))
        word = re.sub(r"^([01])[.,]0+$", r"\1", value.casefold())
        if word not in self.WORDS:
            sentence = _("“%(value)s” is neither yes nor no. Write “jā” or “nē”, “yes” or “no”, 1 or 0.")
            raise ValidationError(sentence % {"value": value})
        return self.WORDS[word]

    def render(self, value, obj=None, **kwargs):
        return self.CELLS[value]

    def shown(self, cell, directory):
        return {"1": _("yes"), "0": _("no"), "": ""}[cell]


class ChoiceWidget(TextWidget):
    """One of the `choices`, by its code or its name in either language."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    @cached_property
    def codes(self):
        """The code that each code, or name in either language, stands for."""
        codes = {code: code for code, _name in self.choices}
        for language in ("lv", "en"):
            with override(language):
                codes |= {plain(str(name)): code for code, name in self.choices}
        return codes

    def clean(self, value, row=None, **kwargs):
        if plain(value) not in self.codes:
            names = [str(name) for _code, name in self.choices]
            expected = _("Write one of these: %(names)s.") % {"names": ", ".join(names)}
            if not value:
                raise ValidationError(expected)
            sentence = _("“%(value)s” is not possible here.") % {"value": value}
            raise ValidationError(f"{sentence} {expected}{nearest(value, [*names, *self.codes])}")
        return self.codes[plain(value)]

    def shown(self, cell, directory):
        return str(dict(self.choices).get(cell, cell))


class CountryWidget(TextWidget):
    """A country by its ISO code or its name in either language."""

    def clean(self, value, row=None, *, directory, **kwargs):
        if not value:
            raise ValidationError(_("Write the country, for example Polija, Poland or PL."))
        validate_is_value(value)
        return directory.country(value)

    def shown(self, cell, directory):
        return country_name(cell)


class CityWidget(TextWidget):
    """A city by its key or any of its names."""

    def clean(self, value, row=None, *, directory, country="", **kwargs):
        return directory.city(value, country) if value else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)

    def shown(self, cell, directory):
        return directory.city_name(cell)


class FieldsWidget(TextWidget):
    """Fields of cooperation by their keys or names; an unknown one is an error, never dropped."""

    def clean(self, value, row=None, *, directory, **kwargs):
        return directory.fields(value)

    def render(self, value, obj=None, **kwargs):
        return SEPARATOR.join(map(str, value))

    def shown(self, cell, directory):
        return SEPARATOR.join(map(directory.field_name, cell.split(SEPARATOR))) if cell else ""
