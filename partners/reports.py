"""Reports for people: in the active language, names instead of keys, dates as they are written in it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from django.db.models import Count, Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.utils import get_language

from .formats import Sheet
from .models import Agreement, City, CooperationField
from .models.city import country_choices
from .resources import CHUNK, AgreementResource, CityResource

SEPARATOR = "; "  # a name may hold a comma


class Report(NamedTuple):
    """`make` gives headings and rows for querysets of agreements and cities and today's date, or sheets."""

    label: str
    make: Callable
    several_sheets: bool = False

    def sheets(self, agreements, cities, today):
        """The sheets of the report on the two querysets, in the active language."""
        made = self.make(agreements, cities, today)
        return made if self.several_sheets else [Sheet(str(self.label), *made)]


def all_partners(agreements, cities, today):
    """Every partner with its agreements, those without any included."""
    without = cities.exclude(pk__in=agreements.order_by().values("city")).alphabetical()
    alone = (partner_cells(city) + [""] * (len(HEADED) - 2) for city in without.iterator(CHUNK))
    return headings(), chain(rows_of(agreements.by_partner()), alone)


def in_force(agreements, cities, today):
    return headings(), rows_of(agreements.in_force().by_partner())


def by_country(agreements, cities, today):
    return headings(), rows_of(agreements.by_country())


def by_field(agreements, cities, today):
    """An agreement under each of its fields of cooperation; those without any at the end."""
    topics = CooperationField.objects.filter(agreements__in=agreements).distinct()
    rows = (
        [name, *cells]
        for name, within in [
            *((topic.name, agreements.in_field(topic.slug)) for topic in topics),
            ("", agreements.filter(fields=None)),
        ]
        for cells in rows_of(within.by_partner())
    )
    return [capfirst(str(CooperationField._meta.verbose_name)), *headings()], rows


def renewal(agreements, cities, today):
    """What runs out within a year, or has run out and is not marked as ended."""
    due = agreements.due_for_renewal(by=today + timedelta(days=365))
    return headings(), rows_of(due.order_by("valid_until", "slug"))


def overview(agreements, cities, today):
    return [
        partner_sheet(agreements, cities),
        Sheet(_("Agreements"), headings(), rows_of(agreements.by_partner())),
        matrix_sheet(agreements),
        count_sheet(agreements, cities, today),
    ]


REPORTS = {
    "partners": Report(gettext_lazy("All partners"), all_partners),
    "in-force": Report(gettext_lazy("Agreements in force"), in_force),
    "by-country": Report(gettext_lazy("Agreements by country"), by_country),
    "by-field": Report(gettext_lazy("Agreements by field"), by_field),
    "renewal": Report(gettext_lazy("Term ends within a year"), renewal),
    "overview": Report(gettext_lazy("Annual overview"), overview, several_sheets=True),
}


def reports_for(model):
    """The reports that the list of `model` offers, by key; all partners are only in the list of partners."""
    return {key: report for key, report in REPORTS.items() if model is City or key != "partners"}


# Sheets of agreements

# The columns that an import understands by the same headings.
HEADED = (
    "city",
    "country",
    "kind",
    "signed_on",
    "status",
    "ended_on",
    "valid_until",
    "renews_automatically",
    "notice_months",
    "fields",
    "scope",
    "is_published",
)


def headings():
    return list(map(AgreementResource().label, HEADED))


def rows_of(agreements):
    """The agreements as rows of cells, read piece by piece."""
    read = agreements.select_related("city").prefetch_related("fields")
    return map(agreement_cells, read.iterator(CHUNK))


def partner_cells(city):
    return [city.name, city.country_name]


