"""What is downloaded, subscribed to and asked for is the same as what the pages show."""

import csv
import io
import json
import re
from datetime import date, timedelta

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import translate_url
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook

from partners.downloads import whole
from partners.formats import CSV, XLSX, Sheet
from partners.models import Agreement, City, CooperationField, Document
from partners.publishing import publish

from .factories import make_agreement, make_city, make_document, make_field, make_picture
from .spreadsheets import preview, totals

pytestmark = pytest.mark.django_db

FILTERS = (
    "",
    "?country=LT",
    "?field=culture&year_from=2004",
    "?q=lietuva",
    "?q=kutlura&sort=country",
    "?status=not-stated&kind=additional",
    "?anniversary=2027",
    "?q=nekas",
    "?country=PL&utm_source=x",
)


def content(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)


def counted(client, name, words, query, formats):
    """How many records each format has, by the format; the page says so of itself."""
    counts = {"page": client.get(f"/{words}/{query}").context["paginator"].count}
    table = content(client, f"/{words}.csv{query}").decode("utf-8-sig")
    counts["csv"] = len(list(csv.DictReader(io.StringIO(table))))
    counts["json"] = len(json.loads(content(client, f"/{words}.json{query}")))
    book = load_workbook(io.BytesIO(content(client, f"/{words}.xlsx{query}")))
    counts["xlsx"] = book.active.max_row - 1
    answer = client.get(f"/api/v1/{name}{query}").json()
    counts["api"] = answer["count"]
    counts["records of the api"] = len(answer["results"])
    for extension, of in formats.items():
        counts[extension] = of(content(client, f"/{words}.{extension}{query}"))
    return counts


@pytest.mark.parametrize("query", FILTERS)
def test_every_format_of_the_partners_has_as_many_as_the_page(client, register, query):
    formats = {"geojson": lambda text: len(json.loads(text)["features"])}
    counts = counted(client, "partners", "en/partners", query, formats)
    assert set(counts.values()) == {counts["page"]}


@pytest.mark.parametrize("query", FILTERS)
def test_every_format_of_the_agreements_has_as_many_as_the_page(client, register, query):
    formats = {"atom": lambda text: len(feedparser.parse(text).entries)}
    counts = counted(client, "agreements", "en/agreements", query, formats)
    assert set(counts.values()) == {counts["page"]}


def test_every_format_of_the_fields_has_as_many_as_the_page(client, register):
    make_field("unused")
    fields = client.get("/lv/jomas/").context["object_list"].count()
    assert fields == 19
    assert len(json.loads(content(client, "/lv/jomas.json"))) == fields
    assert len(content(client, "/lv/jomas.csv").decode().splitlines()) == fields + 1
    assert client.get("/api/v1/fields").json()["count"] == fields
    assert client.get("/lv/jomas.geojson").status_code == 404


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/lv/partneri.csv?country=XX", "Valsts: Reģistrā nav partneru no valsts „XX”.\n"),
        (
            "/en/agreements.atom?year_from=12",
            "Signed in this year or later: Write the year in four digits, for example 2012.\n",
        ),
        (
            "/en/anniversaries.ics?field=none",
            "Field of cooperation: The register has no field of cooperation “none”.\n",
        ),
    ],
)
def test_file_narrowed_by_what_is_not_there_says_so(client, register, address, sentence):
    answer = client.get(address)
    assert (answer.status_code, answer.content.decode()) == (404, sentence)


