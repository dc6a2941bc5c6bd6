"""Every change of a record is kept: who, when, from what to what and why; and any version comes back."""

import pytest
from django.core.management import call_command
from pytest_django.asserts import assertContains, assertNotContains

from partners.models import Agreement, City, CooperationField, Page
from partners.roles import Role

from .factories import make_agreement, make_city, make_field
from .test_admin import admin_url, deletion_of, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def city(admin_client):
    """A partner that was entered, and then given a region for a reason."""
    url = admin_url(City, "add")
    posted(admin_client, url, {"name_lv": "Tukums", "country": "LV"})
    city = City.objects.get()
    change = {"region_lv": "Kurzeme", "change_reason": "Pēc vēstules"}
    posted(admin_client, admin_url(City, "change", city.pk), change)
    return city


def told(client, record):
    """What the history page of `record` says, the newest version first."""
    page = client.get(admin_url(type(record), "history", record.pk))
    return [
        (
            row.history_type,
            row.history_change_reason,
            [(change.label, change.old, change.new) for change in changes],
        )
        for row, changes in page.context["versions"]
    ]


def restored(client, record, version, **kwargs):
    newest = {"newest": type(record).history.filter(id=record.pk).order_by("-history_id").first().pk}
    return client.post(
        admin_url(type(record), "restore", record.pk, version.pk), newest, follow=True, **kwargs
    )


def said(response):
    return [str(message) for message in response.context["messages"]][-1]


def test_each_save_is_one_version_with_what_it_changed_and_why(admin_client, city):
    assert told(admin_client, city) == [
        ("~", "Pēc vēstules", [("Reģions · LV", "", "Kurzeme")]),
        (
            "+",
            None,
            [
                ("Nosaukums · LV", "", "Tukums"),
                ("Identifikators", "", "tukums"),
                ("Valsts", "", "Latvija"),
                ("Publicēts", "", "nē"),
            ],
        ),
    ]
    assert [row.history_user.username for row in City.history.all()] == ["admin", "admin"]


def test_agreement_entered_with_its_fields_is_one_version(admin_client):
    city, culture = make_city(), make_field("culture")
    url = admin_url(Agreement, "add")
    posted(admin_client, url, {"city": city.pk, "signed_on": "09.2012.", "fields": [culture.pk]})
    ((kind, _reason, changes),) = told(admin_client, Agreement.objects.get())
    assert kind == "+"
    assert ("Noslēgts", "", "2012. gada septembris") in changes
    assert ("Sadarbības jomas", "", "Culture") in changes
    assert ("Sadarbības partneris", "", "Tukums") in changes


def test_agreement_changed_in_the_page_of_its_partner_has_its_own_version(admin_client):
    city = make_city()
    agreement = make_agreement(city, signed_on="2003")
    Agreement.history.all().delete()
    changes = {"agreements-0-signed_on": "2003-11", "change_reason": "Precizēts"}
    posted(admin_client, admin_url(City, "change", city.pk), changes)
    newest, oldest = told(admin_client, agreement)
    assert newest == ("~", "Precizēts", [("Noslēgts", "2003. gads", "2003. gada novembris")])
    assert ("Noslēgts", "", "2003. gads") in oldest[2]


def test_first_change_of_a_loaded_record_keeps_what_was_loaded(admin_client):
    call_command("loaddata", "daugavpils", verbosity=0)
    city = City.objects.get(slug="radom")
    assertContains(
        admin_client.get(admin_url(City, "history", city.pk)), "Kopš ieraksta ielādes nekas nav mainīts."
    )
    posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": "Mazovija"})
    newest, oldest = City.history.filter(id=city.pk)
    assert (newest.region_lv, oldest.region_lv or "") == ("Mazovija", "")
    restored(admin_client, city, oldest)
    city.refresh_from_db()
    assert (city.region_lv or "") == ""


def test_list_edited_in_place_is_kept_too(admin_client):
    culture = make_field("culture", position=1)
    url = admin_url(CooperationField, "changelist")
    data = {"_save": "1"}
    page = admin_client.get(url)
    for form in [page.context["cl"].formset.management_form, *page.context["cl"].formset.forms]:
        for field in form:
            data[field.html_name] = data[field.html_initial_name] = field.value()
    admin_client.post(url, {**data, "form-0-position": 7})
    assert told(admin_client, culture)[0] == ("~", None, [("Kārtas numurs", "1", "7")])


