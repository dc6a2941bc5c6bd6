"""Two officers at one record: the second to save sees what the first one changed, and chooses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from partners.admin.conflicts import MINE, THEIRS
from partners.models import Agreement, City, CooperationField, Page

from .factories import make_agreement, make_city, make_field
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_superuser("anna", password="pass")


@pytest.fixture
def anna_saves(anna, client):
    """What Anna saves through the form of a record while others have it open."""
    client.force_login(anna)

    def save(record, **changes):
        url = admin_url(type(record), "change", record.pk)
        assert client.post(url, {**form_data(client.get(url)), **changes}).status_code == 302

    return save


def submitted(client, record, page, **changes):
    data = {**form_data(page), **changes}
    return client.post(
        admin_url(type(record), "change", record.pk),
        {key: value for key, value in data.items() if value is not None},
    )


def conflicts(form):
    return [(conflict.name, conflict.theirs, conflict.mine) for conflict in form.conflicts]


def test_second_to_save_is_stopped_and_sees_both_values_and_who_wrote_the_other(admin_client, anna_saves):
    city = make_city(region_lv="Kurzeme")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    answer = submitted(admin_client, city, page, region_lv="Vidzeme")
    assert conflicts(answer.context["adminform"].form) == [("region_lv", "Zemgale", "Vidzeme")]
    assert answer.context["adminform"].form.conflicts[0].version.history_user.username == "anna"
    city.refresh_from_db()
    assert city.region_lv == "Zemgale"


@pytest.mark.parametrize(("choice", "kept"), [(MINE, "Vidzeme"), (THEIRS, "Zemgale")])
def test_officer_chooses_which_of_the_two_is_kept(admin_client, anna_saves, choice, kept):
    city = make_city(region_lv="Kurzeme")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    stopped = submitted(admin_client, city, page, region_lv="Vidzeme")
    choosing = {"contested": "region_lv", "region_lv-keep": choice}
    assert submitted(admin_client, city, stopped, **choosing).status_code == 302
    city.refresh_from_db()
    assert city.region_lv == kept


def test_saving_again_without_a_choice_is_stopped_again(admin_client, anna_saves):
    city = make_city(region_lv="Kurzeme")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    stopped = submitted(admin_client, city, page, region_lv="Vidzeme")
    again = submitted(admin_client, city, stopped, contested="region_lv")
    assert conflicts(again.context["adminform"].form) == [("region_lv", "Zemgale", "Vidzeme")]
    pages = [answer.content.decode() for answer in (stopped, again)]
    assert ["Nav izvēlēts, kuru paturēt" in page for page in pages] == [False, True]


def test_third_change_while_the_second_officer_chooses_is_shown_too(admin_client, anna_saves):
    city = make_city(region_lv="Kurzeme")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    stopped = submitted(admin_client, city, page, region_lv="Vidzeme")
    anna_saves(city, region_lv="Latgale")
    again = submitted(admin_client, city, stopped, contested="region_lv")
    assert conflicts(again.context["adminform"].form) == [("region_lv", "Latgale", "Vidzeme")]


def test_what_only_the_other_changed_is_shown_and_taken_over(admin_client, anna_saves):
    city = make_city(region_lv="Kurzeme", other_names="A")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    stopped = submitted(admin_client, city, page, other_names="B")
    assert conflicts(stopped.context["adminform"].form) == [("region_lv", "Zemgale", None)]
    assert submitted(admin_client, city, stopped).status_code == 302
    city.refresh_from_db()
    assert (city.region_lv, city.other_names) == ("Zemgale", "B")


def test_change_that_somebody_made_already_is_no_conflict(admin_client, anna_saves):
    city = make_city(region_lv="Kurzeme", other_names="A")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(city, region_lv="Zemgale")
    versions = city.history.count()
    for _click in range(2):
        assert submitted(admin_client, city, page, region_lv="Zemgale").status_code == 302
    assert city.history.count() == versions
    assert submitted(admin_client, city, page, region_lv="Zemgale", other_names="B").status_code == 302
    city.refresh_from_db()
    assert (city.region_lv, city.other_names) == ("Zemgale", "B")


def test_form_saved_untouched_writes_nothing_old_back(admin_client, anna_saves):
    agreement = make_agreement(fields=[make_field("culture")])
    sport = make_field("sport")
    page = admin_client.get(admin_url(Agreement, "change", agreement.pk))
    anna_saves(agreement, fields=[sport.pk], scope_lv="Sports")
    assert submitted(admin_client, agreement, page).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.scope_lv, list(agreement.fields.all())) == ("Sports", [sport])


def test_fields_of_cooperation_yes_and_no_and_choices_are_shown_in_words(admin_client, anna_saves):
    culture, sport, youth = make_field("culture"), make_field("sport"), make_field("youth")
    agreement = make_agreement(fields=[culture], kind="protocol", is_published=False)
    page = admin_client.get(admin_url(Agreement, "change", agreement.pk))
    anna_saves(agreement, fields=[sport.pk], kind="memorandum", is_published="on")
    stopped = submitted(
        admin_client, agreement, page, fields=[str(culture.pk), str(youth.pk)], kind="letter-of-intent"
    )
    assert conflicts(stopped.context["adminform"].form) == [
        ("kind", "memorands", "nodomu protokols"),
        ("is_published", "jā", None),
        ("fields", "Sport", "Culture, Youth"),
    ]
    choosing = {"contested": ["kind", "fields"], "kind-keep": THEIRS, "fields-keep": MINE}
    assert submitted(admin_client, agreement, stopped, **choosing).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.kind, agreement.is_published) == ("memorandum", True)
    assert list(agreement.fields.order_by("slug")) == [culture, youth]


def test_agreement_in_the_page_of_its_partner_is_guarded_like_its_own(admin_client, anna_saves):
    city = make_city()
    agreement = make_agreement(city, signed_on="2003")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(agreement, signed_on="2003-11")
    stopped = submitted(admin_client, city, page, **{"agreements-0-signed_on": "2004"})
    (form,) = stopped.context["inline_admin_formsets"][0].formset.initial_forms
    assert conflicts(form) == [("agreements-0-signed_on", "2003-11", "2004")]
    agreement.refresh_from_db()
    assert agreement.signed_on == "2003-11"


def test_agreement_that_somebody_changed_is_not_deleted_unseen(admin_client, anna_saves):
    city = make_city()
    agreement = make_agreement(city, signed_on="2003")
    page = admin_client.get(admin_url(City, "change", city.pk))
    anna_saves(agreement, signed_on="2003-11")
    stopped = submitted(admin_client, city, page, **{"agreements-0-DELETE": "on"})
    assert stopped.status_code == 200
    assert Agreement.objects.count() == 1


def test_list_edited_in_place_is_guarded(admin_client, anna_saves):
    culture = make_field("culture", position=1)
    url = admin_url(CooperationField, "changelist")
    page = admin_client.get(url)
    data = {}
    for form in [page.context["cl"].formset.management_form, *page.context["cl"].formset.forms]:
        for field in form:
            data[field.html_name] = data[field.html_initial_name] = field.value()
    anna_saves(culture, position=2)
    data |= {"form-0-position": 3, "_save": "1"}
    stopped = admin_client.post(url, data)
    assert conflicts(stopped.context["cl"].formset.forms[0]) == [("form-0-position", "2", "3")]
    data |= {"initial-form-0-position": 2, "contested": "form-0-position", "form-0-position-keep": MINE}
    assert admin_client.post(url, data).status_code == 302
    culture.refresh_from_db()
    assert culture.position == 3


def test_text_of_the_site_is_guarded_too(admin_client, anna_saves):
    page = Page.objects.create(place="about", title_lv="Par mums", body_lv="A")
    opened = admin_client.get(admin_url(Page, "change", page.pk))
    anna_saves(page, body_lv="B")
    stopped = submitted(admin_client, page, opened, body_lv="C")
    assert conflicts(stopped.context["adminform"].form) == [("body_lv", "B", "C")]


@pytest.mark.parametrize("name", ["change_reason", "is_reviewed", "nonsense", "slug", "country"])
def test_page_that_claims_to_have_held_what_it_never_did_is_no_fault(admin_client, name):
    city = make_city()
    for region in ("A", "B"):
        city.region_lv = region
        city.save()
    page = admin_client.get(admin_url(City, "change", city.pk))
    answer = submitted(admin_client, city, page, **{"region_lv": "C", f"initial-{name}": "x"})
    assert answer.status_code == 302


@pytest.mark.skipif(connection.vendor == "sqlite", reason="in memory SQLite refuses instead of waiting")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_instant_exactly_one_is_stopped(django_user_model):
    rounds = 10
    city = make_city(region_lv="Kurzeme")
    clients = [Client(), Client()]
    for number, client in enumerate(clients):
        client.force_login(django_user_model.objects.create_superuser(f"officer-{number}"))
    url = admin_url(City, "change", city.pk)
    barrier = Barrier(2)

    def save(client, data):
        barrier.wait()
        try:
            return client.post(url, data).status_code
        finally:
            connection.close()

    written = []
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            regions = [f"{number} A", f"{number} B"]
            pages = [
                {**form_data(client.get(url)), "region_lv": region}
                for client, region in zip(clients, regions, strict=True)
            ]
            codes = list(pool.map(save, clients, pages))
            assert sorted(codes) == [200, 302]
            city.refresh_from_db()
            assert city.region_lv == regions[codes.index(302)]
            written.append(city.region_lv)
    kept = City.history.filter(id=city.pk).order_by("history_id").values_list("region_lv", flat=True)
    assert list(kept)[-rounds:] == written
