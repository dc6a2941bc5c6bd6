"""A file is applied whole or not at all, whatever happens to the worker and whoever else imports."""

import io
import os
import shutil
import subprocess
import sys
from functools import partial
from itertools import count
from select import select

import pytest
from django.conf import settings
from django.db import connection

from partners.backups.drill import empty_place
from partners.formats import read
from partners.imports import Plan, apply, undo
from partners.models import Agreement, City, CooperationField, SpreadsheetImport
from partners.resources import resource_for

from .factories import make_agreement, make_city, make_field
from .spreadsheets import preview, sheet

# How often an import is killed; ROUNDS=20 tries more moments.
ROUNDS = int(os.environ.get("ROUNDS", "2"))
ROWS = [
    ["slug", "city", "fields", "supplements"],
    ["main", "tukums", "Tūrisms", ""],
    ["new", "tukums", "culture", "main"],
    ["newer", "tukums", "", "new"],
]
HELD = """
from partners.models import City, SpreadsheetImport
print(City.objects.count(), City.history.count(), SpreadsheetImport.objects.count())
"""


class Killed(BaseException):
    """The worker ends here."""


def killing_at(number):
    """A wrapper of queries that ends the worker instead of sending the query with that number."""
    numbers = count(1)

    def wrapper(execute, sql, parameters, many, context):
        if next(numbers) == number:
            raise Killed
        return execute(sql, parameters, many, context)

    return wrapper


def everything():
    """What the tables of the register, of its history and of its imports hold."""
    models = (City, Agreement, CooperationField, Agreement.fields.through, SpreadsheetImport)
    histories = (City.history.model, Agreement.history.model, CooperationField.history.model)
    return [held(model) for model in models + histories]


def held(model):
    """What the table of `model` holds but for the instant of the last change, which is another each time."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname != "changed_at"]
    return list(model.objects.order_by("pk").values_list(*names))


def killed_at_every_query(action):
    """Do `action` over and over, each time killed one query later, until it comes to its end."""
    before = everything()
    for queries in count():
        try:
            with connection.execute_wrapper(killing_at(queries + 1)):
                action()
        except Killed:
            assert everything() == before
        else:
            break
    return queries


@pytest.mark.django_db(transaction=True)
@pytest.mark.ignore_template_errors
def test_worker_that_is_killed_at_any_moment_leaves_nothing_or_everything(admin_client, admin_user):
    main = make_agreement(make_city("tukums"), [make_field("culture")], slug="main")
    original = held(Agreement)
    waiting = preview(admin_client, Agreement, sheet(*ROWS)).context["waiting"]

    def applied():
        apply(Plan(resource_for(Agreement), read(io.BytesIO(waiting.content)), ["Tūrisms"]), waiting)

    assert killed_at_every_query(applied) > 20
    assert list(Agreement.objects.values_list("slug", "supplements__slug")) == [
        ("main", None),
        ("new", "main"),
        ("newer", "new"),
    ]
    assert [field.name_lv for field in main.fields.all()] == ["Tūrisms"]

    assert killed_at_every_query(lambda: undo(waiting, admin_user)) > 20
    assert held(Agreement) == original
    assert [field.slug for field in main.fields.all()] == ["culture"]


@pytest.mark.django_db(transaction=True)
def test_import_whose_process_is_killed_leaves_nothing_or_everything(tmp_path, migrated):
    """Later and later after it has begun, until one comes to its end."""
    rows = [[f"city-{number}", f"Pilsēta {number}", "LV"] for number in range(3000)]
    file = tmp_path / "cities.csv"
    file.write_bytes(sheet(["slug", "name_lv", "country"], *rows))
    data = tmp_path / "data"
    with empty_place(data) as environment:
        run = partial(subprocess.Popen, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        if connection.vendor == "sqlite":
            data.mkdir()
            shutil.copy(migrated, data)
        else:
            assert run([*manage, "migrate"]).wait() == 0
        held = [*manage, "shell", "--no-imports", "--command", HELD]
        for number in range(ROUNDS):
            process = run([*manage, "import", "partners", file])
            process.stdout.readline()  # the plan is made: from here on it writes
            select([], [], [], number * 0.1)
            process.kill()
            process.communicate()
            counted = run(held).communicate()[0]
            assert counted in (b"0 0 0\n", b"3000 3000 1\n"), number
            if counted != b"0 0 0\n":
                run([*manage, "flush", "--no-input"]).communicate()


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_one_waits_or_is_refused(tmp_path, migrated):
    """In two processes, on a database of their own unless it is on a server."""
    audit_log = str(tmp_path / "audit.log")
    environment = {**os.environ, "LOCAL": "1", "DATA_DIR": str(tmp_path), "AUDIT_LOG": audit_log}
    if connection.vendor == "postgresql":
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        environment["DATABASE_URL"] = f"{server}/{connection.settings_dict['NAME']}"
    else:
        shutil.copy(migrated, tmp_path)

    def manage(*arguments):
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, arguments)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    rows = [[f"city-{number}", f"Pilsēta {number}", "LV"] for number in range(300)]
    files = [tmp_path / "forwards.csv", tmp_path / "backwards.csv"]
    files[0].write_bytes(sheet(["slug", "name_lv", "country"], *rows))
    files[1].write_bytes(sheet(["slug", "name_lv", "country"], *reversed(rows)))
    both = [manage("import", "partners", file) for file in files]
    said = [process.communicate() for process in both]
    assert {process.returncode for process in both} <= {0, 1}, said
    # Whoever came second found nothing to do, or was told that the register had changed.
    assert any(b"new: 300" in output and not errors for output, errors in said)
    exported = tmp_path / "exported.csv"
    assert manage("export", "partners", exported).wait() == 0
    assert len(exported.read_text("utf-8-sig").splitlines()) == 1 + 300
