"""What a request that no form sends can ask of an import, and what a file that nobody expects may hold."""

import io
import json

import pytest
from django.urls import reverse

from partners.formats import read
from partners.models import Agreement, City, CooperationField, SpreadsheetImport

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, export, imported, preview, sheet, url
from .test_import_permissions import change_page, undo_page

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def test_only_fields_that_the_file_names_are_created(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    rows = [["slug", "fields"], ["a", "Tūrisms"]]
    imported(admin_client, Agreement, *rows, create=["Tūrisms", "Slepena joma", "x" * 300])
    assert list(CooperationField.objects.values_list("name_lv", flat=True)) == ["Tūrisms"]


@pytest.mark.parametrize("name", ["x" * 101, "–", "123"])
def test_what_cannot_be_the_name_of_a_field_is_not_offered_as_one(admin_client, name):
    make_agreement(make_city("tukums"), slug="a")
    previewed = preview(admin_client, Agreement, sheet(["slug", "fields"], ["a", name]))
    assert previewed.context["confirm_form"] is None


def test_field_that_is_spelt_in_two_ways_is_offered_once(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    make_agreement(City.objects.get(), slug="b")
    rows = [["slug", "fields"], ["a", "Tūrisms"], ["b", "TŪRISMS; • Tūrisms"]]
    answer = imported(admin_client, Agreement, *rows, create=["Tūrisms"])
    assert "Izveidotās sadarbības jomas: Tūrisms." in answer.content.decode()
    assert CooperationField.objects.get().agreements.count() == 2


def test_preview_of_unknown_fields_shows_what_else_would_change(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    previewed = preview(
        admin_client, Agreement, sheet(["slug", "fields", "signed_on"], ["a", "Tūrisms", "2012"])
    )
    [(_row, changes)] = previewed.context["preview"].rows
    assert [tuple(change) for change in changes] == [
        ("Sadarbības jomas", "", "Tūrisms"),
        ("Noslēgts", "", "2012. gads"),
    ]


def test_file_that_was_not_previewed_is_not_imported(admin_client, admin_user):
    waiting = SpreadsheetImport.objects.keep(
        City, "a.csv", sheet(["slug", "name_lv", "country"], ["a", "A", "LV"]), admin_user
    )
    answer = admin_client.post(url(City, "process_import"), {"upload": waiting.pk})
    assert answer.url == f"{url(City, 'import')}?upload={waiting.pk}"
    assert City.objects.count() == 0


def test_officer_keeps_no_more_than_ten_files_waiting(admin_client):
    for number in range(12):
        preview(admin_client, City, sheet(["slug", "name_lv"], [f"a-{number}", "A"]))
    assert SpreadsheetImport.objects.count() == 10


@pytest.mark.parametrize("query", ["?foo=bar", "?page=abc", "?fields__id__exact=abc", "?bad__x=1"])
def test_export_of_what_no_list_shows_leads_back_to_the_export(admin_client, query):
    answer = admin_client.get(url(Agreement, "export") + query)
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("item", ["99999999999999999999999", "-1", "abc"])
def test_selection_that_is_none_is_refused_in_words(admin_client, item):
    answer = admin_client.post(url(City, "export"), {"format": "1", "export_items": [item]})
    assert "Content-Disposition" not in answer
    assert answer.context["form"].errors["export_items"]


def test_import_that_was_undone_says_so_in_its_history(admin_client):
    make_agreement(make_city("tukums"), slug="a")
    imported(admin_client, Agreement, ["slug", "fields"], ["a", "Tūrisms"], create=["Tūrisms"])
    record = SpreadsheetImport.objects.get()
    admin_client.post(undo_page(record))
    history = admin_client.get(reverse("admin:partners_spreadsheetimport_history", args=[record.pk]))
    assert "Atcelts" in history.content.decode()
    assert "<ins>Tūrisms</ins>" in admin_client.get(change_page(record)).content.decode()


def test_thousandth_error_is_the_last_that_is_listed(admin_client):
    rows = [[f"a-{number}", "A", "XX"] for number in range(1500)]
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], *rows))
    assert len(previewed.context["preview"].plan.problems) == 1000
    assert previewed.context["preview"].plan.counts["refused"] == 1500
    assert "Kļūdu ir vairāk; redzamas pirmās no tām." in previewed.content.decode()


@pytest.mark.parametrize("number", ["1e1000000", "1e3", "٣", "1" * 30, "--5", "1.5.2"])
def test_what_is_no_plain_number_is_none(admin_client, number):
    make_agreement(make_city("tukums"), slug="a")
    previewed = preview(admin_client, Agreement, sheet(["slug", "notice_months"], ["a", number]))
    assert [problem.sentence for problem in previewed.context["preview"].plan.problems] == [
        f"„{number}” nav skaitlis."
    ]


def test_empty_register_is_exported_by_country(admin_client):
    assert (
        export(admin_client, Agreement, content="by-country")
        .decode("utf-8-sig")
        .startswith("Sadarbības partneris,")
    )


def refused_rows(client, model, previewed):
    answer = client.get(url(model, "import_refused"), {"upload": previewed.context["waiting"].pk})
    return list(read(io.BytesIO(b"".join(answer.streaming_content))).rows)


