"""The admin as the officer meets it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.forms import FileField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from partners.models import Agreement, City, CooperationField, Page

from .factories import make_agreement, make_city, make_field

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MODELS = (City, Agreement, CooperationField, Page)


def admin_url(model, page, *args, language="lv"):
    with override(language):
        return reverse(f"admin:partners_{model._meta.model_name}_{page}", args=args)


def form_data(response):
    """What a browser would send back if the form were submitted untouched, inlines included."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            if isinstance(field.field, FileField):
                continue
            value = field.value()
            value = field.field.prepare_value(value) if hasattr(field.field, "prepare_value") else value
            if value is None or value is False:
                continue
            if isinstance(value, str):
                value = value.replace("\n", "\r\n")
            data[field.html_name] = "on" if value is True else value
            if field.field.show_hidden_initial and not form.is_bound:
                data[field.html_initial_name] = data[field.html_name]
            elif field.field.show_hidden_initial:
                data[field.html_initial_name] = form.data.getlist(field.html_initial_name)
    return data


def deletion_of(record):
    """What a browser would send from the page that asks whether to delete `record`."""
    last = getattr(record, "history", None) and record.history.order_by("history_id").last()
    return {"post": "yes", "last_change": last.pk if last else ""}


def posted(client, url, changes):
    """The answer to submitting the form at `url` with `changes`; it has to be accepted."""
    data = {**form_data(client.get(url)), **changes}
    response = client.post(url, {name: value for name, value in data.items() if value is not None})
    if response.status_code == 200:
        errors = [response.context["adminform"].form.errors]
        errors += [inline.formset.errors for inline in response.context["inline_admin_formsets"]]
        pytest.fail(f"refused: {errors}")
    return response


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_admin_page_answers(admin_client, register, language):
    with override(language):
        addresses = [reverse("admin:index"), reverse("admin:password_change"), reverse("admin:jsi18n")]
        addresses += [reverse("admin:app_list", args=["auth"])]
    for model in MODELS:
        pk = model.objects.first().pk
        addresses += [admin_url(model, page, language=language) for page in ("changelist", "add")]
        addresses += [
            admin_url(model, page, pk, language=language) for page in ("change", "delete", "history")
        ]
        if model is not Page:
            addresses += [admin_url(model, page, language=language) for page in ("import", "export")]
    for address in addresses:
        assert (address, admin_client.get(address).status_code) == (address, 200)


def test_admin_needs_a_login_and_shows_it_in_either_language(client):
    assert "Lietotājvārds" in client.get("/lv/admin/", follow=True).content.decode()
    assert "Username" in client.get("/en/admin/", follow=True).content.decode()


def test_admin_switches_language_on_the_same_page(admin_client, register):
    page = admin_client.get("/lv/admin/partners/city/?country=LT").content.decode()
    assert 'href="/en/admin/partners/city/?country=LT" lang="en"' in page


def test_index_puts_the_register_first_in_the_order_of_the_work(admin_client):
    apps = admin_client.get("/lv/admin/").context["app_list"]
    assert apps[0]["name"] == "Sadarbības partneru reģistrs"
    assert [model["name"] for model in apps[0]["models"]] == [
        "Sadarbības partneri",
        "Līgumi",
        "Dokumenti",
        "Sadarbības jomas",
        "Importi",
        "Apvienošanas",
        "Lapas",
        "Atgādinājumu abonementi",
        "Obligātie otrie faktori",
    ]


def test_admin_asks_nothing_of_other_hosts(admin_client, register):
    for model in MODELS:
        for url in (admin_url(model, "changelist"), admin_url(model, "add")):
            page = admin_client.get(url).content.decode()
            assert re.findall(r'(?:src|href)="((?:https?:)?//[^"]+)"', page) == []


