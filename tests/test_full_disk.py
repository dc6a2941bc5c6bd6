"""A disk that is really full: what could be saved is there, what could not is not, and it goes on by itself."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from errno import ENOSPC

import pytest
from django.core.management import CommandError, call_command

from partners.models import Document

from .contents import PDF_BODY, pdf
from .deployed import Form, Officer, application_server, free_port, prepared
from .factories import make_agreement
from .test_documents_in_admin import attach, chosen, problems
from .test_faults import NOT_STORED

MEGABYTE = 2**20


@pytest.fixture
def disk(tmp_path):
    """A disk of 48 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this account may not mount a disk")
    yield folder
    unmount = ["umount", "--lazy", folder]
    subprocess.run(unmount, check=True)


@contextmanager
def full(disk, leaving=0):
    """Nothing but `leaving` bytes is free."""
    filling = disk / "filling"
    place = os.statvfs(disk)
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, place.f_bavail * place.f_frsize - leaving)
    yield
    filling.unlink()


ADDRESS = "/lv/admin/partners/city/add/"


def test_every_partner_saved_on_a_disk_that_fills_up_is_there_and_at_most_the_one_in_doubt(disk):
    prepared(disk, DATABASE_URL="")
    port = free_port()
    officer = Officer()
    with application_server(port, DATA_DIR=str(disk), DATABASE_URL="") as server:
        officer.log_in(port, "anna", "pass")
        form = Form(officer.ask(port, ADDRESS).content.decode()).values
        form |= {"country": "LV", "description_lv": "Apraksts. " * 900}

        def save(number):
            return officer.post(port, ADDRESS, **form, slug=f"p-{number}", name_lv=f"P {number}")

        form.pop("slug")
        form.pop("name_lv")
        with full(disk, leaving=MEGABYTE):
            acknowledged = 0
            while (answer := save(acknowledged)).status == 302:
                acknowledged += 1
            assert 0 < acknowledged < 500
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert "<h1>Reģistrs nav pieejams</h1>" in answer.content.decode()
            # There may have been room for the partner, but none to tell the officer: the page says to look.
            assert saved(disk) in (acknowledged, acknowledged + 1)
            assert "vai tas ir saglabāts" in answer.content.decode()
            assert officer.ask(port, "/lv/partneri/radom/").status == 200
        assert whole(disk) == "ok"
        before = saved(disk)
        assert save(acknowledged + 1).status == 302
        assert saved(disk) == before + 1
        assert server.poll() is None


def asked(disk, question):
    with closing(sqlite3.connect(disk / "db.sqlite3")) as database:
        # The constraints that are checked ask for it; SQLite has none of its own.
        database.create_function("regexp", 2, lambda rule, text: text and bool(re.search(rule, text)))
        return database.execute(question).fetchone()[0]


def saved(disk):
    return asked(disk, "SELECT count(*) FROM partners_city WHERE slug LIKE 'p-%'")


def whole(disk):
    return asked(disk, "PRAGMA integrity_check")


@pytest.mark.django_db(transaction=True)
@pytest.mark.ignore_template_errors
def test_document_for_which_the_disk_has_no_room_is_not_stored_and_leaves_nothing(
    disk, settings, admin_client
):
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(disk)}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    agreement = make_agreement()
    large = pdf(PDF_BODY + b"%" * 4 * MEGABYTE + b"\n")
    with full(disk, leaving=2 * MEGABYTE):
        answer = attach(admin_client, agreement, file=chosen(large), title_lv="Parakstīts līgums")
        assert problems(answer) == {"file": [NOT_STORED]}
        assert 'value="Parakstīts līgums"' in answer.content.decode()
        assert ([path.name for path in disk.iterdir()], Document.objects.count()) == (["filling"], 0)
    assert attach(admin_client, agreement, file=chosen(large)).status_code == 302
    assert [path.stat().st_size for path in disk.iterdir()] == [len(large)]


@pytest.mark.django_db(transaction=True)
def test_backup_for_which_the_disk_has_no_room_says_so_and_leaves_the_one_before(disk, register):
    target = disk / "twinning.zip"
    call_command("backup", str(target), verbosity=0)
    before = target.read_bytes()
    with full(disk, leaving=8192):
        with pytest.raises(CommandError, match=re.escape(f"{target}: {os.strerror(ENOSPC)}")):
            call_command("backup", str(target), verbosity=0)
        assert ({path.name for path in disk.iterdir()}, target.read_bytes()) == (
            {"twinning.zip", "filling"},
            before,
        )
    call_command("backup", str(target), verbosity=0)
    assert target.read_bytes() != before
