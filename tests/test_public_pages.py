import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from partners.models import Agreement, City, CooperationField

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db

LISTS = ("city_list", "agreement_list", "field_list")
PAGES = {}


def text_of(response):
    """What a visitor reads: the body without tags, white space folded."""
    body = response.content.decode().partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def public_addresses():
    for language in ("lv", "en"):
        with override(language):
            yield reverse("partners:home")
            for name in (*LISTS, "map", "overview", "anniversaries", "api"):
                yield reverse(f"partners:{name}")
            for model in (City, Agreement, CooperationField):
                for record in model.objects.all():
                    yield record.get_absolute_url()
            for place in ("about", "accessibility", "privacy"):
                yield reverse("partners:page_detail", args=[place])


@pytest.fixture
def pages(client, register):
    """What visitors are answered at every address of the register that is delivered, asked for once."""
    if not PAGES:
        PAGES.update((address, client.get(address)) for address in public_addresses())
    return PAGES


def test_bare_address_answers_in_latvian_whatever_the_browser_prefers(client, register):
    response = client.get("/", headers={"accept-language": "en"}, follow=True)
    assert response.redirect_chain == [("/lv/", 302)]
    assert '<html lang="lv">' in response.content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/lv/", "0 sadarbības partneru 0 valstu 0 līgumu 0 sadarbības jomu"),
        ("/en/", "0 partners 0 countries 0 agreements 0 fields of cooperation"),
        ("/lv/partneri/", "Vēl nav publicēts neviens sadarbības partneris."),
        ("/en/partners/", "No partner has been published yet."),
        ("/lv/ligumi/", "Vēl nav publicēts neviens līgums."),
        ("/en/agreements/", "No agreement has been published yet."),
        ("/lv/jomas/", "Pagaidām nav nevienas sadarbības jomas."),
        ("/en/fields/", "No field of cooperation is in use yet."),
    ],
)
def test_pages_of_an_empty_register_say_so(client, address, said):
    assert said in text_of(client.get(address))


@pytest.mark.parametrize("address", ["/lv/partneri/?q=nekas", "/lv/ligumi/?q=nekas"])
def test_empty_result_says_what_to_do(client, register, address):
    said = "Pamēģiniet citu rakstību, mazāk vārdu vai noņemiet filtrus."
    assert said in text_of(client.get(address))


def test_every_public_page_answers_in_its_language_without_a_cookie(pages):
    assert len(pages) == 2 * (8 + 22 + 23 + 19 + 3)
    for address, response in pages.items():
        assert (address, response.status_code, dict(response.cookies)) == (address, 200, {})
        assert f'<html lang="{address[1:3]}">' in response.content.decode()
        assert "Cookie" not in response.get("Vary", "")


def test_every_public_page_names_its_twin_in_the_other_language(pages):
    for address, response in pages.items():
        page = response.content.decode()
        twins = dict(re.findall(r'rel="alternate" hreflang="(..)" href="http://testserver([^"]+)"', page))
        assert twins[address[1:3]] == address
        back = pages[twins["en" if address.startswith("/lv") else "lv"]].content.decode()
        assert f'href="http://testserver{address}"' in back


def test_language_switch_stays_on_the_record_and_keeps_the_filter(client, register):
    assert 'href="/en/partners/lida/" lang="en"' in client.get("/lv/partneri/lida/").content.decode()
    page = client.get("/lv/partneri/?country=BY&field=culture").content.decode()
    assert 'href="/en/partners/?country=BY&amp;field=culture" lang="en"' in page


@pytest.mark.parametrize("language", ["lv", "en"])
def test_partner_page_shows_agreements_dates_scope_and_fields(client, register, language):
    with override(language):
        for city in City.objects.with_agreements():
            shown = text_of(client.get(city.get_absolute_url()))
            expected = [city.name, city.country.name]
            for agreement in city.public_agreements:
                expected += [agreement.signed_on.localized, *agreement.scope_lines]
                expected += [field.name for field in agreement.fields.all()]
            assert [fact for fact in expected if fact not in shown] == []


@pytest.mark.parametrize("language", ["lv", "en"])
def test_agreement_page_shows_partner_date_scope_fields_and_source(client, register, language):
    with override(language):
        for agreement in Agreement.objects.select_related("city"):
            shown = text_of(client.get(agreement.get_absolute_url()))
            expected = [
                agreement.city.name,
                agreement.signed_on.localized,
                agreement.get_status_display(),
                agreement.source,
                *agreement.scope_lines,
                *(field.name for field in agreement.fields.all()),
            ]
            assert [fact for fact in expected if fact not in shown] == []


