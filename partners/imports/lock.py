"""The register kept for one writer, and for the many that write a record or two."""

from django.db import OperationalError, connection, transaction

from ..models import Agreement, City, CooperationField, Document

TRIES = 50
LOCK_NOT_AVAILABLE = "55P03"


class BusyError(Exception):
    """Others have been writing to the register all the time."""


def tables() -> str:
    """The tables that are locked together, always in this order."""
    models = (City, CooperationField, Agreement, Agreement.fields.through, Document)
    return ", ".join(model._meta.db_table for model in models)


def share_register() -> None:
    """Keep whoever locks the whole register waiting until the transaction ends; other writers are not.

    It has to come before the first row that the transaction locks. A row is locked without keeping its table:
    lock_register() would have the tables by then and wait for the row, and its holder for the tables.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables()} IN ROW EXCLUSIVE MODE")


def lock_register() -> None:
    """Let nobody else write to the register until the transaction ends; reading goes on.

    On SQLite nobody else can write anyway. On PostgreSQL whoever saves or deletes an agreement without
    share_register() locks its tables one after the other, in an order of their own: so as not to wait for
    each other for ever, we let go of all tables if one cannot be had soon.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        for _try in range(TRIES):
            try:
                with transaction.atomic():
                    cursor.execute(f"LOCK TABLE {tables()} IN SHARE ROW EXCLUSIVE MODE")
            except OperationalError as error:
                if error.__cause__.sqlstate != LOCK_NOT_AVAILABLE:
                    raise
                continue
            break
        else:
            raise BusyError
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
