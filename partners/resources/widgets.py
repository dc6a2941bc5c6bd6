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

from ..models.city import country_name
from ..partial_dates import PartialDate
from .directory import nearest, plain

SEPARATOR = " | "


class TextWidget(CharWidget):
    def clean(self, value, row=None, **kwargs):
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
    """A date at its precision; the field itself reads the text."""

    def clean(self, value, row=None, **kwargs):
        return value or None

    def shown(self, cell, directory):
        return PartialDate(cell).localized if cell else ""


class AddressWidget(TextWidget):
    """The address of a website; without a scheme it is taken for https, as on the form."""

    def clean(self, value, row=None, **kwargs):
        return f"https://{value}" if value and "://" not in value and value.startswith("www.") else value


class DegreesWidget(TextWidget):
    """A decimal number: written with a point, whatever the language; read with a comma too."""

    pattern = re.compile(r"[+-]?[0-9]{1,9}([.,][0-9]{1,20})?")

    def clean(self, value, row=None, **kwargs):
        value = value.replace("\N{MINUS SIGN}", "-")
        if value and not self.pattern.fullmatch(value):
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": value})
        return Decimal(value.replace(",", ".")) if value else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{value.normalize():f}"


class WholeNumberWidget(DegreesWidget):
    """A whole number without thousands separators; it may not be missing if it is `required`."""

    required = False

    def clean(self, value, row=None, **kwargs):
        number = super().clean(value, row, **kwargs)
        if number is None and self.required:
            raise ValidationError(_("Write a whole number."))
        has_thousands = bool(re.search("[.,][0-9]{3}$", value))  # 1.000 can be read in two ways
        if number is not None and (has_thousands or number != number.to_integral_value()):
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value})
        return number if number is None else int(number)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class TruthWidget(TextWidget):
    """1 or 0; yes and no in either language are understood. Empty is unknown, unless it is `required`."""

    WORDS = {"1": True, "true": True, "yes": True, "jā": True}
    WORDS |= {"0": False, "false": False, "no": False, "nē": False, "": None}
    CELLS = {True: "1", False: "0", None: ""}
    required = False

    def clean(self, value, row=None, **kwargs):
        if not value and self.required:
            raise ValidationError(_("Write “jā” or “nē”, “yes” or “no”, 1 or 0."))
        if value.casefold() not in self.WORDS:
            sentence = _("“%(value)s” is neither yes nor no. Write “jā” or “nē”, “yes” or “no”, 1 or 0.")
            raise ValidationError(sentence % {"value": value})
        return self.WORDS[value.casefold()]

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
