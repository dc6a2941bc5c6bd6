"""Wherever a partner or an agreement is named, words tell where it stands; what is not stated is said so."""

import json
from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from partners.models import Agreement, City, PartnershipStatus

from .factories import make_agreement, make_city, make_field
from .test_open_formats import events
from .test_public_pages import text_of
from .test_search_engines import data_in

pytestmark = pytest.mark.django_db

IN_FORCE, SUSPENDED, NOT_STATED, ENDED = PartnershipStatus


@pytest.fixture
def partnerships(db):
    """A partner for each status, with one agreement, of five years ago, of that status; on one field."""
    field, year = make_field("culture", name_lv="Kultūra"), localdate().year
    for number, status in enumerate(Agreement.Status.values):
        city = make_city(
            f"p-{status}", name_lv=f"P{number}", latitude=Decimal(50), longitude=Decimal(number * 20)
        )
        make_agreement(city, [field], slug=f"a-{status}", status=status, signed_on=str(year - 5))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], None),
        (["ended", "ended"], ENDED),
        (["ended", "not-stated"], NOT_STATED),
        (["ended", "suspended"], SUSPENDED),
        (["not-stated", "suspended"], SUSPENDED),
        (["suspended", "in-force", "ended", "not-stated"], IN_FORCE),
        (["not-stated"], NOT_STATED),
    ],
)
def test_status_of_a_partnership_is_the_first_by_the_rule_that_a_published_agreement_has(statuses, expected):
    city = make_city("tukums")
    for number, status in enumerate(statuses):
        make_agreement(city, slug=f"a-{number}", status=status)
    make_agreement(city, slug="draft", status="in-force", is_published=False)
    assert City.objects.with_partnership().get().partnership == expected
    assert City.objects.with_agreements().get().partnership == expected


def test_status_follows_neither_from_a_term_that_is_over_nor_from_an_end_that_is_not_stated():
    make_agreement(make_city("tukums"), signed_on="1990", valid_until="1995")
    assert City.objects.with_partnership().get().partnership == NOT_STATED


@pytest.mark.parametrize(
    "address", ["/lv/", "/lv/partneri/", "/lv/partneri/?q=p2", "/lv/jomas/culture/", "/lv/karte/"]
)
def test_card_tells_the_status_of_the_partnership(client, partnerships, address):
    page = client.get(address)
    assert "pirmais līgums" in text_of(page)
    labels = {
        f'<span class="status status-{status}">{status.label}</span>'
        for status in PartnershipStatus
        if status == SUSPENDED or "q=" not in address
    }
    assert {label for label in labels if label not in page.content.decode()} == set()


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (IN_FORCE, "līgums ir spēkā", "Vismaz viens publicētais līgums ir spēkā."),
        (
            SUSPENDED,
            "sadarbība apturēta",
            "Ne par vienu publicēto līgumu nav norādīts, ka tas ir spēkā; vismaz viens ir apturēts.",
        ),
        (NOT_STATED, "statuss nav norādīts", "Reģistrā nav norādīts, vai kāds no publicētajiem līgumiem ir"),
        (ENDED, "sadarbība izbeigta", "Visi publicētie līgumi ir izbeigti."),
    ],
)
def test_page_of_a_partner_tells_the_status_under_its_name_with_the_reason_and_in_its_description(
    client, partnerships, status, words, reason
):
    page = client.get(f"/lv/partneri/p-{status}/")
    html, shown = page.content.decode(), text_of(page)
    assert f"Latvija {words}" in shown
    assert f"Sadarbības statuss {reason}" in shown
    assert f" {words.capitalize()}." in html.partition('name="description" content="')[2].partition('"')[0]
    is_in_title = f"({words})" in html.partition("<title>")[2].partition("</title>")[0]
    assert is_in_title == (status in (SUSPENDED, ENDED))
    assert ("Nākamā apaļā jubileja" in shown) == (status != ENDED)
    assert ("– sadarbība" in html.partition("<svg")[2]) == (status in (SUSPENDED, ENDED))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("in-force", "spēkā"),
        ("suspended", "apturēts"),
        ("not-stated", "statuss nav norādīts"),
        ("ended", "izbeigts"),
    ],
)
def test_agreement_tells_its_status_in_lists_headings_and_related_lists(client, partnerships, status, words):
    badge = f'<span class="status status-{status}">{words}</span>'
    agreement = Agreement.objects.get(slug=f"a-{status}")
    make_agreement(agreement.city, slug="later", supplements=agreement, signed_on=str(localdate().year))
    page = client.get(f"/lv/ligumi/a-{status}/").content.decode()
    heading = page.partition("<h1>")[2].partition("</header>")[0]
    assert badge in heading
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert (f"({words})" in title) == (status in ("suspended", "ended"))
    assert f"Statuss: {agreement.get_status_display()}." in page
    assert badge in client.get("/lv/ligumi/").content.decode()
    assert f"</a> {badge}" in client.get("/lv/ligumi/later/").content.decode()
    assert badge in client.get(f"/lv/partneri/p-{status}/").content.decode().partition('class="story"')[2]


