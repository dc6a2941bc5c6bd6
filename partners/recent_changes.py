"""What visitors were shown anew of agreements lately, as their history has it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.timezone import localdate

from .models import Agreement, City
from .partial_dates import PartialDate

SHOWN = 3  # changes of each agreement
VERSIONS = 12  # of each that are looked at: some change nothing that visitors see
TRANSLATED = ("status_reason", "scope", "source")
# Not the key, which is an address, nor what is supplemented, which need not be public.
PLAIN = (
    "city",
    "kind",
    "signed_on",
    "status",
    "ended_on",
    "valid_until",
    "renews_automatically",
    "notice_months",
    "decision_number",
    "decided_on",
)


class Change(NamedTuple):
    """What changed on the day `on`, in words of the active language; of the status, also from what to what.

    `is_new` tells that visitors see the agreement from then on; then there is nothing else.
    """

    on: PartialDate
    is_new: bool = False
    names: tuple[str, ...] = ()


def recent_changes(agreements: Sequence[Agreement]) -> dict[int, list[Change]]:
    """The last changes that visitors saw of each of `agreements`, the newest first, by primary key."""
    versions = defaultdict(list)
    for version in newest_versions([agreement.pk for agreement in agreements]):
        versions[version["id"]].append(version)
    public_since = partners_public_since({agreement.city_id for agreement in agreements})
    return {
        agreement.pk: list(changes(versions[agreement.pk], public_since.get(agreement.city_id)))[:SHOWN]
        for agreement in agreements
    }


def partners_public_since(cities: set[int]) -> dict[int, datetime]:
    """The instant when each of `cities` was published, of those that were not public before."""
    since, first_public = {}, {}
    rows = City.history.filter(id__in=cities).order_by("-history_id")
    for city, instant, is_public in rows.values_list("id", "history_date", "is_published"):
        if is_public:
            first_public[city] = instant
        elif city in first_public:
            since.setdefault(city, first_public[city])
    return since


def newest_versions(pks: list[int]) -> list[dict]:
    """The newest rows in the history of each of the agreements `pks`, in order, with what they had chosen."""
    age = Window(RowNumber(), partition_by="id", order_by=F("history_id").desc())
    columns = [*PLAIN, *(column for name in TRANSLATED for column in in_each_language(name))]
    versions = list(
        Agreement.history.filter(id__in=pks)
        .annotate(age=age)
        .filter(age__lte=VERSIONS)
        .order_by("-history_id")
        .values("id", "history_id", "history_date", "history_type", "is_published", *columns)
    )
    choices = Agreement.history.model.fields.model.objects.filter(
        history__in=[version["history_id"] for version in versions]
    )
    chosen = defaultdict(set)
    for history, field in choices.values_list("history_id", "cooperationfield_id"):
        chosen[history].add(field)
    for version in versions:
        version["fields"] = chosen[version["history_id"]]
    return versions


def in_each_language(name: str) -> list[str]:
    return [f"{name}_{language}" for language, _name in settings.LANGUAGES]


def changes(versions: list[dict], public_since: datetime | None) -> Iterator[Change]:
    """What visitors saw change from each of `versions`, the newest first, to the one after it.

    Before the instant `public_since`, if there is one, they did not see the partner.
    """
    for new, old in pairwise([*versions, None]):
        if public_since and new["history_date"] < public_since:
            break
        is_first = old is None or not old["is_published"] or old["history_type"] == "-"
        if not new["is_published"] or (old is None and new["history_type"] == "~"):
            continue  # what was before is not known, or no longer looked at
        if is_first:
            yield Change(day_of(new["history_date"]), is_new=True)
            return
        if names := tuple(changed_names(old, new)):
            yield Change(day_of(new["history_date"]), names=names)
    if public_since:
        yield Change(day_of(public_since), is_new=True)


def day_of(instant: datetime) -> PartialDate:
    return PartialDate(localdate(instant).isoformat())


def changed_names(old: dict, new: dict) -> Iterator[str]:
    """What visitors call the fields in which the versions differ."""
    for name in (*PLAIN, *TRANSLATED, "fields"):
        columns = in_each_language(name) if name in TRANSLATED else [name]
        if any(said(old[column]) != said(new[column]) for column in columns):
            label = str(Agreement._meta.get_field(name).verbose_name)
            if name == "status":
                was, now = (Agreement.Status(version["status"]).label for version in (old, new))
                label = f"{label} ({was} → {now})"
            yield label


def said(value: object) -> object:
    """The `value` of a column: a text that is not there may be empty or NULL."""
    return None if value == "" else value
