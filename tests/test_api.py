"""The API that programs read: what it holds, how it is narrowed, divided, kept and refused."""

import pytest
from django.test import Client, RequestFactory

from partners.error_views import server_error
from partners.models import Agreement, City

from .factories import make_agreement, make_city, make_document, make_field, make_picture
from .test_public_pages import text_of

pytestmark = pytest.mark.django_db


def keys(response):
    assert response.status_code == 200
    return [record["slug"] for record in response.json()["results"]]


def test_record_holds_its_public_columns_in_both_languages_and_its_pages(client, register):
    record = client.get("/api/v1/partners/radom").json()
    changed_at = City.objects.get(slug="radom").changed_at
    assert record == {
        "slug": "radom",
        "name_lv": "Radoma",
        "name_en": "Radom",
        "country": "PL",
        "region_lv": None,
        "region_en": None,
        "website": None,
        "description_lv": None,
        "description_en": None,
        "latitude": 51.4025,
        "longitude": 21.1471,
        "partnership_status": "not-stated",
        "pages": {
            "lv": "http://testserver/lv/partneri/radom/",
            "en": "http://testserver/en/partners/radom/",
        },
        "changed_at": changed_at.isoformat(timespec="seconds"),
    }


def test_values_are_of_the_types_of_json_and_the_unknown_is_null(client):
    make_agreement(
        make_city("tukums"),
        [make_field("culture"), make_field("sport")],
        slug="tukums-2012",
        signed_on="2012-09",
        scope_lv="Kultūra\nSports",
        renews_automatically=False,
        notice_months=6,
    )
    record = client.get("/api/v1/agreements/tukums-2012").json()
    assert {
        name: record[name] for name in ("scope_lv", "scope_en", "fields", "signed_on", "valid_until")
    } == {
        "scope_lv": ["Kultūra", "Sports"],
        "scope_en": [],
        "fields": ["culture", "sport"],
        "signed_on": "2012-09",
        "valid_until": None,
    }
    assert (record["renews_automatically"], record["notice_months"], record["status"]) == (
        False,
        6,
        "not-stated",
    )


def test_agreement_names_its_published_documents_and_no_others(client):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2012")
    signed = make_document(agreement, title_en="Agreement")
    picture = make_picture(agreement)
    make_document(agreement, title_lv="Melnraksts", is_published=False)
    make_document(make_agreement(agreement.city, slug="tukums-2013"))
    for record in (
        client.get("/api/v1/agreements/tukums-2012", headers={"accept-language": "en"}).json(),
        client.get("/api/v1/agreements").json()["results"][0],
    ):
        assert record["documents"] == [
            {
                "title_lv": "Līgums",
                "title_en": "Agreement",
                "alternative_lv": None,
                "alternative_en": None,
                "media_type": "application/pdf",
                "size": signed.size,
                "sha256": signed.sha256,
                "address": f"http://testserver{signed.get_absolute_url()}",
            },
            {
                "title_lv": "Parakstīšana",
                "title_en": None,
                "alternative_lv": "Divi mēri",
                "alternative_en": "Two mayors",
                "media_type": "image/png",
                "size": picture.size,
                "sha256": picture.sha256,
                "address": f"http://testserver{picture.get_absolute_url()}",
            },
        ]
    Agreement.objects.update(is_published=False)
    assert client.get("/api/v1/agreements").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=LT", ["panevezys", "visaginas"]),
        ("field=strategic-planning", ["visaginas"]),
        ("q=lietuva&field=culture", ["panevezys", "visaginas"]),
        ("q=nekas", []),
        ("year_from=2019&year_to=2019", ["raska", "suluova"]),
        ("country=LT&utm_source=x&sort=nonsense&page=7", ["panevezys", "visaginas"]),
    ],
)
def test_list_is_narrowed_as_on_the_site_and_by_nothing_else(client, register, query, found):
    assert keys(client.get(f"/api/v1/partners?{query}")) == found


def test_answer_says_what_was_searched_for_instead(client, register):
    assert client.get("/api/v1/agreements?q=kutlura").json()["searched_for"] == "Kultūra"
    assert client.get("/api/v1/agreements?q=kultūra").json()["searched_for"] is None


@pytest.mark.parametrize("name", ["partners", "agreements", "fields"])
def test_parts_hold_each_record_once_in_the_order_of_the_keys(client, register, name):
    whole = client.get(f"/api/v1/{name}?limit=100").json()
    assert whole["next"] is None
    address, seen = f"/api/v1/{name}?limit=4&junk=x", []
    while address:
        part = client.get(address).json()
        assert (part["count"], len(part["results"]) <= 4) == (whole["count"], True)
        seen += part["results"]
        address = part["next"]
        assert "junk" not in (address or "")
    assert seen == whole["results"]
    assert [record["slug"] for record in seen] == sorted(record["slug"] for record in seen)


def test_record_added_or_gone_between_two_parts_takes_no_other_along(client):
    for slug in ("a", "c", "d", "e"):
        make_city(slug)
    first = client.get("/api/v1/partners?limit=2").json()
    City.objects.get(slug="c").delete()
    make_city("b")
    assert keys(client.get(first["next"])) == ["d", "e"]


def test_next_part_keeps_the_filters(client, register):
    first = client.get("/api/v1/agreements?country=LT&limit=1").json()
    assert keys(client.get(first["next"])) == ["visaginas-2022"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "9" * 4000, "１"])
def test_part_is_never_larger_than_a_hundred(client, limit):
    response = client.get("/api/v1/partners", {"limit": limit})
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("cursor", ["", "x", "=", "%00", "cmFkb20=", "AAAA", "ā"])
def test_cursor_that_no_answer_gave_leads_nowhere(client, cursor):
    assert client.get("/api/v1/partners", {"cursor": cursor}).status_code == 404


