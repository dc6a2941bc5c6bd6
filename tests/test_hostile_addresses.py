"""Whatever an address, a header or a form holds: an answer that says so, and never a fault of the site.

The same examples each time. More, and others each time:

    FUZZ=5000 LOCAL=1 .venv/bin/python -m pytest -n 0 --timeout 0 tests/test_hostile_addresses.py
"""

import os
import re
from ipaddress import IPv4Address
from itertools import product
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partners.models import Agreement, City, Document

from .every_address import Site, addresses, with_all_rights
from .spreadsheets import confirm, preview, problems, sheet, url
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MORE = os.environ.get("FUZZ")
ROUTES = list(addresses())
NAMES = [
    *("q", "o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters", "term", "fields", "record"),
    *("app_label", "model_name", "field_name", "with", "besides", "old", "new", "upload", "page", "next"),
    *("country", "field", "status", "kind", "year_from", "year_to", "anniversary", "sort", "x", "y", "width"),
    *("limit", "after", "pk__in", "id__exact", "agreements__fields__id__exact", "is_published__exact"),
    *("fields__id__exact", "translation", "term_state", "city__name_lv__regex", "password__startswith"),
    *("history__id", "media_type__exact", "is_staff__exact", "groups__id__exact", "user__password"),
]
VALUES = [
    *("", "0", "1", "-1", "abc", "1.5", "1e9", "NaN", "9" * 19, "9" * 30, "-" + "9" * 19, "٣", "²"),
    *("\0", "a\0b", "%00", "\ufeff", "\ud7ff", "\U0010ffff", "\r\nSet-Cookie: a=b", "../../etc/passwd"),
    *("'", '"', "\\", "%", "%s", "{}", "*", "(", "[", "(a+)+$", "' OR 1=1 --", "<script>alert(1)</script>"),
    *("true", "null", "None", "[]", "{", "1,2", "1,abc", "-0", "0.0.0", "id", "-pk", "password", "city__pk"),
    *("a" * 5000, "š" * 2000, "agreement", "city", "partners", "auth", "slug", "agreements", "history"),
]
PATHS = [*VALUES[:30], "add", "1/change", "_00", "_3B", "1_2F2", "..", "//", ";", "?", "#"]
RAW = ["%ff", "%C0%AF", "%ED%A0%80", "%E0%80", "%00", "%0d%0aX:%20y", "%25%32%65", "&&==&", "=", "?", "a;b"]

values = st.one_of(st.sampled_from(VALUES), st.text(max_size=20), st.integers().map(str))
queries = st.one_of(
    st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=4).map(
        lambda pairs: urlencode(pairs, errors="replace")
    ),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(RAW)), min_size=1, max_size=3).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    ),
)