def test_new_partner_with_an_agreement_is_entered_in_latvian_and_translated_later(admin_client, client):
    culture = make_field("culture", name_lv="Kultūra", name_en="Culture")
    add = admin_url(City, "add")
    posted(
        admin_client,
        add,
        {
            "name_lv": "Cēsis",
            "country": "LV",
            "is_published": "on",
            "agreements-TOTAL_FORMS": "1",
            "agreements-0-kind": "cooperation",
            "agreements-0-status": "not-stated",
            "agreements-0-signed_on": "09.2012.",
            "agreements-0-scope_lv": "Kultūra un māksla\r\nSports\r\n",
            "agreements-0-fields": [culture.pk],
            "agreements-0-is_published": "on",
        },
    )
    city = City.objects.get()
    agreement = Agreement.objects.get()
    assert (city.slug, agreement.slug, agreement.signed_on) == ("cesis", "cesis-2012", "2012-09")
    page = client.get("/lv/partneri/cesis/").content.decode()
    assert "2012. gada septembris" in page
    assert "<li>Kultūra un māksla</li><li>Sports</li>" in page

    change = admin_url(City, "change", city.pk)
    posted(
        admin_client,
        change,
        {"name_en": "Cēsis (Latvia)", "agreements-0-scope_en": "Culture and arts\r\nSport"},
    )
    page = client.get("/en/partners/cesis/").content.decode()
    assert "<h1>Cēsis (Latvia)</h1>" in page
    assert "<li>Culture and arts</li><li>Sport</li>" in page
    assert City.objects.get().name_lv == "Cēsis"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_saving_a_form_untouched_changes_nothing(admin_client, register, model, language):
    columns = [field.attname for field in model._meta.concrete_fields if field.name not in translated(model)]
    pks = model.objects.values_list("pk", flat=True)
    for pk in pks[:: 1 if language == "lv" else 5]:  # the fields are the same
        before = model.objects.filter(pk=pk).values(*columns).get()
        posted(admin_client, admin_url(model, "change", pk, language=language), {})
        after = model.objects.filter(pk=pk).values(*columns).get()
        assert {key: value or None for key, value in after.items()} == {
            key: value or None for key, value in before.items()
        }
        assert LogEntry.objects.latest("pk").change_message == "[]"


def translated(model):
    """The bare columns, which hold whatever language was active when the record was last saved."""
    from modeltranslation.translator import translator

    return set(translator.get_options_for_model(model).all_fields)


def test_broken_rule_is_explained_on_the_form(admin_client):
    response = admin_client.post(
        admin_url(City, "add"),
        {
            "name_en": "Cesis",
            "country": "LV",
            "is_published": "on",
            "agreements-TOTAL_FORMS": "0",
            "agreements-INITIAL_FORMS": "0",
        },
    )
    assert response.context["adminform"].form.non_field_errors() == [
        "Ievadiet nosaukumu latviešu valodā vai atstājiet partneri nepublicētu."
    ]


def test_earlier_date_than_that_of_the_main_agreement_is_explained_inside_the_partner_too(
    admin_client, register
):
    radom = City.objects.get(slug="radom")
    url = admin_url(City, "change", radom.pk)
    data = form_data(admin_client.get(url))
    name = next(key for key, value in data.items() if value == "2003-11-17")
    response = admin_client.post(url, {**data, name: "1990"})
    assert response.status_code == 200
    assert "Līgums nevar būt noslēgts agrāk nekā līgums, kuru tas papildina." in response.content.decode()


def test_rule_on_a_column_that_the_form_inside_the_partner_lacks_is_explained_too(admin_client):
    agreement = make_agreement(signed_on="2012", status="ended", ended_on="2020")
    url = admin_url(City, "change", agreement.city.pk)
    data = {**form_data(admin_client.get(url)), "agreements-0-status": "in-force"}
    response = admin_client.post(url, data)
    assert response.status_code == 200
    assert "Izbeigšanas datumu var norādīt tikai tad, ja statuss ir „izbeigts”." in response.content.decode()


def test_agreement_that_would_supplement_itself_is_explained_once(admin_client):
    agreement = make_agreement()
    url = admin_url(Agreement, "change", agreement.pk)
    response = admin_client.post(url, {**form_data(admin_client.get(url)), "supplements": agreement.pk})
    errors = response.context["adminform"].form.non_field_errors()
    assert list(errors) == ["Līgums nevar papildināt pats sevi."]


