"""Search, filters, order and downloads of the public lists."""

import csv
import io
import json
import re

import pytest
from pytest_django.asserts import assertContains

from partners.models import Agreement, City, CooperationField
from partners.search import respelled

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def found(client, address):
    """The keys of the records that a list shows, in its order."""
    response = client.get(address)
    assert response.status_code == 200
    return [record.slug for record in response.context["object_list"]]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("panevezys", ["panevezys"]),
        ("Belci", ["balti"]),
        ("kharkov", ["kharkiv"]),
        ("HARKOVA", ["kharkiv"]),
        ("ļida", ["lida"]),
        ("vagarsapata", ["vagharshapat"]),
        ("polija", ["radom"]),
        ("Eiropas Savienības integrācija", ["ferrara"]),
        ("stratēģiskā lietuva", ["visaginas"]),
    ],
)
def test_partner_is_found_by_any_name_country_or_topic(client, register, words, slugs):
    assert found(client, f"/lv/partneri/?q={words}") == slugs


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("izglītības", "izglītība"),
        ("kultūrā", "kultūra"),
        ("TŪRISMA", "tūrisms"),
        ("Krievijas", "Krievija"),
        ("krievu", "Krievija"),
        ("poļu", "Polija"),
        ("Polish", "Poland"),
        ("ķīniešu", "Harbina"),
    ],
)
def test_cases_and_names_of_peoples_find_the_same(client, register, words, same):
    assert found(client, f"/lv/partneri/?q={words}") == found(client, f"/lv/partneri/?q={same}") != []


def test_word_is_found_from_its_beginning_and_a_short_one_whole(client, register):
    assert found(client, "/lv/partneri/?q=krievija") == found(client, "/lv/partneri/?country=RU")
    assert found(client, "/lv/partneri/?q=panev") == ["panevezys"]
    assert found(client, "/lv/partneri/?q=a") == []
    assert found(client, "/lv/partneri/?q=ES") == []


def test_agreements_of_one_partner_are_not_those_that_mention_it(client):
    radom = make_city("radom", country="PL")
    make_agreement(radom, slug="radom-2003", signed_on="2003")
    make_agreement(radom, slug="radom-2012", signed_on="2012-09", kind="memorandum")
    make_agreement(make_city("torun", country="PL"), slug="torun-2005", scope_lv="Kopā ar Radom")
    assert found(client, "/lv/ligumi/?partner=radom") == ["radom-2012", "radom-2003"]
    assert found(client, "/lv/ligumi/?partner=radom&kind=memorandum") == ["radom-2012"]
    assert found(client, "/lv/partneri/?partner=radom") == ["radom"]
    answer = client.get("/lv/ligumi/?partner=radom&page=1")
    assertContains(answer, '<input type="hidden" name="partner" value="radom" id="id_partner">', html=True)
    assert [(chip.value, chip.count, chip.query) for chip in answer.context["chips"]] == [("Radom", 2, "?")]
    assert client.get("/api/v1/agreements?partner=radom").json()["count"] == 2


@pytest.mark.parametrize("slug", ["warszawa", "hidden"])
def test_partner_that_is_not_public_is_told_from_none_by_nobody(client, slug):
    make_city("radom")
    make_city("hidden", is_published=False)
    answer = client.get(f"/lv/ligumi/?partner={slug}")
    assert (answer.status_code, client.get(f"/api/v1/agreements?partner={slug}").status_code) == (404, 404)


@pytest.mark.parametrize("address", ["/lv/partneri/", "/en/agreements/", "/lv/ligumi.csv"])
@pytest.mark.parametrize("year", ["1000", "9999"])
@pytest.mark.parametrize("name", ["year_from", "year_to", "anniversary"])
def test_first_and_last_year_of_four_digits_can_be_asked_for(client, register, address, name, year):
    assert client.get(f"{address}?{name}={year}").status_code == 200