@pytest.mark.parametrize(
    "address",
    ["/lv/ligumi.csv", "/lv/ligumi.xlsx", "/lv/partneri.geojson", "/lv/ligumi.atom", "/lv/jubilejas.ics"],
)
def test_page_of_another_site_may_read_the_file(client, register, address):
    asked = client.options(address, headers={"origin": "https://example.org"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for response in (asked, client.get(address), client.head(address)):
        assert response["Access-Control-Allow-Origin"] == "*"


def test_file_begins_before_its_end_is_known_and_says_where_it_breaks_off():
    def rows():
        yield ["radom"]
        raise OSError("the database is gone")

    pieces = whole(CSV().pieces(Sheet("Lapa", ["slug"], rows())))
    assert [next(pieces), next(pieces)] == [b"\xef\xbb\xbfslug\r\n", b"radom\r\n"]
    assert next(pieces).decode() == "\n\0Fails ir nepilnīgs. Lūdzu, lejupielādējiet to vēlreiz.\n"
    with pytest.raises(OSError, match="gone"):
        next(pieces)


def test_download_names_the_published_documents_of_each_agreement(client):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2012")
    documents = [make_document(agreement), make_picture(agreement)]
    make_document(agreement, title_lv="Melnraksts", is_published=False)
    make_agreement(agreement.city, slug="tukums-2013")
    paths = [translate_url(document.get_absolute_url(), "en") for document in documents]
    rows = json.loads(content(client, "/en/agreements.json"))
    assert {row["slug"]: row["documents"] for row in rows} == {
        "tukums-2012": " | ".join(f"http://testserver{path}" for path in paths),
        "tukums-2013": "",
    }


def test_download_can_be_imported_as_it_is(client, admin_client):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2012", scope_lv="Kultūra")
    make_document(agreement)
    assert totals(preview(admin_client, Agreement, content(client, "/lv/ligumi.csv"))) == {"unchanged": 1}


def test_public_file_names_partner_and_country_in_each_row(client, register):
    [row] = csv.DictReader(io.StringIO(content(client, "/lv/ligumi.csv?q=magdeburg").decode("utf-8-sig")))
    named = {"partner_name_lv": "Magdeburga", "partner_name_en": "Magdeburg"}
    country = {"country": "DE", "country_name_lv": "Vācija", "country_name_en": "Germany"}
    assert row["city"] == "magdeburg"
    assert {name: row[name] for name in (*named, *country)} == named | country
    [row] = json.loads(content(client, "/en/partners.json?q=magdeburg"))
    assert {name: row[name] for name in country} == country


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
@pytest.mark.parametrize(
    ("model", "name"), [(City, "partneri"), (Agreement, "ligumi"), (CooperationField, "jomas")]
)
def test_every_download_can_be_imported_as_it_is(client, admin_client, register, model, name, extension):
    previewed = preview(admin_client, model, content(client, f"/lv/{name}.{extension}"))
    assert totals(previewed) == {"unchanged": model.objects.count()}


@pytest.mark.parametrize("name", ["līgums (1).pdf", "a&b=1;%20.pdf", "17% + '~'.pdf"])
def test_file_names_a_document_by_the_address_of_its_page(client, name):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2012")
    document = make_document(agreement, name=name)
    Document.objects.update(file_name=name)
    document.refresh_from_db()
    [row] = json.loads(content(client, "/lv/ligumi.json"))
    assert row["documents"] == f"http://testserver{document.get_absolute_url()}"


@pytest.mark.parametrize("address", ["/lv/ligumi.csv", "/lv/ligumi.xlsx", "/api/v1/agreements?limit=100"])
def test_documents_of_many_agreements_are_asked_for_as_often_as_of_few(client, address):
    city = make_city("tukums")
    asked = []
    for first, last in ((0, 2), (2, 40)):
        for number in range(first, last):
            make_document(make_agreement(city, slug=f"tukums-{number}"))
        with CaptureQueriesContext(connection) as queries:
            content(client, address)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_workbook_begins_before_its_rows_are_known_and_is_whole_in_the_end(client):
    asked = []

    def rows():
        for number in range(2000):
            asked.append(number)
            yield [f"{number}", "Ķēsis"]

    pieces = XLSX().pieces(Sheet("Lapa", ["slug", "name_lv"], rows()))
    first = next(pieces)
    assert (first[:4], asked) == (b"PK\x03\x04", [])
    sent = [first]
    while not asked:
        sent.append(next(pieces))
    assert len(asked) < 2000
    book = load_workbook(io.BytesIO(b"".join([*sent, *pieces])))
    assert book.active.max_row == 2001


def test_workbook_is_sent_as_it_is_made_and_not_packed_once_more(client, register):
    response = client.get("/lv/ligumi.xlsx", headers={"accept-encoding": "gzip, br"})
    assert (response.streaming, response.has_header("Content-Encoding")) == (True, False)
    assert load_workbook(io.BytesIO(b"".join(response))).active.max_row == 24
    assert b"".join(client.head("/lv/ligumi.xlsx")) == b""


def test_text_that_excel_has_no_room_for_is_named(client):
    make_agreement(make_city("tukums"), slug="tukums-2012", scope_lv="x" * 33_000)
    response = client.get("/en/agreements.xlsx")
    assert (response.status_code, response.content.decode()) == (
        406,
        "XLSX cannot hold the text of “scope_lv” in the row “tukums-2012”. Export it as CSV.\n",
    )
    assert len(content(client, "/en/agreements.csv")) > 33_000


# GeoJSON


def test_partner_is_a_feature_at_its_place_longitude_first(client, register):
    collection = json.loads(content(client, "/lv/partneri.geojson?country=PL"))
    assert collection == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "radom",
                "geometry": {"type": "Point", "coordinates": [21.1471, 51.4025]},
                "properties": {
                    "slug": "radom",
                    "name_lv": "Radoma",
                    "name_en": "Radom",
                    "country": "PL",
                    "region_lv": None,
                    "region_en": None,
                    "website": None,
                    "description_lv": None,
                    "description_en": None,
                    "country_name_lv": "Polija",
                    "country_name_en": "Poland",
                    "partnership_status": "not-stated",
                },
            }
        ],
    }
    response = client.get("/lv/partneri.geojson")
    assert response["Content-Type"] == "application/geo+json"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_partner_without_a_place_is_a_feature_without_a_geometry(client):
    assert json.loads(content(client, "/lv/partneri.geojson"))["features"] == []
    make_city("tukums")
    make_city("equator", latitude="0", longitude="0")
    features = json.loads(content(client, "/lv/partneri.geojson"))["features"]
    assert {feature["id"]: feature["geometry"] for feature in features} == {
        "tukums": None,
        "equator": {"type": "Point", "coordinates": [0.0, 0.0]},
    }