def test_lists_sort_by_the_alphabet_of_the_officer_and_put_unknown_dates_last(admin_client, register):
    url = admin_url(City, "changelist")
    names = [city.name for city in admin_client.get(f"{url}?o=1").context["cl"].result_list]
    assert names[6:9] == ["Harkiva", "Ļida", "Magdeburga"]
    assert names == [city.name for city in admin_client.get(url).context["cl"].result_list]
    make_agreement(slug="undated")
    agreements = admin_client.get(admin_url(Agreement, "changelist")).context["cl"].result_list
    assert [agreements[0].slug, agreements[len(agreements) - 1].slug] == ["visaginas-2022", "undated"]


def test_country_is_chosen_from_a_list_in_the_alphabet_of_the_officer(admin_client):
    form = admin_client.get(admin_url(City, "add")).context["adminform"].form
    names = [str(name) for _, name in form.fields["country"].choices]
    assert names[:4] == ["---------", "Afganistāna", "Ālandu salas", "Albānija"]
    assert names.index("Čada") == names.index("Centrālāfrikas Republika") + 1


def test_officer_writes_a_decimal_comma(admin_client):
    city = make_city()
    posted(admin_client, admin_url(City, "change", city.pk), {"latitude": "56,9677", "longitude": "23,1553"})
    city.refresh_from_db()
    assert (str(city.latitude), str(city.longitude)) == ("56.967700", "23.155300")


def test_website_typed_without_a_scheme_is_taken_for_a_secure_one(admin_client):
    city = make_city()
    posted(admin_client, admin_url(City, "change", city.pk), {"website": "www.example.org"})
    assert City.objects.get().website == "https://www.example.org"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=panevezys", {"panevezys"}),
        ("q=Harkova", {"kharkiv"}),
        ("q=Kharkiv", {"kharkiv"}),
        ("country=LT", {"panevezys", "visaginas"}),
        ("is_published__exact=0", {"tukums"}),
        ("translation=missing-en", {"tukums"}),
        ("translation=missing-lv", set()),
        ("country=nonsense", set()),
    ],
)
def test_partner_list_is_searched_and_filtered(admin_client, register, query, found):
    make_city("tukums", is_published=False)
    shown = admin_client.get(f"{admin_url(City, 'changelist')}?{query}").context["cl"].result_list
    assert {city.slug for city in shown} == found


def test_agreement_list_is_filtered_by_country_field_status_and_kind(admin_client, register):
    strategic = CooperationField.objects.get(slug="strategic-planning")
    Agreement.objects.filter(slug="lida-2012").update(status="ended")
    for query, found in {
        "country=LT": {"panevezys-2004", "visaginas-2022"},
        f"fields__id__exact={strategic.pk}": {"visaginas-2022"},
        "status__exact=ended": {"lida-2012"},
        "kind__exact=additional": {"radom-2003"},
        "translation=missing-en": set(),
        "q=visagina": {"visaginas-2022"},
        "q=radoma+1993": {"radom-1993"},
    }.items():
        shown = admin_client.get(f"{admin_url(Agreement, 'changelist')}?{query}").context["cl"].result_list
        assert (query, {agreement.slug for agreement in shown}) == (query, found)


def test_countries_are_named_and_ordered_in_the_language_of_the_officer(admin_client, register):
    def countries(language):
        url = admin_url(City, "changelist", language=language)
        changelist = admin_client.get(url).context["cl"]
        return [name for _, name in changelist.filter_specs[0].lookup_choices]

    assert countries("lv")[:7] == [
        "Armēnija",
        "Baltkrievija",
        "Gruzija",
        "Itālija",
        "Izraēla",
        "Krievija",
        "Ķīna",
    ]
    assert countries("en")[:5] == ["Armenia", "Belarus", "China", "Georgia", "Germany"]


def test_partner_and_fields_are_found_by_typing(admin_client, register):
    with override("lv"):
        address = reverse("admin:autocomplete")
    for field, term, found in (("city", "kharkov", ["Harkiva"]), ("fields", "tourism", ["Tūrisms"])):
        query = {"app_label": "partners", "model_name": "agreement", "field_name": field, "term": term}
        assert [entry["text"] for entry in admin_client.get(address, query).json()["results"]] == found


