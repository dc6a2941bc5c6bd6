"""What narrows and orders the public lists, as it stands in the address."""

from functools import cache
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Value
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from .editions import same_on_every_page
from .fallbacks import fallback_language, only_in
from .finding import CHOICES, NARROWING, Finding
from .models import Agreement, City, CooperationField, FormerSlug
from .models.city import country_choices
from .prepared import Prepared
from .text import SearchField

ORDERS = {
    City: {
        "": (_("by name"), "alphabetical"),
        "country": (_("by country"), "by_country"),
        "date": (_("by first agreement"), "by_first_agreement"),
    },
    Agreement: {
        "": (_("newest first"), "newest_first"),
        "oldest": (_("oldest first"), "oldest_first"),
        "name": (_("by partner"), "by_partner"),
        "country": (_("by country"), "by_country"),
    },
}


COLUMNS = ("id", "name_lv", "name_en", "slug", "position")  # in the order of the model, as from_db takes them
SELECTED = [f"selected_{name}" for name in COLUMNS]


def as_columns(records, *expressions):
    """The values of `expressions` as the columns SELECTED: a union of two models takes annotations alone."""
    named = dict(zip(SELECTED, expressions, strict=True))
    return records.annotate(**named).values_list(*named)


@cache
def countries_and_fields():
    """The countries with a partner, as keys of fields called 0, and the fields in use."""
    nothing = Value("", CharField())
    countries = City.objects.published().order_by().distinct()
    countries = as_columns(countries, Value(0), nothing, nothing, F("country"), Value(0))
    fields = as_columns(CooperationField.objects.in_use().order_by(), *map(F, COLUMNS))
    return Prepared(countries.union(fields, all=True).order_by(), *SELECTED)


@same_on_every_page
def offered():
    """The countries with a partner as choices, and the fields in use: in one query, both being few."""
    rows = list(countries_and_fields())
    return (
        country_choices(code for pk, _lv, _en, code, _position in rows if not pk),
        sorted(
            (CooperationField.from_db(None, COLUMNS, row) for row in rows if row[0]),
            key=lambda field: (field.position, field.slug),
        ),
    )


class Chip(NamedTuple):
    """A filter that is set, to what value, how many records are left, and the address without it."""

    label: str
    value: str
    count: int
    query: str


class Offer(NamedTuple):
    """A value that a filter may be set to; the `language` of the label if it is not that of the page."""

    value: str
    label: str
    is_chosen: bool
    language: str


