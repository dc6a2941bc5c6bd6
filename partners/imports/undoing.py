"""Taking an import back: the register is as it was before, or nothing is done."""

from django.db import transaction
from django.utils import timezone

from ..accounts.audit import note
from ..history import batches, past_states, present_states, record_history, rows_before
from ..models import Agreement, City, CooperationField, Document, SentReminder, SpreadsheetImport
from .applying import breaking_rules, write
from .lock import lock_register

REFERENCES = (
    (Agreement, "city"),
    (Agreement, "supplements"),
    (Agreement, "fields"),
    (Document, "agreement"),
)


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
    since, or what it was tied to is no longer there; UndoneAlreadyError; and BusyError.
    """
    with transaction.atomic():
        lock_register()
        done = SpreadsheetImport.objects.applied().filter(pk=spreadsheet_import.pk, undone_at=None)
        if not done.update(undone_at=timezone.now(), undone_by=user):
            raise UndoneAlreadyError
        models = [spreadsheet_import.model]
        if spreadsheet_import.model is Agreement:
            models.append(CooperationField)  # those created with its agreements
        for model in models:
            undo_rows(model, user, str(spreadsheet_import)[:100], spreadsheet_import=spreadsheet_import)
        note("import_undone", by=user, records=spreadsheet_import.subject, number=spreadsheet_import.pk)


def undo_rows(model, user, reason, **cause):
    """Take back what the rows of history tell that come from `cause`; the caller holds the lock."""
    rows = model.history.filter(**cause)
    created, changed, deleted = (
        dict(rows.filter(history_type=kind).values_list("id", "history_id")) for kind in "+~-"
    )
    gone = past_states(model, deleted.values())
    states = past_states(model, rows_before(model, changed).values()) | gone
    if (
        touched := edited_since(model, created | changed)
        | referred_to(model, created)
        | orphans(model, states)
        | taken(model, gone)
    ):
        raise EditedSinceError(sorted(touched))
    restore(model, states)
    record_history(model, changed, "~", user, reason=reason)
    record_history(model, deleted, "+", user, reason=reason)
    record_history(model, created, "-", user, reason=reason)
    for batch in batches(created):
        if model is Agreement:
            Agreement.fields.through.objects.filter(agreement__in=batch).delete()
            SentReminder.objects.filter(agreement__in=batch).delete()
        records = model.objects.filter(pk__in=batch)
        # Whether anything refers to them has been looked at; the signals would ask again for each.
        records._raw_delete(records.db)
    if broken := breaking_rules(model, changed):
        raise EditedSinceError(broken)


def edited_since(model, written):
    """The keys of the records `written` that are not as they were left then."""
    past, present = past_states(model, written.values()), present_states(model, written)
    return {past[pk]["slug"] for pk in written if not is_same(present.get(pk), past[pk])}


def referred_to(model, created):
    """The keys of the records `created` by the import that others refer to."""
    found = set()
    for referrer, name in REFERENCES:
        if referrer._meta.get_field(name).related_model is model:
            for batch in batches(created):
                referring = referrer.objects.filter(**{f"{name}__in": batch})
                if referrer is model:
                    referring = referring.exclude(pk__in=created)
                keys = dict(model.objects.filter(pk__in=batch).values_list("pk", "slug"))
                referred = referring.values_list(name, flat=True).distinct()
                found |= {keys[pk] for pk in referred if pk in keys}
    return found


def orphans(model, states):
    """The keys of the records that, as they were, are tied to something that is no longer there."""
    if model is not Agreement:
        return set()
    cities, agreements, fields = (
        set(other.objects.values_list("pk", flat=True)) for other in (City, Agreement, CooperationField)
    )
    return {
        state["slug"]
        for state in states.values()
        if state["city_id"] not in cities
        or not (state["supplements_id"] is None or state["supplements_id"] in agreements)
        or not state["fields"] <= fields
    }


def taken(model, gone):
    """The keys of the deleted records in `gone` that others have taken since."""
    slugs = [state["slug"] for state in gone.values()]
    return {
        slug
        for batch in batches(slugs)
        for slug in model.objects.filter(slug__in=batch).values_list("slug", flat=True)
    }


def is_same(present, past):
    """Whether two states say the same; a form that was saved unchanged turns NULL into no text."""
    return present is not None and all(
        present[name] == past[name] or not (present[name] or past[name]) for name in past
    )


def restore(model, states):
    """Give the records back what they held in `states`, by primary key."""
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
