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

from . import archive as archives
from . import documents, tables


def make(target):
    """Write a backup to `target`; its manifest, which names the documents whose files are "lost"."""
    migrations = tables.applied(connection)
    with archives.written(target) as archive:
        manifest = {
            "made_at": timezone.now().isoformat(),
            "program": program(),
            "migrations": migrations,
        }
        models = tables.tables_at(connection, migrations)
        with tables.snapshot(connection):
            manifest["tables"] = [add_table(archive, name, model) for name, model in models.items()]
            promised = checksums(models)
        # After the rows: files are only ever added, so that every file they name is there.
        manifest["documents"] = [add_document(archive, name) for name in documents.names_in(default_storage)]
        held = {document["name"]: document["sha256"] for document in manifest["documents"]}
        manifest["lost"] = sorted(name for name, checksum in promised.items() if held.get(name) != checksum)
        archive.add_manifest(manifest)
    return manifest


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