def agreement_cells(agreement):
    return [
        *partner_cells(agreement.city),
        capfirst(agreement.get_kind_display()),
        written(agreement.signed_on),
        capfirst(agreement.get_status_display()),
        written(agreement.ended_on),
        written(agreement.valid_until),
        yes_or_no(agreement.renews_automatically),
        agreement.notice_months,
        SEPARATOR.join(field.name for field in agreement.fields.all()),
        # Not in the other language: imported again, the text would stand under the wrong one.
        getattr(agreement, f"scope_{get_language()}"),
        yes_or_no(agreement.is_published),
    ]


def yes_or_no(value):
    return {True: _("yes"), False: _("no"), None: ""}[value]


def written(partial_date):
    return partial_date.localized if partial_date else ""


# The other sheets of the overview


def partner_sheet(agreements, cities):
    headed = [
        *map(CityResource().label, ("name", "country", "region", "website")),
        _("First agreement"),
        _("Number of agreements"),
        capfirst(str(CooperationField._meta.verbose_name_plural)),
    ]
    chosen = Prefetch("agreements", agreements.oldest_first().prefetch_related("fields"), to_attr="chosen")
    rows = (
        [
            *partner_cells(city),
            getattr(city, f"region_{get_language()}"),
            city.website,
            written(city.chosen[0].signed_on) if city.chosen else "",
            len(city.chosen),
            SEPARATOR.join(
                field.name for field in in_order(chain(*(item.fields.all() for item in city.chosen)))
            ),
        ]
        for city in cities.alphabetical().prefetch_related(chosen).iterator(CHUNK)
    )
    return Sheet(_("Partners"), headed, rows)


def in_order(fields):
    """The fields of cooperation in the order of the register, each once."""
    return sorted(set(fields), key=lambda field: (field.position, field.slug))


def matrix_sheet(agreements):
    """How many agreements with each country name each field of cooperation."""
    choices = Agreement.fields.through.objects.filter(agreement__in=agreements).order_by()
    counts = {
        (country, field): count
        for country, field, count in choices.values_list(
            "agreement__city__country", "cooperationfield"
        ).annotate(Count("pk"))
    }
    totals = Counter(agreements.order_by().values_list("city__country", flat=True))
    topics = list(CooperationField.objects.filter(agreements__in=agreements).distinct())
    rows = [
        [name, totals[code], *(counts.get((code, topic.pk)) for topic in topics)]
        for code, name in country_choices(totals)
    ]
    of_fields = Counter()
    for (_country, field), count in counts.items():
        of_fields[field] += count
    rows.append([_("Total"), totals.total(), *(of_fields[topic.pk] for topic in topics)])
    headed = [AgreementResource().label("country"), _("Agreements"), *(topic.name for topic in topics)]
    return Sheet(_("Countries and fields"), headed, rows)


def count_sheet(agreements, cities, today):
    lately = [str(today.year - 1), str(today.year)]
    kinds, statuses, years, ends = Counter(), Counter(), Counter(), Counter()
    facts = agreements.order_by().values_list("kind", "status", "signed_on", "ended_on")
    for kind, status, signed_on, ended_on in facts:
        kinds[kind] += 1
        statuses[status] += 1
        years[signed_on[:4] if signed_on else ""] += 1
        ends[ended_on[:4] if ended_on else ""] += 1
    rows = [
        [_("Partners"), "", cities.count()],
        [_("Countries"), "", cities.order_by().values("country").distinct().count()],
        [_("Agreements"), "", kinds.total()],
        *([_("Agreements signed in the year"), year, years[year]] for year in lately),
        *([_("Agreements ended in the year"), year, ends[year]] for year in lately),
        *(
            [_("Agreements by kind"), capfirst(str(name)), kinds[code]]
            for code, name in Agreement.Kind.choices
        ),
        *(
            [_("Agreements by status"), capfirst(str(name)), statuses[code]]
            for code, name in Agreement.Status.choices
        ),
        *(
            [_("Agreements by year of signing"), year or _("not stated"), years[year]]
            for year in sorted(years, key=lambda year: year or "9999")
        ),
    ]
    return Sheet(_("Counts"), [_("What is counted"), _("Of which"), _("Number")], rows)