OPEN = [
    *("/", "/robots.txt", "/sitemap.xml", "/sitemap-partners-lv.xml", "/.well-known/security.txt"),
    *("/healthz", "/readyz", "/nothing", "/lv/nothing", "/lv/admin/login/", "/en/admin/login/"),
    *(f"/api/v1/{place}" for place in ("openapi.json", "partners", "agreements", "fields", "nothing")),
    *(f"/api/v1/{record}" for record in ("partners/radom", "agreements/radom-2003", "fields/culture")),
    *(f"/lv/{page}" for page in ("", "partneri/", "ligumi/", "jomas/", "karte/", "parskats/", "jubilejas/")),
    *(f"/lv/{file}" for file in ("jubilejas.ics", "ligumi.atom", "ligumi.json", "jomas.csv")),
    *(f"/lv/{record}/" for record in ("partneri/radom", "ligumi/radom-2003", "jomas/culture", "api")),
    *(f"/en/{page}" for page in ("", "partners/", "agreements/", "map/", "overview/", "partners.geojson")),
    *(f"/en/{file}" for file in ("partners.csv", "partners.xlsx", "agreements.ods", "pages/privacy/")),
]
HEADERS = [
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie", "Forwarded"),
    *("If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Origin"),
    *("Prefer", "Purpose", "Range", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host"),
    *("X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Request-ID", "X-Requested-With"),
]
headers = st.dictionaries(
    st.sampled_from(HEADERS),
    st.one_of(
        values, st.sampled_from(["bytes=0-", "*", "gzip;q=NaN", "lv;q=2", '"a", W/"b"', "__Host-session=a"])
    ),
    max_size=3,
)


def bounded(examples):
    """The same examples each time, unless more are asked for."""

    def decorate(function):
        health = list(HealthCheck)
        chosen = hypothesis_settings(
            max_examples=int(MORE or examples),
            derandomize=not MORE,
            database=None,
            deadline=None,
            suppress_health_check=health,
            print_blob=True,
        )
        return chosen(function)

    return decorate


@pytest.fixture
def site():
    return with_all_rights()


def fault(response):
    """The fault of the site behind `response`, if there is one."""
    if response.streaming:
        b"".join(response)
    return response.status_code >= 500 and repr(getattr(response, "exc_info", response.status_code))


@bounded(100)
@given(
    st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "NONSENSE"]),
    st.sampled_from(OPEN),
    st.lists(st.one_of(st.sampled_from(PATHS), st.text(max_size=12)), max_size=2),
    queries,
    headers,
    st.dictionaries(st.sampled_from(["username", "password", "next", *NAMES]), values, max_size=3),
    st.integers(0, 2**32 - 1),
)
def test_no_request_of_a_stranger_is_a_fault(register, method, path, parts, query, sent, form, address):
    path += "/".join(quote(part, errors="replace") for part in parts)
    client = Client(raise_request_exception=False, REMOTE_ADDR=str(IPv4Address(address)))
    # A server hands headers on as Latin-1, whatever their bytes mean.
    environment = {
        f"HTTP_{name.upper().replace('-', '_')}": value.encode("utf-8", "surrogatepass").decode("latin-1")
        for name, value in sent.items()
    }
    body = urlencode(form, errors="replace") if method in ("POST", "PUT") else ""
    kind = "application/x-www-form-urlencoded"
    assert not fault(client.generic(method, path, body, kind, QUERY_STRING=query, **environment))


@bounded(60)
@given(st.sampled_from(ROUTES), queries)
def test_no_parameter_is_a_fault(site, route, query):
    path = site.path(*route).partition("?")[0]
    assert not fault(site.client.get(f"{path}?{query}"))


@bounded(60)
@given(st.sampled_from(ROUTES), st.lists(st.one_of(st.sampled_from(PATHS), st.text(max_size=12)), min_size=1))
def test_no_part_of_an_address_is_a_fault(site, route, parts):
    remaining = iter(parts)
    pattern = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route[1]).replace("^", "").replace("$", "")
    path = re.sub(r"<[^>]*>", lambda place: quote(next(remaining, "x"), safe="/", errors="replace"), pattern)
    path += "/".join(quote(part, errors="replace") for part in remaining)
    assert not fault(site.client.get("/" + path.lstrip("/")))


@bounded(100)
@given(
    st.sampled_from([route for route in ROUTES if "admin:" in route[0]]),
    st.dictionaries(st.sampled_from(["action", "_save", "index", "post", "last_change", *NAMES]), values),
    st.data(),
)
def test_no_value_in_a_form_is_a_fault(site, route, more, data):
    path = site.path(*route)
    form = {**site.data(*route), **more}
    for changed in data.draw(st.lists(st.sampled_from(sorted(form)), max_size=3) if form else st.just([])):
        form[changed] = data.draw(values)
    if not re.search("logout|password", route[0]):
        assert not fault(site.client.post(path, form))


def test_list_that_is_asked_for_nonsense_twice_is_no_fault(site):
    for name, route in ROUTES:
        if name.endswith("_changelist"):
            assert not fault(site.client.get(site.path(name, route) + "?e=1&nonsense=1"))


def test_action_is_refused_for_what_is_no_key(site):
    for model in ("partners/city", "partners/spreadsheetimport", "auth/user"):
        for key in ("", "Þ", "9" * 30):
            data = {"action": "delete_selected", "_selected_action": key}
            assert site.client.post(f"/lv/admin/{model}/", data).status_code == 400


