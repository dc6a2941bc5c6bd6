"""The exchange format: out of the register, and back without a change."""

import csv
import io
import json

import pytest

from partners.models import Agreement, City, CooperationField

from .factories import make_agreement, make_city, make_field
from .spreadsheets import (
    CSV,
    JSON,
    MODELS,
    ODS,
    SEMICOLON_CSV,
    XLSX,
    confirm,
    export,
    imported,
    preview,
    problems,
    sheet,
    totals,
    url,
    without_time,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

FORMATS = {"xlsx": XLSX, "csv": CSV, "semicolon": SEMICOLON_CSV, "ods": ODS, "json": JSON}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("file_format", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_what_was_exported_comes_back_without_a_change(admin_client, register, model, file_format, language):
    previewed = preview(admin_client, model, export(admin_client, model, file_format, language))
    assert problems(previewed) == []
    assert totals(previewed) == {"unchanged": model.objects.count()}
    assert previewed.context["confirm_form"] is None


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("file_format", FORMATS.values(), ids=FORMATS)
def test_export_is_the_same_whenever_it_is_made(admin_client, register, model, file_format):
    first = export(admin_client, model, file_format)
    assert export(admin_client, model, file_format) == first


@pytest.mark.parametrize("model", MODELS)
def test_export_is_the_same_in_both_languages(admin_client, register, model):
    assert export(admin_client, model, language="lv") == export(admin_client, model, language="en")


def test_exported_columns_name_their_language_and_records_their_key(admin_client, register):
    rows = rows_of(export(admin_client, Agreement))
    magdeburg = next(row for row in rows if row["city"] == "magdeburg")
    assert (magdeburg["slug"], magdeburg["signed_on"], magdeburg["status"]) == (
        "magdeburg-2012",
        "2012-09",
        "not-stated",
    )
    assert magdeburg["scope_lv"].split(" | ")[0] == "Izglītība, kultūra, sports"
    assert magdeburg["fields"].split(" | ")[:3] == ["education", "culture", "sport"]
    assert "name" not in rows[0]
    assert "scope" not in rows[0]


def test_json_holds_the_same_cells(admin_client, register):
    as_csv = rows_of(export(admin_client, City))
    as_json = json.loads(export(admin_client, City, JSON))
    assert [{name: cell.removeprefix("'") for name, cell in row.items()} for row in as_csv] == as_json


@pytest.mark.parametrize("file_format", FORMATS.values(), ids=FORMATS)
def test_register_can_be_built_from_its_own_export(admin_client, register, file_format):
    files = {model: export(admin_client, model, file_format) for model in MODELS}
    Agreement.objects.update(supplements=None)
    for model in (Agreement, City, CooperationField):
        model.objects.all().delete()
    for model in (City, CooperationField, Agreement):
        confirm(admin_client, model, preview(admin_client, model, files[model]))
    # Byte for byte, but for the time, which is that of the register that was built.
    assert {model: without_time(export(admin_client, model, file_format)) for model in MODELS} == {
        model: without_time(content) for model, content in files.items()
    }


def test_agreement_is_exported_before_those_that_supplement_it(admin_client):
    main = make_agreement(make_city("lida"), slug="lida-2012")
    make_agreement(main.city, slug="lida", supplements=main)
    assert [row["slug"] for row in rows_of(export(admin_client, Agreement))] == ["lida-2012", "lida"]


def test_text_that_no_workbook_can_hold_is_named_and_not_cut(admin_client):
    make_city("tukums", description_lv="x" * 32_768)
    answer = admin_client.post(url(City, "export"), {"format": XLSX}).content.decode()
    assert (
        "XLSX nevar saglabāt lauka „description_lv” tekstu rindā „tukums”. Eksportējiet to kā CSV." in answer
    )
    assert export(admin_client, City, CSV).count(b"x") == 32_768


def test_changed_cell_changes_the_record_and_nothing_else(admin_client, register):
    content = export(admin_client, City).decode().replace("Mūtala", "Motala").encode()
    previewed = preview(admin_client, City, content)
    assert totals(previewed) == {"changed": 1, "unchanged": 21}
    confirm(admin_client, City, previewed)
    assert City.objects.get(slug="motala").name_lv == "Motala"


def test_absent_column_leaves_the_values_alone_and_empty_cell_empties_them(admin_client):
    city = make_city("tukums", region_lv="Kurzeme", description_lv="Pilsēta.")
    previewed = preview(admin_client, City, sheet(["slug", "region_lv"], ["tukums", ""]))
    assert previewed.context["preview"].emptied == [("Reģions · LV", 1)]
    assert "Apraksts · LV" in previewed.context["preview"].absent
    confirm(admin_client, City, previewed)
    city.refresh_from_db()
    assert (city.region_lv, city.description_lv, city.is_published) == ("", "Pilsēta.", True)


def test_export_holds_what_the_list_shows(admin_client, register):
    rows = rows_of(export(admin_client, City, query="?country=PL"))
    assert {row["country"] for row in rows} == {"PL"}
    assert len(rows) == City.objects.in_country("PL").count()


def test_export_holds_what_is_selected(admin_client, register):
    chosen = City.objects.filter(slug__in=("motala", "radom"))
    form = admin_client.post(
        url(City, "changelist"),
        {"action": "export_selected", "_selected_action": [city.pk for city in chosen]},
    )
    assert form.context["form"].initial["export_items"] == [city.pk for city in chosen]
    rows = rows_of(export(admin_client, City, export_items=[city.pk for city in chosen]))
    assert [row["slug"] for row in rows] == ["motala", "radom"]


def test_export_of_all_that_a_filter_shows_keeps_the_filter(admin_client, register):
    city = City.objects.first()
    data = {"action": "export_selected", "_selected_action": [city.pk], "select_across": "1"}
    answer = admin_client.post(url(City, "changelist") + "?country=PL", data)
    assert answer.url == url(City, "export") + "?country=PL"


def test_export_needs_the_permissions_to_view_and_to_export(client, user_with):
    client.force_login(user_with("view_agreement", "export_city"))
    assert client.get(url(City, "export")).status_code == 403
    assert client.get(url(Agreement, "export")).status_code == 403
    assert b"export_link" not in client.get(url(Agreement, "changelist")).content


def test_officer_who_may_view_and_export_may_export(client, user_with):
    client.force_login(user_with("view_agreement", "export_agreement"))
    assert export(client, Agreement).startswith(b"\xef\xbb\xbfslug,city,")


@pytest.mark.parametrize("count", [1, 40])
def test_export_asks_the_database_as_often_for_many_records_as_for_few(
    admin_client, django_assert_max_num_queries, count
):
    fields = [make_field("culture"), make_field("sport")]
    for number in range(count):
        make_agreement(make_city(f"city-{number}"), fields=fields)
    with django_assert_max_num_queries(6):
        export(admin_client, Agreement)


def test_import_of_what_it_says_already_asks_as_often_for_many_records_as_for_few(
    admin_client, django_assert_max_num_queries
):
    for number in range(40):
        make_city(f"city-{number}")
    content = export(admin_client, City)
    with django_assert_max_num_queries(12):
        preview(admin_client, City, content)


def test_imported_again_a_file_changes_nothing(admin_client):
    rows = [["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]]
    imported(admin_client, City, *rows)
    assert totals(preview(admin_client, City, sheet(*rows))) == {"unchanged": 1}


def test_reports_show_agreements_only_to_those_who_may_see_and_export_them(client, user_with):
    make_agreement(make_city("tukums"), scope_lv="Noslēpums")
    client.force_login(user_with("view_city", "export_city", "view_agreement"))
    assert b"overview" not in client.get(url(City, "export")).content
    answer = client.post(url(City, "export"), {"format": "0", "content": "partners"})
    assert "Content-Disposition" not in answer
