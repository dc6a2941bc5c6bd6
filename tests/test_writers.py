"""Several who write at the same time, or one who sends the same again: one is saved, the other is told."""

import io
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from partners.formats import read
from partners.imports import Plan, apply
from partners.merging import merge
from partners.models import Agreement, City, CooperationField, Page, SavedForm, SpreadsheetImport
from partners.resources import resource_for

from .factories import make_agreement, make_city
from .spreadsheets import sheet
from .test_admin import admin_url, deletion_of, form_data
from .test_merging import merge_url, said
from .writers import overlapping

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite nobody writes while another does"
)
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
at_once = [on_postgresql, pytest.mark.django_db(transaction=True)]

ACCOUNT = {
    "username": "zane",
    "password1": "Ozols-un-liepa",
    "password2": "Ozols-un-liepa",
    "usable_password": "true",
}
NEW = {
    City: {"name_lv": "Cēsis", "country": "LV"},
    CooperationField: {"name_lv": "Tūrisms"},
    Page: {"place": "about", "title_lv": "Par reģistru", "body_lv": "Teksts"},
    User: ACCOUNT,
    Agreement: {"kind": "protocol", "signed_on": "2012-09"},
}


def address(model, page, *args):
    return admin_url(model, page, *args) if model is not User else f"/lv/admin/auth/user/{page}/"


def filled(client, model):
    """The form for a new record of `model`, filled in."""
    form = form_data(client.get(address(model, "add"))) | NEW[model]
    if model is Agreement:
        form["city"] = make_city("ogre").pk
    return form


@pytest.fixture(params=NEW, ids=lambda model: model._meta.model_name)
def model(request):
    return request.param


def merged(user):
    """A merge that filled in a region."""
    return merge(make_city("cesis"), make_city("wenden", region_lv="Vidzeme"), user)


def imported(user):
    """An import that filled in a region."""
    make_city("cesis")
    content = sheet(["slug", "region_lv"], ["cesis", "Vidzeme"])
    plan = Plan(resource_for(City), read(io.BytesIO(content)))
    waiting = SpreadsheetImport.objects.keep(City, "a.csv", content, user, plan.seen)
    apply(plan, waiting)
    return waiting


UNDONE = {
    merged: [
        ["Apvienošana ir atcelta: reģistrs ir tāds, kāds bija pirms tās."],
        ["Šī apvienošana jau ir atcelta."],
    ],
    imported: [
        ["Imports ir atcelts: reģistrs ir tāds, kāds bija pirms tā."],
        ["Šis imports jau ir atcelts."],
    ],
}


@pytest.fixture
def officers(django_user_model):
    """Two who are logged in."""
    clients = [Client(), Client()]
    for number, client in enumerate(clients):
        client.force_login(django_user_model.objects.create_superuser(f"officer-{number}"))
        client.raise_request_exception = False
    return clients


def test_form_for_a_new_record_that_comes_again_is_saved_once(admin_client, model):
    form = filled(admin_client, model)
    before = set(model.objects.all())
    answers = [admin_client.post(address(model, "add"), form) for _time in range(3)]
    [record] = set(model.objects.all()) - before
    changed_at = f"/lv/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/change/"
    assert [answer.status_code for answer in answers] == [302] * 3
    assert answers[2]["Location"] == changed_at
    assert said(admin_client.get(answers[2]["Location"]))[-1] == (
        f'Šī veidlapa ir nosūtīta vairākkārt, bet saglabāta vienreiz: <a href="{changed_at}">{record}</a>.'
    )


def test_form_that_was_refused_may_come_again(admin_client):
    form = filled(admin_client, City)
    assert admin_client.post(admin_url(City, "add"), form | {"country": ""}).status_code == 200
    assert SavedForm.objects.count() == 0
    assert admin_client.post(admin_url(City, "add"), form).status_code == 302


