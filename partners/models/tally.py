"""How many agreements are published, by what the lists are narrowed by; the database itself keeps count."""

from django.apps import apps
from django.db import connections, models, transaction
from django.db.models import Subquery, Sum

from ..partial_dates import years_to_celebrate
from .triggers import drop, make_anew

ANY_FIELD, ANY_YEAR, NO_YEAR = 0, "", "none"

CELL = "city_id, field_id, status, kind, year"
# Where `agreements` are counted: in the year of signing and in any, for each of `fields`.
CELLS = f"""
    SELECT city_id, field_id, status, kind,
        CASE is_dated WHEN 1 THEN coalesce(substr(signed_on, 1, 4), '{NO_YEAR}') ELSE '{ANY_YEAR}' END AS year
    FROM ({{agreements}}) AS agreements
    JOIN ({{fields}}) AS fields ON fields.agreement_id = agreements.id
    CROSS JOIN (SELECT 0 AS is_dated UNION ALL SELECT 1) AS dated
    WHERE is_published
"""
EVERY_CELL = CELLS.format(
    agreements="SELECT * FROM partners_agreement",
    fields=f"""
        SELECT id AS agreement_id, {ANY_FIELD} AS field_id FROM partners_agreement
        UNION ALL SELECT agreement_id, cooperationfield_id FROM partners_agreement_fields
    """,
)
OF_AGREEMENT = CELLS.format(
    agreements=(
        "SELECT {row}.id AS id, {row}.city_id AS city_id, {row}.status AS status, {row}.kind AS kind, "
        "{row}.signed_on AS signed_on, {row}.is_published AS is_published"
    ),
    fields=f"""
        SELECT {{row}}.id AS agreement_id, {ANY_FIELD} AS field_id UNION ALL
        SELECT agreement_id, cooperationfield_id FROM partners_agreement_fields
        WHERE agreement_id = {{row}}.id
    """,
)
OF_FIELD = CELLS.format(
    agreements="SELECT * FROM partners_agreement WHERE id = {row}.agreement_id",
    fields="SELECT {row}.agreement_id AS agreement_id, {row}.cooperationfield_id AS field_id",
)
# By table, the cells of a row, and what changes them.
COUNTED = {
    "partners_agreement": (OF_AGREEMENT, ("city_id", "status", "kind", "signed_on", "is_published")),
    "partners_agreement_fields": (OF_FIELD, ("agreement_id", "cooperationfield_id")),
}

# An agreement that is deleted is taken off with the fields it still has: before it is gone.
CHANGES = {
    "insert": ("AFTER INSERT", {"NEW": 1}),
    "update": ("AFTER UPDATE", {"OLD": -1, "NEW": 1}),
    "delete": ("BEFORE DELETE", {"OLD": -1}),
}

SQLITE = {
    1: f"""
        INSERT INTO partners_tally ({CELL}, writer, agreements) SELECT *, 0, 1 FROM ({{cells}}) WHERE true
        ON CONFLICT ({CELL}, writer) DO UPDATE SET agreements = agreements + 1;
    """,
    -1: f"""
        UPDATE partners_tally SET agreements = agreements - 1 WHERE writer = 0 AND ({CELL}) IN ({{cells}});
    """,
}
# Once for each statement: a row that is written again and again in a transaction gets slower each time.
# Whoever writes a row holds it until the transaction ends, and two who write the register would wait for each
# other. So each transaction counts in rows of its own, which are added up at its end, one after the other.
POSTGRESQL = f"""
    INSERT INTO partners_tally ({CELL}, writer, agreements)
    SELECT {CELL}, txid_current(), sum(sign) FROM ({{cells}}) AS cells GROUP BY {CELL} HAVING sum(sign) <> 0
    ON CONFLICT ({CELL}, writer) DO UPDATE SET agreements = partners_tally.agreements + excluded.agreements;
"""
OF_AGREEMENTS = CELLS.format(
    agreements="SELECT * FROM {row}_rows",
    fields=f"""
        SELECT id AS agreement_id, {ANY_FIELD} AS field_id FROM {{row}}_rows UNION ALL
        SELECT agreement_id, cooperationfield_id FROM partners_agreement_fields
        WHERE agreement_id IN (SELECT id FROM {{row}}_rows)
    """,
)
OF_FIELDS = CELLS.format(
    agreements="SELECT * FROM partners_agreement WHERE id IN (SELECT agreement_id FROM {row}_rows)",
    fields="SELECT agreement_id, cooperationfield_id AS field_id FROM {row}_rows",
)
FUNCTION_ADDING_UP = f"""
    CREATE OR REPLACE FUNCTION partners_add_up_tally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('partners.added_up_by', true) IS DISTINCT FROM txid_current()::text THEN
            PERFORM 1 FROM partners_edition FOR UPDATE;
            WITH own AS (
                DELETE FROM partners_tally WHERE writer = txid_current() RETURNING {CELL}, agreements
            )
            INSERT INTO partners_tally ({CELL}, writer, agreements)
            SELECT {CELL}, 0, sum(agreements) FROM own GROUP BY {CELL} HAVING sum(agreements) <> 0
            ON CONFLICT ({CELL}, writer)
            DO UPDATE SET agreements = partners_tally.agreements + excluded.agreements;
            PERFORM set_config('partners.added_up_by', txid_current()::text, true);
        END IF;
        RETURN NULL;
    END $$
"""
ADD_UP = """
    CREATE CONSTRAINT TRIGGER partners_tally_added_up AFTER INSERT ON partners_tally
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.writer <> 0) EXECUTE FUNCTION partners_add_up_tally()
"""


