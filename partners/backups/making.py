"""A backup is made: all of the register at one moment, while people go on working."""

import platform
import tomllib
import zipfile
from pathlib import Path

import django
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from partners.documents import is_there

from . import archive as archives
from . import documents, tables


def make(target):
    """Write a backup to `target`; its manifest, which names the documents whose files are "lost".

    Raises BackupError, and leaves `target` as it is, where there is no register, or its documents are away.
    """
    migrations = migrations_of_register()
    models = tables.tables_at(connection, migrations)
    verify_documents_are_there(models)
    with archives.written(target) as archive:
        manifest = {
            "made_at": timezone.now().isoformat(),
            "program": program(),
            "migrations": migrations,
        }
        with tables.snapshot(connection):
            manifest["tables"] = [add_table(archive, name, model) for name, model in models.items()]
            promised = checksums(models)
        # After the rows: files are only ever added, so that every file they name is there.
        manifest["documents"] = [add_document(archive, name) for name in documents.names_in(default_storage)]
        held = {document["name"]: document["sha256"] for document in manifest["documents"]}
        manifest["lost"] = sorted(name for name, checksum in promised.items() if held.get(name) != checksum)
        archive.add_manifest(manifest)
    return manifest


def migrations_of_register():
    """The names of the migrations that made its tables, by their app; never makes a database by looking."""
    migrations = tables.applied(connection) if is_made() else {}
    if "partners" not in migrations:
        raise archives.BackupError(
            f"There is no register in the database {connection.settings_dict['NAME']}. Look whether DATA_DIR "
            "and DATABASE_URL are those of the services; nothing was written."
        )
    return migrations


def is_made():
    """Whether there is a database: SQLite would make one of a file that is not there, or is empty."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return True
    path = Path(connection.settings_dict["NAME"])
    return path.is_file() and path.stat().st_size > 0


def verify_documents_are_there(models):
    """A storage on another machine says itself what it lacks."""
    with_files = [
        models[name] for name in ("partners.document", "partners.historicaldocument") if name in models
    ]
    if not is_there(default_storage) and any(QuerySet(model).exists() for model in with_files):
        raise archives.BackupError(
            f"The register has documents, but their folder {default_storage.location} is not there. Look "
            "whether DATA_DIR is that of the services, or bring the folder back; nothing was written."
        )


def program():
    project = tomllib.loads(Path(settings.BASE_DIR, "pyproject.toml").read_text())["project"]
    return {
        project["name"]: project["version"],
        "Django": django.get_version(),
        "Python": platform.python_version(),
        connection.display_name: ".".join(map(str, connection.get_database_version())),
    }


def add_table(archive, name, model):
    counted = 0

    def counting():
        nonlocal counted
        for line in tables.lines(connection, model):
            counted += 1
            yield line

    part = archive.add(f"tables/{name}.jsonl", counting())
    return {
        **part,
        "model": name,
        "columns": [field.column for field in tables.columns(model)],
        "rows": counted,
        "last_key": tables.last_key(connection, model),
    }


def checksums(models):
    """Those of the files that documents have, by name."""
    if document := models.get("partners.document"):  # earlier versions had none
        return dict(QuerySet(document).values_list("file", "sha256"))
    return {}


def add_document(archive, name):
    part = archive.add(f"documents/{name}", documents.content(default_storage, name), zipfile.ZIP_STORED)
    return {**part, "name": name}
