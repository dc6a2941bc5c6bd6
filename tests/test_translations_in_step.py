"""The two languages of a record are kept in step: a change to one marks the other until an officer confirms it."""

import pytest

from partners.models import Agreement, City, Page

from .factories import make_agreement, make_city
from .spreadsheets import confirm, preview
from .test_admin import admin_url, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

BOTH = {"name_lv": "Tukums", "name_en": "Tukums (Latvia)", "region_lv": "Kurzeme", "region_en": "Courland"}


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("", {"name_lv": "Tukuma novads"}, "en"),
        ("", {"region_en": "Kurland"}, "lv"),
        ("", {"name_lv": "Tukuma novads", "name_en": "Tukums Municipality"}, ""),
        ("", {"name_lv": "Tukuma novads", "region_lv": "Zemgale"}, "en"),
        ("", {"country": "EE"}, ""),
        ("", {"description_lv": "Pilsēta"}, ""),  # the English one is missing, not older
        ("", {"region_en": ""}, ""),
        ("", {"name_en": "Tukums Municipality", "region_lv": "Zemgale"}, "en"),
        ("en", {"region_en": "Kurland"}, "en"),  # the name may be what is older
        ("en", {"region_en": "Kurland", "name_en": "Tukums Municipality"}, ""),
        ("en", {"country": "EE"}, "en"),
        ("en", {"is_reviewed": "on"}, ""),
        ("lv", {"region_en": "Kurland", "is_reviewed": "on"}, ""),
    ],
)
def test_change_to_one_language_marks_the_other_for_review(admin_client, before, changes, after):
    city = make_city(**BOTH, older_language=before)
    posted(admin_client, admin_url(City, "change", city.pk), changes)
    city.refresh_from_db()
    assert city.older_language == after


def test_text_that_was_missing_begins_in_step(admin_client):
    city = make_city(**{**BOTH, "region_en": ""})
    posted(admin_client, admin_url(City, "change", city.pk), {"region_en": "Kurland"})
    city.refresh_from_db()
    assert city.older_language == ""


def test_record_entered_in_both_languages_is_in_step(admin_client):
    posted(admin_client, admin_url(City, "add"), {**BOTH, "country": "LV"})
    assert City.objects.get().older_language == ""


def test_agreement_in_the_page_of_its_partner_is_marked_too(admin_client):
    city = make_city()
    agreement = make_agreement(city, scope_lv="Kultūra", scope_en="Culture")
    posted(admin_client, admin_url(City, "change", city.pk), {"agreements-0-scope_lv": "Kultūra\nSports"})
    agreement.refresh_from_db()
    assert agreement.older_language == "en"


def test_text_of_the_site_is_marked_too(admin_client):
    page = Page.objects.create(place="about", title_lv="Par", title_en="About", body_lv="A", body_en="B")
    posted(admin_client, admin_url(Page, "change", page.pk), {"body_lv": "C"})
    page.refresh_from_db()
    assert page.older_language == "en"


def test_import_marks_the_language_that_it_leaves_behind(admin_client):
    one, other = make_city("one", **BOTH), make_city("other", **BOTH)
    file = "slug,region_lv,region_en\none,Zemgale,Courland\nother,Zemgale,Semigallia\n"
    confirm(admin_client, City, preview(admin_client, City, file.encode()))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.older_language, other.older_language) == ("en", "")


def test_only_a_record_that_was_left_behind_asks_to_be_confirmed(admin_client):
    for older_language, label in (
        ("", None),
        ("lv", "Latviešu teksts atbilst angļu tekstam"),
        ("en", "Angļu teksts atbilst latviešu tekstam"),
    ):
        city = make_city(f"city-{older_language or 'both'}", older_language=older_language)
        form = admin_client.get(admin_url(City, "change", city.pk)).context["adminform"].form
        field = form.fields.get("is_reviewed")
        assert (field and field.label) == label


def test_list_says_how_each_language_stands_and_finds_what_is_to_be_done(admin_client):
    make_city("complete", **BOTH)
    make_city("latvian", name_lv="Latviski")
    make_city("older", **BOTH, older_language="en")
    url = admin_url(City, "changelist")
    page = admin_client.get(url)
    model_admin = page.context["cl"].model_admin
    assert {city.slug: model_admin.translation(city) for city in page.context["cl"].result_list} == {
        "complete": "pilnīgs",
        "latvian": "EN: trūkst",
        "older": "EN: jāpārskata",
    }
    for value, slugs in (
        ("missing-en", ["latvian"]),
        ("missing-lv", []),
        ("older-en", ["older"]),
        ("older-lv", []),
    ):
        found = admin_client.get(url, {"translation": value}).context["cl"].result_list
        assert [city.slug for city in found] == slugs


def test_many_are_confirmed_at_once_and_it_is_in_their_history(admin_client):
    cities = [make_city(f"city-{number}", older_language="en") for number in range(2)]
    make_city("complete")
    City.history.all().delete()
    answer = admin_client.post(
        admin_url(City, "changelist"),
        {
            "action": "confirm_translation",
            "_selected_action": list(City.objects.values_list("pk", flat=True)),
        },
        follow=True,
    )
    assert [str(message) for message in answer.context["messages"]] == ["Apstiprināti 2 ieraksti."]
    assert not City.objects.exclude(older_language="").exists()
    assert {(row.id, row.history_change_reason) for row in City.history.all()} == {
        (city.pk, "Teksti abās valodās saskan") for city in cities
    }


def test_version_with_its_mark_is_restored(admin_client):
    agreement = make_agreement(scope_lv="A", scope_en="B")
    url = admin_url(Agreement, "change", agreement.pk)
    posted(admin_client, url, {"scope_lv": "C"})
    posted(admin_client, url, {"is_reviewed": "on"})
    marked = Agreement.history.filter(older_language="en").first()
    newest = {"newest": agreement.history.first().pk}
    admin_client.post(admin_url(Agreement, "restore", agreement.pk, marked.pk), newest)
    agreement.refresh_from_db()
    assert (agreement.scope_lv, agreement.older_language) == ("C", "en")