def test_date_known_to_the_month_is_never_shown_as_the_first(client, register):
    for address in ("/lv/partneri/magdeburg/", "/lv/ligumi/magdeburg-2012/", "/lv/ligumi/"):
        page = client.get(address).content.decode()
        assert '<time datetime="2012-09">2012. gada septembris</time>' in page
        assert "2012-09-01" not in page


def test_home_counts_what_is_published(client, register):
    assert "22 sadarbības partneri 15 valstis 23 līgumi 19 sadarbības jomas" in text_of(client.get("/lv/"))
    City.objects.filter(slug="harbin").update(is_published=False)
    assert "21 sadarbības partneris 14 valstis 22 līgumi 19 sadarbības jomas" in text_of(client.get("/lv/"))


def test_field_page_lists_who_cooperates_on_it(client, register):
    page = client.get("/lv/jomas/strategic-planning/")
    assert [city.slug for city in page.context["city_list"]] == ["visaginas"]
    assert "1 sadarbības partneris Visagina Lietuva" in text_of(page)


def test_partner_page_gives_the_position_in_the_manner_of_the_language(client, register):
    assert "49,9818° z. pl., 36,2548° a. g." in text_of(client.get("/lv/partneri/kharkiv/"))
    assert "49.9818° N, 36.2548° E" in text_of(client.get("/en/partners/kharkiv/"))
    assert "45.75° N, 126.65° E" in text_of(client.get("/en/partners/harbin/"))


def test_supplements_are_linked_both_ways(client, register):
    additional = client.get("/lv/ligumi/radom-2003/")
    assert 'href="/lv/ligumi/radom-1993/"' in additional.content.decode()
    assert "Papildina līgumu Radoma – sadarbības līgums, 1993. gada 17. decembris" in text_of(additional)
    main = client.get("/lv/ligumi/radom-1993/")
    assert 'href="/lv/ligumi/radom-2003/"' in main.content.decode()
    assert "Papildu līgumi Radoma – papildu līgums, 2003. gada 17. novembris" in text_of(main)


def test_other_names_are_for_searching_and_not_shown(client, register):
    assert "Kharkov" not in client.get("/en/partners/kharkiv/").content.decode()
    assert [city.slug for city in client.get("/en/partners/?q=Kharkov").context["city_list"]] == ["kharkiv"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?country=LT", ["panevezys", "visaginas"]),
        ("?field=strategic-planning", ["visaginas"]),
        ("?country=LT&field=environment", ["panevezys"]),
        ("?q=lietuva&field=culture", ["panevezys", "visaginas"]),
        ("?q=nekas", []),
    ],
)
def test_partner_list_is_narrowed_by_what_the_address_says(client, register, query, found):
    assert [city.slug for city in client.get(f"/lv/partneri/{query}").context["city_list"]] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?country=PL", ["radom-2003", "radom-1993"]),
        ("?country=PL&field=culture", ["radom-1993"]),
        ("?q=stratēģiskā", ["visaginas-2022"]),
    ],
)
def test_agreement_list_is_narrowed_by_what_the_address_says(client, register, query, found):
    page = client.get(f"/lv/ligumi/{query}")
    assert [agreement.slug for agreement in page.context["agreement_list"]] == found


def test_agreements_stand_newest_first_and_unknown_dates_last(client):
    city = make_city("tukums")
    for slug, date in {"a": "2012-09", "b": None, "c": "2012-09-17", "d": "2022"}.items():
        make_agreement(city, slug=slug, signed_on=date)
    shown = client.get("/lv/ligumi/").context["agreement_list"]
    assert [agreement.slug for agreement in shown] == ["d", "c", "a", "b"]


def test_unknown_dates_look_unknown(client):
    make_agreement(make_city("tukums"), slug="tukums-x")
    assert "noslēgšanas datums nav zināms" in text_of(client.get("/lv/ligumi/"))
    assert "Noslēgts nav zināms Statuss nav norādīts" in text_of(client.get("/lv/ligumi/tukums-x/"))