@pytest.mark.parametrize("words", ["veseliba", "health care", "Medicīna"])
def test_partners_are_found_by_what_their_agreements_are_about(client, register, words):
    slugs = found(client, f"/lv/partneri/?q={words}")
    assert slugs
    assert set(slugs) == set(
        City.objects.published()
        .filter(agreements__in=Agreement.objects.matching(words))
        .values_list("slug", flat=True)
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("panevezhys", "Panevezys"),
        ("Magdeburk", "Magdeburg"),
        ("Vitbeska", "Vitebska"),
        ("kutlura", "Kultūra"),
        ("Leituva", "Lietuva"),
        ("sanktpetersburga", "Sanktpēterburga"),
    ],
)
def test_mistyped_word_finds_what_was_meant_and_says_so(client, register, typed, meant):
    page = client.get(f"/lv/partneri/?q={typed}")
    assert page.context["form"].finding.meant == respelled(typed)
    assert f"Nekas neatbilst meklētajam „{typed}”." in page.content.decode()
    assert found(client, f"/lv/partneri/?q={typed}") == found(client, f"/lv/partneri/?q={meant}") != []


@pytest.mark.parametrize(
    ("words", "same"),
    [("St. Petersburg", "petersburg"), ("2012. gadā", "2012"), ("Lida pilsēta", "lida")],
)
def test_words_that_say_nothing_by_themselves_do_not_spoil_a_search(client, register, words, same):
    assert found(client, f"/lv/ligumi/?q={words}") == found(client, f"/lv/ligumi/?q={same}") != []


@pytest.mark.parametrize("words", ["xyz", "qq", "radoma xyzzy", "lietuva tūrisms polija", "–"])
def test_word_that_is_near_nothing_is_not_replaced(client, register, words):
    assert respelled(words) is None
    assert found(client, f"/lv/partneri/?q={words}") == []


def test_draft_is_not_found_and_its_words_are_not_offered(client):
    make_agreement(make_city("tukums"), [make_field("zveja")], scope_lv="Laivas", is_published=False)
    make_city("saldus", is_published=False)
    for word in ("laivas", "laivaz", "zveja", "zvejja", "saldus", "salduz"):
        assert found(client, f"/lv/partneri/?q={word}") == found(client, f"/lv/ligumi/?q={word}") == []
        assert respelled(word) is None


def test_filters_hold_for_one_agreement_together(client):
    culture, sport = make_field("culture"), make_field("sport")
    city = make_city("tukums")
    make_agreement(city, [culture], slug="a", status="ended", signed_on="2001")
    make_agreement(city, [sport], slug="b", status="in-force", signed_on="2012-09")
    assert found(client, "/lv/partneri/?field=sport&status=in-force") == ["tukums"]
    assert found(client, "/lv/partneri/?field=culture&status=in-force") == []
    assert found(client, "/lv/ligumi/?status=in-force&kind=cooperation") == ["b"]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("year_from=2012", ["month", "day"]),
        ("year_to=2012", ["month", "day", "year"]),
        ("year_from=2012&year_to=2012", ["month", "day"]),
        ("year_to=2011", ["year"]),
        ("anniversary=2027", ["month", "day"]),
        ("anniversary=2026", ["year"]),
        ("anniversary=2012", []),
    ],
)
def test_years_are_those_of_signing_whatever_else_is_known(client, query, slugs):
    city = make_city("tukums")
    make_agreement(city, slug="day", signed_on="2012-01-31")
    make_agreement(city, slug="month", signed_on="2012-12")
    make_agreement(city, slug="year", signed_on="2001")
    make_agreement(city, slug="unknown")
    assert found(client, f"/lv/ligumi/?{query}") == slugs


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("year_from=12", "Rakstiet gadu ar četriem cipariem, piemēram, 2012."),
        ("year_from=abc", "Rakstiet gadu ar četriem cipariem, piemēram, 2012."),
        ("year_from=٢٠٠٠", "Rakstiet gadu ar četriem cipariem, piemēram, 2012."),
        ("anniversary=99999999999999999999", "Rakstiet gadu ar četriem cipariem, piemēram, 2012."),
        ("year_from=2012&year_to=2011", "Beigu gads ir pirms sākuma gada."),
        ("status=x", "Statusa „x” nav."),
        ("kind=x", "Līguma veida „x” nav."),
        ("sort=x", "Sarakstam nav secības „x”."),
    ],
)
@pytest.mark.parametrize("address", ["/lv/partneri/", "/lv/ligumi/"])
def test_filter_that_asks_for_what_cannot_be_says_what_to_do(client, address, query, problem):
    response = client.get(f"{address}?{query}")
    assert response.status_code == 404
    assert problem in response.content.decode()


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("country=LT&country=PL", "LT, PL"),
        ("field=culture&field=sport", "culture, sport"),
        ("status=ended&status=in-force&status=ended", "ended, in-force"),
        ("kind=memorandum&kind=protocol", "memorandum, protocol"),
        ("partner=radom&partner=lida", "lida, radom"),
        ("year_from=1990&year_from=2000", "1990, 2000"),
        ("q=radoma&q=lida", "lida, radoma"),
        ("sort=country&sort=date", "country, date"),
        ("country=XX&country=LT", "LT, XX"),
    ],
)
@pytest.mark.parametrize("address", ["/lv/partneri/", "/lv/ligumi/", "/lv/ligumi.csv", "/lv/ligumi.atom"])
def test_several_values_of_a_filter_are_refused_by_name_and_none_is_left_out_unseen(
    client, register, address, query, values
):
    response = client.get(f"{address}?{query}")
    assert response.status_code == 404
    assert f"Adresē ir vairākas vērtības: {values}. Atstājiet vienu no tām." in response.content.decode()


