"""What load balancers, log collectors and administrators are told, and visitors while the database is away."""

import json
import logging
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.db import OperationalError, connection

from twinning.logs import FaultMail, JsonLines, RequestId, WithoutValues
from twinning.watch import request_id

from .factories import make_document

NO_SUCH_HOST = {"host": "10.0.0.7:8000"}


def log_record(error=None):
    exc_info = None
    if error:
        try:
            raise error
        except type(error):
            exc_info = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Fault: %s", ("/lv/",), exc_info)
    RequestId().filter(record)
    return record


# Whether it lives, and whether it can serve


def test_process_lives_whatever_became_of_the_database(client):
    # Without its mark, this test may not use a database.
    response = client.get("/healthz", headers=NO_SUCH_HOST)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_load_balancer_needs_no_name_no_tls_and_gets_no_cookie(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(address, headers=NO_SUCH_HOST)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"
    assert (response.cookies, response.has_header("Set-Cookie")) == ({}, False)
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_site_without_a_database_is_not_ready(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "unavailable", "failed": ["database", "migrations"]},
    )


@pytest.mark.django_db
def test_site_whose_database_is_of_an_earlier_version_is_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'partners' AND name LIKE '0011%%'")
    assert client.get("/readyz").json()["failed"] == ["migrations"]


@pytest.mark.django_db
def test_site_that_cannot_store_documents_is_not_ready(client, settings, tmp_path):
    (tmp_path / "documents").touch()
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "documents")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failed"]) == (503, ["documents"])
    assert str(tmp_path) not in response.content.decode()
    (tmp_path / "documents").unlink()
    assert client.get("/readyz").json() == {"status": "ok"}
    assert list((tmp_path / "documents").iterdir()) == []


@pytest.mark.django_db
def test_site_whose_documents_are_gone_is_not_ready_and_makes_no_folder_in_their_place(
    client, settings, tmp_path
):
    folder = tmp_path / "documents"
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    document = make_document()
    folder.rename(tmp_path / "elsewhere")
    assert client.get("/readyz").json()["failed"] == ["documents"]
    document.delete()  # it can still be recovered
    assert client.get("/readyz").json()["failed"] == ["documents"]
    assert not folder.exists()


# What visitors are told while the database is away


@pytest.mark.urls("tests.broken_urls")
@pytest.mark.parametrize(
    ("address", "heading"),
    [("/lv/away/", "Reģistrs nav pieejams"), ("/en/away/", "The register cannot be reached")],
)
def test_visitor_is_told_in_the_language_of_the_address_that_the_database_is_away(client, address, heading):
    client.raise_request_exception = False
    response = client.get(address)
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (
        503,
        "5",
        "no-store",
    )
    assert f"<h1>{heading}</h1>" in response.content.decode()


@pytest.mark.urls("tests.broken_urls")
def test_program_is_told_so_in_a_problem_document(client):
    client.raise_request_exception = False
    response = client.get("/api/v1/away")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert (response["Content-Type"], response.json()["status"]) == ("application/problem+json", 503)


# What the log and mails say


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a1b2c3d4-e5f6", True), ("short", False), ("a1b2c3d4\r\nX", False), ("ā" * 10, False)],
)
def test_answer_names_its_request_as_the_proxy_does_or_by_a_name_of_its_own(client, given, kept):
    name = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (name == given) == kept
    assert kept or len(name) == 32


def test_line_of_the_log_says_which_request_it_is_about():
    token = request_id.set("a1b2c3d4")
    record = log_record()
    request_id.reset(token)
    line = json.loads(JsonLines().format(record))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Fault: /lv/",
        "request_id": "a1b2c3d4",
    }


@pytest.mark.parametrize("formatter", [JsonLines(), WithoutValues()])
def test_fault_is_told_by_kind_and_place_and_quotes_nobody(formatter):
    told = formatter.format(log_record(ValueError("anna.berzina@example.org")))
    assert "ValueError" in told
    assert "test_watch.py" in told
    assert "berzina" not in told


def test_fault_of_the_machine_says_what_it_is():
    told = JsonLines().format(log_record(OperationalError("database or disk is full")))
    assert "OperationalError: database or disk is full" in told


def test_same_fault_is_mailed_once(settings):
    settings.ADMINS = [("it@example.org", "it@example.org")]
    handler = FaultMail()
    handler.setFormatter(WithoutValues())
    for _time in range(3):
        handler.handle(log_record(ValueError("anna.berzina@example.org")))
    handler.handle(log_record(OperationalError("disk is full")))
    assert [message.subject for message in mail.outbox] == ["[Twinning] Fault: /lv/"] * 2
    assert "berzina" not in mail.outbox[0].body


def started(program, tmp_path, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={
            "DATA_DIR": str(tmp_path),
            "LOCAL": "1",
            "DJANGO_SETTINGS_MODULE": "twinning.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_log_is_json_where_the_setting_says_so(tmp_path):
    fault = "import django, logging; django.setup(); logging.getLogger('x').error('Fault')"
    line = json.loads(started(fault, tmp_path, LOG_FORMAT="json").stderr)
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "x", "Fault")


@pytest.mark.parametrize("application", ["wsgi", "asgi"])
def test_missing_static_files_stop_the_start_with_one_sentence(tmp_path, application):
    outcome = started(f"import twinning.{application}", tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr == (
        f"Twinning cannot start: there are no static files in {tmp_path / 'static'}; "
        "run manage.py collectstatic --no-input.\n"
    )