def test_form_is_not_opened_with_what_is_no_key(site):
    for model, names in (("agreement", ("city", "supplements", "fields")), ("document", ("agreement",))):
        for name, value in product(names, ("abc", "", "1,abc", "²", "9" * 19, "9" * 30, "\0")):
            asked = urlencode({name: value})
            assert not fault(site.client.get(f"/lv/admin/partners/{model}/add/?{asked}")), asked
    page = site.client.get(f"/lv/admin/partners/agreement/add/?city={site.city.pk}&fields={site.field.pk}")
    initial = page.context["adminform"].form.initial
    assert (initial["city"], initial["fields"]) == (str(site.city.pk), [str(site.field.pk)])


@pytest.mark.parametrize("key", ["abc", "1.5", "²", "9" * 30, "-1", "\0"])
def test_form_that_names_what_is_no_key_comes_back_and_says_so(site, key):
    lines = {"agreements-TOTAL_FORMS": "1", "agreements-INITIAL_FORMS": "0"}
    files = {"documents-TOTAL_FORMS": "0", "documents-INITIAL_FORMS": "0"}
    forms = {
        "partners/agreement/add": (("city", "supplements", "fields"), files),
        "partners/document/add": (("agreement",), {}),
        "partners/city/add": (("agreements-0-fields",), lines),
        f"auth/user/{site.user.pk}/change": (("groups", "user_permissions"), {}),
    }
    for form, (names, more) in forms.items():
        for name in names:
            page = site.client.post(f"/lv/admin/{form}/", {name: key, **more})
            forms_shown = [page.context["adminform"].form]
            for inline in page.context["inline_admin_formsets"]:
                forms_shown += inline.formset.forms
            assert [each for each in forms_shown if name.rpartition("-")[2] in each.errors], (form, name)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_autocomplete_answers_only_for_fields_that_have_one(site, language):
    answers = {}
    for model in apps.get_models():
        label, name = model._meta.app_label, model._meta.model_name
        fields = {field.name for field in model._meta.get_fields()} | {"abc", "", "pk"}
        for field in sorted(fields):
            asked = urlencode({"app_label": label, "model_name": name, "field_name": field})
            answer = site.client.get(f"/{language}/admin/autocomplete/?{asked}")
            if answer.status_code != 403:
                answers[f"{label}.{name}.{field}"] = answer.status_code
    assert answers == dict.fromkeys(
        (
            *("partners.agreement.city", "partners.agreement.supplements", "partners.agreement.fields"),
            "partners.document.agreement",
        ),
        200,
    )


@pytest.mark.parametrize("place", ["0", "index", "admin:index", "https://testserver/lv/", "\0", "?a"])
def test_what_is_no_path_is_nowhere_to_go_on_to(site, place):
    answer = site.client.post("/lv/admin/login/code/", {"next": place})
    assert (answer.status_code, answer["Location"]) == (302, "/lv/admin/")


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize(
    "place",
    [
        *("//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example"),
        *("\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example"),
        *("http:evil.example", "http:/evil.example", "http://evil.example", "https://evil.example"),
        *("HTTPS://evil.example", "https:evil.example", "https:///evil.example", "https:\\\\evil.example"),
        *(
            "http://testserver@evil.example",
            "http://testserver.evil.example",
            "http://evil.example#testserver",
        ),
        *("http://evil.example\\@testserver", "http://[::1]", "http://[evil", "//evil.example/lv/admin/"),
        *("ftp://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)"),
        *(
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "mailto:a@evil.example",
            "\0//evil.example",
        ),
        *("\x01javascript:alert(1)", " //evil.example", "%2f%2fevil.example", "/%09/evil.example"),
        *(
            "?next=//evil.example",
            "//evil%E3%80%82example",
            "//evil。example",
            "/lv/admin/\r\nLocation: //evil",
        ),
    ],
)
def test_signing_in_never_leads_off_the_site(admin_user, language, place):
    client = Client()
    page = f"/{language}/admin/login/"
    answers = [
        client.post(page, {"username": "admin", "password": "password", "next": place}),
        client.get(page, {"next": place}),
        client.post(f"/{language}/admin/logout/?next={quote(place)}", {"next": place}),
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    for answer in answers:
        # As browsers read it: without line ends and tabs, a backslash for a slash
        target = re.sub(r"[\t\r\n]", "", answer["Location"]).strip().replace("\\", "/")
        assert urlsplit(urljoin(f"https://testserver{page}", target))[:2] == ("https", "testserver")


def test_filter_of_a_list_that_asks_for_a_nul_is_refused(site):
    """PostgreSQL has no such texts, so the database is not asked."""
    for name, route in ROUTES:
        if not name.endswith("_changelist"):
            continue
        address = site.path(name, route)
        specs = site.client.get(address).context["cl"].filter_specs
        asked = {parameter for spec in specs for parameter in spec.expected_parameters()}
        for parameter in (*asked, "pk__in", "\0"):
            answer = site.client.get(address, {parameter: "\0"})
            assert (address, parameter, answer.status_code) == (address, parameter, 400)


LARGE = ["9223372036854775808", "9" * 30, "-9223372036854775809"]


@pytest.mark.parametrize("number", LARGE)
def test_filter_of_a_list_that_asks_for_a_number_beyond_all_keys_is_no_fault(site, number):
    for model, filters in (
        (Agreement, ("city", "city__in", "pk__in", "fields", "documents", "supplements")),
        (City, ("id__in", "agreements")),
        (Document, ("agreement",)),
    ):
        for name in filters:
            answer = site.client.get(admin_url(model, "changelist"), {name: number}, follow=True)
            assert (name, answer.status_code in (200, 400)) == (name, True)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/en/partners/",
            "/en/agreements/",
            "/en/anniversaries.ics",
            "/api/v1/partners",
            "/api/v1/agreements",
        ),
        *(f"/en/partners.{kind}" for kind in ("csv", "xlsx", "json", "geojson")),
        *(f"/en/agreements.{kind}" for kind in ("csv", "xlsx", "json", "atom")),
    ],
)
def test_filter_of_visitors_that_asks_for_a_nul_is_answered_as_a_wrong_one(client, address):
    for name, value in product(("field", "partner", "country", "status", "kind"), ("\0", "a\0b")):
        status = client.get(address, {name: value}).status_code
        # To the API some are written wrongly, and others what the register does not have.
        assert (name, status in ((400, 404) if "/api/" in address else (404,))) == (name, True)


