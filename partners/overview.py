"""The register in figures: when agreements were signed, with which countries, on which fields."""

from collections import Counter
from functools import cached_property

from django.db.models import Count, Sum

from .charts import columns
from .models import Agreement, City, CooperationField, Tally
from .models.city import country_choices
from .models.tally import NO_YEAR


class Overview:
    """What is published, as the database counts it."""

    @property
    def cities(self):
        return City.objects.published()

    @cached_property
    def _signed(self):
        """The number of agreements by the year they were signed in, None where it is not known."""
        years = Tally.objects.published().present().on_whatever().by_year().order_by().values_list("year")
        counted = years.annotate(Sum("agreements"))
        return Counter({None if year == NO_YEAR else int(year): count for year, count in counted})

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
        return sorted(
            self._counted_fields(), key=lambda field: (-field.partner_count, field.position, field.slug)
        )

    def _counted_fields(self):
        return CooperationField.objects.with_partner_count()

    @cached_property
    def matrix(self):
        """Rows of a country's code, its name and, for each of ``columns``, a pair of the field's key and
        the number of partners that cooperate on it."""
        pairs = Tally.objects.published().present().whenever().by_field().order_by()
        counted = pairs.values_list("city__country", "field_id").annotate(Count("city", distinct=True))
        counts = {(country, field): count for country, field, count in counted}
        return [
            (code, name, [(field.slug, counts.get((code, field.pk), 0)) for field in self.columns])
            for code, name in country_choices({country for country, _field in counts})
        ]

    @property
    def columns(self):
        return sorted(self.fields, key=lambda field: (field.position, field.slug))


class WholeOverview(Overview):
    """What is registered, published or not."""

    @property
    def cities(self):
        return City.objects.all()

    @cached_property
    def _signed(self):
        counts = Counter()
        for date, count in Agreement.objects.order_by().values_list("signed_on").annotate(Count("pk")):
            counts[date and date.year] += count
        return counts

    def _counted_fields(self):
        return CooperationField.objects.with_partner_count(Agreement.objects.all())
