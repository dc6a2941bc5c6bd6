"""Nothing that is not published gets out, in whatever format, and no address fails on nonsense."""

import html
import io
import re
import zipfile
from urllib.parse import urljoin

import pytest
from django.test import Client

from partners.models import Agreement, City, Page

from .every_address import addresses
from .factories import make_agreement, make_city, make_document, make_field

pytestmark = pytest.mark.django_db

CANARY = "kanarijputnins"
SITE = "http://testserver"
SEEDS = ("/lv/", "/en/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/api/v1/openapi.json")
JUNK = (
    "x=1",
    "page=999999999999999999999",
    "page=%00",
    "q=%00",
    "q=%F0%9F%92%A9",
    "q=%ff%fe",
    "country=%00",
    "field=../../etc/passwd",
    "year_from=-1",
    "year_from=99999999999999999999",
    "sort=__class__",
    "cursor=%00",
    "cursor=" + "A" * 5000,
    "limit=1e9",
    "p=-1",
    "p=x",
    "x=nan&y=inf&width=-1",
    "anniversary=0",
)


@pytest.fixture
def published(register):
    """Two partners that are public, and the canary in every place that visitors may not see."""
    others = City.objects.exclude(slug__in=("radom", "panevezys"))
    Agreement.objects.filter(city__in=others).delete()
    others.delete()
    draft = make_city(
        f"{CANARY}-city",
        is_published=False,
        country="FI",
        **dict.fromkeys(
            ("name_lv", "name_en", "region_lv", "other_names", "description_lv", "description_en"), CANARY
        ),
        website=f"https://{CANARY}.example",
        latitude="60",
        longitude="25",
    )
    hidden_field = make_field(f"{CANARY}-field", name_lv=CANARY, name_en=CANARY)
    make_agreement(draft, [hidden_field], slug=f"{CANARY}-1", scope_lv=CANARY, signed_on="2012-05-05")
    radom = City.objects.get(slug="radom")
    secrets = dict.fromkeys(("scope_lv", "scope_en", "source_lv", "decision_number"), CANARY)
    main = make_agreement(
        radom,
        [hidden_field],
        slug=f"{CANARY}-2",
        is_published=False,
        signed_on="2002-05-05",
        valid_until="2030",
        **secrets,
    )
    make_document(main, title_lv=CANARY, name=f"{CANARY}.pdf")
    shown = Agreement.objects.get(slug="radom-2003")
    make_document(shown, title_lv=CANARY, title_en=CANARY, name=f"{CANARY}.pdf", is_published=False)
    make_document(shown, title_lv="Parakstītais līgums")
    Agreement.objects.filter(pk=shown.pk).update(supplements=main)
    Agreement.objects.filter(city__is_published=True).update(internal_note=CANARY)
    City.objects.filter(pk=radom.pk).update(other_names=CANARY)
    renamed = make_city(f"{CANARY}-former")
    renamed.slug = f"{CANARY}-now"
    renamed.save()
    City.objects.filter(pk=renamed.pk).update(is_published=False, name_lv=CANARY)
    return Page.objects.get(place="about")