def test_all_refused_rows_can_be_downloaded_however_many_there_are(admin_client):
    rows = [[f"a-{number}", "A", "XX"] for number in range(1500)]
    refused = preview(admin_client, City, sheet(["slug", "name_lv", "country"], *rows))
    downloaded = refused_rows(admin_client, City, refused)
    assert [row.cells[:3] for row in downloaded] == rows
    assert downloaded[-1].cells[3] == "Arī šī rinda ir noraidīta; kļūdu ir pārāk daudz, lai aprakstītu visas."


@pytest.mark.parametrize(
    "row", [["X", "ZZ", "a" * 40_000], ["X", "Z" * 50_000, ""], ["Tar\ud800tu", "ZZ", ""]]
)
def test_refused_row_that_no_workbook_holds_is_downloaded_all_the_same(admin_client, row):
    cells = dict(zip(["name_lv", "country", "description_lv"], row, strict=True))
    refused = preview(admin_client, City, json.dumps([cells]).encode())
    assert [found.cells[0] for found in refused_rows(admin_client, City, refused)] == [
        row[0].replace("\ud800", "")
    ]


@pytest.mark.parametrize("name", ["Mutala", "Mūta\u200bla\u3164", "Mūtаla"])
def test_partner_whose_name_only_looks_otherwise_is_not_made_again(admin_client, name):
    make_city("motala", name_lv="Mūtala", country="SE")
    refused = preview(admin_client, City, sheet(["name_lv", "country"], [name, "SE"]))
    [problem] = refused.context["preview"].plan.problems
    assert problem.sentence.startswith("Šis partneris reģistrā ir ar citu nosaukumu: motala (Mūtala).")


def test_ticks_for_new_fields_say_what_may_be_meant(admin_client):
    make_agreement(make_city("tukums"), [make_field("turisms", name_lv="Tūrisms")], slug="a")
    previewed = preview(admin_client, Agreement, sheet(["slug", "fields"], ["a", "Turismi"]))
    choices = previewed.context["confirm_form"].fields["create"].choices
    assert choices == [("Turismi", "Turismi Vai domājāt „Tūrisms”?")]


def test_reloaded_preview_is_what_is_confirmed(admin_client):
    city = make_city("tukums")
    previewed = preview(admin_client, City, sheet(["slug", "name_en"], ["tukums", "Tukums"]))
    city.region_lv = "Kurzeme"
    city.save()
    again = admin_client.get(url(City, "import"), {"upload": previewed.context["waiting"].pk})
    confirm(admin_client, City, again)
    assert City.objects.get().name_en == "Tukums"


@pytest.mark.parametrize("months", ["1,000", "1.000", "10.000"])
def test_number_with_a_thousands_separator_is_not_taken_for_a_smaller_one(admin_client, months):
    make_agreement(make_city("tukums"), slug="a")
    refused = preview(admin_client, Agreement, sheet(["slug", "notice_months"], ["a", months]))
    assert [problem.sentence for problem in refused.context["preview"].plan.problems] == [
        f"„{months}” nav vesels skaitlis."
    ]


def test_account_with_a_history_can_be_deleted_anywhere(admin_client, admin_user):
    imported(admin_client, City, ["name_lv", "country"], ["Tukums", "LV"])
    admin_user.delete()
    assert (City.history.get().history_user, SpreadsheetImport.objects.get().imported_by) == (None, None)


@pytest.mark.parametrize(
    "rows",
    [
        [["", "Tartu", "", "EE"], ["", "TARTU", "", "EE"]],
        [["", "Tartu", "", "EE"], ["", "Tartu", "Tartu", "EE"]],
        [["", "Tartu", "", "EE"], ["", "", "Tartu", "EE"]],
        [["tartu", "Tartu", "", "EE"], ["", "Tartu", "", "EE"]],
        [["", "Tartu", "", "EE"], ["tartu", "Tartu", "", "EE"]],
    ],
)
def test_partner_is_not_made_twice_by_one_file(admin_client, rows):
    refused = preview(admin_client, City, sheet(["slug", "name_lv", "name_en", "country"], *rows))
    assert [problem.row for problem in refused.context["preview"].plan.problems] == [3]


@pytest.mark.parametrize(
    ("keys", "dates", "is_refused"),
    [
        (["", ""], ["2012", "17.09.2012."], True),
        (["", ""], ["17.09.2012.", "2012-09"], True),
        (["", ""], ["2012-09", ""], True),
        (["t-1", ""], ["2012", "2012"], True),
        (["t-1", "t-2"], ["2012", "2012"], False),
        (["", ""], ["2012-09", "2012-10"], False),
        (["", ""], ["2012", "2013-01"], False),
    ],
)
def test_agreement_is_not_made_twice_by_one_file(admin_client, keys, dates, is_refused):
    make_city("tukums")
    rows = [[key, "tukums", date] for key, date in zip(keys, dates, strict=True)]
    previewed = preview(admin_client, Agreement, sheet(["slug", "city", "signed_on"], *rows))
    assert [problem.row for problem in previewed.context["preview"].plan.problems] == (
        [3] if is_refused else []
    )


def test_two_places_of_one_name_in_two_countries_are_two_partners(admin_client):
    imported(admin_client, City, ["name_lv", "country"], ["Lida", "BY"], ["Lida", "SE"])
    assert set(City.objects.values_list("slug", "country")) == {("lida", "BY"), ("lida-2", "SE")}
