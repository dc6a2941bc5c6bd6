import gc
import os
import shutil
import subprocess
import sys
from copy import copy

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import translation

from partners.models import Agreement, City, CooperationField, Page

IN_CI = os.environ.get("CI") == "true"
LOADED = set()  # the modules of tests whose first one has run


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests serve static files as they are; `make run` is what compresses and renames them."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _documents_in_memory(settings, _plain_static_files):
    """A storage without folders and paths, as one on another machine is; empty for every test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture(autouse=True)
def _pages_rendered_anew(request, settings):
    """A test changes the register and looks at once, within a transaction that nobody else sees.

    Browsers are served as visitors are, and tests/test_editions.py is about it.
    """
    if "live_server" not in request.fixturenames and "served" not in request.fixturenames:
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "PublicPages" not in name]


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _latvian():
    """Every test begins in the default language, whatever the one before it left active."""
    with translation.override("lv"):
        yield


@pytest.fixture(scope="session")
def delivered(django_db_setup, django_db_blocker):
    """The rows of the register that is delivered, as an administrator's `loaddata` leaves them."""
    models = (CooperationField, City, Agreement, Page, Agreement.fields.through)
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("loaddata", "daugavpils", verbosity=0)
        rows = {model: list(model._base_manager.all()) for model in models}
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def register(db, delivered):
    """The register that is delivered. Loading it takes half a second, too long for hundreds of tests."""
    for model, records in delivered.items():
        model._base_manager.bulk_create(map(copy, records))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), delivered):
            cursor.execute(statement)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An SQLite file as `migrate` leaves it in an installation. It takes two seconds: tests copy it."""
    folder = tmp_path_factory.mktemp("installation") / "a#b?c %20d"  # a folder of any name will do
    outcome = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(folder), "LOCAL": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (outcome.stdout, outcome.stderr) == ("", "")  # no account was changed: there is nothing to audit
    return folder / "db.sqlite3"


@pytest.fixture
def user_with(django_user_model):
    """A member of staff who has just the permissions that are named, such as ``change_city``."""
    from django.contrib.auth.models import Permission

    def make(*codenames):
        user = django_user_model.objects.create_user("officer", password="pass", is_staff=True)
        permissions = Permission.objects.filter(content_type__app_label="partners", codename__in=codenames)
        assert permissions.count() == len(codenames)
        user.user_permissions.set(permissions)
        return user

    return make


@pytest.fixture
def user_as(django_user_model):
    """A member of staff with one of the four roles, such as Role.EDITOR."""
    from django.contrib.auth.models import Group

    def make(role):
        user = django_user_model.objects.create_user(role.name.lower(), password="pass", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


def pytest_collection_finish():
    """What is loaded by now stays: the garbage collector, which every import calls, need not search it."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item):
    """So does what the first test of each module has loaded: views, templates, plugins."""
    if item.path not in LOADED:
        LOADED.add(item.path)
        gc.collect()
        gc.freeze()


# The marks of tests that need a program, what it is called, and what has to be installed.
PROGRAMS = {
    "browser": ("Chromium", ["chromium"]),
    "office": ("LibreOffice or Poppler", ["soffice", "pdftotext"]),
}


def pytest_collection_modifyitems(items):
    for mark, (name, programs) in PROGRAMS.items():
        if all(map(shutil.which, programs)):
            continue
        if IN_CI:
            pytest.exit(f"{name} is missing: in CI the tests that need it have to run.", returncode=1)
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))
