"""Writing a plan into the register: all of it in one short transaction, with its history, or nothing."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from modeltranslation.translator import translator

from ..accounts.audit import note
from ..history import batches, insert_rows, record_history, unrecorded
from ..models import Agreement, City, CooperationField, SpreadsheetImport
from ..models.record import language_columns
from ..resources import AgreementResource
from ..resources.directory import plain
from ..slugs import free_slug
from . import collector
from .lock import lock_register
from .plan import Outcome, digest


class StaleError(Exception):
    """The register has changed since the preview; `slugs` are the records that are not as it showed them."""

    def __init__(self, slugs):
        super().__init__(", ".join(slugs))
        self.slugs = list(slugs)


class AppliedAlreadyError(Exception):
    """The file has been imported, or swept away, in the meantime."""


@collector.paused()
def apply(plan, spreadsheet_import):
    """Write `plan` into the register, in the name of ``spreadsheet_import.imported_by``.

    The plan was made without a lock, so what it rests on is looked at again under one. Raises StaleError
    where a record is not as the preview showed it, AppliedAlreadyError on a second click, and BusyError.
    """
    user, model = spreadsheet_import.imported_by, plan.model
    seen, planned = spreadsheet_import.seen, plan.seen
    if stale := {slug for slug in seen.keys() | planned.keys() if seen.get(slug) != planned.get(slug)}:
        raise StaleError(sorted(stale))
    new = [row for row in plan.rows if row.outcome is Outcome.NEW]
    changed = [row for row in plan.rows if row.outcome is Outcome.CHANGED]
    with transaction.atomic():
        lock_register()
        close(spreadsheet_import, plan.counts)
        check_unchanged(plan)
        topics = create_fields(plan, spreadsheet_import, user)
        record_history(model, unrecorded(model, [row.pk for row in changed]), "~")
        create(plan, new)
        texts = language_columns(model)
        for batch in batches(changed):
            records = model.objects.in_bulk([row.pk for row in batch])
            write(model, [as_planned(row, records[row.pk], texts) for row in batch])
        choose_fields([row for row in new + changed if row.value("fields") is not None], topics)
        if broken := breaking_rules(model, [row.pk for row in plan.rows if row.record]):
            raise StaleError(broken)
        record_history(model, [row.pk for row in new], "+", user, spreadsheet_import=spreadsheet_import)
        record_history(model, [row.pk for row in changed], "~", user, spreadsheet_import=spreadsheet_import)
        counts = {"new": len(new), "changed": len(changed)}
        note("import", by=user, records=model._meta.model_name, number=spreadsheet_import.pk, **counts)


def close(spreadsheet_import, counts):
    """Turn the waiting file into the record of its import; whoever comes second finds nothing to turn."""
    turned = SpreadsheetImport.objects.unconfirmed().filter(pk=spreadsheet_import.pk)
    if not turned.update(
        content=None,
        seen=None,
        applied_at=timezone.now(),
        new_count=counts[Outcome.NEW],
        changed_count=counts[Outcome.CHANGED],
        unchanged_count=counts[Outcome.UNCHANGED],
    ):
        raise AppliedAlreadyError


def check_unchanged(plan):
    """Raise StaleError unless every record in the file is as it was when the plan was made."""
    stale = set()
    for batch in batches(row.slug for row in plan.rows):
        now = {slug: digest(cells) for slug, (_pk, cells) in plan.resource.current(batch).items()}
        stale |= {slug for slug in batch if now.get(slug) != plan.stored.get(slug)}
    if plan.makes_keys:
        # A record that somebody has just made or renamed may be the one that a row without a key is about.
        stale |= set(plan.model.history.filter(history_id__gt=plan.begun_at).values_list("slug", flat=True))
    if stale := stale | referring_to_nothing(plan) | made_meanwhile(plan.directory):
        raise StaleError(sorted(stale))


def referring_to_nothing(plan):
    """The keys of the agreements whose partner, field or main agreement is no longer there."""
    if plan.model is not Agreement:
        return set()
    cities, fields = (set(model.objects.values_list("pk", flat=True)) for model in (City, CooperationField))
    mains = {row.slug: row.record.supplements for row in plan.rows if row.record and row.record.supplements}
    asked = {main.pk for main in mains.values()} - {None}
    there = {pk for batch in batches(asked) for pk in Agreement.objects.in_bulk(batch)} | {None}
    lost = {slug for slug, main in mains.items() if main.pk not in there}
    for row in plan.rows:
        city, topics = row.value("city"), row.value("fields")
        if (city and city.pk not in cities) or {topic.pk for topic in topics or ()} - fields - {None}:
            lost.add(row.slug)
    return lost


def made_meanwhile(directory):
    """The keys of fields that have the name of one that is to be created."""
    asked = {plain(topic.names[0]) for topic in directory.new_fields} if directory.creating else set()
    known = CooperationField.objects.values_list("slug", "name_lv", "name_en") if asked else ()
    return {slug for slug, *names in known if asked & {plain(name) for name in filter(None, names)}}


def breaking_rules(model, pks):
    """The keys of those of the records `pks` that break a rule about several records."""
    broken = []
    if model is Agreement:
        for batch in batches(pks):
            for agreement in AgreementResource().records(batch).values():
                try:
                    agreement.clean()
                except ValidationError:
                    broken.append(agreement.slug)
    return sorted(broken)


def create_fields(plan, spreadsheet_import, user):
    """Create the fields that the officer agreed to; return the primary key of each by its topic."""
    pks = {}
    if plan.directory.creating:
        for topic in plan.directory.new_fields:
            name = topic.names[0]
            slug = free_slug(CooperationField, name)
            field = CooperationField(slug=slug, name_lv=name, position=topic.position)
            field.full_clean()
            CooperationField.objects.bulk_create([field])
            pks[topic] = field.pk
        record_history(CooperationField, pks.values(), "+", user, spreadsheet_import=spreadsheet_import)
    return pks


def create(plan, rows):
    """Insert new records, an agreement before those that supplement it."""
    for batch in batches(row for row in rows if not row.record):
        insert(plan.model, batch, [row.set_on(plan.resource.new_record(row.slug)) for row in batch])
    waiting = [row for row in rows if row.record]
    while waiting:
        ready = [row for row in waiting if not row.record.supplements or row.record.supplements.pk]
        insert(plan.model, ready, [row.record for row in ready])
        waiting = [row for row in waiting if row.pk is None]


def insert(model, rows, records):
    for record, row in zip(records, rows, strict=True):
        record.slug = row.slug
    model.objects.bulk_create(records, batch_size=1000)
    for record, row in zip(records, rows, strict=True):
        row.pk = record.pk


def as_planned(row, record, texts):
    """The `record` as its row says; `texts` are its columns in Latvian and English."""
    if row.record is not None:
        record.supplements = row.record.supplements
    before = [getattr(record, column) for column in texts]
    row.set_on(record)
    record.note_changes(
        {
            column: was
            for column, was in zip(texts, before, strict=True)
            if (was or "") != (getattr(record, column) or "")
        }
    )
    return record


def write(model, records):
    """Write changed records over what the register has: far faster than bulk_update(), and in one go."""
    translated = translator.get_options_for_model(model).all_fields
    columns = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in translated
    ]
    model.objects.bulk_create(
        records, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=1000
    )


def choose_fields(rows, created):
    """Let the agreements of `rows` have the fields that their rows list, and no others."""
    through = Agreement.fields.through
    for batch in batches(rows):
        changed = [row.pk for row in batch if row.outcome is Outcome.CHANGED]
        through.objects.filter(agreement__in=changed).delete()
        insert_rows(
            through._meta.db_table,
            ("agreement_id", "cooperationfield_id"),
            [(row.pk, topic.pk or created[topic]) for row in batch for topic in row.value("fields")],
        )