def test_field_in_use_is_kept_and_the_agreements_that_keep_it_are_named(admin_client):
    kept = make_agreement(fields=[make_field()], signed_on="2012-09")
    url = admin_url(CooperationField, "delete", kept.fields.get().pk)
    assert "Tukums – sadarbības līgums, 2012. gada septembris" in admin_client.get(url).content.decode()
    admin_client.post(url, deletion_of(kept.fields.get()))
    assert CooperationField.objects.count() == 1


def test_partner_with_agreements_is_kept(admin_client):
    kept = make_agreement()
    admin_client.post(admin_url(City, "delete", kept.city.pk), deletion_of(kept.city))
    assert City.objects.count() == 1


def test_view_on_site_is_offered_only_where_visitors_can_see_the_record(admin_client):
    hidden = make_city("hidden", is_published=False)
    shown = make_city("shown")
    assert b"viewsitelink" in admin_client.get(admin_url(City, "change", shown.pk)).content
    assert b"viewsitelink" not in admin_client.get(admin_url(City, "change", hidden.pk)).content
    idle = make_field("idle")
    assert b"viewsitelink" not in admin_client.get(admin_url(CooperationField, "change", idle.pk)).content


@pytest.fixture
def count_queries(admin_client):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address).status_code == 200
        return len(queries)

    return count


def test_pages_cost_the_same_number_of_queries_whatever_the_length_of_the_list(count_queries):
    def costs():
        lists = [count_queries(admin_url(model, "changelist")) for model in MODELS]
        query = "?app_label=partners&model_name=agreement&field_name={}&term="
        found = [
            count_queries(reverse("admin:autocomplete") + query.format(name))
            for name in ("city", "supplements")
        ]
        return lists + found

    make_agreement(make_city("cesis"), slug="a", fields=[make_field("culture")])
    ContentType.objects.get_for_model(City)
    few = costs()
    for number in range(20):
        make_agreement(
            make_city(f"city-{number}"), slug=f"b-{number}", fields=[make_field(f"field-{number}")]
        )
    assert costs() == few
    assert max(few) <= 15


@pytest.mark.parametrize("page", ["add", "change"])
def test_another_agreement_begins_with_the_same_partner(admin_client, page):
    city = make_city()
    url = admin_url(Agreement, page, *([make_agreement(city).pk] if page == "change" else []))
    answer = posted(admin_client, url, {"city": city.pk, "_addanother": "1"})
    form = admin_client.get(answer.url).context["adminform"].form
    assert form["city"].value() == str(city.pk)


def test_page_of_a_partner_holds_its_newest_agreements_and_says_how_many_older_there_are(admin_client):
    city = make_city()
    for year in range(1990, 2015):
        make_agreement(city, signed_on=str(year))
    page = admin_client.get(admin_url(City, "change", city.pk))
    formset = page.context["inline_admin_formsets"][0].formset
    assert [line.instance.signed_on for line in formset] == [str(year) for year in range(2014, 1994, -1)]
    assert formset.left_out == 5
    older = admin_client.get(f"{admin_url(Agreement, 'changelist')}?city__id__exact={city.pk}")
    assert older.context["cl"].result_count == 25


def test_agreement_added_meanwhile_puts_none_of_those_in_the_page_out_of_it(admin_client):
    city = make_city()
    for year in range(1990, 2010):
        make_agreement(city, signed_on=str(year))
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    make_agreement(city, signed_on="2020")
    data["agreements-19-signed_on"] = "1989"
    assert admin_client.post(url, data).status_code == 302
    dates = Agreement.objects.order_by("signed_on").values_list("signed_on", flat=True)
    assert list(dates)[:2] == ["1989", "1991"]


def test_page_of_a_partner_can_be_saved_whatever_its_agreements_have(admin_client):
    city = make_city()
    fields = [make_field(f"field-{number}") for number in range(30)]
    for year in range(1990, 2010):
        make_agreement(city, signed_on=str(year)).fields.set(fields)
    posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": "Zemgale"})
    city.refresh_from_db()
    assert city.region_lv == "Zemgale"