def test_first_known_date_of_signing_stands_and_an_agreement_without_a_date_is_said_to_be_there(client):
    city = make_city("tukums")
    assert "Pirmais līgums" not in text_of(client.get("/lv/partneri/tukums/"))
    make_agreement(city, slug="dated", signed_on="2015")
    assert "Pirmais līgums 2015. gads" in text_of(client.get("/lv/partneri/tukums/"))
    make_agreement(city, slug="undated")
    page = client.get("/lv/partneri/tukums/")
    assert (
        "Pirmais datētais līgums 2015. gads "
        "Ir arī līgums, kura noslēgšanas datums nav zināms; tas var būt senāks."
    ) in text_of(page)
    assert 'name="description" content="Tukums, Latvija. Pirmais datētais līgums: 2015. gads.' in (
        page.content.decode()
    )
    for address in ("/lv/", "/lv/partneri/"):
        shown = text_of(client.get(address))
        assert "Tukums Latvija pirmais datētais līgums 2015. gadā; ir arī nedatēts" in shown


def test_agreements_without_any_known_date_leave_the_first_unknown(client):
    make_agreement(make_city("tukums"))
    assert "Pirmais līgums nav zināms" in text_of(client.get("/lv/partneri/tukums/"))
    assert "pirmā līguma datums nav zināms" in text_of(client.get("/lv/partneri/"))


def test_partner_with_an_undated_agreement_keeps_its_place_in_the_order_of_first_agreements(client):
    for slug, dates in {"a": ["2015", None], "b": ["2016"], "c": [None], "d": ["2014-05", "2020"]}.items():
        city = make_city(slug)
        for number, date in enumerate(dates):
            make_agreement(city, slug=f"{slug}-{number}", signed_on=date)
    make_city("e")
    shown = client.get("/lv/partneri/?sort=date").context["object_list"]
    assert [city.slug for city in shown] == ["d", "a", "b", "c", "e"]


@pytest.mark.parametrize(
    ("query", "explained"),
    [
        ("country=XX", "Reģistrā nav partneru no valsts „XX”."),
        ("country=%00", "Reģistrā nav partneru no valsts"),
        ("field=astrology", "Reģistrā nav sadarbības jomas „astrology”."),
        ("q=" + "x" * 101, "Meklējamais teksts nedrīkst būt garāks par 100 rakstzīmēm."),
        ("q=%00", "Nulles rakstzīmes nav atļautas."),
        ("page=99", "Lapas „99” nav: sarakstā ir 1 lapa."),
        ("page=0", "Lapas „0” nav: sarakstā ir 1 lapa."),
        ("page=abc", "Lapas „abc” nav: sarakstā ir 1 lapa."),
        ("page=%3Cscript%3E", "Lapas „<script>” nav: sarakstā ir 1 lapa."),
    ],
)
@pytest.mark.parametrize("address", ["/lv/partneri/", "/lv/ligumi/"])
def test_nonsense_in_the_address_gives_a_page_that_says_so(client, register, address, query, explained):
    response = client.get(f"{address}?{query}")
    assert response.status_code == 404
    assert explained in text_of(response)
    assert "<script>" not in response.content.decode()


def test_nonsense_page_of_a_field_gives_a_page_that_says_so(client, register):
    response = client.get("/en/fields/culture/?page=7")
    assert response.status_code == 404
    assert "There is no page “7”: the list has 1 page." in text_of(response)


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/lv/nekas/", "Šādas lapas nav"),
        ("/lv/partneri/atlantida/", "Šādas lapas nav"),
        ("/en/partners/atlantis/", "There is no such page"),
        ("/en/agreements/atlantis-1999/", "There is no such page"),
        ("/en/fields/astrology/", "There is no such page"),
        ("/en/pages/home/", "There is no such page"),
        ("/en/partners/a%00b/", "There is no such page"),
    ],
)
def test_unknown_address_gives_the_404_page_in_the_language_of_the_visitor(
    client, register, address, heading
):
    response = client.get(address)
    assert response.status_code == 404
    assert f"<h1>{heading}</h1>" in response.content.decode()


def test_unknown_address_without_a_language_follows_the_browser(client, register):
    page = client.get("/nowhere", headers={"accept-language": "en"}).content.decode()
    assert "<h1>There is no such page</h1>" in page


