"""The history of many records at once.

What django-simple-history writes for one record at a time is copied here inside the database: a row of
history is the record's own row. Nothing of it passes through Python, so it takes little time under a lock.
"""

from collections import defaultdict

from django.db import connection
from django.db.models import Max
from django.utils import timezone

BATCH = 2000  # primary keys in one query
ROWS = 400  # to insert in one query


def batches(items):
    items = list(items)
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def record_history(model, pks, kind, user=None, reason=None, **cause):
    """Write the present state of the records `pks` into their history, as of `kind` ``+``, ``~`` or ``-``.

    `cause` is the ``spreadsheet_import`` or the ``merge`` that the rows come from.
    """
    history = model.history.model
    told = {
        "history_date": connection.ops.adapt_datetimefield_value(timezone.now()),
        "history_type": kind,
        "history_user_id": user and user.pk,
        "history_change_reason": reason,
    }
    told |= {f"{name}_id": record.pk for name, record in cause.items()}
    same = [field.column for field in history.tracked_fields]
    for batch in batches(pks):
        before = newest_history(model)
        copy_rows(model._meta.db_table, history._meta.db_table, same, told, ("id", batch))
        for field in history._history_m2m_fields:
            copy_choices(field, history, batch, before)


def copy_rows(source, target, same, told, within):
    """Copy the columns `same` of the rows of the table `source` into `target`, with the values `told`."""
    quote = connection.ops.quote_name
    column, values = within
    into = ", ".join(map(quote, [*same, *told]))
    selected = ", ".join([*map(quote, same), *("%s" for _value in told)])
    listed = ", ".join("%s" for _value in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(target)} ({into}) SELECT {selected} FROM {quote(source)} "  # noqa: S608 names of our own
            f"WHERE {quote(column)} IN ({listed})",
            [*told.values(), *values],
        )


def insert_rows(table, columns, rows, replaced=()):
    """Insert `rows`, values as they are stored, into `table`: instances of a model would cost more than SQL.

    Of a row whose key is there already, the columns `replaced` are written over.
    """
    quote = connection.ops.quote_name
    into = ", ".join(map(quote, columns))
    row = f"({', '.join('%s' for _column in columns)})"
    over = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in replaced)
    conflict = f" ON CONFLICT (id) DO UPDATE SET {over}" if over else ""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            cursor.execute(
                f"INSERT INTO {quote(table)} ({into}) VALUES {', '.join([row] * len(some))}{conflict}",  # noqa: S608 names of our own
                [value for values in some for value in values],
            )


def copy_choices(field, history, pks, before):
    """Copy what the records `pks` have in the many-to-many `field` to their rows newer than `before`."""
    chosen, kept = field.remote_field.through, getattr(history, field.name).model
    quote = connection.ops.quote_name
    same = [column.column for column in chosen._meta.concrete_fields]
    into = ", ".join(map(quote, [*same, "history_id"]))
    selected = ", ".join([*(f"chosen.{quote(column)}" for column in same), "past.history_id"])
    listed = ", ".join("%s" for _pk in pks)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(kept._meta.db_table)} ({into}) SELECT {selected} "  # noqa: S608 names of our own
            f"FROM {quote(chosen._meta.db_table)} AS chosen JOIN {quote(history._meta.db_table)} AS past "
            f"ON past.id = chosen.{quote(field.m2m_column_name())} "
            f"WHERE past.history_id > %s AND past.id IN ({listed})",
            [before, *pks],
        )


def newest_history(model):
    """The primary key of the newest row in the history of all records; 0 if there is none."""
    return model.history.aggregate(newest=Max("history_id"))["newest"] or 0


def last_change(model):
    """When a record of `model` was written last, or its history; None where there has never been one."""
    times = [
        model.objects.aggregate(latest=Max("changed_at"))["latest"],
        model.history.aggregate(latest=Max("history_date"))["latest"],
    ]
    return max(filter(None, times), default=None)


def rows_before(model, written):
    """The row of history before the one in `written`, by the primary key of the record."""
    before = {}
    for batch in batches(written):
        rows = model.history.filter(id__in=batch, history_id__lt=min(written.values()))
        before.update(newest_by_record(rows))
    return before


def newest_rows(model, pks):
    """The primary key of the newest row of history, by that of the record."""
    newest = {}
    for batch in batches(pks):
        newest.update(newest_by_record(model.history.filter(id__in=batch)))
    return newest


def newest_by_record(rows):
    return rows.order_by().values("id").annotate(newest=Max("history_id")).values_list("id", "newest")


def present_states(model, pks):
    """What each of the records `pks` holds now, many-to-many included, by primary key."""
    return states(model.objects, "pk", pks, model)


def past_states(model, rows):
    """What each record held as of the `rows` of history, primary keys, by the primary key of the record."""
    return states(model.history, "history_id", rows, model)


def states(manager, key, values, model):
    history = model.history.model
    names = [field.attname for field in history.tracked_fields]
    found = {}
    for batch in batches(values):
        chosen = defaultdict(lambda: defaultdict(set))
        for field in history._history_m2m_fields:
            if manager.model is model:
                through, of_record = field.remote_field.through, field.m2m_field_name()
            else:
                through, of_record = getattr(history, field.name).model, "history"
            pairs = through.objects.filter(**{f"{of_record}__in": batch})
            for record, choice in pairs.values_list(
                f"{of_record}_id", f"{field.m2m_reverse_field_name()}_id"
            ):
                chosen[record][field.name].add(choice)
        for row, *state in manager.filter(**{f"{key}__in": batch}).order_by().values_list(key, *names):
            found[state[0]] = dict(zip(names, state, strict=True)) | {
                field.name: chosen[row][field.name] for field in history._history_m2m_fields
            }
    return found


def unrecorded(model, pks):
    """Those of the records `pks` that are not as the newest row of their history says."""
    past = past_states(model, newest_rows(model, pks).values())
    return [pk for pk, state in present_states(model, pks).items() if past.get(pk) != state]