# Atom


def test_feed_has_what_was_changed_last_first_and_each_entry_leads_to_its_page(client, register):
    Agreement.objects.get(slug="lida-2012").save()
    feed = feedparser.parse(content(client, "/lv/ligumi.atom"))
    assert (feed.bozo, feed.version, feed.feed.language) == (False, "atom10", "lv")
    assert feed.feed.title == "Līgumi – Starptautiskā sadarbība"
    assert feed.feed.author == "Daugavpils"
    newest = feed.entries[0]
    assert newest.link == "http://testserver/lv/ligumi/lida-2012/"
    assert newest.title == "Ļida – sadarbības līgums, 2012. gada janvāris"
    assert newest.updated == Agreement.objects.get(slug="lida-2012").changed_at.isoformat()
    assert len({entry.id for entry in feed.entries}) == 23


def test_feed_can_be_of_a_field_or_a_country_and_says_so_in_its_addresses(client, register):
    feed = feedparser.parse(content(client, "/en/agreements.atom?junk=1&country=PL"))
    assert {entry.link.split("/")[-2] for entry in feed.entries} == {"radom-2003", "radom-1993"}
    assert feed.feed.link == "http://testserver/en/agreements/?country=PL"
    assert feed.feed.links[1].href == "http://testserver/en/agreements.atom?country=PL"
    feed = feedparser.parse(content(client, "/en/agreements.atom?field=strategic-planning"))
    assert [entry.link.split("/")[-2] for entry in feed.entries] == ["visaginas-2022"]


def test_feed_shows_texts_as_texts_and_marks_those_in_the_other_language(client):
    make_agreement(make_city("tukums", name_lv="A & <b>"), scope_lv="<script>x</script>\nMāksla & sports")
    [entry] = feedparser.parse(content(client, "/en/agreements.atom")).entries
    raw = content(client, "/en/agreements.atom").decode()
    assert "&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;&lt;br&gt;Māksla" in raw
    assert "(in Latvian only)" in entry.summary
    assert entry.title.startswith("A & <b>") or entry.title.startswith("A &amp; &lt;b&gt;")


