"""Triggers: what the database does by itself whenever a table is written, by whatever means.

They are given as statements by table and name; tables that are not there (yet) are passed over.
"""

from django.db import transaction


def make_anew(connection, triggers):
    """After every migration: SQLite loses the triggers of a table that it builds anew."""
    drop(connection, triggers)
    with connection.cursor() as cursor:
        for _table, _name, statement in of_present(connection, triggers):
            cursor.execute(statement)


def drop(connection, triggers):
    """Before every migration: PostgreSQL alters no table while one is pending."""
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        for table, name, _statement in of_present(connection, triggers):
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def of_present(connection, triggers):
    for table in triggers.keys() & set(connection.introspection.table_names()):
        for name, statement in triggers[table].items():
            yield table, name, statement