def test_any_two_versions_stand_side_by_side_with_every_field(admin_client, city):
    newer, older = City.history.all()
    url = admin_url(City, "history", city.pk)
    for query in ({"old": older.pk, "new": newer.pk}, {"old": newer.pk, "new": older.pk}):
        compared = admin_client.get(url, query).context["compared"]
        assert (compared["older"], compared["newer"]) == (older, newer)
        assert [
            (difference.label, difference.old, difference.new)
            for difference in compared["differences"]
            if difference.is_changed
        ] == [("Reģions · LV", "", "Kurzeme")]
        assert ("Nosaukums · LV", "Tukums", "Tukums", False) in compared["differences"]


@pytest.mark.parametrize(
    "query", [{}, {"old": "1"}, {"old": "x", "new": "²"}, {"old": "9" * 30, "new": "1"}, {"page": "x"}]
)
def test_comparison_of_what_is_not_there_shows_the_history(admin_client, city, query):
    assert admin_client.get(admin_url(City, "history", city.pk), query).context["compared"] is None


def test_older_version_is_restored_as_a_new_one(admin_client):
    culture, sport = make_field("culture"), make_field("sport")
    agreement = make_agreement(fields=[culture], signed_on="2003", scope_lv="A")
    Agreement.history.all().delete()
    url = admin_url(Agreement, "change", agreement.pk)
    posted(admin_client, url, {"fields": [sport.pk], "signed_on": "2004", "scope_lv": "B"})
    _newest, oldest = Agreement.history.all()
    answer = restored(admin_client, agreement, oldest)
    agreement.refresh_from_db()
    assert (agreement.signed_on, agreement.scope_lv) == ("2003", "A")
    assert list(agreement.fields.all()) == [culture]
    assert said(answer).startswith("Ieraksts ir atjaunots; versija: ")
    kind, reason, changes = told(admin_client, agreement)[0]
    assert kind == "~"
    assert reason.startswith("Atjaunota versija: ")
    assert ("Sadarbības jomas", "Sport", "Culture") in changes


def test_deleted_record_is_listed_and_recovered_with_its_key_and_fields(admin_client):
    agreement = make_agreement(fields=[make_field("culture"), make_field("sport")], signed_on="2003")
    pk, slug = agreement.pk, agreement.slug
    admin_client.post(admin_url(Agreement, "delete", pk), deletion_of(agreement))
    assertContains(admin_client.get(admin_url(Agreement, "deleted")), slug)
    row = Agreement.history.first()
    assert row.history_type == "-"
    restored(admin_client, agreement_of(row), row)
    back = Agreement.objects.get()
    assert (back.pk, back.slug, back.signed_on) == (pk, slug, "2003")
    assert [field.slug for field in back.fields.order_by("slug")] == ["culture", "sport"]
    assertNotContains(admin_client.get(admin_url(Agreement, "deleted")), slug)


def agreement_of(row):
    return Agreement(pk=row.id)


def test_partner_and_its_agreement_are_recovered_one_after_the_other(admin_client):
    agreement = make_agreement(signed_on="2003")
    city = agreement.city
    records = (agreement, city)
    for record in records:
        admin_client.post(admin_url(type(record), "delete", record.pk), deletion_of(record))
    torn = restored(admin_client, agreement_of(Agreement.history.first()), Agreement.history.first())
    assert said(torn) == (
        "Nekas nav atjaunots: šai versijai vajadzīgi ieraksti, kuru vairs nav: Tukums. Vispirms atjaunojiet tos."
    )
    restored(admin_client, City(pk=City.history.first().id), City.history.first())
    restored(admin_client, agreement_of(Agreement.history.first()), Agreement.history.first())
    assert Agreement.objects.get().city.slug == "tukums"


def test_version_that_breaks_a_rule_now_is_not_restored(admin_client):
    city = make_city("tukums")
    posted(admin_client, admin_url(City, "change", city.pk), {"slug": "tukums-jaunais"})
    make_city("tukums", name_lv="Cits")
    answer = restored(admin_client, city, City.history.filter(id=city.pk).last())
    assert said(answer) == (
        "Nekas nav atjaunots: Ieraksts (Sadarbības partneris) ar šādu lauka „Identifikators” vērtību jau pastāv."
    )
    city.refresh_from_db()
    assert city.slug == "tukums-jaunais"


def test_history_is_read_with_the_right_to_view_and_restored_with_that_to_change(client, user_with, city):
    client.force_login(user_with("view_city"))
    version = City.history.last()
    assert client.get(admin_url(City, "history", city.pk)).status_code == 200
    assert not client.get(admin_url(City, "history", city.pk)).context["may_restore"]
    assert restored(client, city, version).status_code == 403
    assert client.get(admin_url(Agreement, "deleted")).status_code == 403