@pytest.mark.parametrize(
    ("address", "heading"), [("/lv/", "Radusies kļūda"), ("/en/", "Something went wrong")]
)
@pytest.mark.urls("tests.broken_urls")
def test_fault_gives_the_500_page_in_the_language_of_the_visitor(address, heading):
    response = Client(raise_request_exception=False).get(f"{address}broken/")
    assert response.status_code == 500
    assert f"<h1>{heading}</h1>" in response.content.decode()


def test_expired_form_and_missing_permission_are_explained_in_the_language_of_the_visitor(client, user_with):
    strict = Client(enforce_csrf_checks=True)
    assert "<h1>Veidlapa vairs nav derīga</h1>" in strict.post("/lv/admin/login/").content.decode()
    assert "<h1>The form has expired</h1>" in strict.post("/en/admin/login/").content.decode()
    client.force_login(user_with())
    response = client.get("/lv/admin/partners/city/")
    assert response.status_code == 403
    assert "<h1>Jums nav tiesību veikt šo darbību</h1>" in response.content.decode()


def test_list_in_pages_leads_to_the_next_and_keeps_the_filter(client):
    for number in range(60):
        make_city(f"tukums-{number}")
    page = client.get("/lv/partneri/?country=LV").content.decode()
    assert 'href="?country=LV&amp;page=2"' in page
    assert "1. lapa no 3" in text_of(client.get("/lv/partneri/?country=LV"))
    assert len(client.get("/lv/partneri/?country=LV&page=3").context["city_list"]) == 10


def test_unpublished_records_and_internal_notes_appear_nowhere(client, register):
    secret, hidden_field = "Kanārijputniņš", make_field("falconry", name_lv="Medības ar piekūnu")
    hidden = make_city("hidden", name_lv=secret, country="FI", is_published=False)
    make_agreement(hidden, slug="hidden-2020", scope_lv=secret, fields=[hidden_field])
    radom = City.objects.get(slug="radom")
    main = make_agreement(
        radom, slug="radom-hidden", scope_lv=secret, is_published=False, fields=[hidden_field]
    )
    Agreement.objects.filter(slug="radom-2003").update(supplements=main, internal_note=secret)
    Agreement.objects.exclude(slug="radom-2003").update(internal_note=secret)

    hidden_addresses = set()
    for language in ("lv", "en"):
        with override(language):
            hidden_records = (hidden, main, hidden_field, Agreement.objects.get(slug="hidden-2020"))
            hidden_addresses |= {record.get_absolute_url() for record in hidden_records}
    for address in hidden_addresses:
        assert client.get(address).status_code == 404
    searches = [f"/lv/{part}/?q={secret}" for part in ("partneri", "ligumi")]
    for address in searches:
        assert not client.get(address).context["object_list"]
    for address in set(public_addresses()) - hidden_addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert secret not in page.content.decode()
        assert "Somija" not in text_of(page)
        assert "Medības ar piekūnu" not in text_of(page)


def test_passage_in_the_other_language_is_marked_for_eyes_and_ears(client):
    city = make_city("tukums", region_en="Courland", description_lv="Pilsēta Kurzemē.")
    make_agreement(
        city, slug="tukums-2020", scope_lv="Kultūra", fields=[make_field("culture", name_lv="Kultūra")]
    )
    english = client.get("/en/partners/tukums/").content.decode()
    mark = '<span class="fallback">in Latvian only</span>'
    assert f'<h1><span lang="lv">Tukums</span> {mark}</h1>' in english
    assert '<div class="prose" lang="lv"><p>Pilsēta Kurzemē.</p></div>' in english
    assert '<ul class="scope" lang="lv">' in english
    latvian = client.get("/lv/partneri/tukums/").content.decode()
    assert '<span lang="en">Courland</span> <span class="fallback">tikai angliski</span>' in latvian
    assert "<h1>Tukums</h1>" in latvian


def test_text_of_a_record_is_shown_as_text(client):
    attack = "<script>alert(1)</script>"
    make_city("tukums", name_lv=attack, description_lv=f"{attack} https://example.org/?a=1&b=2), un")
    page = client.get("/lv/partneri/tukums/").content.decode()
    assert attack not in page
    assert '<a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a>), un' in page


def test_no_page_carries_script_or_style_of_its_own(pages):
    for response in pages.values():
        page = response.content.decode()
        assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
        code = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", page)  # data, never run
        assert re.findall(r"<script[^>]*>[^<]*", code) == [
            '<script type="module" src="/static/partners/site.js">'
        ]
