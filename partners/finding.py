"""What the filters let through, and how much there would be if one of them were another."""

from functools import lru_cache

from django.db.models import CharField, Count, Sum, Value
from django.db.models.functions import Cast
from django.utils.functional import cached_property

from .editions import MOST_KEPT, same_on_every_page
from .models import Agreement, City, Tally
from .models.tally import NO_YEAR
from .prepared import Prepared
from .search import respelled

NARROWING = ("q", "partner", "country", "field", "status", "kind", "year_from", "year_to", "anniversary")
# What each filter asks of an agreement; a partner is listed if one of its published agreements has it all.
OF_AGREEMENTS = {
    "partner": "of_partner",
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


def asked_of(agreements, values):
    """Those of `agreements`, or of a tally of them, of which all holds that `values` ask of agreements."""
    for name, verb in OF_AGREEMENTS.items():
        if values.get(name):
            agreements = getattr(agreements, verb)(values[name])
    return agreements


@lru_cache(maxsize=MOST_KEPT)
def prepared(finding):
    return Prepared(finding.counting(), "filter", "value", "count")


class Finding:
    """The published records of `model`, City or Agreement, that pass the filters `values`.

    They come in the `order` of a verb of theirs; `is_start` tells that they are read from the first on, and
    `slugs` what the fields are called in an address, by key. A search for what nobody can have meant becomes
    one for what was `meant`, in `values` as well.
    """

    def __init__(self, model, values, order, is_start, slugs):
        self.model, self.values, self.order = model, values, order
        self.is_start, self.slugs = is_start, slugs
        self.meant = ""
        self._cities, self._agreements, self._records, self._keys, self._tallies = {}, {}, {}, {}, {}

    def results(self):
        """The records, in their order."""
        text = self.values["q"]
        if text and not self._finds_any() and (meant := respelled(text)):
            self.meant = self.values["q"] = meant
            self._records, self._keys = {}, {}
        return self._ordered()

    def _ordered(self, leaving_out=""):
        if leaving_out not in self._records:
            self._records[leaving_out] = getattr(self._narrowed(leaving_out), self.order)()
        return self._records[leaving_out]

    def _finds_any(self):
        return bool(self._first_keys()) if self._is_search else self._narrowed().exists()

    @property
    def _is_search(self):
        """Whether it takes a look at each of many agreements to say which are asked for."""
        return self.model is Agreement and bool(self.values["q"])

    def _first_keys(self, leaving_out=""):
        """The keys of what a search finds, in order; of more than MOST_FOUND, of one more."""
        if not self.values[leaving_out or "q"]:
            leaving_out = ""
        if leaving_out not in self._keys:
            found = self._ordered(leaving_out).values_list("pk", flat=True)
            self._keys[leaving_out] = list(found[: MOST_FOUND + 1])
        return self._keys[leaving_out]

    @property
    def finds_more(self):
        """Whether a search finds more agreements than are counted and shown."""
        return self._is_search and len(self._first_keys()) > MOST_FOUND

    def has_counts(self, name):
        """Whether it is counted what the values of the filter `name` would find."""
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
        return {name: value for name, value in self.values.items() if name != leaving_out}

    def _found(self, text):
        """The cities that `text` finds, looked for once: that takes all agreements, and cities are few."""
        if text not in self._cities:
            cities = City.objects.published().found_by(text)
            self._cities[text] = list(cities.values_list("pk", flat=True))
        return self._cities[text]

    def _tally(self, leaving_out=""):
        """The published agreements that pass all filters but the one `leaving_out`, as they are counted."""
        if not (self.values.get(leaving_out) or leaving_out in ("field", "step")):
            leaving_out = ""
        if leaving_out not in self._tallies:
            self._tallies[leaving_out] = self._tallied(leaving_out)
        return self._tallies[leaving_out]

    def _tallied(self, leaving_out):
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

    def __eq__(self, other):
        return isinstance(other, Finding) and self._counted_by == other._counted_by

    def __hash__(self):
        return hash(self._counted_by)

    @property
    def _counted_by(self):
        """What the counts depend on: they are the same on all pages of a list, in most orders."""
        return self.model, self._step, *self._values("sort").values()

    @cached_property
    def counts(self):
        """How many records there are by filter and value, the others being as they are.

        Where the list is read in steps, those that pass are counted by "step", too.
        """
        return self._counts()

    @same_on_every_page
    def _counts(self):
        # What a search finds stands in its query.
        rows = self.counting() if self.values["q"] else prepared(self)
        return {
            (name, self.slugs.get(value, value) if name == "field" else value): count
            for name, value, count in rows
            if count
        }

    def counting(self):
        """The query of the counts: rows of filter, value and count."""
        names = (*CHOICES, *(["step"] if self._step else []))
        counted = [self._counted(name) for name in names if self.has_counts(name)]
        if not counted:
            return []
        rows = counted[0].union(*counted[1:], all=True)
        # Django 6.1 would order by the columns of the model
        return rows.order_by().values_list("filter", "value", "count")

    def _counted(self, name):
        """How many records each value of the filter `name` would find, the others being as they are."""
        asks_agreements = any(self._values(name).get(other) for other in OF_AGREEMENTS)
        if self._is_search:
            records = Agreement.objects.filter(pk__in=self._first_keys(name)).rewrite(False)
            path, counting = CHOICES[name], Count("pk", distinct=True)
        elif self.model is City and name == "country" and not asks_agreements:
            records = self._narrowed(name).rewrite(False)
            path, counting = name, Count("pk")
        elif self.model is City:
            records, path, counting = (
                self._tally(name).present(),
                TALLIED[name],
                Count("city", distinct=True),
            )
        else:
            records, counting = self._tally(name), Sum("agreements")
            path = self._step if name == "step" else TALLIED[name]
        values = records.order_by().values(filter=Value(name, CharField()), value=Cast(path, CharField()))
        return values.annotate(count=counting)

    @property
    def _step(self):
        """The column of a tally by which the list is read in steps; "" to read it from the top."""
        is_whole = not any(self.values.get(name) for name in NARROWING) and not self.values["sort"]
        if self.model is City or self.values["q"] or (is_whole and self.is_start):
            return ""
        return "year" if self.values["sort"] in ("", "oldest") else "city"

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
                if len(shown) == 1:
                    records = records.oldest_first()  # has an index
            else:
                records = records.signed_in(shown)
                if self.values["sort"] and NO_YEAR not in shown:
                    records = records.undated_first()  # has an index
        first, last = first - passed, last - passed
        if first <= total - last:
            return records[first:last]
        return list(records.reverse()[total - last : total - first])[::-1]

    def _steps(self):
        """The steps of the list in its order, and how many of its records each has."""
        counts = {value: count for (name, value), count in self.counts.items() if name == "step"}
        if self._step == "city":
            cities = getattr(City.objects.published(), CITIES_BY[self.values["sort"]])()
            return [pk for pk in map(str, cities.values_list("pk", flat=True)) if pk in counts], counts
        years = sorted(counts.keys() - {NO_YEAR}, reverse=not self.values["sort"])
        return [*years, *(counts.keys() & {NO_YEAR})], counts

    @property
    def count(self):
        """How many records pass all filters, or are shown of many that a search finds."""
        if self._is_search:
            return min(len(self._first_keys()), MOST_FOUND)
        asked = self.values["country"]
        return sum(  # each record has one country
            count
            for (name, country), count in self.counts.items()
            if name == "country" and country == (asked or country)
        )