def test_same_form_of_another_page_or_after_the_record_is_gone_is_saved(admin_client):
    url, form = admin_url(City, "add"), filled(admin_client, City)
    for token in ("one", "another"):
        admin_client.post(url, form | {"csrfmiddlewaretoken": token})
    assert list(City.objects.order_by("pk").values_list("slug", flat=True)) == ["cesis", "cesis-2"]
    City.objects.all().delete()
    admin_client.post(url, form | {"csrfmiddlewaretoken": "one"})
    assert City.objects.count() == 1


def test_who_goes_on_to_another_record_still_does(admin_client):
    url, form = admin_url(CooperationField, "add"), filled(admin_client, CooperationField)
    answers = [admin_client.post(url, form | {"_addanother": "1"}) for _time in range(2)]
    assert [answer["Location"] for answer in answers] == [url, url]


def test_page_behind_a_small_window_takes_what_was_saved(admin_client):
    url = admin_url(CooperationField, "add")
    form = form_data(admin_client.get(f"{url}?_popup=1")) | {"name_lv": "Tūrisms", "_popup": "1"}
    answers = [admin_client.post(url, form).context["popup_response_data"] for _time in range(2)]
    assert answers[0] == answers[1]
    assert CooperationField.objects.count() == 1


class TestAtOnce:
    pytestmark = at_once

    def test_double_click_on_save_saves_one_record(self, officers):
        officers[1].cookies = officers[0].cookies
        for model in NEW:
            form = filled(officers[0], model)
            before = set(model.objects.all())
            answers = overlapping(
                *(partial(officer.post, address(model, "add"), form) for officer in officers),
                f'INSERT INTO "{model._meta.db_table}"',
            )
            assert [answer.status_code for answer in answers] == [302, 302]
            [record] = set(model.objects.all()) - before
            assert f"/{record.pk}/change/" in answers[1]["Location"]

    def test_two_officers_who_enter_the_same_are_both_answered(self, officers):
        codes = {}
        for model in (City, CooperationField, Page, User):
            form = filled(officers[0], model)
            answers = overlapping(
                *(partial(officer.post, address(model, "add"), form) for officer in officers),
                'INSERT INTO "django_admin_log"',
            )
            codes[model] = [answer.status_code for answer in answers]
        # The key of a partner or a field is made of its name; of pages and accounts there is one of a kind.
        assert codes == {
            City: [302, 302],
            CooperationField: [302, 302],
            Page: [302, 200],
            User: [302, 200],
        }

    def test_partner_that_is_saved_while_it_is_merged_away_is_first_saved(self, officers):
        kept, duplicate = make_city("cesis"), make_city("wenden")
        url = admin_url(City, "change", duplicate.pk)
        form = form_data(officers[0].get(url)) | {"region_lv": "Vidzeme"}
        answers = overlapping(
            partial(officers[0].post, url, form),
            partial(officers[1].post, merge_url(kept, duplicate), {"kept": kept.pk}),
            'UPDATE "partners_city"',
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        assert (City.objects.get().slug, City.objects.get().region_lv) == ("cesis", "Vidzeme")

    def test_who_saves_a_partner_that_is_just_merged_away_reads_what_was_written(self, officers):
        kept, duplicate = make_city("cesis"), make_city("wenden")
        url = admin_url(City, "change", duplicate.pk)
        form = form_data(officers[0].get(url)) | {"region_lv": "Vidzeme"}
        answers = overlapping(
            partial(officers[1].post, merge_url(kept, duplicate), {"kept": kept.pk}),
            partial(officers[0].post, url, form),
            "DELETE FROM",
        )
        assert [answer.status_code for answer in answers] == [302, 409]
        assert answers[1].context["written"] == [("Reģions · LV", "Vidzeme")]

    def test_agreement_saved_while_its_partner_is_merged_away_belongs_to_the_kept_one(self, officers):
        kept, duplicate = make_city("cesis"), make_city("wenden")
        agreement = make_agreement(duplicate, slug="wenden-2004")
        url = admin_url(Agreement, "change", agreement.pk)
        form = form_data(officers[0].get(url)) | {"source_lv": "Vēstule"}
        merging = partial(officers[1].post, merge_url(kept, duplicate), {"kept": kept.pk})
        answers = overlapping(merging, partial(officers[0].post, url, form), "DELETE FROM")
        assert [answer.status_code for answer in answers] == [302, 200]
        [conflict] = answers[1].context["adminform"].form.conflicts
        assert (conflict.name, conflict.theirs, conflict.mine) == ("city", "Cesis", None)
        assert officers[0].post(url, form_data(answers[1])).status_code == 302
        agreement.refresh_from_db()
        assert (agreement.city, agreement.source_lv) == (kept, "Vēstule")

    def test_new_agreement_with_a_partner_that_is_just_merged_away_is_refused(self, officers):
        kept, duplicate = make_city("cesis"), make_city("wenden")
        url = admin_url(Agreement, "add")
        form = form_data(officers[0].get(url)) | {"city": duplicate.pk}
        merging = partial(officers[1].post, merge_url(kept, duplicate), {"kept": kept.pk})
        answers = overlapping(merging, partial(officers[0].post, url, form), "DELETE FROM")
        assert [answer.status_code for answer in answers] == [302, 200]
        assert list(answers[1].context["adminform"].form.errors) == ["city"]

    def test_agreement_whose_partner_is_deleted_while_it_is_saved_is_refused(self, officers):
        city = make_city("cesis")
        url = admin_url(Agreement, "add")
        form = form_data(officers[0].get(url)) | {"city": city.pk}
        deleting = partial(officers[1].post, admin_url(City, "delete", city.pk), deletion_of(city))
        saving = partial(officers[0].post, url, form)
        answers = overlapping(saving, deleting, 'INSERT INTO "django_admin_log"', waits=False)
        assert [answer.status_code for answer in answers] == [200, 302]
        assert "errorlist" in answers[0].content.decode()
        page = officers[0].get(admin_url(Agreement, "changelist"))
        assert [*said(page), *Agreement.objects.all()] == []

    @pytest.mark.parametrize("make", [merged, imported])
    def test_of_two_who_undo_the_same_one_does_and_the_other_is_told(self, officers, admin_user, make):
        record = make(admin_user)
        url = reverse(f"admin:partners_{record._meta.model_name}_undo", args=[record.pk])
        overlapping(*(partial(officer.post, url) for officer in officers), 'INSERT INTO "partners_city"')
        page = admin_url(City, "changelist")
        assert [said(officer.get(page)) for officer in officers] == UNDONE[make]
        assert City.objects.get(slug="cesis").region_lv is None

    @pytest.mark.parametrize("make", [merged, imported])
    def test_undoing_waits_for_an_edit_and_then_leaves_it(self, officers, admin_user, make):
        record = make(admin_user)
        city = City.objects.get(slug="cesis")
        url = admin_url(City, "change", city.pk)
        form = form_data(officers[0].get(url)) | {"region_lv": "Zemgale"}
        undo_url = reverse(f"admin:partners_{record._meta.model_name}_undo", args=[record.pk])
        answers = overlapping(
            partial(officers[0].post, url, form),
            partial(officers[1].post, undo_url),
            'UPDATE "partners_city"',
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        [sentence] = said(officers[1].get(answers[1]["Location"]))
        assert sentence.startswith("Nekas nav atcelts: ")
        city.refresh_from_db()
        assert city.region_lv == "Zemgale"

    def test_of_two_who_restore_versions_at_once_the_second_looks_at_the_first(self, officers):
        city = make_city("cesis", region_lv="A")
        for region in ("B", "C"):
            city.region_lv = region
            city.save()
        third, second, first = city.history.order_by("-history_id")
        answers = overlapping(
            *(
                partial(officer.post, admin_url(City, "restore", city.pk, version.pk), {"newest": third.pk})
                for officer, version in zip(officers, (first, second), strict=True)
            ),
            'UPDATE "partners_city"',
        )
        assert said(officers[1].get(answers[1]["Location"])) == [
            "Nekas nav atjaunots: kamēr jums bija atvērta šī lapa, kāds mainīja ierakstu. Apskatiet, kas ir jauns."
        ]
        city.refresh_from_db()
        assert city.region_lv == "A"
