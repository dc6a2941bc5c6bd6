"""What narrows and orders the public lists, as it stands in the address."""

from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, F, Sum, Value
from django.db.models.functions import Cast
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from .fallbacks import fallback_language, only_in
from .models import Agreement, City, CooperationField, Tally
from .models.city import country_choices
from .models.tally import NO_YEAR
from .search import respelled

# What each filter asks of an agreement; a partner is listed if one of its published agreements has it all.
OF_AGREEMENTS = {
    "field": "in_field",
    "status": "with_status",
    "kind": "of_kind",
    "year_from": "signed_from",
    "year_to": "signed_until",
    "anniversary": "with_anniversary_in",
}
# The filters with a choice of values, each with the way to its value from an agreement.
CHOICES = {"country": "city__country", "field": "fields__slug", "status": "status", "kind": "kind"}
TALLIED = {**CHOICES, "field": "field_id"}
CITIES_BY = {"name": "alphabetical", "country": "by_country"}
OF_YEARS = ("year_from", "year_to", "anniversary")
# To say exactly how many agreements a search finds takes a look at each of them.
MOST_FOUND = 1000

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


def asked_of(agreements, values):
    """Those of `agreements`, or of a tally of them, of which all holds that `values` ask of agreements."""
    for name, verb in OF_AGREEMENTS.items():
        if values.get(name):
            agreements = getattr(agreements, verb)(values[name])
    return agreements


def as_columns(records, expressions):
    """The values of `expressions`, in their order: in a union, Django keeps that of annotations alone."""
    named = {f"column_{place}": expression for place, expression in enumerate(expressions)}
    return records.annotate(**named).values_list(*named)


