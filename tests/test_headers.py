"""Whatever is served, to whomever, and whatever goes wrong: the headers that keep a browser within the site."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from partners.documents import PDF_POLICY, SANDBOX_POLICY
from partners.models import Document
from partners.policies import HEADERS

from .every_address import Site, addresses
from .factories import make_picture

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

PAGE_POLICY = HEADERS["Content-Security-Policy"]
YEAR = "max-age=31536000; includeSubDomains; preload"
FILE_POLICIES = (PDF_POLICY, SANDBOX_POLICY)
FILES = ("partners:document", "admin:partners_document_file")
FROM_ELSEWHERE = re.compile(r"unsafe|\*|https?:|data:|blob:")
SECURE = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
}


@pytest.fixture
def deployed(settings, tmp_path):
    """All that stands before the views on a server, the files that are gathered included."""
    from twinning import settings as ours

    for name, value in SECURE.items():
        setattr(settings, name, value)
    settings.MIDDLEWARE = ours.MIDDLEWARE
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "partners").mkdir()
    for name in ("partners/site.css", "partners/site.js"):
        (tmp_path / name).write_bytes(Path(finders.find(name)).read_bytes())


def wanting(response, policies=(PAGE_POLICY,), secure=True):
    """What the headers of `response` lack."""
    expected = dict(HEADERS)
    expected["Content-Security-Policy"] = next(
        (policy for policy in policies if policy == response.get("Content-Security-Policy")), policies[0]
    )
    if secure:
        expected["Strict-Transport-Security"] = YEAR
    return {name: response.get(name) for name, value in expected.items() if response.get(name) != value}


def answers(client, path):
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
        yield method, client.generic(method, path, secure=True)


def test_no_policy_lets_anything_in_from_elsewhere():
    # Browsers style the page in which they show a file themselves.
    for policy in (
        PAGE_POLICY,
        *(policy.replace(" style-src 'unsafe-inline'", "") for policy in FILE_POLICIES),
    ):
        assert policy.startswith("default-src 'none';")
        assert not FROM_ELSEWHERE.search(policy)


@pytest.mark.parametrize("role", ["anonymous", "superuser"])
def test_every_address_has_all_headers_whatever_is_asked_of_it(deployed, role):
    site = Site(role)
    site.client.raise_request_exception = False
    found, cookies = {}, set()
    for name, route in addresses():
        if "logout" in name:
            continue
        policies = (PAGE_POLICY, *FILE_POLICIES) if name in FILES else (PAGE_POLICY,)
        path = site.path(name, route)
        for method, response in answers(site.client, path):
            if lacking := wanting(response, policies):
                found[name, method, response.status_code] = lacking
            if "admin" not in route:
                cookies |= set(response.cookies)
    assert (found, cookies) == ({}, set())


def test_picture_and_its_absence_have_all_headers(deployed, client):
    picture = make_picture()
    address = picture.get_absolute_url()
    assert wanting(client.get(address, secure=True), (SANDBOX_POLICY,)) == {}
    Document.objects.update(is_published=False)
    response = client.get(address, secure=True)
    assert (response.status_code, wanting(response)) == (404, {})


@pytest.mark.parametrize("name", ["partners/site.css", "partners/site.js", "partners/nothing.css"])
def test_static_file_has_all_headers(deployed, client, name):
    for _method, response in answers(client, f"/static/{name}"):
        assert wanting(response) == {}
        assert not response.cookies


@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        (400, "GET", "/lv/", {"headers": {"host": "evil.example"}}),
        (400, "POST", "/lv/admin/partners/city/", {"data": {"_selected_action": "x"}}),
        (403, "GET", "/lv/admin/autocomplete/", {}),
        (403, "POST", "/lv/admin/login/", {"data": {"username": "a"}}),
        (404, "GET", "/lv/nekas/", {}),
        (404, "GET", "/nothing", {}),
        (404, "GET", "/lv/admin/nothing/", {}),
        (404, "GET", "/api/v1/nothing", {}),
        (405, "POST", "/lv/partneri/", {}),
        (405, "POST", "/api/v1/partners", {}),
        (414, "GET", f"/lv/{'a' * 5000}", {}),
        (414, "GET", f"/api/v1/{'a' * 5000}", {}),
        (301, "GET", "/lv/partneri", {}),
        (302, "GET", "/", {}),
        (301, "GET", "/lv/admin", {}),
        (200, "GET", "/healthz", {}),
        (405, "POST", "/readyz", {}),
    ],
)
def test_error_or_redirect_has_all_headers(deployed, admin_user, settings, status, method, path, options):
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(enforce_csrf_checks="login" in path, raise_request_exception=False)
    if "login" not in path:
        client.force_login(admin_user)
    response = getattr(client, method.lower())(path, secure=True, **options)
    assert response.status_code == status, HTTPStatus(response.status_code)
    assert wanting(response, secure=path not in ("/healthz", "/readyz")) == {}
    if "/admin/" in path:
        assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    "path", ["/lv/", "/lv/admin/", "/static/partners/site.css", "/api/v1/partners", "/nothing"]
)
def test_answer_without_tls_has_all_but_what_holds_for_tls(deployed, client, path):
    response = client.get(path)
    assert (response.status_code, response.url[:8]) == (301, "https://")
    assert (wanting(response, secure=False), "Strict-Transport-Security" in response) == ({}, False)
    refused = client.get(path, headers={"host": "evil.example"})
    assert (refused.status_code, wanting(refused, secure=False)) == (400, {})


@pytest.mark.parametrize(
    ("path", "status"), [("/lv/broken/", 500), ("/en/away/", 503), ("/api/v1/away", 503)]
)
def test_fault_has_all_headers(deployed, settings, path, status):
    settings.ROOT_URLCONF = "tests.broken_urls"
    response = Client(raise_request_exception=False).get(path, secure=True)
    assert (response.status_code, wanting(response), set(response.cookies)) == (status, {}, set())
