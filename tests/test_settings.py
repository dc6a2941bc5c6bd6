"""A missing or unsafe setting stops the start with one sentence; a complete set passes Django's audit."""

import json
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

SECRET = "k7Q!" * 16 + "zX9-pl"
COMPLETE = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "register.example.org"}


def check(tmp_path, *options, **environment):
    """The outcome of `manage.py check` in an installation with just this environment."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "set SECRET_KEY to a random text of at least 50 characters"),
        ({"SECRET_KEY": "short"}, "set SECRET_KEY to a random text of at least 50 characters"),
        ({"SECRET_KEY": "a" * 60}, "set SECRET_KEY to a random text of at least 50 characters"),
        ({"SECRET_KEY": f"django-insecure-{SECRET}"}, "set SECRET_KEY to a random text"),
        ({"SECRET_KEY_FALLBACKS": f"{SECRET},short"}, "set SECRET_KEY_FALLBACKS to the earlier SECRET_KEYs"),
        ({"ALLOWED_HOSTS": ""}, "set ALLOWED_HOSTS to the host names of the site"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not hold a *"),
        ({"DEBUG": "1"}, "DEBUG shows the inside of the site to everybody"),
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”"),
        ({"DATABASE_URL": "oracle-of-delphi"}, "DATABASE_URL"),
        ({"EMAIL_URL": "mail.example.org"}, "set EMAIL_URL to the mail server"),
        ({"EMAIL_URL": "smtp://"}, "set EMAIL_URL to the mail server"),
        ({"EMAIL_URL": "smtp://mail.example.org:port"}, "set EMAIL_URL to the mail server"),
        ({"CACHE_URL": "127.0.0.1:6379"}, "set CACHE_URL to a Redis"),
        ({"SITE_URL": "register.example.org"}, "set SITE_URL to the address of the site"),
        ({"SECURITY_CONTACT": "security@example.org"}, "set SECURITY_CONTACT to an address such as mailto:"),
        ({"NOTICE_AHEAD_MONTHS": "soon"}, "NOTICE_AHEAD_MONTHS is “soon”"),
        ({"TRUSTED_PROXIES": "10.0.0.1"}, "TRUSTED_PROXIES is “10.0.0.1”; set it to a whole number"),
        ({"LOGIN_FAILURES": "0"}, "LOGIN_FAILURES is “0”; set it to a whole number of at least 1"),
        ({"AUDIT_LOG": "/nowhere/audit.log"}, "set AUDIT_LOG to a file that it may write to, or to stdout"),
        ({"DOCUMENT_MAX_BYTES": "20 MB"}, "DOCUMENT_MAX_BYTES is “20 MB”"),
        ({"DOCUMENT_STORAGE": "nowhere.Storage"}, "set DOCUMENT_STORAGE and DOCUMENT_STORAGE_OPTIONS"),
        (
            {"DOCUMENT_STORAGE": "collections.OrderedDict"},
            "set DOCUMENT_STORAGE and DOCUMENT_STORAGE_OPTIONS",
        ),
        ({"DOCUMENT_STORAGE_OPTIONS": '{"bucket": 1}'}, "set DOCUMENT_STORAGE and DOCUMENT_STORAGE_OPTIONS"),
        ({"DOCUMENT_STORAGE_OPTIONS": "bucket"}, "set DOCUMENT_STORAGE_OPTIONS to a JSON object"),
        ({"DOCUMENT_STORAGE_OPTIONS": "[]"}, "set DOCUMENT_STORAGE_OPTIONS to a JSON object"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is “xml”"),
        ({"FAULTS_TO": "it@example.org"}, "FAULTS_TO needs a mail server"),
        ({"DATA_DIR": "/dev/null/data"}, "set DATA_DIR to one it may write to"),
    ],
)
def test_unsafe_setting_stops_the_start_with_one_sentence(tmp_path, changes, sentence):
    outcome = check(tmp_path, **{**COMPLETE, **changes})
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Twinning cannot start: ")
    assert sentence in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_secret_host_and_database_are_enough_for_the_audit_of_a_deployment(tmp_path):
    outcome = check(tmp_path, "--deploy", "--fail-level", "WARNING", **COMPLETE)
    assert (outcome.returncode, outcome.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_database_file_may_lie_in_a_folder_of_any_name(migrated):
    assert migrated.parent.name == "a#b?c %20d"
    assert migrated.exists()


def test_fault_is_reported_on_standard_error(tmp_path):
    program = (
        "import django; django.setup()\n"
        "import logging; logging.getLogger('django.request').error('Internal Server Error: /lv/')"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "twinning.settings", **COMPLETE},
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stderr == "Internal Server Error: /lv/\n"


AUDITED = (
    "import django; django.setup()\nfrom django.contrib.auth.models import User; User(username='anna').save()"
)


@pytest.mark.parametrize("place", ["", "stdout", "file"])
def test_audit_goes_where_the_setting_says(tmp_path, migrated, place):
    data, file = tmp_path / "data", tmp_path / "audit.log"
    data.mkdir()
    shutil.copy(migrated, data)
    outcome = subprocess.run(
        [sys.executable, "-c", AUDITED],
        cwd=settings.BASE_DIR,
        env={
            "DATA_DIR": str(data),
            "LOCAL": "1",
            "DJANGO_SETTINGS_MODULE": "twinning.settings",
            "AUDIT_LOG": str(file) if place == "file" else place,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    written = file.read_text() if file.exists() else ""
    told = {"": outcome.stderr, "stdout": outcome.stdout, "file": written}
    lines = [json.loads(line) for line in told[place].splitlines()]
    assert [(line["event"], line["of"]["username"]) for line in lines] == [("account_added", "anna")]
    assert "".join(told.values()) == told[place]


def test_installation_for_this_machine_needs_no_setting_and_keeps_its_secret(tmp_path):
    assert check(tmp_path, LOCAL="1").returncode == 0
    secret = (tmp_path / "secret_key").read_text()
    assert len(secret) == 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert check(tmp_path, LOCAL="1").returncode == 0
    assert (tmp_path / "secret_key").read_text() == secret