def text_of(response):
    """All that an answer says, its headers and what is packed in it included."""
    content = b"".join(response) if response.streaming else response.content
    if content[:2] == b"PK":
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(book.read(name) for name in book.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{content.decode(errors='replace')}"


def links_in(text, address):
    """The addresses of the site that an answer names, in whatever format."""
    text = html.unescape(text.replace("\r\n ", ""))
    found = re.findall(r"""(?:href|src)="([^"]+)"|(https?://testserver[^\s"<>\\]*)""", text)
    for link in ("".join(pair) for pair in found):
        whole = urljoin(f"{SITE}{address}", link.replace("webcal://", "http://")).partition("#")[0]
        if whole.startswith(f"{SITE}/") and "/static/" not in whole and "/admin/" not in whole:
            yield whole.removeprefix(SITE)


def crawled(client):
    """Every address that can be reached by links, and those of the formats, with what each answers."""
    waiting, seen = [*SEEDS], {}
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        response = client.get(address)
        seen[address] = text_of(response)
        assert (address, response.status_code < 500) == (address, True)
        # Every combination of filters leads to more of them: one step beyond the plain lists is enough.
        if address.count("=") <= 1:
            waiting += [link for link in links_in(seen[address], address) if link not in seen]
    return seen


def test_no_address_in_any_format_tells_what_is_not_published(client, published):
    seen = crawled(client)
    assert [address for address, text in seen.items() if CANARY in text.casefold()] == []
    reached = " ".join(seen)
    for part in (
        *("/lv/partneri.xlsx", "/lv/partneri.csv", "/lv/partneri.json", "/lv/partneri.geojson"),
        *("/en/agreements.xlsx", "/en/agreements.atom", "/en/fields.csv", "/lv/jubilejas.ics"),
        *("/sitemap-agreements-lv.xml", "/api/v1/partners", "/api/v1/agreements/radom-2003", "/lv/api/"),
        *("/lv/dokumenti/", "/lv/partneri/radom/", "/lv/jomas/culture/", "/lv/lapas/about/"),
    ):
        assert part in reached


def test_no_search_or_key_finds_what_is_not_published(client, published):
    for query in (f"q={CANARY}", "q=Somija", "country=FI", f"field={CANARY}-field", "year_from=2002"):
        for address in (
            *("/lv/partneri/", "/lv/ligumi/", "/lv/partneri.json", "/lv/ligumi.csv", "/lv/ligumi.atom"),
            *("/lv/partneri.geojson", "/api/v1/partners", "/api/v1/agreements"),
        ):
            text = text_of(client.get(f"{address}?{query}"))
            asked = {CANARY, f"{CANARY}-field"} if CANARY in query else set()
            told = set(re.findall(rf"{CANARY}[\w.-]*", text.casefold())) - asked
            assert (address, query, told) == (address, query, set())
    for path in ("partners", "agreements", "fields"):
        for key in ("city", "former", "now", "1", "2", "field"):
            assert client.get(f"/api/v1/{path}/{CANARY}-{key}").status_code == 404


def public_routes():
    """The address of every public view, as a visitor may ask for it."""
    values = {"slug": "radom", "file_format": "csv", "section": "partners-lv", "name": "x.pdf"}
    values["uuid"] = "00000000-0000-0000-0000-000000000000"
    for name, route in addresses():
        if "admin" not in name and "admin" not in route:
            plain = re.sub(r"<(?:\w+:)?(\w+)>", lambda place: values[place[1]], route)
            yield "/" + plain.replace("^", "").replace("$", "")


def test_no_public_address_fails_on_nonsense(register):
    client = Client(raise_request_exception=False)
    routes = [*public_routes(), "/lv/ligumi.atom", "/lv/partneri.geojson", "/lv/partneri.xlsx"]
    assert len(routes) > 20
    for address in routes:
        for junk in JUNK:
            response = client.get(f"{address}?{junk}")
            assert (address, junk, response.status_code < 500) == (address, junk, True)


def test_nobody_can_write_at_a_public_address(register):
    strict = Client(enforce_csrf_checks=True)
    for address in [*public_routes(), "/lv/ligumi.atom"]:
        response = strict.post(address)
        assert (address, response.status_code, "POST" in response["Allow"]) == (address, 405, False)


@pytest.mark.parametrize(
    "address",
    [
        *("/lv/partneri/", "/lv/partneri.csv", "/lv/partneri.geojson", "/lv/ligumi.atom", "/lv/jomas.json"),
        *("/lv/jubilejas.ics", "/api/v1/partners", "/api/v1/fields", "/api/v1/agreements/radom-2003"),
        *("/api/v1/openapi.json", "/lv/api/", "/robots.txt", "/sitemap.xml", "/sitemap-fields-en.xml"),
    ],
)
def test_unknown_parameter_changes_nothing(client, register, address):
    def said(response):
        text = b"".join(response).decode(errors="replace")
        # But for the links of the page that keep what the visitor came with; the next Django leaves the mark
        # of a question where nothing is asked.
        return re.sub(r'(&amp;|\?)utm_source=x|\?(?=")', "", text)

    plain, with_more = client.get(address), client.get(f"{address}?utm_source=x")
    assert (said(with_more), with_more.status_code) == (said(plain), 200)
    assert with_more.get("ETag") == plain.get("ETag")
