"""The register in figures: when agreements were signed, with which countries, on which fields."""

from collections import Counter
from functools import cached_property

from django.db.models import Count

from .charts import columns
from .models import Agreement, City, CooperationField
from .models.city import country_choices


class Overview:
    """The `cities` and `agreements`, counted; those that are published, unless told otherwise."""

    def __init__(self, cities=None, agreements=None):
        self.cities = City.objects.published() if cities is None else cities
        self._asked = agreements
        self.agreements = Agreement.objects.published() if agreements is None else agreements

    @cached_property
    def _signed(self):
        """The number of agreements by the year they were signed in, None where it is not known."""
        dates = self.agreements.order_by().values_list("signed_on").annotate(Count("pk"))
        counts = Counter()
        for date, count in dates:
            counts[date and date.year] += count
        return counts

    @property
    def undated(self):
        return self._signed[None]

    @property
    def timeline(self):
        return columns(self.years)

    @cached_property
    def years(self):
        """Pairs of a year and the number of agreements signed in it, without a gap."""
        years = [year for year in self._signed if year]
        return [(year, self._signed[year]) for year in range(min(years), max(years) + 1)] if years else []

    @property
    def most_partners(self):
        """Of one country, and of one field: what the bars are measured by."""
        of_countries = max((count for _code, _name, count in self.countries), default=1)
        return {"country": of_countries, "field": max((f.partner_count for f in self.fields), default=1)}

    @cached_property
    def countries(self):
        """Triples of a country's code, its name and the number of its partners, most first."""
        counts = dict(self.cities.order_by().values_list("country").annotate(Count("pk")))
        named = [(code, name, counts[code]) for code, name in country_choices(counts)]
        return sorted(named, key=lambda country: -country[2])

    @cached_property
    def fields(self):
        """The fields in use, each with its number of partners, most first."""
        fields = CooperationField.objects.with_partner_count(self._asked)
        return sorted(fields, key=lambda field: (-field.partner_count, field.position, field.slug))

    @cached_property
    def matrix(self):
        """Rows of a country's code, its name and, for each of ``columns``, a pair of the field's key and
        the number of partners that cooperate on it."""
        pairs = self.agreements.order_by().exclude(fields=None)
        counts = {
            (country, field): count
            for country, field, count in pairs.values_list("city__country", "fields__slug").annotate(
                Count("city", distinct=True)
            )
        }
        codes = {country for country, _field in counts}
        return [
            (code, name, [(field.slug, counts.get((code, field.slug), 0)) for field in self.columns])
            for code, name in country_choices(codes)
        ]

    @property
    def columns(self):
        return sorted(self.fields, key=lambda field: (field.position, field.slug))