def test_page_that_refuses_several_values_leads_to_each_and_shows_none_as_chosen(client, register):
    page = client.get("/lv/partneri/?country=PL&country=LT&field=culture&page=2")
    assert '<a href="?country=LT&amp;field=culture" data-filter>Lietuva</a>, ' in page.content.decode()
    assert '<a href="?country=PL&amp;field=culture" data-filter>Polija</a>' in page.content.decode()
    form = page.context["form"]
    assert [offer.value for offer in form.offers["country"] if offer.is_chosen] == [""]
    assert [offer.value for offer in form.offers["field"] if offer.is_chosen] == ["culture"]


def test_value_that_is_repeated_and_one_beside_an_empty_one_are_one(client, register):
    for query in ("country=LT&country=LT", "country=&country=LT", "country=LT&country="):
        assert found(client, f"/lv/partneri/?{query}") == ["panevezys", "visaginas"]
        chips = client.get(f"/lv/partneri/?{query}").context["chips"]
        assert [chip.value for chip in chips] == ["Lietuva"]
    assert client.get("/api/v1/partners?country=LT&country=LT").json()["count"] == 2


def test_api_refuses_several_values_of_a_filter(client, register):
    answer = client.get("/api/v1/agreements?country=LT&country=PL")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == ["country"]
    assert "LT, PL" in answer.json()["errors"][0]["detail"]


def test_choices_say_how_much_they_would_find_beside_the_other_filters(client, register):
    form = client.get("/lv/partneri/?country=LT").context["form"]
    choices = {name: {offer.value: offer.label for offer in offers} for name, offers in form.offers.items()}
    assert choices["country"]["LT"] == "Lietuva (2)"
    assert choices["country"]["PL"] == "Polija (1)"
    assert choices["field"]["strategic-planning"] == "Stratēģiskā plānošana (1)"
    assert "eu-integration" not in choices["field"]
    assert choices["status"] == {"": "Jebkurš statuss", "not-stated": "nav norādīts (2)"}
    for slug, label in choices["field"].items():
        if slug:
            count = len(found(client, f"/lv/partneri/?country=LT&field={slug}"))
            assert label.endswith(f" ({count})")


def test_choice_of_a_field_named_in_the_other_language_only_is_marked(client):
    make_agreement(fields=[make_field("crafts", name_lv="Amatniecība", name_en="")])
    assertContains(
        client.get("/en/partners/"),
        '<option value="crafts" lang="lv">Amatniecība (1) – in Latvian only</option>',
        html=True,
    )
    assertContains(client.get("/lv/partneri/"), '<option value="crafts">Amatniecība (1)</option>', html=True)


def test_chosen_filters_are_shown_counted_and_can_be_taken_off_one_by_one(client, register):
    chips = client.get("/lv/ligumi/?country=PL&field=culture&page=1").context["chips"]
    assert [(chip.label, chip.value, chip.count, chip.query) for chip in chips] == [
        ("Valsts", "Polija", 1, "?field=culture"),
        ("Sadarbības joma", "Kultūra", 1, "?country=PL"),
    ]


def test_title_says_how_the_list_is_narrowed(client, register):
    page = client.get("/lv/ligumi/?country=PL&q=sports").content.decode()
    title = " ".join(re.search("<title>(.*?)</title>", page, re.DOTALL)[1].split())
    assert title == "Līgumi: sports, Polija – Starptautiskā sadarbība – Daugavpils"


