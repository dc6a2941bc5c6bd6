"""Taking an import back: the register is as it was before, or nothing is done."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from ..models import Agreement, City, CooperationField, SpreadsheetImport
from .applying import write
from .history import batches, past_states, present_states, record_history


class EditedSinceError(Exception):
    """Records that somebody has worked on since the import; `records` are their names."""

    def __init__(self, records):
        super().__init__(", ".join(records))
        self.records = records


class UndoneAlreadyError(Exception):
    """Somebody has undone the import in the meantime."""


def undo(spreadsheet_import, user):
    """Restore exactly what the register held before `spreadsheet_import`, in the name of `user`.

    Raises EditedSinceError, and changes nothing, where a record has been changed, deleted or referred to
    since; and UndoneAlreadyError.
    """
    try:
        with transaction.atomic():
            done = SpreadsheetImport.objects.applied().filter(pk=spreadsheet_import.pk, undone_at=None)
            if not done.update(undone_at=timezone.now(), undone_by=user):
                raise UndoneAlreadyError
            # Agreements first: the partners and fields they name may have come with the same file.
            for model in (Agreement, City, CooperationField):
                undo_model(model, spreadsheet_import, user)
    except IntegrityError as error:
        raise EditedSinceError([]) from error


def undo_model(model, spreadsheet_import, user):
    rows = model.history.filter(spreadsheet_import=spreadsheet_import)
    created = dict(rows.filter(history_type="+").values_list("id", "history_id"))
    changed = dict(rows.filter(history_type="~").values_list("id", "history_id"))
    written = created | changed
    check_untouched(model, written, created)
    reason = str(spreadsheet_import)[:100]
    restore(model, changed)
    record_history(model, changed, "~", user, reason=reason)
    record_history(model, created, "-", user, reason=reason)
    for batch in batches(created):
        if model is Agreement:
            Agreement.fields.through.objects.filter(agreement__in=batch).delete()
        records = model.objects.filter(pk__in=batch)
        # Whether anything refers to them has been looked at; the signals would ask again for each.
        records._raw_delete(records.db)


def check_untouched(model, written, created):
    """Raise EditedSinceError if a record `written` by the import is not as the import left it."""
    past, present = past_states(model, written.values()), present_states(model, written)
    touched = {pk for pk in written if not is_same(present.get(pk), past[pk])}
    for referring, name in ((Agreement, "city"), (Agreement, "supplements"), (Agreement, "fields")):
        if Agreement._meta.get_field(name).related_model is model:
            for batch in batches(created):
                records = referring.objects.filter(**{f"{name}__in": batch})
                if model is Agreement:
                    records = records.exclude(pk__in=created)
                touched |= set(records.values_list(name, flat=True)) & created.keys()
    if touched:
        raise EditedSinceError(sorted(past[pk]["slug"] for pk in touched))


def is_same(present, past):
    """Whether two states say the same; a form that was saved unchanged turns NULL into no text."""
    return present is not None and all(
        present[name] == past[name] or not (present[name] or past[name]) for name in past
    )


def restore(model, changed):
    """Give the records back what they held before the rows of history `changed`, by primary key."""
    states = {}
    for batch in batches(changed):
        rows = model.history.filter(id__in=batch, history_id__lt=min(changed.values())).order_by()
        before = rows.values("id").annotate(newest=Max("history_id")).values_list("newest", flat=True)
        states |= past_states(model, before)
    lists = [field.name for field in model.history.model._history_m2m_fields]
    records = [
        model(**{name: value for name, value in state.items() if name not in lists})
        for state in states.values()
    ]
    write(model, records)
    if lists:
        through = Agreement.fields.through
        for batch in batches(states):
            through.objects.filter(agreement__in=batch).delete()
            through.objects.bulk_create(
                through(agreement_id=pk, cooperationfield_id=field)
                for pk in batch
                for field in sorted(states[pk]["fields"])
            )
