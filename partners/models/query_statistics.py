"""Statistics that SQLite plans its queries by. PostgreSQL collects its own (autovacuum)."""

from django.db import DEFAULT_DB_ALIAS, connections

# As many rows of each index as a plan needs: milliseconds at any size (sqlite.org/lang_analyze.html). PRAGMA
# optimize does the same, but before SQLite 3.46 passes over the tables that its connection has not read.
STATEMENTS = ("PRAGMA analysis_limit = 1000", "ANALYZE")


def update_statistics(using: str = DEFAULT_DB_ALIAS, **kwargs: object) -> None:
    """Let SQLite look at its tables again; after what changes their size: a migration, an import, a day."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement)