def test_answer_is_sent_again_only_after_a_change(client, register):
    for address in ("/api/v1/partners", "/api/v1/agreements/radom-2003", "/api/v1/openapi.json"):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Access-Control-Allow-Origin"] == "*"
    etag = client.get("/api/v1/agreements/radom-2003")["ETag"]
    Agreement.objects.filter(slug="radom-2003").update(status="in-force")
    changed = client.get("/api/v1/agreements/radom-2003", headers={"if-none-match": etag})
    assert (changed.status_code, changed.json()["status"]) == (200, "in-force")


def test_answer_is_named_by_how_it_is_packed(client, register):
    tags = set()
    for encoding in ("", "gzip", "br"):
        asked = {"accept-encoding": encoding}
        first, again = (client.get("/api/v1/partners", headers=asked) for _time in range(2))
        assert (first.content, first["ETag"]) == (again.content, again["ETag"])
        assert (first.get("Content-Encoding", ""), first["Vary"]) == (encoding, "Accept-Encoding")
        held = client.get("/api/v1/partners", headers={**asked, "if-none-match": first["ETag"]})
        assert held.status_code == 304
        tags.add(first["ETag"])
    assert (len(tags), [tag for tag in tags if tag.startswith("W/")]) == (3, [])


def test_only_what_went_wrong_depends_on_the_language_asked_for(client, register):
    assert client.get("/api/v1/partners/radom")["Vary"] == "Accept-Encoding"
    assert "Accept-Language" in client.get("/api/v1/partners/atlantis")["Vary"]


def test_head_answers_as_get_without_the_content(client, register):
    get, head = client.get("/api/v1/partners/radom"), client.head("/api/v1/partners/radom")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Access-Control-Allow-Origin"):
        assert head[name] == get[name]


def test_programs_of_any_site_may_read(client, register):
    for address in ("/api/v1/partners", "/api/v1/partners/nothing", "/api/v1/partners?limit=x"):
        response = client.get(address, headers={"origin": "https://example.org"})
        assert response["Access-Control-Allow-Origin"] == "*"
    asked = client.options("/api/v1/partners", headers={"origin": "https://example.org"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"], asked["Allow"]) == (
        204,
        "GET, HEAD, OPTIONS",
        "GET, HEAD, OPTIONS",
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_api_can_only_be_read(register, method):
    strict = Client(enforce_csrf_checks=True)
    response = strict.generic(method, "/api/v1/partners/radom")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "status", "faults"),
    [
        ("partners/atlantis", 404, None),
        ("nothing", 404, None),
        ("partners/", 404, None),
        ("partners/a%00b", 404, None),
        ("partners/%0A", 404, None),
        ("partners?country=XX", 404, ["country"]),
        ("partners?field=astrology", 404, ["field"]),
        ("partners?year_from=2020&year_to=2010", 404, ["year_to"]),
        ("agreements?year_from=abc", 400, ["year_from"]),
        ("agreements?status=x&country=XX", 400, ["country", "status"]),
        ("agreements?q=%00", 400, ["q"]),
        ("agreements?q=" + "x" * 101, 400, ["q"]),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(client, register, address, status, faults):
    response = client.get(f"/api/v1/{address}")
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response["Content-Type"] == "application/problem+json"
    assert (problem["type"], problem["title"]) == (
        "about:blank",
        {400: "Bad Request", 404: "Not Found"}[status],
    )
    assert faults == (problem.get("errors") and [fault["parameter"] for fault in problem["errors"]])


def test_problem_is_said_in_the_language_that_the_program_asks_for(client):
    english = client.get("/api/v1/partners?country=XX", headers={"accept-language": "en"}).json()
    assert english["errors"] == [
        {"parameter": "country", "detail": "There are no partners in the country “XX”."}
    ]
    latvian = client.get("/api/v1/partners?country=XX").json()
    assert latvian["errors"][0]["detail"] == "Reģistrā nav partneru no valsts „XX”."


def test_fault_of_ours_is_a_problem_document_too():
    response = server_error(RequestFactory().get("/api/v1/partners"))
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")


def test_former_key_leads_to_the_record_and_that_of_a_draft_nowhere(client):
    city, draft = make_city("tukums"), make_city("draft")
    for record, slug in ((city, "tuckum"), (draft, "hidden")):
        record.slug = slug
        record.save()
    City.objects.filter(slug="hidden").update(is_published=False)
    response = client.get("/api/v1/partners/tukums")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/partners/tuckum")
    assert client.get("/api/v1/partners/draft").status_code == 404
    assert client.get("/api/v1/partners/hidden").status_code == 404


def test_answer_needs_no_session_and_sets_no_cookie(client, register):
    response = client.get("/api/v1/partners")
    assert dict(response.cookies) == {}
    assert "Cookie" not in response["Vary"]


@pytest.mark.parametrize("language", ["lv", "en"])
def test_page_for_people_shows_all_that_the_description_says(client, register, language):
    page = text_of(client.get(f"/{language}/api/"))
    api = client.get("/api/v1/openapi.json").json()
    for path, item in api["paths"].items():
        assert f"GET /api/v1{path}" in page
        assert [p["name"] for p in item["get"]["parameters"] if p["name"] not in page] == []
    for name, schema in api["components"]["schemas"].items():
        assert name in page
        assert [member for member in schema["properties"] if member not in page] == []


def test_description_is_in_english_and_names_every_public_column(client):
    api = client.get("/api/v1/openapi.json").json()
    assert api["openapi"] == "3.1.0"
    columns = api["components"]["schemas"]["Agreement"]["properties"]
    assert columns["signed_on"]["title"] == "Signed on"
    assert "internal_note" not in columns
    assert "is_published" not in columns