@pytest.mark.parametrize("way", ["saved", "published", "updated"])
def test_agreement_that_is_seen_with_its_partner_is_new_in_the_feed(client, admin_user, way):
    city = make_city("tukums", is_published=False)
    make_agreement(city, slug="seen")
    draft = make_agreement(city, slug="draft", is_published=False)
    for number in range(50):
        make_agreement(make_city(f"city-{number}"), slug=f"other-{number}")
    assert "seen" not in content(client, "/lv/ligumi.atom").decode()
    if way == "saved":
        city.is_published = True
        city.save()
    elif way == "published":
        publish(City.objects.filter(pk=city.pk), admin_user)
    else:
        City.objects.filter(pk=city.pk).update(is_published=True)
    entries = feedparser.parse(content(client, "/lv/ligumi.atom")).entries
    assert entries[0].link.endswith("/ligumi/seen/")
    before = Agreement.objects.get(pk=draft.pk).changed_at, Agreement.objects.get(slug="seen").changed_at
    city.refresh_from_db()
    city.save()
    assert before == (draft.changed_at, Agreement.objects.get(slug="seen").changed_at)


def test_feed_holds_the_newest_fifty(client):
    city = make_city("tukums")
    for number in range(60):
        make_agreement(city, slug=f"tukums-{number}")
    entries = feedparser.parse(content(client, "/lv/ligumi.atom")).entries
    assert len(entries) == 50
    assert entries[0].link.endswith("/tukums-59/")


# iCalendar