class YearField(forms.IntegerField):
    """A year of four digits, or nothing."""

    def __init__(self, **kwargs):
        sentence = _("Write the year in four digits, for example 2012.")
        kwargs["error_messages"] = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        super().__init__(required=False, min_value=1000, max_value=9999, **kwargs)

    def to_python(self, value):
        if value and not value.isascii():  # Python reads digits of all scripts
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class Filters(forms.Form):
    """Narrows the published records of `model`, City or Agreement, to what the address asks for.

    An address that asks for what is not there is invalid.
    """

    q = SearchField(label=_("Search"))
    partner = forms.CharField(label=_("Partner"), required=False, widget=forms.HiddenInput)
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        error_messages={"invalid_choice": _("There are no partners in the country “%(value)s”.")},
    )
    field = forms.ChoiceField(
        label=_("Field of cooperation"),
        required=False,
        error_messages={"invalid_choice": _("The register has no field of cooperation “%(value)s”.")},
    )
    status = forms.ChoiceField(
        label=_("Status of the agreement"),
        required=False,
        error_messages={"invalid_choice": _("There is no status “%(value)s”.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of agreement"),
        required=False,
        error_messages={"invalid_choice": _("There is no kind of agreement “%(value)s”.")},
    )
    year_from = YearField(label=_("Signed in this year or later"))
    year_to = YearField(label=_("Signed in this year or before"))
    anniversary = YearField(label=_("Year of a round anniversary"))
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        error_messages={"invalid_choice": _("The list has no order “%(value)s”.")},
    )

    def __init__(self, model, data):
        """Of `model`, what the MultiValueDict `data` asks for."""
        self.given, data = data, data.copy()
        self.repeated = {}  # the values of each filter that is given several, none of which is chosen then
        for name in self.base_fields:
            values = sorted({value for value in data.getlist(name) if value})
            if values:
                data[name] = values[0] if len(values) == 1 else ""
            if len(values) > 1:
                self.repeated[name] = values
        super().__init__(data, label_suffix="")
        self.model = model
        countries, fields = offered()
        self.slugs = {str(field.pk): field.slug for field in fields}
        slug = data.get("field")
        if slug and slug not in self.slugs.values():
            self._follow("field", CooperationField.objects.in_use())
        self.fields["country"].choices = [("", _("All countries")), *countries]
        self.fields["field"].choices = [
            ("", _("All fields")),
            *((field.slug, field.name) for field in fields),
        ]
        self.languages = {field.slug: fallback_language(field, "name") for field in fields}
        self.fields["status"].choices = [("", _("Any status")), *Agreement.Status.choices]
        self.fields["kind"].choices = [("", _("All kinds")), *Agreement.Kind.choices]
        self.fields["sort"].choices = [(key, label) for key, (label, _verb) in ORDERS[model].items()]

    def _follow(self, name, records):
        """The one of `records` that once had the key which the filter `name` asks for, by its key of now."""
        moved = FormerSlug.objects.found(records, self.data[name])
        if moved:
            self.data[name] = moved.slug
        return moved

    def clean_partner(self):
        slug = self.cleaned_data["partner"]
        partners = City.objects.published()
        partner = partners.filter(slug=slug).first() or self._follow("partner", partners) if slug else None
        if slug and not partner:
            sentence = _("There is no partner “%(value)s”.")
            raise ValidationError(sentence, code="invalid_choice", params={"value": slug})
        return partner

    def clean(self):
        for name, values in self.repeated.items():
            sentence = _("The address asks for several values: %(values)s. Keep one of them.")
            self.add_error(
                name, ValidationError(sentence, code="repeated", params={"values": ", ".join(values)})
            )
        first, last = self.cleaned_data.get("year_from"), self.cleaned_data.get("year_to")
        if first and last and first > last:
            self.add_error("year_to", ValidationError(_("The last year is before the first."), code="order"))

    @property
    def asked(self):
        """What the valid filters ask for, in one order and without what they do not know."""
        return {name: self.data.get(name) for name, value in self.cleaned_data.items() if value}

    @property
    def query(self):
        return f"?{urlencode(self.asked)}" if self.asked else ""

    @property
    def is_set(self):
        """Whether any filter narrows the list."""
        return any(self.data.get(name) for name in NARROWING)

    @property
    def has_more_set(self):
        """Whether a filter is set that is not shown at once."""
        return any(self.data.get(name) for name in ("status", "kind", "year_from", "year_to", "anniversary"))

    @cached_property
    def finding(self):
        """What the valid filters let through."""
        _label, order = ORDERS[self.model][self.cleaned_data["sort"]]
        is_start = self.data.get("page", "1") == "1"
        return Finding(self.model, self.cleaned_data, order, is_start, self.slugs)

    @cached_property
    def offers(self):
        """The Offers of each filter with a choice, and of the order."""
        return {name: list(self._offers(name)) for name in (*CHOICES, "sort")}

    def _offers(self, name):
        """Only values that would find anything, each with how many records, if these are counted."""
        chosen = self.data.get(name, "")
        is_counted = name in CHOICES and self.is_valid() and self.finding.has_counts(name)
        for value, label in self.fields[name].choices:
            if value and is_counted:
                count = self.finding.counts.get((name, value), 0)
                if not count and value != chosen:
                    continue
                label = f"{label} ({count})"
            language = self.languages.get(value, "") if name == "field" else ""
            if language:
                label = f"{label} – {only_in(language)}"
            yield Offer(value, label, value == chosen, language)

    def chips(self, count):
        """The filters that are set; together they leave `count` records."""
        return [
            Chip(
                label=self.fields[name].label,
                value=dict(getattr(self.fields[name], "choices", ())).get(value, str(value)),
                count=count,
                query=self._query_without(name),
            )
            for name, value in self.cleaned_data.items()
            if value and name != "sort"
        ]

    @property
    def single_values(self):
        """Of each filter that is given several values, what each is called and the address with it alone."""
        for name, values in self.repeated.items():
            labels = dict(getattr(self.fields[name], "choices", ()))
            for value in values:
                query = self.given.copy()
                query[name] = value
                query.pop("page", None)
                yield labels.get(value, value), f"?{query.urlencode()}"

    def _query_without(self, name):
        query = self.data.copy()
        for key in (name, "page"):
            query.pop(key, None)
        return f"?{query.urlencode()}"
