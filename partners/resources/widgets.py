"""How a value stands in a cell, and what is understood when a cell is read.

render() writes the one form of the exchange format, without regard to language; shown() says what such a
cell means in the active one. clean() reads the cell and what people write instead, in either language; it
raises a ValidationError that says what was expected.
"""

from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_countries import countries
from import_export.widgets import CharWidget

from ..partial_dates import PartialDate
from .directory import country_code, nearest, plain

SEPARATOR = " | "


class TextWidget(CharWidget):
    def clean(self, value, row=None, **kwargs):
        return value

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value

    def shown(self, cell):
        return cell


class LinesWidget(TextWidget):
    """A list, one entry a line in the register and `` | `` between them in a cell."""

    def clean(self, value, row=None, **kwargs):
        return "\n".join(filter(None, map(str.strip, value.replace("\n", "|").split("|"))))

    def render(self, value, obj=None, **kwargs):
        return value.replace("\n", SEPARATOR) if value else ""


class PartialDateWidget(TextWidget):
    """A date at its precision; the field itself reads the text."""

    def clean(self, value, row=None, **kwargs):
        return value or None

    def shown(self, cell):
        return PartialDate(cell).localized if cell else ""


class DegreesWidget(TextWidget):
    """A decimal number: written with a point, whatever the language; read with a comma too."""

    def clean(self, value, row=None, **kwargs):
        try:
            number = Decimal(value.replace(",", ".")) if value else None
        except InvalidOperation:
            number = Decimal("nan")
        if number is not None and not number.is_finite():
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": value})
        return number

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{value.normalize():f}"


class WholeNumberWidget(DegreesWidget):
    """A whole number without thousands separators."""

    def clean(self, value, row=None, **kwargs):
        number = super().clean(value, row, **kwargs)
        if number is not None and number != number.to_integral_value():
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value})
        return number if number is None else int(number)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class TruthWidget(TextWidget):
    """1 or 0; yes and no in either language are understood, anything else is refused."""

    WORDS = {"1": True, "true": True, "yes": True, "jā": True}
    WORDS |= {"0": False, "false": False, "no": False, "nē": False, "": None}
    CELLS = {True: "1", False: "0", None: ""}

    def clean(self, value, row=None, **kwargs):
        if value.casefold() not in self.WORDS:
            raise ValidationError(_("“%(value)s” is neither 1 (yes) nor 0 (no).") % {"value": value})
        return self.WORDS[value.casefold()]

    def render(self, value, obj=None, **kwargs):
        return self.CELLS[value]

    def shown(self, cell):
        return {"1": _("yes"), "0": _("no"), "": ""}[cell]


class ChoiceWidget(TextWidget):
    """One of the `choices`, by its code or its name in either language."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    @cached_property
    def codes(self):
        """The code that each code, or name in either language, stands for."""
        codes = {"": "", **{code: code for code, _name in self.choices}}
        for language in ("lv", "en"):
            with override(language):
                codes |= {plain(str(name)): code for code, name in self.choices}
        return codes

    def clean(self, value, row=None, **kwargs):
        if plain(value) not in self.codes:
            expected = ", ".join(str(name) for _code, name in self.choices)
            sentence = _("“%(value)s” is not one of these: %(expected)s.")
            raise ValidationError(
                sentence % {"value": value, "expected": expected} + nearest(value, self.codes)
            )
        return self.codes[plain(value)]

    def shown(self, cell):
        return str(dict(self.choices).get(cell, cell))


class CountryWidget(TextWidget):
    """A country by its ISO code or its name in either language."""

    def clean(self, value, row=None, **kwargs):
        if value and not country_code(value):
            raise ValidationError(
                _("“%(value)s” is no country. Write its name or its two-letter code, such as LV.")
                % {"value": value}
            )
        return country_code(value) if value else ""

    def shown(self, cell):
        return countries.name(cell)


class CityWidget(TextWidget):
    """A city by its key or any of its names."""

    def clean(self, value, row=None, *, directory, country="", **kwargs):
        return directory.city(value, country) if value else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class FieldsWidget(TextWidget):
    """Fields of cooperation by their keys or names; an unknown one is an error, never dropped."""

    def clean(self, value, row=None, *, directory, **kwargs):
        return directory.fields(value)

    def render(self, value, obj=None, **kwargs):
        return SEPARATOR.join(map(str, value))
