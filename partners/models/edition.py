"""The edition of the public site: what visitors see changes if and only if this does."""

from django.apps import apps as installed
from django.db import connections, models, transaction

from .triggers import drop, make_anew

SEEN_BY_VISITORS = (
    "partners_city",
    "partners_agreement",
    "partners_agreement_fields",
    "partners_cooperationfield",
    "partners_document",
    "partners_page",
    "partners_formerslug",
)

NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')", "postgresql": "clock_timestamp()"}
MOVE = """
    INSERT INTO partners_edition (id, stamp, moved_at) VALUES (1, {stamp}, {now})
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, moved_at = excluded.moved_at
"""
MOVE_IT = {
    "sqlite": MOVE.format(stamp="lower(hex(randomblob(16)))", now=NOW["sqlite"]),
    "postgresql": MOVE.format(stamp="replace(gen_random_uuid()::text, '-', '')", now=NOW["postgresql"]),
}
# Whoever looks for what is new finds what is seen from now on because its partner is.
SHOW_AGREEMENTS = """
    UPDATE partners_agreement SET changed_at = {now} WHERE city_id = NEW.id AND is_published
"""
# At the end of the transaction, and once in each: whoever moves it holds it until the transaction ends, and
# two who write the register would wait for each other.
FUNCTIONS_OF_POSTGRESQL = f"""
    CREATE OR REPLACE FUNCTION partners_move_edition() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('partners.moved_by', true) IS DISTINCT FROM txid_current()::text THEN
            {MOVE_IT["postgresql"]};
            PERFORM set_config('partners.moved_by', txid_current()::text, true);
        END IF;
        RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION partners_show_agreements() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {SHOW_AGREEMENTS.format(now=NOW["postgresql"])};
        RETURN NULL;
    END $$
"""


class Edition(models.Model):
    """One row. The database writes it whenever a table that visitors see is written, by whatever means."""

    stamp = models.CharField(max_length=32)
    moved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.stamp


def watch_tables(using, apps=installed, **kwargs):
    """Let the database move the edition; after every migration: what programs say may have changed, too."""
    try:
        apps.get_model("partners", "Edition")
    except LookupError:
        return  # of an earlier version
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTIONS_OF_POSTGRESQL)
        make_anew(connection, triggers(connection.vendor))
        cursor.execute(MOVE_IT[connection.vendor])


def leave_tables(using, **kwargs):
    drop(connections[using], triggers(connections[using].vendor))


def triggers(vendor):
    made = {table: moves_edition(vendor, table) for table in SEEN_BY_VISITORS}
    made["partners_city"]["partners_city_shown"] = shows_agreements(vendor)
    return made


def shows_agreements(vendor):
    calls = {
        "sqlite": f"BEGIN {SHOW_AGREEMENTS.format(now=NOW['sqlite'])}; END",
        "postgresql": "EXECUTE FUNCTION partners_show_agreements()",
    }
    return (
        "CREATE TRIGGER partners_city_shown AFTER UPDATE OF is_published ON partners_city FOR EACH ROW "
        f"WHEN (NEW.is_published AND NOT OLD.is_published) {calls[vendor]}"
    )


def moves_edition(vendor, table):
    if vendor == "postgresql":
        return {
            f"{table}_edition": (
                f"CREATE CONSTRAINT TRIGGER {table}_edition AFTER INSERT OR UPDATE OR DELETE ON {table} "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION partners_move_edition()"
            )
        }
    return {
        f"{table}_{event.lower()}_edition": (
            f"CREATE TRIGGER {table}_{event.lower()}_edition AFTER {event} ON {table} "
            f"BEGIN {MOVE_IT['sqlite']}; END"
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    }