def test_every_form_needs_its_token():
    site = Site("superuser")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(site.user)
    let_in = {
        name
        for name, route in ROUTES
        if strict.post(site.path(name, route), site.data(name, route)).status_code not in (403, 405)
    }
    assert let_in == set()


@pytest.mark.parametrize(
    "header",
    [
        "Accept-Language",
        "Accept-Encoding",
        "Cookie",
        "Referer",
        "If-None-Match",
        "If-Modified-Since",
        "Range",
    ],
)
@pytest.mark.parametrize(
    "value",
    ["\0", "a" * 5000, ";q=" * 500, ",".join(["lv-" + "x" * 8] * 300), '"', "sessionid=\0", "9" * 50, "é"],
)
def test_no_header_is_a_fault(client, register, header, value):
    for address in ("/", "/lv/partneri/", "/api/v1/partners", "/lv/partneri.csv", "/lv/admin/login/"):
        assert not fault(client.get(address, headers={header.lower(): value}))


def test_header_cannot_be_split(client, register):
    for address in (
        "/lv/partners/?q=%0d%0aSet-Cookie:%20a=b",
        "/lv/partners/%0d%0aSet-Cookie:%20a=b/",
        "/lv/admin/partners/city%0d%0aSet-Cookie:%20a=b",
    ):
        response = client.get(address)
        assert not any("\n" in value or "\r" in value for _name, value in response.items())
        assert "a" not in response.cookies


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://x/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//x",
        "ftp://x.y",
    ],
)
def test_website_is_an_address_of_the_web(admin_client, address):
    form = {"name_lv": "Cēsis", "country": "LV", "website": address}
    page = admin_client.get(url(City, "add"))
    posted = admin_client.post(url(City, "add"), {**form_data(page), **form})
    if posted.status_code == 200:
        assert "website" in posted.context["adminform"].form.errors
    previewed = preview(admin_client, City, sheet(["name_lv", "country", "website"], ["Ogre", "LV", address]))
    if "confirm_form" in previewed.context and not problems(previewed):
        confirm(admin_client, City, previewed)
    stored = City.objects.exclude(website="").values_list("website", flat=True)
    assert [found for found in stored if not re.match("https?://[^/]", found)] == []
    assert not City.objects.filter(website__iregex="script|data").exists()
