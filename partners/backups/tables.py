"""The rows of a database as lines of text, and back: exactly as they are stored, whatever forms would say."""

import json
from base64 import b64encode
from contextlib import contextmanager
from itertools import islice

from django.db import models
from django.db.migrations.executor import MigrationExecutor

# Sessions would let in again who has logged out since; what visitors see after restoring is new to them; and
# the database itself counts the agreements that it gets.
LEFT_OUT = {"sessions.session", "partners.edition", "partners.tally"}
# What `manage.py migrate` writes into an empty database; the rows of the backup take their place.
MADE_BY_MIGRATE = {
    "auth.group",
    "auth.group_permissions",
    "auth.permission",
    "contenttypes.contenttype",
}
SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
# Columns whose values JSON does not know; all others are stored as they stand in the backup.
TYPED = (
    models.BinaryField,
    models.DateField,
    models.DecimalField,
    models.DurationField,
    models.JSONField,
    models.TimeField,
    models.UUIDField,
)
AT_A_TIME = 1000


@contextmanager
def snapshot(connection):
    """The database as it is at this moment, while others go on writing it; nobody waits for anybody."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def applied(connection):
    """The names of the migrations that made the tables, by their app."""
    names = {}
    for app, name in sorted(MigrationExecutor(connection).loader.applied_migrations):
        names.setdefault(app, []).append(name)
    return names


def tables_at(connection, migrations):
    """The models of all tables that a backup holds, by name, as they were after `migrations`."""
    loader = MigrationExecutor(connection).loader
    nodes = [
        (app, name)
        for app, names in migrations.items()
        for name in names
        if (app, name) in loader.graph.nodes
    ]
    found = loader.project_state(nodes).apps.get_models(include_auto_created=True)
    by_name = {model._meta.label_lower: model for model in found if model._meta.can_migrate(connection)}
    return {name: by_name[name] for name in sorted(by_name.keys() - LEFT_OUT)}


def columns(model):
    return [field for field in model._meta.concrete_fields if not field.generated]


def lines(connection, model):
    """Each row as a line of JSON, in the order of the keys."""
    names = [field.attname for field in columns(model)]
    rows = models.QuerySet(model, using=connection.alias).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=AT_A_TIME):
        yield json.dumps(row, ensure_ascii=False, default=as_text).encode() + b"\n"


def as_text(value):
    return b64encode(value).decode() if isinstance(value, bytes | memoryview) else str(value)


def load(connection, model, written):
    """Store the rows that `lines` has `written`; no signal, no rule of a form, no value made anew."""
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), [quote(field.column) for field in columns(model)]
    into, rows = f"{table} ({', '.join(names)})", stored_rows(connection, model, written)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Triggers run once for all rows, and nothing is asked of the server for each.
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        statement = f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608 our names
        while batch := list(islice(rows, AT_A_TIME)):
            cursor.executemany(statement, batch)


def stored_rows(connection, model, written):
    fields = columns(model)
    typed = [(at, field) for at, field in enumerate(fields) if isinstance(field, TYPED)]
    for line in written:
        row = json.loads(line)
        if len(row) != len(fields):
            raise ValueError(f"{model._meta.db_table}: {len(row)} values for {len(fields)} columns")
        for at, field in typed:
            if row[at] is not None:
                row[at] = field.get_db_prep_save(field.to_python(row[at]), connection)
        yield row


def is_empty(connection, model):
    return not models.QuerySet(model, using=connection.alias).exists()


def clear(connection, model):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 our name


def last_key(connection, model):
    """The last number that was given to a row: no other row may get it, and its history, after restoring."""
    if not isinstance(model._meta.pk, models.AutoField):
        return None
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            return (cursor.fetchone() or [0])[0]
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, model._meta.pk.column])
        (sequence,) = cursor.fetchone()
        cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
        return cursor.fetchone()[0]


def count_on(connection, model, last):
    """Let the next row get the number after `last`."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        else:
            sequence = [table, model._meta.pk.column, max(last, 1), last > 0]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", sequence)
