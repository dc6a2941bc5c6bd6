"""An index of the words that agreements are searched by; the database itself keeps it.

Partners and fields are few and are read; there is no quick way through many agreements without it.
"""

from django.db import connections, models, transaction

from ..text import SHORT_WORD, SearchTextField
from .triggers import drop, make_anew

# The words of a text as they stand there: the parser of PostgreSQL would take numbers and words apart.
# Longer ones nobody types, and there is no room for them.
FUNCTION_OF_POSTGRESQL = r"""
    CREATE OR REPLACE FUNCTION partners_words(text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 2000))), '')
        FROM regexp_split_to_table($1, '[ \n]+') AS word WHERE word <> ''
    $$
"""
# Without a list of what is still to be sorted in, which grows until the table is vacuumed.
INDEX_OF_POSTGRESQL = """
    CREATE INDEX IF NOT EXISTS partners_agreement_words ON partners_agreement
    USING gin (partners_words(search_text)) WITH (fastupdate = off)
"""
TABLE_OF_SQLITE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS partners_agreement_words USING fts5(
        search_text, content = 'partners_agreement', content_rowid = 'id',
        tokenize = 'ascii', detail = 'none', columnsize = 0
    )
"""
FILL_TABLE = "INSERT INTO partners_agreement_words (partners_agreement_words) VALUES ('rebuild')"
ADD = "INSERT INTO partners_agreement_words (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
TAKE_AWAY = """
    INSERT INTO partners_agreement_words (partners_agreement_words, rowid, search_text)
    VALUES ('delete', OLD.id, OLD.search_text);
"""
TRIGGERS_OF_SQLITE = {
    "partners_agreement": {
        f"partners_agreement_{change}_words": (
            f"CREATE TRIGGER partners_agreement_{change}_words {event} ON partners_agreement "
            f"BEGIN {statements} END"
        )
        for change, event, statements in (
            ("insert", "AFTER INSERT", ADD),
            ("update", "AFTER UPDATE OF search_text", TAKE_AWAY + ADD),
            ("delete", "AFTER DELETE", TAKE_AWAY),
        )
    }
}


@SearchTextField.register_lookup
class Mentions(models.Lookup):
    """Whether a word of an agreement begins with the folded word asked for; a short one must be that word."""

    lookup_name = "mentions"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        text, parameters = self.process_lhs(compiler, connection)
        return f"partners_words({text}) @@ %s::tsquery", [*parameters, f"'{self.rhs}'{self.rest(':*')}"]

    def as_sqlite(self, compiler, connection):
        found = "SELECT rowid FROM partners_agreement_words WHERE partners_agreement_words MATCH %s"
        key = f"{connection.ops.quote_name(self.lhs.alias)}.id"
        return f"{key} IN ({found})", [f'"{self.rhs}"{self.rest("*")}']

    def rest(self, sign):
        return sign if len(self.rhs) >= SHORT_WORD else ""


def keep_words(using, **kwargs):
    """Make the index, and let the database keep it; after every migration, which writes unseen."""
    connection = connections[using]
    if "partners_agreement" not in connection.introspection.table_names():
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION_OF_POSTGRESQL)
            cursor.execute(INDEX_OF_POSTGRESQL)
        else:
            cursor.execute(TABLE_OF_SQLITE)
            cursor.execute(FILL_TABLE)
            make_anew(connection, TRIGGERS_OF_SQLITE)


def leave_words(using, **kwargs):
    if connections[using].vendor == "sqlite":
        drop(connections[using], TRIGGERS_OF_SQLITE)
