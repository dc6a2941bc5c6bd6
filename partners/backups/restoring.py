"""A backup is restored into an empty place, whole or not at all."""

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from . import documents, tables
from .archive import BackupError, opened, understood


def restore(source):
    """Put what the backup `source` holds into the database and the storage; its manifest.

    Nothing is written before the backup has been found whole and the place empty.
    """
    with opened(source) as (archive, manifest):
        with understood(source):
            models = fitting_tables(source, manifest)
            examine_names(source, manifest)
        examine_place(manifest)
        MigrationExecutor(connection).migrate(targets(manifest))
        added = []
        try:
            for document in manifest["documents"]:
                added.append(document["name"])
                add(archive, document)
            with understood(source), transaction.atomic():
                fill(archive, manifest, models)
        except BaseException:
            for name in added:
                default_storage.delete(name)
            raise
    # What a newer program adds, and the triggers that tell visitors of changes
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


def fitting_tables(source, manifest):
    """The models of the tables, as they were when the backup was made."""
    known = MigrationExecutor(connection).loader.disk_migrations
    newer = [f"{app}.{name}" for app, name in migrations(manifest) if (app, name) not in known]
    if newer:
        raise BackupError(
            f"{source} was made by a newer version of this program: restore it with that one. "
            f"Not known here: {', '.join(newer)}."
        )
    models = tables.tables_at(connection, manifest["migrations"])
    for table in manifest["tables"]:
        model = models.get(table["model"])
        if not model or [field.column for field in tables.columns(model)] != table["columns"]:
            raise BackupError(
                f"{source} has other columns in {table['model']} than its version of the program."
            )
    if missing := models.keys() - {table["model"] for table in manifest["tables"]}:
        raise BackupError(f"{source} lacks {', '.join(sorted(missing))}.")
    return models


def migrations(manifest):
    return [(app, name) for app, names in manifest["migrations"].items() for name in names]


def targets(manifest):
    """The last migration of each app."""
    graph = MigrationExecutor(connection).loader.graph
    held = set(migrations(manifest))
    return sorted(node for node in held if not any(child.key in held for child in children(graph, node)))


def children(graph, node):
    return [child for child in graph.node_map[node].children if child.key[0] == node[0]]


def examine_names(source, manifest):
    for document in manifest["documents"]:
        if not documents.is_safe(document["name"]):
            raise BackupError(f"{source} names a file outside of the documents: {document['name']!r}.")


def examine_place(manifest):
    """Nobody's work is written over."""
    existing = tables.applied(connection)
    if existing and existing != manifest["migrations"]:
        raise BackupError(
            "The tables of this database are of another version than the backup. "
            "Restore it into a database without tables; they are brought up to date afterwards."
        )
    if existing:
        for name, model in tables.tables_at(connection, existing).items():
            if name not in tables.MADE_BY_MIGRATE and not tables.is_empty(connection, model):
                raise BackupError(
                    f"The database is not empty: {model._meta.db_table} has rows. "
                    "Restore into an empty database; nothing was changed."
                )
    elif present := connection.introspection.table_names():
        raise BackupError(
            f"The database is not empty: it has the table {present[0]}. Restore into an empty database; "
            "nothing was changed."
        )
    if file := next(documents.names_in(default_storage), None):
        raise BackupError(
            f"The storage of the documents is not empty: it has {file}. Restore into an empty one; "
            "nothing was changed."
        )


def add(archive, document):
    with archive.open(document["part"]) as content:
        name = default_storage.save(document["name"], File(content))
    if name != document["name"]:
        default_storage.delete(name)
        raise BackupError(f"The storage keeps {document['name']} as {name}: the register would not find it.")


def fill(archive, manifest, models):
    for model in models.values():
        tables.clear(connection, model)
    for table in manifest["tables"]:
        model = models[table["model"]]
        with archive.open(table["part"]) as lines:
            tables.load(connection, model, lines)
        if table["last_key"] is not None:
            tables.count_on(connection, model, table["last_key"])