def offered():
    """The countries with a partner as choices, and the fields in use: in one query, both being few."""
    columns = ("pk", "position", "slug", "name_lv", "name_en")
    nothing = Value("", CharField())
    countries = City.objects.published().order_by().distinct()
    countries = as_columns(countries, (Value(0), Value(0), F("country"), nothing, nothing))
    fields = as_columns(CooperationField.objects.in_use().order_by(), map(F, columns))
    rows = list(countries.union(fields, all=True).order_by())
    return (
        country_choices(code for pk, _position, code, *_names in rows if not pk),
        sorted(
            (CooperationField(**dict(zip(columns, row, strict=True))) for row in rows if row[0]),
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


class YearInput(forms.NumberInput):
    def format_value(self, value):
        return super().format_value(value) if str(value).isdecimal() else None


class YearField(forms.IntegerField):
    """A year of four digits, or nothing."""

    widget = YearInput

    def __init__(self, **kwargs):
        sentence = _("Write the year in four digits, for example 2012.")
        kwargs["error_messages"] = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        super().__init__(required=False, min_value=1000, max_value=9999, **kwargs)


class Filters(forms.Form):
    """Narrows the published records of `model`, City or Agreement, to what the address asks for.

    An address that asks for what is not there is invalid.
    """

    NARROWING = ("q", "country", "field", "status", "kind", "year_from", "year_to", "anniversary")

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        error_messages={"max_length": _("Search for at most %(limit_value)d characters.")},
    )
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
        label=_("Status"),
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
        super().__init__(data, label_suffix="")
        self.model = model
        self._cities, self._agreements, self._records, self._keys = {}, {}, {}, {}
        self.meant = ""  # what was searched for instead of what nobody can have meant
        countries, fields = offered()
        self.slugs = {str(field.pk): field.slug for field in fields}
        self.fields["country"].choices = [("", _("All countries")), *countries]
        self.fields["field"].choices = [
            ("", _("All fields")),
            *((field.slug, field.name) for field in fields),
        ]
        self.languages = {field.slug: fallback_language(field, "name") for field in fields}
        self.fields["status"].choices = [("", _("Any status")), *Agreement.Status.choices]
        self.fields["kind"].choices = [("", _("All kinds")), *Agreement.Kind.choices]
        self.fields["sort"].choices = [(key, label) for key, (label, _verb) in ORDERS[model].items()]

    def clean(self):
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
        return any(self.data.get(name) for name in self.NARROWING)

    @property
    def has_more_set(self):
        """Whether a filter is set that is not shown at once."""
        return any(self.data.get(name) for name in ("status", "kind", "year_from", "year_to", "anniversary"))

    def results(self):
        """The records that are asked for, in the order that is asked for."""
        text = self.cleaned_data["q"]
        if text and not self._finds_any() and (meant := respelled(text)):
            self.meant = self.cleaned_data["q"] = meant
            self._records, self._keys = {}, {}
        return self._ordered()

    def _ordered(self, leaving_out=""):
        if leaving_out not in self._records:
            _label, verb = ORDERS[self.model][self.cleaned_data["sort"]]
            self._records[leaving_out] = getattr(self._narrowed(leaving_out), verb)()
        return self._records[leaving_out]

    def _finds_any(self):
        return bool(self._first_keys()) if self._is_search else self._narrowed().exists()

    @property
    def _is_search(self):
        """Whether it takes a look at each of many agreements to say which are asked for."""
        return self.model is Agreement and bool(self.cleaned_data["q"])

    def _first_keys(self, leaving_out=""):
        """The keys of what a search finds, in order; of more than MOST_FOUND, of one more."""
        if not self.cleaned_data[leaving_out or "q"]:
            leaving_out = ""
        if leaving_out not in self._keys:
            found = self._ordered(leaving_out).values_list("pk", flat=True)
            self._keys[leaving_out] = list(found[: MOST_FOUND + 1])
        return self._keys[leaving_out]

    @property
    def finds_more(self):
        """Whether a search finds more agreements than are counted and shown."""
        return self._is_search and len(self._first_keys()) > MOST_FOUND

    def _has_counts(self, name):
        return not self._is_search or len(self._first_keys(name)) <= MOST_FOUND

    def _narrowed(self, leaving_out=""):
        """The published records that pass all filters but the one `leaving_out`."""
        values = self._values(leaving_out)
        records = self.model.objects.published()
        if values.get("q") and self.model is City:
            records = records.filter(pk__in=self._found(values["q"]))
        elif values.get("q"):
            records = self._searched(values["q"])
        if values.get("country"):
            records = records.in_country(values["country"])
        if self.model is Agreement:
            return asked_of(records, values)
        if any(values.get(name) for name in OF_AGREEMENTS):
            records = records.with_agreement(self._tally(leaving_out).present())
        return records

    def _searched(self, text):
        """The agreements that `text` finds; how they are best looked for takes a query for each word."""
        if text not in self._agreements:
            self._agreements[text] = Agreement.objects.published().found_by(text)
        return self._agreements[text]

    def _values(self, leaving_out=""):
        return {name: value for name, value in self.cleaned_data.items() if name != leaving_out}

    def _found(self, text):
        """The cities that `text` finds, looked for once: that takes all agreements, and cities are few."""
        if text not in self._cities:
            cities = City.objects.published().found_by(text)
            self._cities[text] = list(cities.values_list("pk", flat=True))
        return self._cities[text]

    def _tally(self, leaving_out=""):
        """The published agreements that pass all filters but the one `leaving_out`, as they are counted."""
        values = self._values(leaving_out)
        tally = asked_of(Tally.objects.published(), values)
        if values.get("country"):
            tally = tally.in_country(values["country"])
        if values.get("q"):
            tally = tally.filter(city__in=self._found(values["q"]))
        if not values.get("field"):
            tally = tally.by_field() if leaving_out == "field" else tally.on_whatever()
        if any(values.get(name) for name in OF_YEARS):
            return tally
        return tally.by_year() if (leaving_out, self._step) == ("step", "year") else tally.whenever()

    @cached_property
    def counts(self):
        """How many records there are by filter and value, the others being as they are; of "" all that pass.

        Where the list is read in steps, those that pass are counted by "step", too.
        """
        names = (*CHOICES, "", *(["step"] if self._step else []))
        counted = [self._counted(name) for name in names if self._has_counts(name)]
        if not counted:
            return {}
        rows = counted[0].union(*counted[1:], all=True)
        # Django 6.1 would order by the columns of the model
        rows = rows.order_by().values_list("filter", "value", "count")
        return {
            (name, self.slugs.get(value, value) if name == "field" else value): count
            for name, value, count in rows
            if count
        }

    def _counted(self, name):
        """How many records each value of the filter `name` would find, the others being as they are."""
        asks_agreements = any(self._values(name).get(other) for other in OF_AGREEMENTS)
        if self._is_search:
            records = Agreement.objects.filter(pk__in=self._first_keys(name)).rewrite(False)
            path, counting = CHOICES.get(name), Count("pk", distinct=True)
        elif self.model is City and name in ("country", "") and not asks_agreements:
            records = self._narrowed(name).rewrite(False)
            path, counting = name, Count("pk")
        elif self.model is City:
            records, path, counting = (
                self._tally(name).present(),
                TALLIED.get(name),
                Count("city", distinct=True),
            )
        else:
            records, path, counting = self._tally(name), TALLIED.get(name), Sum("agreements")
            if name == "step":
                path = self._step
        value = Cast(path, CharField()) if path else Value("", CharField())
        counted = records.order_by().annotate(filter=Value(name, CharField()), value=value)
        return (
            counted.values("filter", "value").annotate(count=counting).values_list("filter", "value", "count")
        )

    @property
    def _step(self):
        """The column of a tally by which the list is read in steps; "" to read it from the top."""
        is_whole = not self.is_set and not self.cleaned_data["sort"] and self.data.get("page", "1") == "1"
        if self.model is City or self.cleaned_data["q"] or is_whole:
            return ""
        return "year" if self.cleaned_data["sort"] in ("", "oldest") else "city"

    def part(self, records, first, last):
        """The `records` from place `first` to before `last`, reached from the nearest step."""
        if self._is_search:
            return records.filter(pk__in=self._first_keys()[first:last])
        passed, total = 0, self.count
        if self._step:
            steps, counts = self._steps()
            while passed + counts[steps[0]] <= first:
                passed += counts[steps.pop(0)]
            total = 0
            shown = []
            while passed + total < last:
                shown.append(steps.pop(0))
                total += counts[shown[-1]]
            if self._step == "city":
                records = records.filter(city__in=shown)
            else:
                records = records.signed_in(shown)
                if self.cleaned_data["sort"] and NO_YEAR not in shown:
                    records = records.undated_first()  # has an index
        first, last = first - passed, last - passed
        if first <= total - last:
            return records[first:last]
        return list(records.reverse()[total - last : total - first])[::-1]

    def _steps(self):
        """The steps of the list in its order, and how many of its records each has."""
        counts = {value: count for (name, value), count in self.counts.items() if name == "step"}
        if self._step == "city":
            cities = getattr(City.objects.published(), CITIES_BY[self.cleaned_data["sort"]])()
            return [pk for pk in map(str, cities.values_list("pk", flat=True)) if pk in counts], counts
        years = sorted(counts.keys() - {NO_YEAR}, reverse=not self.cleaned_data["sort"])
        return [*years, *(counts.keys() & {NO_YEAR})], counts

    @property
    def count(self):
        """How many records pass all filters, or are shown of many that a search finds."""
        return MOST_FOUND if self.finds_more else self.counts.get(("", ""), 0)

    @cached_property
    def offers(self):
        """The Offers of each filter with a choice, and of the order."""
        return {name: list(self._offers(name)) for name in (*CHOICES, "sort")}

    def _offers(self, name):
        """Only values that would find anything, each with how many records, if these are counted."""
        chosen = self.data.get(name, "")
        is_counted = name in CHOICES and self.is_valid() and self._has_counts(name)
        for value, label in self.fields[name].choices:
            if value and is_counted:
                count = self.counts.get((name, value), 0)
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
                value=dict(getattr(self.fields[name], "choices", ())).get(value, value),
                count=count,
                query=self._query_without(name),
            )
            for name, value in self.cleaned_data.items()
            if value and name != "sort"
        ]

    def _query_without(self, name):
        query = self.data.copy()
        for key in (name, "page"):
            query.pop(key, None)
        return f"?{query.urlencode()}"
