"""Deleting among colleagues: nothing is deleted that was changed unseen, and nothing typed goes with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.admin.deletions import RECOVER
from partners.models import Agreement, City, CooperationField

from .contents import pdf
from .factories import make_agreement, make_city, make_field
from .test_admin import admin_url, deletion_of, form_data, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_superuser("anna", password="pass")


@pytest.fixture
def annas_client(anna, client):
    client.force_login(anna)
    return client


def delete(client, record):
    return client.post(admin_url(type(record), "delete", record.pk), deletion_of(record))


def confirmed(page):
    """What a browser would send when the officer says yes on the `page` that asks."""
    last_change = page.context["last_change"]
    return {"post": "yes", "last_change": last_change.pk if last_change else ""}


def test_deletion_page_names_the_last_change_and_who_made_it(admin_client, annas_client):
    city = make_city()
    posted(annas_client, admin_url(City, "change", city.pk), {"region_lv": "Zemgale"})
    page = admin_client.get(admin_url(City, "delete", city.pk))
    assert page.context["last_change"].history_user.username == "anna"


def test_record_changed_since_the_page_that_asks_is_not_deleted_unseen(admin_client, annas_client):
    city = make_city()
    url = admin_url(City, "delete", city.pk)
    asking = admin_client.get(url)
    posted(annas_client, admin_url(City, "change", city.pk), {"region_lv": "Zemgale"})
    asking_again = admin_client.post(url, confirmed(asking))
    assert City.objects.count() == 1
    assert asking_again.context["last_change"].region_lv == "Zemgale"
    admin_client.post(url, confirmed(asking_again))
    assert City.objects.count() == 0


def test_of_several_chosen_none_is_deleted_that_was_changed_unseen(admin_client, annas_client):
    culture, sport = make_field("culture"), make_field("sport")
    url = admin_url(CooperationField, "changelist")
    chosen = {"action": "delete_selected", "_selected_action": [culture.pk, sport.pk]}
    asking = admin_client.post(url, chosen)
    posted(annas_client, admin_url(CooperationField, "change", sport.pk), {"name_en": "Sports"})
    asking_again = admin_client.post(url, chosen | confirmed(asking))
    assert CooperationField.objects.count() == 2
    assert asking_again.context["last_change"].name_en == "Sports"
    admin_client.post(url, chosen | confirmed(asking_again))
    assert CooperationField.objects.count() == 0


def test_what_was_written_into_the_form_of_a_deleted_record_is_shown(admin_client, annas_client):
    city = make_city(region_lv="Kurzeme")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    delete(annas_client, city)
    answer = admin_client.post(url, {**data, "region_lv": "Zemgale"})
    assert answer.status_code == 409
    assert [text for _label, text in answer.context["written"]] == ["Zemgale"]
    assert answer.context["deletion"].history_user.username == "anna"
    assert answer.context["title"] == "Ieraksts „Tukums” ir izdzēsts"


@pytest.mark.parametrize("files", [{}, {"documents-0-file": SimpleUploadedFile("ligums.pdf", pdf())}])
def test_who_had_chosen_a_file_for_a_deleted_record_is_told_to_choose_it_again(admin_client, files):
    agreement = make_agreement()
    url = admin_url(Agreement, "change", agreement.pk)
    data = form_data(admin_client.get(url))
    delete(admin_client, agreement)
    answer = admin_client.post(url, data | {"documents-TOTAL_FORMS": str(len(files))} | files)
    assert answer.status_code == 409
    sentence = "Faili nav saglabāti: izvēlieties tos veidlapā vēlreiz."
    assert (sentence in answer.content.decode()) == bool(files)


def test_deleted_agreement_is_called_by_its_partner_that_was_deleted_too(admin_client):
    agreement = make_agreement(signed_on="2012-09")
    pk, city = agreement.pk, agreement.city
    delete(admin_client, agreement)
    delete(admin_client, city)
    page = admin_client.get(admin_url(Agreement, "history", pk))
    assert page.context["title"] == "Vēsture: Tukums – sadarbības līgums, 2012. gada septembris"


def test_agreement_written_in_the_page_of_a_deleted_partner_is_shown_too(admin_client, annas_client):
    city = make_city()
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    delete(annas_client, city)
    data |= {
        "agreements-TOTAL_FORMS": "1",
        "agreements-0-status": "not-stated",
        "agreements-0-signed_on": "2012-09",
        "agreements-0-kind": "protocol",
    }
    answer = admin_client.post(url, data)
    assert [text for _label, text in answer.context["written"]] == ["protokols", "2012-09"]


def test_deleted_record_is_recovered_and_what_was_written_saved_in_one_step(admin_client, annas_client):
    city = make_city(region_lv="Kurzeme", other_names="A\nB")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    delete(annas_client, city)
    answer = admin_client.post(url, {**data, "region_lv": "Zemgale"})
    assert admin_client.post(url, dict(answer.context["posted"]) | {RECOVER: "x"}).status_code == 302
    recovered = City.objects.get()
    assert (recovered.pk, recovered.region_lv, recovered.other_names) == (city.pk, "Zemgale", "A\nB")


def test_what_cannot_be_recovered_is_still_shown(admin_client, annas_client):
    city = make_city(region_lv="Kurzeme")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url)) | {"region_lv": "Zemgale", RECOVER: "x"}
    delete(annas_client, city)
    make_city(slug=city.slug)
    answer = admin_client.post(url, data)
    assert [text for _label, text in answer.context["written"]] == ["Zemgale"]
    assert City.objects.count() == 1


def test_who_may_not_change_records_learns_nothing_of_a_deleted_one(client, user_with):
    city = make_city()
    pk = city.pk
    city.delete()
    client.force_login(user_with("view_city"))
    url = admin_url(City, "change", pk)
    never = admin_url(City, "change", pk + 1)
    answers = [client.post(address, {"region_lv": "Zemgale"}).status_code for address in (url, never)]
    assert answers[0] == answers[1] != 409


def test_agreement_deleted_meanwhile_does_not_hold_up_the_page_of_its_partner(admin_client, annas_client):
    city = make_city()
    agreement = make_agreement(city, signed_on="2003")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    delete(annas_client, agreement)
    assert admin_client.post(url, {**data, "region_lv": "Zemgale"}).status_code == 302
    city.refresh_from_db()
    assert (city.region_lv, Agreement.objects.count()) == ("Zemgale", 0)


def test_what_was_written_into_an_agreement_deleted_meanwhile_is_not_dropped_unseen(
    admin_client, annas_client
):
    city = make_city()
    agreement = make_agreement(city, signed_on="2003")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url)) | {"agreements-0-signed_on": "2004"}
    delete(annas_client, agreement)
    stopped = admin_client.post(url, data)
    (line,) = stopped.context["inline_admin_formsets"][0].formset.initial_forms
    assert (line["signed_on"].value(), len(line.non_field_errors())) == ("2004", 1)
    assert admin_client.post(url, {**data, "agreements-0-told": "1"}).status_code == 302
    assert Agreement.objects.count() == 0


def test_lines_keep_their_headings_when_one_of_them_is_deleted_meanwhile(admin_client, annas_client):
    city = make_city()
    newer, older = make_agreement(city, signed_on="2003"), make_agreement(city, signed_on="2001")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    delete(annas_client, newer)
    data |= {"agreements-0-signed_on": "2004", "agreements-1-signed_on": "2002"}
    stopped = admin_client.post(url, data)
    lines = [line for line in stopped.context["inline_admin_formsets"][0] if line.original is not None]
    assert [(bool(line.original), line.form["signed_on"].value()) for line in lines] == [
        (False, "2004"),
        (True, "2002"),
    ]
    assert stopped.context["inline_admin_formsets"][0].formset.left_out == 0
    assert admin_client.post(url, {**data, "agreements-0-told": "1"}).status_code == 302
    older.refresh_from_db()
    assert (older.signed_on, Agreement.objects.count()) == ("2002", 1)