def test_history_of_what_never_was_is_not_found(admin_client, city):
    assert admin_client.get("/lv/admin/partners/city/999/history/").status_code == 404
    assert admin_client.get("/lv/admin/partners/city/x/history/").status_code == 404
    assert admin_client.post(f"/lv/admin/partners/city/{city.pk}/history/999/restore/").status_code == 404
    assert admin_client.get(f"/lv/admin/partners/city/{city.pk}/history/999/restore/").status_code == 404


def test_version_is_not_restored_over_what_somebody_changed_since(admin_client):
    city = make_city(region_lv="Kurzeme")
    posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": "Zemgale"})
    page = admin_client.get(admin_url(City, "history", city.pk))
    first = City.history.filter(id=city.pk).last()
    posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": "Vidzeme"})
    data = {"newest": page.context["newest"].pk}
    admin_client.post(admin_url(City, "restore", city.pk, first.pk), data)
    city.refresh_from_db()
    assert city.region_lv == "Vidzeme"


def asked(client, record, version):
    """The page that asks before `version` of `record` is restored."""
    return client.get(admin_url(type(record), "restore", record.pk, version.pk))


def noticed(answer):
    """What visitors would notice: that the page leaves the site, comes to it, and how many agreements go."""
    return tuple(answer.context[name] for name in ("leaves_site", "comes_to_site", "agreements_leaving"))


def test_restoring_asks_first_with_what_would_change(admin_client, city):
    newer, older = City.history.all()
    answer = asked(admin_client, city, older)
    assert [change[:3] for change in answer.context["changes"]] == [("Reģions · LV", "Kurzeme", "")]
    assert f'name="newest" value="{newer.pk}"' in answer.content.decode()
    assert noticed(answer) == (False, False, 0)
    city.refresh_from_db()
    assert city.region_lv == "Kurzeme"
    assertContains(asked(admin_client, city, newer), "Šī versija neatšķiras no pašreizējās.")


def test_page_is_not_taken_off_the_site_without_saying_so(admin_client):
    city = make_city(is_published=False)
    posted(admin_client, admin_url(City, "change", city.pk), {"is_published": "on"})
    for number in range(2):
        make_agreement(city, slug=f"tukums-{number}")
    draft, published = City.history.filter(id=city.pk).order_by("history_id")
    answer = asked(admin_client, city, draft)
    assert noticed(answer) == (True, False, 2)
    assertContains(answer, "Apmeklētāji šī ieraksta lapu vairs neredzēs.")
    assertContains(answer, "Līdz ar to apmeklētāji vairs neredzēs 2 publicētus līgumus.")
    assert said(restored(admin_client, city, draft)) == "Tas vairs nav publicēts."
    city.refresh_from_db()
    assertContains(asked(admin_client, city, published), "Apmeklētāji redzēs šī ieraksta lapu.")


def test_agreement_that_goes_to_an_unpublished_partner_is_said_to_leave_the_site(admin_client):
    agreement, draft = make_agreement(slug="tukums-2003"), make_city("saldus", is_published=False)
    url = admin_url(Agreement, "change", agreement.pk)
    posted(admin_client, url, {"city": draft.pk})
    posted(admin_client, url, {"city": agreement.city_id})
    with_draft = Agreement.history.get(city=draft)
    assert noticed(asked(admin_client, agreement, with_draft)) == (True, False, 0)


def test_text_that_would_leave_its_place_is_said_to_leave_the_site(admin_client):
    page = Page.objects.create(place="about", title_lv="Par reģistru")
    version = page.history.get()
    page.place = "privacy"
    page.save()
    assert noticed(asked(admin_client, page, version)) == (True, False, 0)


def test_deleted_record_is_asked_about_too(admin_client):
    agreement = make_agreement(signed_on="2003")
    pk = agreement.pk
    admin_client.post(admin_url(Agreement, "delete", pk), deletion_of(agreement))
    agreement.pk = pk
    answer = asked(admin_client, agreement, Agreement.history.filter(id=pk).first())
    assert noticed(answer) == (False, True, 0)
    assert ("Noslēgts", "", "2003. gads") in [change[:3] for change in answer.context["changes"]]


def test_who_may_not_publish_is_told_before_restoring(client, user_as, admin_client):
    city = make_city(is_published=False)
    posted(admin_client, admin_url(City, "change", city.pk), {"is_published": "on"})
    draft = City.history.filter(id=city.pk).last()
    client.force_login(user_as(Role.EDITOR))
    answer = asked(client, city, draft)
    assertContains(answer, "Vērsieties pie kolēģa, kam ir publicēšanas tiesības.")
    assertNotContains(answer, 'name="newest"')
    client.force_login(user_as(Role.VIEWER))
    assert asked(client, city, draft).status_code == 403