class OwnWriter(models.Func):
    """The transaction that asks, if it has written; SQLite has one writer at a time, who adds up at once."""

    function = "txid_current_if_assigned"
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return "0", []


class TallyQuerySet(models.QuerySet):
    """Narrowed by the same verbs as agreements are."""

    def published(self):
        return self.filter(city__is_published=True)

    def present(self):
        """Where there is an agreement."""
        return self.filter(agreements__gt=0)

    def total(self):
        """The number of agreements."""
        counted = self.on_whatever().whenever().aggregate(total=Sum("agreements"))
        return counted["total"] or 0

    def by_status(self):
        """The number of agreements by their status, where there are any."""
        counted = self.on_whatever().whenever().order_by().values_list("status").annotate(Sum("agreements"))
        return {status: count for status, count in counted if count}

    def on_whatever(self):
        return self.filter(field_id=ANY_FIELD)

    def whenever(self):
        return self.filter(year=ANY_YEAR)

    def by_year(self):
        return self.exclude(year=ANY_YEAR)

    def by_field(self):
        return self.exclude(field_id=ANY_FIELD)

    def in_country(self, code):
        return self.filter(city__country=code)

    def in_field(self, slug):
        field = apps.get_model("partners", "CooperationField").objects.filter(slug=slug)
        return self.filter(field_id=Subquery(field.values("pk")[:1]))

    def of_partner(self, city):
        return self.filter(city=city)

    def with_status(self, status):
        return self.filter(status=status)

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def signed_from(self, year):
        return self.filter(year__gte=f"{year:04}", year__lt=NO_YEAR)

    def signed_until(self, year):
        return self.filter(year__lte=f"{year:04}", year__gt=ANY_YEAR)

    def with_anniversary_in(self, year):
        return self.filter(year__in=years_to_celebrate(year)).exclude(status="ended")


class TallyManager(models.Manager.from_queryset(TallyQuerySet)):
    def get_queryset(self):
        """All that can be seen, said so that an index leaves out what other transactions left behind."""
        return super().get_queryset().filter(writer__in=(0, OwnWriter()))


class Tally(models.Model):
    """The number of published agreements with one partner, field, status, kind and year of signing.

    Each is counted under ANY_FIELD and ANY_YEAR, too. Whether the partner is published is not looked at.
    No index has the number, so that PostgreSQL can write another in place.
    """

    city = models.ForeignKey(
        "City", related_name="+", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    field_id = models.BigIntegerField()
    status = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    year = models.CharField(max_length=4)
    writer = models.BigIntegerField()  # the transaction that has not been added up yet, or 0
    agreements = models.IntegerField()

    objects = TallyManager()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("writer", "city", "field_id", "status", "kind", "year"), name="partners_tally_cell"
            ),
        )
        indexes = (
            models.Index(
                fields=("writer", "year", "field_id", "city", "status", "kind"), name="partners_tally_year"
            ),
        )

    def __str__(self):
        return f"{self.city_id}, {self.field_id}, {self.status}, {self.kind}, {self.year}: {self.agreements}"


def keep_count(using, apps=apps, **kwargs):
    """Count anew, and let the database keep count; after every migration, which writes unseen."""
    try:
        apps.get_model("partners", "Tally")
    except LookupError:
        return  # of an earlier version
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        stop_counting(using)
        cursor.execute("DELETE FROM partners_tally")
        cursor.execute(
            f"INSERT INTO partners_tally ({CELL}, writer, agreements) "
            f"SELECT {CELL}, 0, count(*) FROM ({EVERY_CELL}) AS cells GROUP BY {CELL}"
        )
        if connection.vendor == "postgresql":
            for statement in functions_of_postgresql():
                cursor.execute(statement)
        make_anew(connection, triggers(connection.vendor))


def stop_counting(using, **kwargs):
    drop(connections[using], triggers(connections[using].vendor))


def triggers(vendor):
    of_vendor = triggers_of_postgresql if vendor == "postgresql" else triggers_of_sqlite
    return of_vendor()


def triggers_of_sqlite():
    made = {table: {} for table in COUNTED}
    for table, (cells, columns) in COUNTED.items():
        for change, (event, signs) in CHANGES.items():
            old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
            when = f"WHEN (({old}) IS NOT ({new}))" if change == "update" else ""
            body = "".join(SQLITE[sign].format(cells=cells.format(row=row)) for row, sign in signs.items())
            name = f"{table}_{change}_tally"
            made[table][name] = f"CREATE TRIGGER {name} {event} ON {table} {when} BEGIN {body} END"
    return made


def triggers_of_postgresql():
    made = {"partners_tally": {"partners_tally_added_up": ADD_UP}}
    for table in COUNTED:
        made[table] = {}
        for change, (_event, signs) in CHANGES.items():
            name = f"{table}_{change}_tally"
            rows = " ".join(f"{row} TABLE AS {row}_rows" for row in signs)
            made[table][name] = (
                f"CREATE TRIGGER {name} AFTER {change} ON {table} "
                f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
    return made


def functions_of_postgresql():
    """What its triggers execute."""
    yield FUNCTION_ADDING_UP
    for table, cells in (("partners_agreement", OF_AGREEMENTS), ("partners_agreement_fields", OF_FIELDS)):
        for change, (_event, signs) in CHANGES.items():
            signed = (
                f"SELECT *, {sign} AS sign FROM ({cells.format(row=row)}) AS {row}_cells"
                for row, sign in signs.items()
            )
            yield (
                f"CREATE OR REPLACE FUNCTION {table}_{change}_tally() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {POSTGRESQL.format(cells=' UNION ALL '.join(signed))} RETURN NULL; END $$"
            )