def events(client, address="/en/anniversaries.ics"):
    calendar = Calendar.from_ical(content(client, address))
    return {str(event["UID"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def days(event):
    return event["DTSTART"].dt, event["DTEND"].dt - timedelta(days=1)


def test_calendar_holds_the_anniversaries_of_the_page(client, register):
    page = client.get("/en/anniversaries/").context["years"]
    shown = {
        f"{each.agreement.slug}-{each.years}-years": each
        for _year, found, _has_more in page
        for each in found
    }
    assert len(shown) > 0
    found = events(client)
    assert set(found) == set(shown)
    for uid, event in found.items():
        assert days(event) == (shown[uid].on.first_day(), shown[uid].on.last_day())


def test_date_known_to_the_month_is_an_event_of_the_whole_month_and_says_so(client):
    this_year = timezone.localdate().year
    city = make_city("tukums")
    for precision in ("", "-09", "-09-17"):
        signed = f"{this_year - 15}{precision}"
        make_agreement(city, slug=f"tukums{precision}", signed_on=signed)
    found = events(client)
    assert {uid: days(event) for uid, event in found.items()} == {
        "tukums-15-years": (date(this_year, 1, 1), date(this_year, 12, 31)),
        "tukums-09-15-years": (date(this_year, 9, 1), date(this_year, 9, 30)),
        "tukums-09-17-15-years": (date(this_year, 9, 17), date(this_year, 9, 17)),
    }
    assert str(found["tukums-09-15-years"]["SUMMARY"]).endswith(f"(September {this_year})")
    assert {event["TRANSP"] for event in found.values()} == {"TRANSPARENT"}


def test_calendar_holds_the_ends_of_terms_of_agreements_that_nobody_stopped(client):
    city, year = make_city("tukums"), timezone.localdate().year
    make_agreement(city, slug="runs-on", valid_until=f"{year + 3}-05", renews_automatically=True)
    make_agreement(city, slug="over", valid_until=f"{year - 1}")
    make_agreement(city, slug="suspended", valid_until=f"{year}", status="suspended")
    make_agreement(city, slug="hidden", valid_until=f"{year}", is_published=False)
    found = events(client)
    assert list(found) == ["runs-on-term"]
    assert days(found["runs-on-term"]) == (date(year + 3, 5, 1), date(year + 3, 5, 31))
    assert found["runs-on-term"]["DESCRIPTION"] == "It renews automatically unless notice is given."
    assert str(events(client, "/lv/jubilejas.ics")["runs-on-term"]["SUMMARY"]).startswith("Termiņa beigas: ")


def test_calendar_holds_the_end_of_the_term_to_which_an_agreement_has_run_on(client):
    city, year = make_city("tukums"), timezone.localdate().year
    dates = {"signed_on": f"{year - 5}-12-31", "valid_until": f"{year - 2}-12-30"}
    make_agreement(city, slug="runs-on", renews_automatically=True, **dates)
    make_agreement(city, slug="over", renews_automatically=False, **dates)
    make_agreement(city, slug="unknown", renews_automatically=True, valid_until=str(year - 2))
    found = {uid: event for uid, event in events(client).items() if "term" in uid}
    assert {uid: days(event) for uid, event in found.items()} == {
        f"runs-on-term-{year + 1}-12-30": (date(year + 1, 12, 30),) * 2
    }
    page = client.get("/en/agreements/runs-on/").content.decode()
    assert f'<time datetime="{year + 1}-12-30">' in page.partition("Next renewal")[2].partition("</dd>")[0]
    assert "Next renewal" not in client.get("/en/agreements/unknown/").content.decode()


def test_calendar_is_written_as_the_standard_asks(client):
    name = "Ņ; \\ komats, garš nosaukums " * 5
    signed = f"{timezone.localdate().year - 5}-02-03"
    agreement = make_agreement(make_city("tukums", name_lv=name), slug="tukums-x", signed_on=signed)
    written = content(client, "/lv/jubilejas.ics")
    lines = written.split(b"\r\n")
    assert (b"\n" in b"".join(lines), max(map(len, lines)) <= 75) == (False, True)
    for line in lines:
        line.decode()  # no letter is torn apart
    [event] = events(client, "/lv/jubilejas.ics").values()
    assert name.strip() in str(event["SUMMARY"])
    assert str(event["URL"]) == "http://testserver/lv/ligumi/tukums-x/"
    assert event["DTSTAMP"].dt == agreement.changed_at.replace(microsecond=0)
    assert client.get("/lv/jubilejas.ics")["Content-Type"] == "text/calendar; charset=utf-8"


# Linked from the pages


@pytest.mark.parametrize(
    ("page", "formats"),
    [
        ("/lv/", ["/lv/ligumi.atom"]),
        (
            "/lv/partneri/?country=LT&utm_source=x",
            [f"/lv/partneri.{extension}?country=LT" for extension in ("xlsx", "csv", "json", "geojson")]
            + ["/api/v1/partners?country=LT"],
        ),
        (
            "/lv/ligumi/",
            [f"/lv/ligumi.{extension}" for extension in ("xlsx", "csv", "json")]
            + ["/api/v1/agreements", "/lv/ligumi.atom", "/lv/jubilejas.ics"],
        ),
        ("/en/partners/radom/", ["/api/v1/partners/radom", "/en/agreements.atom?partner=radom"]),
        ("/en/agreements/radom-2003/", ["/api/v1/agreements/radom-2003"]),
        ("/lv/jomas/culture/", ["/api/v1/fields/culture", "/lv/ligumi.atom?field=culture"]),
        ("/lv/jomas/", ["/lv/jomas.xlsx", "/lv/jomas.csv", "/lv/jomas.json", "/api/v1/fields"]),
        ("/lv/karte/", ["/lv/partneri.geojson"]),
        ("/lv/jubilejas/", ["/lv/jubilejas.ics"]),
        ("/en/api/", ["/api/v1/openapi.json"]),
    ],
)
def test_page_names_its_formats_to_programs_and_people(client, register, page, formats):
    html = client.get(page).content.decode()
    named = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', html)
    assert [address for _kind, address in named] == formats
    for kind, address in named:
        response = client.get(address)
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (
            200,
            kind.partition(";")[0],
        )
    assert set(formats) - set(re.findall(r'<a[^>]* href="([^"]+)"', html)) == set()
