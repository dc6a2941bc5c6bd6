"""Whatever the register holds comes back from a backup, and a damaged backup never comes near it."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from partners.backups import archive as archives
from partners.backups.documents import names_in
from partners.backups.drill import different_documents, different_tables, empty_place, manage
from partners.models import Agreement, City, Document

from .contents import pdf
from .factories import make_agreement, make_city, make_document, make_picture
from .spreadsheets import imported

pytestmark = pytest.mark.django_db(transaction=True)
before_anything_is_written = pytest.mark.django_db

NOT_RESTORED = {"partners_tally", "django_migrations", "django_session", "partners_edition", "sqlite_stat1"}
INDEX_OF_WORDS = "partners_agreement_words"  # several tables in SQLite, which the database makes


def rows():
    """All of the database, as it is stored."""
    with connection.cursor() as cursor:
        stored = {}
        tables = sorted(set(connection.introspection.table_names(cursor)) - NOT_RESTORED)
        for table in (name for name in tables if not name.startswith(INDEX_OF_WORDS)):
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 their names
            stored[table] = [tuple(map(plain, row)) for row in cursor.fetchall()]
        return stored


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def files():
    stored = {}
    for name in names_in(default_storage):
        with default_storage.open(name) as file:
            stored[name] = file.read()
    return stored


def empty():
    call_command("flush", interactive=False, verbosity=0)
    for name in list(names_in(default_storage)):
        default_storage.delete(name)


def run(command, *arguments):
    said = StringIO()
    call_command(command, *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """A backup of the register with two documents; the place it came from is empty by now."""
    in_memory = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    with django_db_blocker.unblock(), override_settings(STORAGES=in_memory):
        call_command("loaddata", "daugavpils", verbosity=0)
        make_picture(Agreement.objects.first())
        make_document(Agreement.objects.first())
        target = tmp_path_factory.mktemp("made") / "backup.zip"
        run("backup", target)
        empty()
    return target


@pytest.fixture
def backup(made, tmp_path):
    return Path(shutil.copy(made, tmp_path))


def sealed_anew(backup, change):
    """`backup` with `change` made to its manifest and parts, and a seal that fits."""
    with zipfile.ZipFile(backup) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    changed = backup.with_name("changed.zip")
    with archives.written(changed) as archive:
        for name, content in change(parts):
            archive.add(name, [content])
    return changed


def with_manifest(change):
    def changed(parts):
        *others, (name, content) = parts
        manifest = json.loads(content)
        change(manifest)
        return [*others, (name, json.dumps(manifest).encode())]

    return changed


def refusal(source):
    """What `manage.py restore` says, which leaves the empty place empty."""
    before = rows()
    with pytest.raises(CommandError) as refused:
        run("restore", source)
    assert rows() == before
    assert files() == {}
    return str(refused.value)


# What comes back


def test_every_row_and_every_file_comes_back_as_it_was(tmp_path, register, admin_client):
    make_picture()
    Document.objects.filter(pk=make_document(make_agreement(make_city("cesis"))).pk).update(
        title_en="  A \r\n"
    )
    make_city("ventspils").delete()
    imported(admin_client, Agreement, ["slug", "signed_on"], ["cesis", "2004"])
    default_storage.save("older/2003/līgums.pdf", ContentFile(pdf()))
    stored = rows(), files()
    run("backup", tmp_path / "backup.zip")
    empty()
    assert City.objects.count() == 0
    run("restore", tmp_path / "backup.zip")
    assert (rows(), files()) == stored


def test_key_of_a_deleted_record_is_not_given_to_another_after_restoring(tmp_path):
    make_city("tukums")
    gone = make_city("ventspils")
    key = gone.pk
    gone.delete()
    run("backup", tmp_path / "backup.zip")
    empty()
    run("restore", tmp_path / "backup.zip")
    assert make_city("cesis").pk == key + 1


def test_nobody_is_logged_in_by_a_backup(tmp_path, admin_client):
    run("backup", tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert [name for name in archive.namelist() if "session" in name] == []


def test_backup_into_a_folder_is_named_after_the_moment_and_is_for_its_owner_only(tmp_path, db):
    run("backup", tmp_path)
    (made,) = tmp_path.iterdir()
    assert made.match("twinning-????????T??????Z.zip")
    assert made.stat().st_mode & 0o777 == 0o600


def test_backup_is_a_zip_file_whose_manifest_says_what_it_holds(backup):
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.testzip() is None
    counted = {table["model"]: table["rows"] for table in manifest["tables"]}
    assert (counted["partners.city"], counted["partners.agreement"], counted["partners.document"]) == (
        22,
        23,
        2,
    )
    assert len(manifest["documents"]) == 2
    assert manifest["migrations"]["partners"][0] == "0001_initial"
    assert set(manifest["program"]) == {"twinning", "Django", "Python", connection.display_name}


def test_backup_made_while_people_write_holds_all_or_nothing_of_what_each_saved(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with empty_place(here) as environment, empty_place(there) as elsewhere:
        manage(environment, "migrate")
        script = Path(__file__).with_name("saving_on_and_on.py")
        writer = subprocess.Popen(
            [sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            writer.stdout.readline()
            manage(environment, "backup", tmp_path / "backup.zip")
            assert writer.poll() is None
        finally:
            writer.kill()
            writer.communicate()
        manage(elsewhere, "restore", tmp_path / "backup.zip")
    with archives.opened(tmp_path / "backup.zip") as (_archive, manifest):
        counted = {table["model"]: table["rows"] for table in manifest["tables"]}
    assert counted["partners.city"] > 0
    assert counted["partners.agreement"] == counted["partners.city"]
    assert counted["partners.historicalagreement"] == counted["partners.historicalcity"]
    assert counted["partners.historicalcity"] == counted["partners.city"]


def test_backup_of_an_earlier_version_is_restored_and_brought_up_to_date(tmp_path):
    with empty_place(tmp_path / "here") as environment:
        manage(environment, "migrate", "partners", "0009")
        manage(environment, "migrate", "auth")
        manage(environment, "backup", tmp_path / "backup.zip")
    with empty_place(tmp_path / "there") as environment:
        manage(environment, "restore", tmp_path / "backup.zip")
        manage(environment, "migrate", "--check")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the drill does that on SQLite")
def test_backup_of_sqlite_is_restored_into_postgresql(tmp_path):
    with empty_place(tmp_path / "here") as environment:
        sqlite = {**environment, "DATABASE_URL": ""}
        manage(sqlite, "migrate")
        manage(sqlite, "loaddata", "daugavpils")
        manage(sqlite, "backup", tmp_path / "backup.zip")
    with empty_place(tmp_path / "there") as environment:
        manage(environment, "restore", tmp_path / "backup.zip")
        manage(environment, "backup", tmp_path / "again.zip")
    with (
        archives.opened(tmp_path / "backup.zip") as (_archive, before),
        archives.opened(tmp_path / "again.zip") as (_again, after),
    ):
        assert [table["sha256"] for table in before["tables"]] == [
            table["sha256"] for table in after["tables"]
        ]


# What is refused


def test_flipped_byte_in_any_part_is_refused(backup):
    whole = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        starts = [entry.header_offset for entry in archive.infolist()] + [archive.start_dir]
    within = [(start + end) // 2 for start, end in pairwise(starts)]
    for place in (*starts, *within, len(whole) - archives.SEAL_LENGTH - 5, len(whole) - 70, len(whole) - 1):
        whole[place] ^= 1
        backup.write_bytes(whole)
        assert refusal(backup).startswith(f"{backup} is "), place
        whole[place] ^= 1
    backup.write_bytes(whole)
    run("restore", backup)
    assert City.objects.count() == 22


@before_anything_is_written
@pytest.mark.parametrize("kept", [0, 10, 71, 1000, -1])
def test_backup_that_was_cut_off_is_refused(backup, kept):
    backup.write_bytes(backup.read_bytes()[:kept])
    assert refusal(backup) == f"{backup} is not a backup, or its end is missing."


@before_anything_is_written
def test_backup_that_is_not_there_is_refused(tmp_path, db):
    assert refusal(tmp_path / "none.zip") == f"{tmp_path / 'none.zip'}: No such file or directory."


@before_anything_is_written
def test_backup_without_one_of_its_parts_is_refused(backup):
    without = sealed_anew(
        backup, lambda parts: [part for part in parts if part[0] != "tables/partners.city.jsonl"]
    )
    assert refusal(without) == f"{without} does not hold what its manifest names: tables/partners.city.jsonl."


@before_anything_is_written
def test_backup_without_one_of_its_tables_is_refused(backup):
    def without_cities(parts):
        parts = [part for part in parts if part[0] != "tables/partners.city.jsonl"]
        return with_manifest(lambda manifest: manifest["tables"].pop(names(manifest).index("partners.city")))(
            parts
        )

    def names(manifest):
        return [table["model"] for table in manifest["tables"]]

    without = sealed_anew(backup, without_cities)
    assert refusal(without) == f"{without} lacks partners.city."


@before_anything_is_written
def test_backup_with_something_else_in_it_is_refused(backup):
    more = sealed_anew(backup, lambda parts: [("documents/else.pdf", b""), *parts])
    assert refusal(more) == f"{more} does not hold what its manifest names: documents/else.pdf."


@before_anything_is_written
def test_backup_of_a_newer_version_is_refused(backup):
    newer = sealed_anew(
        backup, with_manifest(lambda manifest: manifest["migrations"]["partners"].append("0999_later"))
    )
    assert "made by a newer version" in refusal(newer)
    assert "partners.0999_later" in refusal(newer)
    newer = sealed_anew(backup, with_manifest(lambda manifest: manifest.update(format=2)))
    assert "made by a newer version" in refusal(newer)


@pytest.mark.parametrize(
    "name",
    ["../escaped.pdf", "/escaped.pdf", "a/../../escaped.pdf", "..", "a\\..\\escaped.pdf", "a\0b", ""],
)
def test_file_that_would_leave_the_documents_is_refused(backup, name):
    hostile = sealed_anew(backup, with_manifest(lambda manifest: manifest["documents"][0].update(name=name)))
    assert refusal(hostile) == f"{hostile} names a file outside of the documents: {name!r}."


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("migrations"),
        lambda manifest: manifest.update(tables=None),
        lambda manifest: manifest["tables"][0].pop("model"),
        lambda manifest: manifest["documents"][0].pop("name"),
    ],
)
def test_manifest_that_does_not_say_enough_is_refused(backup, change):
    assert "is not a backup that this program can read" in refusal(sealed_anew(backup, with_manifest(change)))


@before_anything_is_written
def test_nothing_is_restored_over_the_work_of_others(backup):
    make_city("ventspils")
    before = rows()
    with pytest.raises(CommandError, match="The database is not empty: partners_"):
        run("restore", backup)
    assert rows() == before


@before_anything_is_written
def test_nothing_is_restored_over_the_files_of_others(backup):
    default_storage.save("mine.pdf", ContentFile(b"mine"))
    with pytest.raises(CommandError, match=r"The storage of the documents is not empty: it has mine\.pdf"):
        run("restore", backup)
    assert files() == {"mine.pdf": b"mine"}
    assert City.objects.count() == 0


def test_rows_that_the_database_refuses_leave_the_place_empty(backup):
    def without_its_city(parts):
        name, content = next(part for part in parts if part[0] == "tables/partners.city.jsonl")
        content = b"".join(content.splitlines(keepends=True)[1:])
        changed = [part if part[0] != name else (name, content) for part in parts]
        return with_manifest(lambda manifest: describe(manifest, name, content))(changed)

    def describe(manifest, name, content):
        (table,) = (table for table in manifest["tables"] if table["part"] == name)
        table.update(bytes=len(content), sha256=archives.hashlib.sha256(content).hexdigest())

    assert "foreign key constraint" in refusal(sealed_anew(backup, without_its_city)).lower()


# What a backup that fails leaves behind


class FailingStorage(Storage):
    """A storage whose disk cannot be read."""

    def listdir(self, path):
        return [], ["ligums.pdf"]

    def open(self, name, mode="rb"):
        raise OSError(5, "Input/output error")


def test_backup_that_fails_leaves_the_one_before_it(backup, settings):
    before = backup.read_bytes()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.test_backups.FailingStorage"}}
    with pytest.raises(CommandError, match="Input/output error"):
        run("backup", backup)
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_two_backups_are_not_written_into_one(tmp_path, db):
    with archives.written(tmp_path / "backup.zip"), pytest.raises(CommandError, match="Another backup to"):
        run("backup", tmp_path / "backup.zip")


@pytest.fixture
def installation(tmp_path):
    """Runs manage.py as cron does, in a bare folder, on what DATA_DIR and DATABASE_URL name."""

    def run_in(data_dir, *arguments, **environment):
        settings_of_cron = {"LOCAL": "1", "DATA_DIR": str(data_dir), "DATABASE_URL": ""}
        bare = tmp_path / "bare"
        bare.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, Path(settings.BASE_DIR, "manage.py"), *arguments],
            cwd=bare,
            env={**os.environ, **settings_of_cron, **environment},
            capture_output=True,
            text=True,
        )

    return run_in


def contents(folder):
    return {path.name: path.stat().st_size for path in folder.iterdir()}


@before_anything_is_written
@pytest.mark.parametrize("size", [None, 0])
@pytest.mark.parametrize("command", ["backup", "drill"])
def test_database_without_a_register_is_not_backed_up_and_not_made(tmp_path, installation, command, size):
    data = tmp_path / "data"
    data.mkdir()
    if size is not None:
        (data / "db.sqlite3").touch()
    backups = tmp_path / "backups"
    arguments = [backups] if command == "backup" else []
    outcome = installation(data, command, *arguments)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert f"There is no register in the database {data / 'db.sqlite3'}. Look whether" in outcome.stderr
    assert {name: size for name, size in contents(data).items() if name != "secret_key"} == (
        {} if size is None else {"db.sqlite3": 0}
    )
    assert not backups.exists() or contents(backups) == {}


def test_database_without_tables_is_not_backed_up(tmp_path):
    if connection.vendor == "sqlite":
        sqlite3.connect(tmp_path / "db.sqlite3").execute("PRAGMA journal_mode=WAL").connection.close()
    with (
        empty_place(tmp_path) as environment,
        pytest.raises(archives.BackupError, match="There is no register in the database"),
    ):
        manage(environment, "backup", tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_register_without_the_folder_of_its_documents_leaves_the_backup_before_it(backup, settings, tmp_path):
    before = backup.read_bytes()
    folder = tmp_path / "documents"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    run("backup", tmp_path / "without-any.zip")
    document = make_document()
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(CommandError, match=f"has documents, but their folder {folder} is not there"):
        run("backup", backup)
    assert backup.read_bytes() == before
    document.delete()  # it can still be recovered
    with pytest.raises(CommandError, match="is not there"):
        run("backup", backup)
    (tmp_path / "elsewhere").rename(folder)
    run("backup", backup)
    assert backup.read_bytes() != before


def test_folder_of_the_backups_is_made_for_its_owner_alone(tmp_path, db):
    run("backup", tmp_path / "backups")
    (made,) = (tmp_path / "backups").iterdir()
    assert made.match("twinning-????????T??????Z.zip")
    assert [path.stat().st_mode & 0o777 for path in (made.parent, made)] == [0o700, 0o600]


def test_folder_that_cannot_be_made_is_refused_with_what_to_do(tmp_path, db):
    with pytest.raises(CommandError, match="install --directory --mode=700"):
        run("backup", tmp_path / "no" / "backups")


def test_file_in_the_place_of_the_folder_is_not_written_over(tmp_path, db):
    (tmp_path / "backups").write_text("earlier")
    with pytest.raises(CommandError, match="is a file, not a folder"):
        run("backup", tmp_path / "backups")
    assert (tmp_path / "backups").read_text() == "earlier"


def test_backup_tells_of_files_that_are_missing_or_damaged_and_is_made_all_the_same(tmp_path, db):
    missing, damaged = make_document().file.name, make_document(make_agreement(make_city("cesis"))).file.name
    default_storage.delete(missing)
    default_storage.delete(damaged)
    default_storage.save(damaged, ContentFile(b"%PDF"))
    with pytest.raises(CommandError) as told:
        run("backup", tmp_path / "backup.zip")
    assert missing in str(told.value)
    assert damaged in str(told.value)
    empty()
    run("restore", tmp_path / "backup.zip")
    assert Document.objects.count() == 2


# The drill


def test_drill_says_that_every_row_and_document_came_back(backup):
    assert run("drill", backup).endswith("2 documents: all the same\n")


def test_drill_makes_a_backup_of_its_own_where_none_is_named(db):
    make_city()
    said = run("drill")
    assert said.startswith("restored and compared: ")
    assert said.endswith("0 documents: all the same\n")


def test_drill_refuses_a_damaged_backup(backup):
    backup.write_bytes(backup.read_bytes()[:-1])
    with pytest.raises(CommandError, match="its end is missing"):
        run("drill", backup)


def test_drill_names_what_differs(tmp_path, db):
    document = make_document()
    run("backup", tmp_path / "before.zip")
    City.objects.update(website="https://example.org")
    default_storage.delete(document.file.name)
    with pytest.raises(CommandError):
        run("backup", tmp_path / "after.zip")
    with archives.opened(tmp_path / "before.zip") as before, archives.opened(tmp_path / "after.zip") as after:
        assert list(different_tables(before, after)) == ["partners.city: 1 rows were 1 then, 2 lines differ"]
        assert list(different_documents(before, after)) == [f"document {document.file.name} is not the same"]
