"""Reports for people: in the active language, names instead of keys, dates as they are written in it.

Columns that hold nothing are left out; below each table stands what else is.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.utils import get_language

from . import report_remarks as remarks
from .formats import Day, Sheet
from .models import Agreement, City, CooperationField
from .models.city import country_choices
from .resources import CHUNK, AgreementResource, CityResource

SEPARATOR = "; "  # a name may hold a comma


class Report(NamedTuple):
    """`make` gives the sheets of the report for querysets of agreements and cities and today's date."""

    label: str
    make: Callable
    several_sheets: bool = False


def all_partners(agreements, cities, today):
    """Every partner with its agreements, those without any included."""
    columns = Columns.of(agreements, (*PARTIES, *TERMS, "fields", "is_published"))
    without = cities.exclude(pk__in=agreements.order_by().values("city")).alphabetical()
    alone = (
        [*partner_cells(city), *[""] * (len(columns.names) - len(PARTNER))]
        for city in without.iterator(CHUNK)
    )
    sentences = [remarks.holds(cities.count(), columns.total), *columns.remarks()]
    rows = chain(columns.rows(agreements.by_partner()), alone)
    return [Sheet(str(REPORTS["partners"].label), columns.headings, rows, remarks=sentences)]


def in_force(agreements, cities, today):
    others = agreements.order_by().aggregate(
        not_stated=Count("pk", filter=Q(status=Agreement.Status.NOT_STATED)),
        suspended=Count("pk", filter=Q(status=Agreement.Status.SUSPENDED)),
        ended=Count("pk", filter=Q(status=Agreement.Status.ENDED)),
    )
    sentences = [
        *remarks.status_not_stated(others["not_stated"]),
        *remarks.suspended(others["suspended"]),
        *remarks.ended(others["ended"]),
    ]
    return [agreement_sheet(REPORTS["in-force"].label, agreements.in_force().by_partner(), ALL, sentences)]


def by_country(agreements, cities, today):
    return [
        agreement_sheet(
            REPORTS["by-country"].label,
            agreements.by_country(),
            ALL,
            remarks.without_agreement(partners_without(agreements, cities)),
        )
    ]


def by_field(agreements, cities, today):
    """An agreement under each of its fields of cooperation; those without any at the end."""
    columns = Columns.of(agreements, (*PARTIES, *TERMS, "is_published"))
    topics = CooperationField.objects.filter(agreements__in=agreements).distinct()
    rows = (
        [name, *cells]
        for name, within in [
            *((topic.name, agreements.in_field(topic.slug)) for topic in topics),
            ("", agreements.filter(fields=None)),
        ]
        for cells in columns.rows(within.by_partner())
    )
    headings = [capfirst(str(CooperationField._meta.verbose_name)), *columns.headings]
    sentences = [
        remarks.holds(partner_count(agreements), columns.total),
        remarks.under_each_field(),
        *remarks.without_agreement(partners_without(agreements, cities)),
        *columns.remarks(),
    ]
    return [Sheet(str(REPORTS["by-field"].label), headings, rows, remarks=sentences)]


def renewal(agreements, cities, today):
    """What runs out within a year, or has run out and is not marked as ended; the current term counts."""
    due = agreements.due_for_renewal(on=today, by=today + timedelta(days=365))
    others = agreements.order_by().aggregate(
        without_term=Count("pk", filter=Q(valid_until=None)),
        ended=Count("pk", filter=Q(status=Agreement.Status.ENDED) & ~Q(valid_until=None)),
        total=Count("pk"),
    )
    later = others["total"] - others["without_term"] - others["ended"] - due.count()
    sentences = [
        *remarks.without_term(others["without_term"]),
        *remarks.ended(others["ended"]),
        *remarks.later_term(later),
    ]
    return [agreement_sheet(REPORTS["renewal"].label, due.order_by("valid_until", "slug"), ALL, sentences)]


def overview(agreements, cities, today):
    return [
        partner_sheet(agreements, cities),
        agreement_sheet(
            _("Agreements"), agreements.by_partner(), (*PARTIES, *TERMS, "fields", "is_published"), ()
        ),
        matrix_sheet(agreements),
        count_sheet(agreements, cities, today),
    ]


REPORTS = {
    "partners": Report(gettext_lazy("All partners"), all_partners),
    "by-country": Report(gettext_lazy("Agreements by country"), by_country),
    "in-force": Report(gettext_lazy("Agreements in force"), in_force),
    "by-field": Report(gettext_lazy("Agreements by field"), by_field),
    "renewal": Report(gettext_lazy("Term ends within a year"), renewal),
    "overview": Report(gettext_lazy("Annual overview"), overview, several_sheets=True),
}


def reports_for(model):
    """The reports that the list of `model` offers, by key; all partners are only in the list of partners."""
    return {key: report for key, report in REPORTS.items() if model is City or key != "partners"}


# Sheets of agreements

# The columns, which an import understands by the same headings.
PARTNER = ("city", "country")
PARTIES = (*PARTNER, "kind", "signed_on", "status", "ended_on")
TERMS = ("valid_until", "renews_automatically", "notice_months")
ALL = (*PARTIES, *TERMS, "fields", "scope", "is_published")


def partner_count(agreements):
    return agreements.order_by().values("city").distinct().count()