def test_page_of_an_agreement_tells_the_status_of_the_partnership_beside_the_partner(client, partnerships):
    page = client.get("/lv/ligumi/a-suspended/")
    assert "P2 , Latvija sadarbība apturēta" in text_of(page)


def test_map_tells_in_words_and_in_shape_what_has_stopped(client, partnerships):
    page = client.get("/lv/karte/").content.decode()
    for status in PartnershipStatus:
        assert f", Latvija – {status.label}</title>" in page
    assert page.count('class="map-dot map-stopped" cx') == 2 + 1  # and the legend
    assert "(sadarbība apturēta)</tspan></text>" in page
    assert "Tukšs aplis: sadarbība ir apturēta vai izbeigta." in page


def test_anniversaries_leave_out_what_has_ended_and_mark_what_is_suspended(client, partnerships):
    page = client.get("/lv/jubilejas/").content.decode()
    assert "/ligumi/a-ended/" not in page
    for agreement in ("a-in-force", "a-suspended", "a-not-stated"):
        assert f"/ligumi/{agreement}/" in page
    assert '<span class="status status-suspended">apturēts</span>' in page
    assert "apturētie ir atzīmēti" in page


def test_calendar_tells_the_status_in_the_title_of_an_event(client, partnerships):
    titles = {str(event["SUMMARY"]) for event in events(client, "/lv/jubilejas.ics").values()}
    year = localdate().year
    assert titles == {
        f"5 gadi: P0 – sadarbības līgums, {year - 5}. gads ({year}. gads)",
        f"5 gadi: P1 – sadarbības līgums, {year - 5}. gads (spēkā) ({year}. gads)",
        f"5 gadi: P2 – sadarbības līgums, {year - 5}. gads (apturēts) ({year}. gads)",
    }


def test_home_page_counts_agreements_by_status_and_only_what_is_stated_as_in_force(client, partnerships):
    make_agreement(City.objects.get(slug="p-ended"), slug="more")
    shown = text_of(client.get("/lv/"))
    assert "Līgumi pēc statusa spēkā 1 apturēts 1 statuss nav norādīts 2 izbeigts 1" in shown


def test_programs_are_told_the_status_of_a_partnership_as_data(client, partnerships):
    partners = client.get("/api/v1/partners").json()["results"]
    assert {partner["slug"]: partner["partnership_status"] for partner in partners} == {
        f"p-{status}": status for status in Agreement.Status.values
    }
    features = json.loads(b"".join(client.get("/lv/partneri.geojson")))["features"]
    assert {feature["id"]: feature["properties"]["partnership_status"] for feature in features} == {
        f"p-{status}": status for status in Agreement.Status.values
    }
    data = data_in(client.get("/en/partners/p-ended/").content.decode())
    assert data["additionalProperty"] == {
        "@type": "PropertyValue",
        "name": "Status of the partnership",
        "value": "cooperation ended",
    }
