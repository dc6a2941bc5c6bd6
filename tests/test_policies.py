"""What a browser may do with an answer of the site: the least, whatever the answer."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from partners.policies import HEADERS

from .every_address import Site, addresses
from .test_settings import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

STAFF = [(name, route) for name, route in addresses() if name.startswith("admin:")]


def policies(response):
    return {name: response.get(name) for name in HEADERS}


def test_policy_forbids_all_but_files_of_the_site():
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert re.fullmatch(r"[a-z-]+=\(\)(, [a-z-]+=\(\))*", HEADERS["Permissions-Policy"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 302),
        ("/lv/", 200),
        ("/lv/nekas/", 404),
        ("/lv/partneri.csv", 200),
        ("/api/v1/partners", 200),
        ("/api/v1/nothing", 404),
        ("/robots.txt", 200),
        ("/lv/admin/", 302),
        ("/lv/admin/login/", 200),
    ],
)
def test_every_answer_has_the_policies(client, register, address, status):
    response = client.get(address)
    assert (response.status_code, policies(response)) == (status, HEADERS)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", "<script>", "[::", ""])
def test_unknown_host_is_refused_by_a_plain_page_with_the_policies(client, host, settings):
    settings.ALLOWED_HOSTS = ["register.example.org"]
    for address in ("/", "/lv/", "/lv/admin/login/", "/api/v1/partners", "/robots.txt"):
        response = client.get(address, headers={"host": host})
        assert (address, response.status_code, policies(response)) == (address, 400, HEADERS)
        assert "evil" not in response.content.decode()


def test_fault_has_the_policies(client, settings):
    settings.ROOT_URLCONF = "tests.broken_urls"
    client.raise_request_exception = False
    response = client.get("/lv/broken/")
    assert (response.status_code, policies(response)) == (500, HEADERS)


def test_nothing_of_the_admin_stays_in_the_browser():
    site = Site("superuser")
    kept = []
    for name, route in STAFF:
        response = site.respond(name, route, "GET")
        if not {"no-store", "private"} <= set(response.get("Cache-Control", "").split(", ")):
            kept.append(name)
    assert kept == []


def test_cookies_are_out_of_reach_of_scripts_and_of_other_hosts(tmp_path):
    program = """if True:
        import django, json
        django.setup()
        from django.conf import settings
        print(json.dumps({name: getattr(settings, name) for name in dir(settings) if "COOKIE" in name}))
    """
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "twinning.settings",
            **COMPLETE,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(outcome.stdout)
    for cookie in ("SESSION", "CSRF"):
        assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        told = ("SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
        assert [found[f"{cookie}_COOKIE_{name}"] for name in told] == [True, True, "Lax", "/", None]


def test_signing_in_sets_the_two_cookies_and_no_other(admin_user):
    client = Client()
    client.get("/lv/admin/login/")
    client.post("/lv/admin/login/", {"username": "admin", "password": "password", "next": "/lv/admin/"})
    client.get("/lv/admin/partners/city/?_to_field=nothing")
    client.post("/lv/admin/partners/cooperationfield/add/", {"name_lv": "Kultūra", "position": "1"})
    assert set(client.cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in client.cookies.values())
