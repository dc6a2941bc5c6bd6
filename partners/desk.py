"""What the officer finds on coming in: the register counted, what to see to, what comes and what went."""

from functools import cached_property
from heapq import nlargest
from typing import NamedTuple

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import ngettext_lazy

from .anniversaries import coming_anniversaries
from .models import Agreement, City, CooperationField, Document, Page, SpreadsheetImport
from .overview import WholeOverview

KINDS = (City, Agreement, Document, CooperationField, Page)
SHOWN = 8  # of anniversaries, changes and imports

TOTALS = (
    (City, ngettext_lazy("%(count)d partner", "%(count)d partners", "count")),
    (Agreement, ngettext_lazy("%(count)d agreement", "%(count)d agreements", "count")),
    (
        CooperationField,
        ngettext_lazy("%(count)d field of cooperation", "%(count)d fields of cooperation", "count"),
    ),
)
WITHOUT_LATVIAN = ngettext_lazy(
    "%(count)d record lacks a Latvian text", "%(count)d records lack a Latvian text", "count"
)
WITHOUT_ENGLISH = ngettext_lazy(
    "%(count)d record lacks an English text", "%(count)d records lack an English text", "count"
)
LATVIAN_OLDER = ngettext_lazy(
    "the Latvian text of %(count)d record is to be reviewed",
    "the Latvian text of %(count)d records is to be reviewed",
    "count",
)
ENGLISH_OLDER = ngettext_lazy(
    "the English text of %(count)d record is to be reviewed",
    "the English text of %(count)d records is to be reviewed",
    "count",
)


class Line(NamedTuple):
    """Something counted, and the list of just these records."""

    sentence: str
    url: str


class Change(NamedTuple):
    """The newest version of a record; `url` leads to its history."""

    version: object
    name: str
    url: str


class Desk:
    """The front page of the admin for `user` on the day `today`: of each kind only what the user may view."""

    def __init__(self, user, today):
        self.user, self.today = user, today

    def may_view(self, model):
        return self.user.has_perm(f"partners.view_{model._meta.model_name}")

    @property
    def totals(self):
        return [
            Line(sentence % {"count": model.objects.count()}, listed(model))
            for model, sentence in TOTALS
            if self.may_view(model)
        ]

    @property
    def attention(self):
        """What somebody has to do something about."""
        ahead = settings.NOTICE_AHEAD_MONTHS
        agreements, cities = Agreement.objects, City.objects
        waiting = [
            (
                agreements.notice_due(self.today, ahead),
                "term=notice-due",
                ngettext_lazy(
                    "%(count)d agreement: time to decide on its renewal",
                    "%(count)d agreements: time to decide on their renewal",
                    "count",
                ),
            ),
            (
                agreements.expired(self.today),
                "term=expired",
                ngettext_lazy(
                    "%(count)d agreement is past its term",
                    "%(count)d agreements are past their term",
                    "count",
                ),
            ),
            (
                agreements.filter(is_published=False),
                "is_published__exact=0",
                ngettext_lazy(
                    "%(count)d agreement is not published", "%(count)d agreements are not published", "count"
                ),
            ),
            (
                cities.filter(is_published=False),
                "is_published__exact=0",
                ngettext_lazy(
                    "%(count)d partner is not published", "%(count)d partners are not published", "count"
                ),
            ),
            (
                agreements.filter(fields=None),
                "fields__isnull=True",
                ngettext_lazy(
                    "%(count)d agreement has no field of cooperation",
                    "%(count)d agreements have no field of cooperation",
                    "count",
                ),
            ),
            (
                cities.filter(latitude=None),
                "latitude__isnull=True",
                ngettext_lazy(
                    "%(count)d partner is not on the map", "%(count)d partners are not on the map", "count"
                ),
            ),
        ]
        return [
            Line(sentence % {"count": count}, listed(records.model, query))
            for records, query, sentence in waiting
            if self.may_view(records.model) and (count := records.count())
        ]

    @property
    def translations(self):
        """Of each kind of record, which texts are missing or to be reviewed."""
        told = []
        for model in KINDS:
            records = model.objects
            lines = [
                Line(sentence % {"count": count}, listed(model, f"translation={query}"))
                for query, found, sentence in (
                    ("missing-lv", records.missing("lv"), WITHOUT_LATVIAN),
                    ("missing-en", records.missing("en"), WITHOUT_ENGLISH),
                    ("older-lv", records.to_review("lv"), LATVIAN_OLDER),
                    ("older-en", records.to_review("en"), ENGLISH_OLDER),
                )
                if self.may_view(model) and (count := found.count())
            ]
            if lines:
                told.append((model._meta.verbose_name_plural, lines))
        return told

    @property
    def anniversaries(self):
        """The next round ones of this year and the next."""
        if not self.may_view(Agreement):
            return []
        return coming_anniversaries(Agreement.objects.select_related("city"), self.today, SHOWN)

    @property
    def changes(self):
        """The newest changes of all kinds of records, each record once."""
        rows = [
            (row.history_date, row.history_id, model, row)
            for model in KINDS
            if self.may_view(model)
            for row in newest_versions(model)
        ]
        shown = nlargest(SHOWN, rows, key=lambda each: each[:2])
        names = {
            model: names_of(model, [row for *_, of, row in shown if of is model]) for *_, model, _row in shown
        }
        return [
            Change(
                row,
                names[model][row.id],
                reverse(f"admin:partners_{model._meta.model_name}_history", args=[row.id]),
            )
            for _date, _id, model, row in shown
        ]

    @property
    def imports(self):
        may_see = [
            code for code in SpreadsheetImport.Subject.values if self.user.has_perm(f"partners.view_{code}")
        ]
        if not self.may_view(SpreadsheetImport):
            return []
        applied = SpreadsheetImport.objects.applied().filter(subject__in=may_see)
        return applied.select_related("imported_by").order_by("-applied_at")[:SHOWN]

    @cached_property
    def figures(self):
        """All that is registered, published or not."""
        if self.may_view(City) and self.may_view(Agreement):
            return WholeOverview()
        return None


def listed(model, query=""):
    url = reverse(f"admin:partners_{model._meta.model_name}_changelist")
    return f"{url}?{query}" if query else url


def names_of(model, versions):
    """What the records of `versions` are called now; the deleted ones, what they were called last."""
    records = model.objects.select_related("city") if model is Agreement else model.objects
    present = records.in_bulk([version.id for version in versions])
    return {version.id: str(present.get(version.id) or version.known_as) for version in versions}


def newest_versions(model):
    """The newest rows in the history of `model`, one of each record."""
    newest = model.history.filter(id=OuterRef("id")).order_by("-history_id").values("history_id")[:1]
    rows = model.history.filter(history_id=Subquery(newest)).select_related("history_user")
    return rows.order_by("-history_id")[:SHOWN]