def partners_without(agreements, cities):
    return cities.exclude(pk__in=agreements.order_by().values("city")).count()


def agreement_sheet(label, agreements, names, sentences):
    """The sheet of the `agreements`, in their order, with those of the columns `names` that hold anything."""
    columns = Columns.of(agreements, names)
    sentences = [remarks.holds(partner_count(agreements), columns.total), *sentences, *columns.remarks()]
    return Sheet(str(label), columns.headings, columns.rows(agreements), remarks=sentences)


class Columns(NamedTuple):
    """Those columns of a report that hold anything, the labels of the others, and how much is missing."""

    names: list
    empty: list
    total: int
    undated: int
    untranslated: int

    @classmethod
    def of(cls, agreements, names):
        language = get_language()
        scope, other_scope = f"scope_{language}", f"scope_{'en' if language == 'lv' else 'lv'}"
        chosen = Agreement.fields.through.objects.filter(agreement=OuterRef("pk"))
        is_stated = {
            "signed_on": ~Q(signed_on=None),
            "status": ~Q(status=Agreement.Status.NOT_STATED),
            "ended_on": ~Q(ended_on=None),
            "valid_until": ~Q(valid_until=None),
            "renews_automatically": ~Q(renews_automatically=None),
            "notice_months": ~Q(notice_months=None),
            "fields": Exists(chosen),
            "scope": is_filled(scope),
            "is_published": Q(is_published=False),  # where all are, the column says nothing
        }
        counts = agreements.order_by().aggregate(
            total=Count("pk"),
            untranslated=Count("pk", filter=~is_filled(scope) & is_filled(other_scope)),
            **{f"{name}_stated": Count("pk", filter=condition) for name, condition in is_stated.items()},
        )
        total = counts["total"]
        kept = [name for name in names if not total or counts.get(f"{name}_stated", total)]
        label = AgreementResource().label
        empty = [label(name) for name in names if name not in kept and name != "is_published"]
        undated = total - counts["signed_on_stated"]
        return cls(kept, empty, total, undated, counts["untranslated"] if "scope" in names else 0)

    @property
    def headings(self):
        return list(map(AgreementResource().label, self.names))

    def remarks(self):
        return [
            *(remarks.undated(self.undated) if "signed_on" in self.names else ()),
            *remarks.untranslated_scope(self.untranslated),
            *remarks.empty_columns(self.empty),
        ]

    def rows(self, agreements):
        """The agreements as rows of cells, read piece by piece."""
        read = agreements.select_related("city").prefetch_related("fields")
        for agreement in read.iterator(CHUNK):
            yield [CELLS[name](agreement) for name in self.names]


def is_filled(field):
    return ~Q(**{field: None}) & ~Q(**{field: ""})


def partner_cells(city):
    return [city.name, city.country_name]


def yes_or_no(value):
    return {True: _("yes"), False: _("no"), None: ""}[value]


def written(partial_date):
    """A full date as a day, any other in words."""
    if not partial_date:
        return ""
    return Day(partial_date) if partial_date.day else partial_date.localized


def names_of(fields):
    return SEPARATOR.join(field.name for field in fields)


CELLS = {
    "city": lambda agreement: agreement.city.name,
    "country": lambda agreement: agreement.city.country_name,
    "kind": lambda agreement: capfirst(agreement.get_kind_display()),
    "signed_on": lambda agreement: written(agreement.signed_on),
    "status": lambda agreement: capfirst(agreement.get_status_display()),
    "ended_on": lambda agreement: written(agreement.ended_on),
    "valid_until": lambda agreement: written(agreement.valid_until),
    "renews_automatically": lambda agreement: yes_or_no(agreement.renews_automatically),
    "notice_months": lambda agreement: agreement.notice_months,
    "fields": lambda agreement: names_of(agreement.fields.all()),
    # Not in the other language: imported again, the text would stand under the wrong one.
    "scope": lambda agreement: getattr(agreement, f"scope_{get_language()}"),
    "is_published": lambda agreement: yes_or_no(agreement.is_published),
}


# The other sheets of the overview


def partner_sheet(agreements, cities):
    chosen = Prefetch("agreements", agreements.oldest_first().prefetch_related("fields"), to_attr="chosen")
    headings = [
        *map(CityResource().label, ("name", "country")),
        _("First agreement"),
        _("Number of agreements"),
        capfirst(str(CooperationField._meta.verbose_name_plural)),
    ]

    def rows():
        total = 0
        for city in cities.alphabetical().prefetch_related(chosen).iterator(CHUNK):
            first = city.chosen[0].signed_on if city.chosen else None
            fields = in_order(chain(*(agreement.fields.all() for agreement in city.chosen)))
            total += len(city.chosen)
            yield [
                *partner_cells(city),
                written(first),
                len(city.chosen),
                names_of(fields),
            ]
        yield [_("Total"), *[""] * (len(headings) - 3), total, ""]

    return Sheet(_("Partners"), headings, rows(), has_total=True)


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
    without_field = agreements.filter(fields=None).count()
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
    return Sheet(
        _("Countries and fields"),
        headed,
        rows,
        remarks=remarks.without_field(without_field),
        has_total=True,
        upright_from=2,
    )


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
