"""The register kept for one writer."""

from django.db import OperationalError, connection, transaction

from ..models import Agreement, City, CooperationField, Document

TRIES = 50


class BusyError(Exception):
    """Others have been writing to the register all the time."""


def lock_register():
    """Let nobody else write to the register until the transaction ends; reading goes on.

    On SQLite nobody else can write anyway. On PostgreSQL whoever saves or deletes an agreement locks its
    tables one after the other, in an order of their own: so as not to wait for each other for ever, we let
    go of all tables if one cannot be had soon.
    """
    if connection.vendor != "postgresql":
        return
    models = (City, CooperationField, Agreement, Agreement.fields.through, Document)
    tables = ", ".join(model._meta.db_table for model in models)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        for _try in range(TRIES):
            try:
                with transaction.atomic():
                    cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
            except OperationalError:
                continue
            break
        else:
            raise BusyError
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
