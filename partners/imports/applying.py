"""Writing a plan into the register: all of it in one short transaction, with its history, or nothing."""

from itertools import islice

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from modeltranslation.translator import translator

from ..accounts.audit import note
from ..history import batches, insert_rows, record_history, unrecorded
from ..models import Agreement, City, CooperationField, SpreadsheetImport
from ..models.query_statistics import update_statistics
from ..models.record import language_columns
from ..resources import AgreementResource
from ..resources.directory import plain
from ..slugs import free_slug
from . import collector
from .lock import lock_register
from .plan import digest
from .rows import Outcome

DRAFTED_AHEAD = 10_000  # rows; of more the drafts would take too much memory


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
    where a record is not as the preview showed it, AppliedAlreadyError on a second click, and BusyError. A
    file that nobody had to confirm is kept from here on only.
    """
    user, model = spreadsheet_import.imported_by, plan.model
    seen, planned = spreadsheet_import.seen, plan.seen
    if stale := {slug for slug in seen.keys() | planned.keys() if seen.get(slug) != planned.get(slug)}:
        raise StaleError(sorted(stale))
    new = [row for row in plan.rows if row.outcome is Outcome.NEW]
    changed = [row for row in plan.rows if row.outcome is Outcome.CHANGED]
    # Others wait from here to the end of the transaction: what can be worked out before is.
    drafts = {row.slug: draft for row, draft in islice(drafted(plan, new), DRAFTED_AHEAD)}
    redrafts = {row.pk: redraft for row, redraft in islice(redrafted(model, changed), DRAFTED_AHEAD)}
    behind = unrecorded(model, redrafts)
    with transaction.atomic():
        lock_register()
        if spreadsheet_import._state.adding:
            spreadsheet_import.save()
        close(spreadsheet_import, plan)
        check_unchanged(plan)
        topics = create_fields(plan, spreadsheet_import, user)
        related = [row.pk for row in changed if row.pk not in redrafts]
        record_history(model, behind + unrecorded(model, related), "~")
        create(plan, new, drafts)
        rewrite(model, changed, redrafts)
        choose_fields([row for row in new + changed if row.value("fields") is not None], topics)
        if broken := breaking_rules(model, [row.pk for row in plan.rows if row.record]):
            raise StaleError(broken)
        record_history(model, [row.pk for row in new], "+", user, spreadsheet_import=spreadsheet_import)
        record_history(model, [row.pk for row in changed], "~", user, spreadsheet_import=spreadsheet_import)
        counts = {"new": len(new), "changed": len(changed)}
        note("import", by=user, records=model._meta.model_name, number=spreadsheet_import.pk, **counts)
        update_statistics()  # within the transaction: a failure after it would deny what is done


def close(spreadsheet_import, plan):
    """Turn the waiting file into the record of its import; whoever comes second finds nothing to turn."""
    turned = SpreadsheetImport.objects.unconfirmed().filter(pk=spreadsheet_import.pk)
    if not turned.update(
        content=None,
        seen=None,
        applied_at=timezone.now(),
        new_count=plan.counts[Outcome.NEW],
        changed_count=plan.counts[Outcome.CHANGED],
        unchanged_count=plan.counts[Outcome.UNCHANGED],
        lost_count=plan.lost,
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


def stored_fields(model, with_key=False):
    fields = model._meta.concrete_fields
    return [field for field in fields if not field.generated and (with_key or not field.primary_key)]


def draft(fields, record, is_new):
    """The values of `record` as the database stores them."""
    return [field.get_db_prep_save(field.pre_save(record, is_new), connection) for field in fields]


def drafted(plan, rows):
    """Each of the new `rows` with what is to be stored; but for those that refer to others of the file."""
    fields = stored_fields(plan.model)
    for row in rows:
        if not row.record:
            record = row.set_on(plan.resource.new_record(row.slug))
            record.slug = row.slug
            yield row, draft(fields, record, is_new=True)


def create(plan, rows, drafts):
    """Insert new records, an agreement before those that supplement it."""
    insert(plan.model, [(row, drafts[row.slug]) for row in rows if row.slug in drafts])
    for batch in batches(row for row in rows if not row.record and row.slug not in drafts):
        insert(plan.model, list(drafted(plan, batch)))
    fields, waiting = stored_fields(plan.model), [row for row in rows if row.record]
    while waiting:
        ready = [row for row in waiting if not row.record.supplements or row.record.supplements.pk]
        for row in ready:
            row.record.slug = row.slug
            row.record.supplements = row.record.supplements  # whose key is known by now
        insert(plan.model, [(row, draft(fields, row.record, is_new=True)) for row in ready])
        for row in ready:
            row.record.pk = row.pk
        waiting = [row for row in waiting if row.pk is None]


def insert(model, drafts):
    columns = [field.column for field in stored_fields(model)]
    for batch in batches(drafts):
        insert_rows(model._meta.db_table, columns, [values for _row, values in batch])
        slugs = model.objects.filter(slug__in=[row.slug for row, _values in batch])
        pks = dict(slugs.values_list("slug", "pk"))
        for row, _values in batch:
            row.pk = pks[row.slug]


def redrafted(model, rows):
    """Each of the changed `rows` with a digest of its record as it is, and with what is to be stored."""
    fields, texts = stored_fields(model, with_key=True), language_columns(model)
    names = [field.attname for field in fields]
    for batch in batches(row for row in rows if not row.record):
        held = present(model, [row.pk for row in batch])
        for row in batch:
            if row.pk in held:  # check_unchanged() tells of those that are gone
                record = as_planned(row, model.from_db(None, names, held[row.pk]), texts)
                yield row, (hash(held[row.pk]), draft(fields, record, is_new=False))


def present(model, pks):
    """What the columns of the records `pks` hold, by primary key."""
    names = [field.attname for field in stored_fields(model, with_key=True)]
    return {held[0]: held for held in model.objects.filter(pk__in=pks).order_by().values_list(*names)}


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


def rewrite(model, rows, redrafts):
    """Write the changed `rows` over what the register has, unless it has something else by now."""
    texts, stale = language_columns(model), []
    for batch in batches(rows):
        ready = [row for row in batch if row.pk in redrafts]
        held = present(model, [row.pk for row in ready])
        stale += [row.slug for row in ready if hash(held.get(row.pk)) != redrafts[row.pk][0]]
        related = [row for row in batch if row.pk not in redrafts]
        records = model.objects.in_bulk([row.pk for row in related])
        write(model, [as_planned(row, records[row.pk], texts) for row in related])
        write_drafts(model, [redrafts[row.pk][1] for row in ready])
    if stale:
        raise StaleError(sorted(stale))


def write(model, records):
    """Write changed records over what the register has: far faster than bulk_update(), and in one go."""
    fields = stored_fields(model, with_key=True)
    write_drafts(model, [draft(fields, record, is_new=False) for record in records])


def write_drafts(model, drafts):
    fields = stored_fields(model, with_key=True)
    translated = translator.get_options_for_model(model).all_fields
    replaced = [field.column for field in fields if not field.primary_key and field.name not in translated]
    insert_rows(model._meta.db_table, [field.column for field in fields], drafts, replaced)


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
