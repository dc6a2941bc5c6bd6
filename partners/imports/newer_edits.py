"""What was changed in the register after a file had been exported: an import would undo it unseen.

A workbook carries the time of its export. In a file without one, a cell that says what the register said
earlier, and says no longer, is taken for an old one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ..history import batches
from ..models import Agreement, CooperationField
from ..resources.widgets import SEPARATOR, FieldsWidget


class NewerEdit(NamedTuple):
    """Who changed a cell since the file was exported, and when; `user` is empty where nobody is named."""

    user: str
    at: datetime


def sentence_about(edit: NewerEdit) -> str:
    """That the file would replace what `edit` wrote, in the active language."""
    date = date_format(localtime(edit.at), "DATETIME_FORMAT")
    if not edit.user:
        return _("Replaces a newer change of %(date)s.") % {"date": date}
    return _("Replaces a newer change by %(user)s, %(date)s.") % {"user": edit.user, "date": date}


def user_names(keys: set[int | None]) -> dict[int | None, str]:
    users = get_user_model().objects.in_bulk(keys - {None})
    return {key: user.get_full_name() or user.get_username() for key, user in users.items()}


class Version(NamedTuple):
    """A row of the history of a record, with its cells by column."""

    at: datetime
    user: int | None
    is_creation: bool
    cells: dict[str, str]


def find_newer_edits(plan: Any, exported_at: datetime | None) -> int:
    """Give each changed row of `plan` its ``newer_edits`` by column; return how many there are.

    A few queries for each batch of changed records; none where there are no such records.
    """
    rows = {row.pk: row for row in plan.rows if row.size and row.pk is not None}
    found = []
    for batch in batches(rows):
        pks = changed_since(plan.model, batch, exported_at) if exported_at else batch
        changes = {pk: list(rows[pk].changes()) for pk in pks}
        names = {change.column for several in changes.values() for change in several}
        columns = [column for column in plan.resource.columns if column.column_name in names]
        history = versions(plan.model, pks, columns) if columns else {}
        for pk, several in history.items():
            for change in changes[pk]:
                if edit := newest_edit(several, change.column, change.new, exported_at):
                    found.append((rows[pk], change.column, edit))
    names_of_users = user_names({edit.user for _row, _column, edit in found})
    for row, column, edit in found:
        edit = NewerEdit(names_of_users.get(edit.user, ""), edit.at)
        row.newer_edits = {**row.newer_edits, column: edit}
    return len(found)


def changed_since(model: type[Model], pks: Iterable[int], time: datetime) -> list[int]:
    rows = model.history.filter(id__in=pks, history_date__gt=time)  # type: ignore[attr-defined]
    return list(rows.order_by().values_list("id", flat=True).distinct())


def newest_edit(
    several: Sequence[Version], column: str, new: str, exported_at: datetime | None
) -> Version | None:
    """The version of a record, of `several` in order, that made its `column` newer than the file; or None."""
    cells = [version.cells[column] for version in several]
    if exported_at:
        known = [place for place, version in enumerate(several) if version.at <= exported_at]
        # The first version of a record that was loaded, not entered, is how it stood before its first edit.
        start = known[-1] if known else -1 if several[0].is_creation else 0
    else:
        start = max((place for place, cell in enumerate(cells) if cell == new), default=len(cells))
    if start >= 0 and (start >= len(cells) or cells[start] == cells[-1]):
        return None
    return next(
        several[place]
        for place in reversed(range(start + 1, len(cells)))
        if place == 0 or cells[place] != cells[place - 1]
    )


def versions(model: type[Model], pks: Sequence[int], columns: Sequence[Any]) -> dict[int, list[Version]]:
    """All versions of each of the records `pks`, the oldest first, with what they say in `columns`."""
    plain = [column for column in columns if not isinstance(column.widget, FieldsWidget)]
    attributes = [model._meta.get_field(column.target).attname for column in plain]
    values = model.history.filter(id__in=pks).order_by("history_id")  # type: ignore[attr-defined]
    rows = list(
        values.values_list("history_id", "id", "history_date", "history_user", "history_type", *attributes)
    )
    renders = [
        renderer(column, {row[5 + place] for row in rows} if "__" in column.attribute else set())
        for place, column in enumerate(plain)
    ]
    topics = chosen_fields([row[0] for row in rows]) if len(plain) < len(columns) else None
    found: dict[int, list[Version]] = defaultdict(list)
    for row, pk, at, user, kind, *state in rows:
        cells = {
            column.column_name: render(value)
            for column, render, value in zip(plain, renders, state, strict=True)
        }
        if topics is not None:
            cells["fields"] = topics.get(row, "")
        found[pk].append(Version(at, user, kind == "+", cells))
    return found


def renderer(column: Any, keys: set[int | None]) -> Callable[[Any], str]:
    """What turns a value of the history into a cell; `keys` are the records that a relation leads to."""
    if "__" not in column.attribute:
        return column.widget.render
    related = Agreement._meta.get_field(column.target).related_model
    slugs = dict(related.objects.filter(pk__in=keys - {None}).values_list("pk", "slug"))
    return lambda key: slugs.get(key, "")


def chosen_fields(rows: Iterable[int]) -> dict[int, str]:
    """The cell with the fields of cooperation in each of `rows` of the history of agreements."""
    order = list(CooperationField.objects.order_by("position", "slug").values_list("pk", "slug"))
    kept: dict[int, set[int]] = defaultdict(set)
    for batch in batches(rows):
        chosen = Agreement.history.model.fields.model.objects.filter(history__in=batch)
        for row, field in chosen.values_list("history_id", "cooperationfield_id"):
            kept[row].add(field)
    return {row: SEPARATOR.join(slug for pk, slug in order if pk in pks) for row, pks in kept.items()}