def test_more_text_than_a_form_may_hold_is_told_from_an_address_that_is_wrong(admin_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = admin_client.post(admin_url(City, "add"), {"description_lv": "ā" * 1000})
    assert answer.status_code == 413
    assert "<h1>Teksts ir par garu</h1>" in answer.content.decode()


def test_officer_may_type_dates_and_paste_lists_as_a_letter_has_them(admin_client):
    agreement = make_agreement(signed_on="2001", status="in-force")
    url = admin_url(Agreement, "change", agreement.pk)
    changes = {
        "signed_on": "17/11/2003",
        "valid_until": "2027. gada 14. martam",
        "decided_on": "3.11.2003. g.",
        "scope_lv": "• • izglītība;\r\n•\tkultūra;",
    }
    posted(admin_client, url, changes)
    agreement.refresh_from_db()
    kept = {name: getattr(agreement, name) for name in changes}
    assert kept == {
        "signed_on": "2003-11-17",
        "valid_until": "2027-03-14",
        "decided_on": "2003-11-03",
        "scope_lv": "izglītība\nkultūra",
    }


@pytest.fixture
def searched():
    radom = make_city("radom", name_lv="Radoma", country="PL", is_published=False)
    petersburg = make_city("st-petersburg", name_lv="Sanktpēterburga", name_en="St. Petersburg", country="RU")
    lida = make_city("lida", name_lv="Ļida", country="BY")
    make_agreement(
        radom,
        [make_field("culture", name_lv="kultūra")],
        slug="radom",
        signed_on="2012-09-17",
        is_published=False,
    )
    make_agreement(petersburg, slug="st-petersburg", signed_on="2012-09", kind="memorandum")
    make_agreement(lida, slug="lida", signed_on="2003", kind="additional", decided_on="2003-11-17")


SEARCHES = [
    ("kultūra polija", ["radom"], ""),
    ("kultūras Polijā", ["radom"], ""),
    ("Pēterburga", ["st-petersburg"], "Petersburg"),
    ("ļidas", ["lida"], "Ļida"),
    ("papildu", ["lida"], ""),
    ("papildu līgumi", ["lida"], ""),
    ("additional", ["lida"], ""),
    ("Polijas līgumi", ["radom"], ""),
    ("līgums", [], ""),
    ("memoranda baltkrievija", [], ""),
    ("2012. gada septembris", ["radom", "st-petersburg"], ""),
    ("2012. gada 17. septembrī", ["radom"], ""),
    ("September 2012 polija", ["radom"], ""),
    ("17.11.2003.", ["lida"], ""),
    ("2012-09-18", [], ""),
]


@pytest.mark.parametrize(("typed", "found", "meant"), SEARCHES)
@pytest.mark.parametrize("model", [City, Agreement])
def test_lists_find_what_visitors_find_and_what_is_unpublished(
    admin_client, searched, model, typed, found, meant
):
    page = admin_client.get(admin_url(model, "changelist"), {"q": typed})
    assert sorted(record.slug for record in page.context["cl"].result_list) == found
    assert getattr(page.context["cl"], "search_meant", "") == meant
    said = f"Nekas neatbilst meklētajam „{typed}”. Redzams tas, kas atbilst „{meant}”."
    assert (said in page.content.decode()) is bool(meant)


@pytest.mark.parametrize(("typed", "found"), [("ļidas", ["Ļida"]), ("kultūra polija", ["Radoma"])])
def test_autocompletes_find_what_the_lists_find(admin_client, searched, typed, found):
    asked = {"term": typed, "app_label": "partners", "model_name": "agreement", "field_name": "city"}
    results = admin_client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [result["text"] for result in results] == found


def test_visitors_do_not_find_a_partner_by_what_is_unpublished(searched):
    City.objects.update(is_published=True)
    assert list(City.objects.found_by("kultūra polija")) == []
    assert [city.slug for city in City.objects.matching("kultūra polija")] == ["radom"]
