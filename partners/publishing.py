"""The decision on what visitors see, about many records at once; who may take it stands in roles.py."""

from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .constraints import violations
from .history import batches, past_states, record_history, rows_before, unrecorded
from .imports.lock import share_register
from .models import CooperationField
from .resources import resource_for
from .roles import standing


@transaction.atomic
def publish(records, user):
    """Publish those of `records` that can be, in the name of `user`.

    Returns the primary keys of the published ones, and pairs of each other record and what stands in the way.
    """
    model = records.model
    pks = locked(records.filter(is_published=False))
    found = resource_for(model).records(pks)
    refused = []
    for pk in pks:
        found[pk].is_published = True
        if reasons := broken_rules(found[pk]):
            refused.append((found.pop(pk), reasons))
    mark(model, list(found), True, user)
    return list(found), refused


@transaction.atomic
def withdraw(records, user):
    """Withdraw the published ones of `records`, in the name of `user`; return their primary keys."""
    pks = locked(records.filter(is_published=True))
    mark(records.model, pks, False, user)
    return pks


def locked(records):
    """The primary keys of `records`, which nobody else writes until the transaction ends."""
    share_register()
    return list(records.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def broken_rules(record):
    """What full_clean() would say, found without asking the database about every rule."""
    errors = [error for _fields, error in violations(record)]
    relations = [field.name for field in record._meta.fields if field.is_relation]
    for check in (lambda: record.clean_fields(exclude=relations), record.clean):
        try:
            check()
        except ValidationError as error:
            errors.append(error)
    return [sentence for error in errors for sentence in error.messages]


def mark(model, pks, is_published, user):
    record_history(model, unrecorded(model, pks), "~")
    for batch in batches(pks):
        model.objects.filter(pk__in=batch).update(is_published=is_published, changed_at=timezone.now())
    record_history(model, pks, "~", user)


def is_decided_by_undoing(spreadsheet_import):
    """Whether to undo `spreadsheet_import` is to publish or to withdraw something."""
    model = spreadsheet_import.model
    if model is CooperationField:
        return False
    written = model.history.filter(spreadsheet_import=spreadsheet_import)
    changed = dict(written.filter(history_type="~").values_list("id", "history_id"))
    after = past_states(model, changed.values())
    before = past_states(model, rows_before(model, changed).values())
    return written.filter(history_type="+", is_published=True).exists() or any(
        standing(SimpleNamespace(**before[pk])) != standing(SimpleNamespace(**after[pk])) for pk in changed
    )