def test_lists_are_ordered_as_the_address_asks(client):
    for slug, country, date in (("a", "LV", "2012"), ("b", "EE", None), ("c", "EE", "2001-05")):
        make_agreement(make_city(slug, country=country), slug=slug, signed_on=date)
    make_city("d", country="EE")
    assert found(client, "/lv/partneri/") == ["a", "b", "c", "d"]
    assert found(client, "/lv/partneri/?sort=country") == ["b", "c", "d", "a"]
    assert found(client, "/lv/partneri/?sort=date") == ["c", "a", "b", "d"]
    assert found(client, "/lv/ligumi/") == ["a", "c", "b"]
    assert found(client, "/lv/ligumi/?sort=oldest") == ["c", "a", "b"]
    assert found(client, "/lv/ligumi/?sort=name") == ["a", "b", "c"]
    assert found(client, "/lv/ligumi/?sort=country") == ["b", "c", "a"]


def test_list_is_downloaded_as_it_is_filtered(client, register):
    response = client.get("/lv/partneri.csv?country=LT&sort=date")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert [row["slug"] for row in rows] == ["panevezys", "visaginas"]
    assert rows[0]["name_lv"] == "Panevēža"
    assert response["Content-Disposition"] == 'attachment; filename="sadarbibas-partneri.csv"'
    agreements = json.loads(b"".join(client.get("/en/agreements.json?q=radom")))
    assert [row["slug"] for row in agreements] == ["radom-2003", "radom-1993"]
    assert b"".join(client.get("/lv/ligumi.xlsx"))[:2] == b"PK"


def test_download_holds_nothing_that_visitors_may_not_see(client):
    city = make_city("tukums", other_names="Slepenais")
    draft = make_agreement(city, slug="draft", is_published=False)
    make_agreement(city, slug="open", supplements=draft, internal_note="Slepens")
    make_city("hidden", is_published=False)
    for address in ("/lv/partneri.csv", "/lv/ligumi.csv", "/lv/partneri.json", "/lv/ligumi.json"):
        text = b"".join(client.get(address)).decode()
        assert [word for word in ("Slepen", "draft", "hidden") if word in text] == []


@pytest.mark.parametrize("address", ["/lv/partneri.exe", "/lv/partneri.csv?country=XX", "/lv/ligumi.ods"])
def test_download_of_what_is_not_there_is_not_found(client, register, address):
    assert client.get(address).status_code == 404


def test_list_page_leads_to_its_downloads_with_the_filters(client, register):
    page = client.get("/lv/partneri/?country=LT&page=1").content.decode()
    for extension in ("xlsx", "csv", "json"):
        assert f'href="/lv/partneri.{extension}?country=LT"' in page


def test_fields_are_known_to_the_search_only_while_they_are_in_use(client):
    field = make_field("zveja", name_lv="Zveja")
    assert respelled("zvejja") is None
    make_agreement(make_city("tukums"), [field])
    assert respelled("zvejja") == "Zveja"
    CooperationField.objects.get().agreements.update(is_published=False)
    assert Agreement.objects.published().count() == 0


@pytest.mark.parametrize(
    "narrowed", ["", "&country=LV", "&field=culture", "&year_from=2001", "&kind=protocol"]
)
def test_pages_of_a_list_hold_each_agreement_once_in_the_order_of_the_whole(client, narrowed):
    culture = make_field("culture")
    cities = [make_city(slug, country=country) for slug, country in (("a", "LV"), ("b", "EE"), ("c", "LV"))]
    for number in range(60):
        make_agreement(
            cities[number % 7 % 3],
            [culture] if number % 2 else [],
            slug=f"agreement-{number}",
            signed_on=[None, "2001", "2001-05", "2002-01-31", "1999-12"][number % 5],
            kind="protocol" if number % 3 else "memorandum",
        )
    for sort in ("", "oldest", "name", "country"):
        query = f"?sort={sort}{narrowed}"
        count = client.get(f"/lv/ligumi/{query}").context["paginator"].count
        listed, page = [], 1
        while len(listed) < count:
            listed += found(client, f"/lv/ligumi/{query}&page={page}")
            page += 1
        whole = json.loads(b"".join(client.get(f"/lv/ligumi.json{query}")))
        assert (sort, listed) == (sort, [agreement["slug"] for agreement in whole])
        assert listed


def test_reason_is_given_why_a_list_cannot_be_narrowed_to_an_unknown_partner(client):
    page = client.get("/lv/ligumi/?partner=nekas")
    assert page.status_code == 404
    assert "Sadarbības partnera „nekas” nav." in page.content.decode()
