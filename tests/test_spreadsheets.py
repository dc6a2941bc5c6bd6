"""Spreadsheets through the admin: out, and back without a change."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from partners.models import Agreement, City, CooperationField

from .factories import make_agreement, make_city, make_field

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

XLSX, CSV, SEMICOLON_CSV = "0", "1", "2"
MODELS = (City, Agreement, CooperationField)


def url(model, page, language="lv"):
    with override(language):
        return reverse(f"admin:partners_{model._meta.model_name}_{page}")


def export(client, model, file_format=CSV, language="lv"):
    response = client.post(url(model, "export", language), {"format": file_format, "resource": "0"})
    assert response.status_code == 200
    return response.content


def preview(client, model, content):
    file = SimpleUploadedFile("any.name", content)
    return client.post(url(model, "import"), {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, model, previewed):
    data = previewed.context["confirm_form"].initial
    return client.post(url(model, "process_import"), data, follow=True)


def sheet(*rows):
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def totals(previewed):
    return {kind: count for kind, count in previewed.context["result"].totals.items() if count}


def problems(previewed):
    """Every sentence that says why a file was not accepted."""
    result = previewed.context["result"]
    found = [str(error.error) for error in result.base_errors]
    found += [str(error.error) for _, errors in result.row_errors() for error in errors]
    for row in result.invalid_rows:
        found += [message for messages in row.field_specific_errors.values() for message in messages]
        found += row.non_field_specific_errors
    return found


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("file_format", [XLSX, CSV, SEMICOLON_CSV])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_what_was_exported_comes_back_without_a_change(admin_client, register, model, file_format, language):
    previewed = preview(admin_client, model, export(admin_client, model, file_format, language))
    assert problems(previewed) == []
    assert totals(previewed) == {"skip": model.objects.count()}


@pytest.mark.parametrize("model", MODELS)
def test_export_is_the_same_in_both_languages(admin_client, register, model):
    assert export(admin_client, model, language="lv") == export(admin_client, model, language="en")


def test_exported_columns_name_their_language_and_records_their_key(admin_client, register):
    rows = list(csv.DictReader(io.StringIO(export(admin_client, Agreement).decode("utf-8-sig"))))
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


def test_register_can_be_built_from_its_own_export(admin_client, register):
    files = {model: export(admin_client, model) for model in MODELS}
    Agreement.objects.update(supplements=None)
    for model in (Agreement, City, CooperationField):
        model.objects.all().delete()
    for model in (City, CooperationField, Agreement):
        confirm(admin_client, model, preview(admin_client, model, files[model]))
    assert {model: export(admin_client, model) for model in MODELS} == files


def test_agreement_is_exported_before_those_that_supplement_it(admin_client):
    main = make_agreement(make_city("lida"), slug="lida-2012")
    make_agreement(main.city, slug="lida", supplements=main)
    rows = csv.DictReader(io.StringIO(export(admin_client, Agreement).decode("utf-8-sig")))
    assert [row["slug"] for row in rows] == ["lida-2012", "lida"]


def test_preview_shows_round_degrees_as_they_were_typed(admin_client):
    make_city("tukums")
    content = sheet(["slug", "latitude", "longitude"], ["tukums", "50", "-100"])
    row = preview(admin_client, City, content).context["result"].rows[0]
    shown = [re.sub(r"<[^>]+>", "", cell) for cell in row.diff]
    assert "50" in shown
    assert "-100" in shown


def test_text_that_no_workbook_can_hold_is_named_and_not_cut(admin_client):
    make_city("tukums", description_lv="x" * 32_768)
    answer = admin_client.post(url(City, "export"), {"format": XLSX, "resource": "0"}).content.decode()
    assert (
        "XLSX nevar saglabāt lauka „description_lv” tekstu rindā „tukums”. Eksportējiet to kā CSV." in answer
    )
    assert export(admin_client, City, CSV).count(b"x") == 32_768


def test_changed_cell_changes_the_record_and_nothing_else(admin_client, register):
    content = export(admin_client, City).decode().replace("Mūtala", "Motala").encode()
    previewed = preview(admin_client, City, content)
    assert totals(previewed) == {"update": 1, "skip": 21}
    confirm(admin_client, City, previewed)
    assert City.objects.get(slug="motala").name_lv == "Motala"


def test_absent_column_leaves_the_values_alone_and_empty_cell_empties_them(admin_client):
    city = make_city("tukums", region_lv="Kurzeme", description_lv="Pilsēta.")
    confirm(admin_client, City, preview(admin_client, City, sheet(["slug", "region_lv"], ["tukums", ""])))
    city.refresh_from_db()
    assert (city.region_lv, city.description_lv, city.is_published) == ("", "Pilsēta.", True)


@pytest.mark.parametrize(
    ("cell", "stored"), [("1", True), ("jā", True), ("Yes", True), ("0", False), ("nē", False), ("no", False)]
)
def test_yes_and_no_are_understood_in_both_languages(admin_client, cell, stored):
    make_city("tukums", is_published=not stored)
    confirm(
        admin_client, City, preview(admin_client, City, sheet(["slug", "is_published"], ["tukums", cell]))
    )
    assert City.objects.get().is_published is stored


@pytest.mark.parametrize(
    ("model", "rows", "problem"),
    [
        (City, [["slug", "mayor"], ["tukums", "x"]], "Nezināma kolonna „mayor”."),
        (City, [["slug", "name"], ["tukums", "x"]], "Nezināma kolonna „name”."),
        (City, [["name_lv"], ["Tukums"]], "Trūkst kolonnas „slug”"),
        (
            City,
            [["slug", "name_lv", "name_lv"], ["tukums", "A", "B"]],
            "Kolonna „name_lv” ir divreiz.",
        ),
        (City, [["slug", "is_published"], ["tukums", "varbūt"]], "„varbūt” nav ne 1 (jā), ne 0 (nē)."),
        (City, [["slug", "latitude", "longitude"], ["tukums", "ziemeļi", "23"]], "„ziemeļi” nav skaitlis."),
        (City, [["slug", "country"], ["tukums", "XX"]], "XX"),
        (City, [["slug", "country"], ["jauns", "LV"]], "Ievadiet partnera nosaukumu"),
        (Agreement, [["slug", "city"], ["x", "atlantida"]], "nav ieraksta ar identifikatoru „atlantida”"),
        (Agreement, [["slug", "fields"], ["tukums-2012", "culture | magic"]], "identifikatoru „magic”"),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "September"]], "„September” nav datums."),
        (Agreement, [["slug", "signed_on"], ["tukums-2012", "2012-02-30"]], "„2012-02-30” nav datums."),
        (Agreement, [["slug", "status"], ["tukums-2012", "asleep"]], "asleep"),
        (Agreement, [["slug", "kind"], ["tukums-2012", ""]], "Izvēlieties līguma veidu no saraksta."),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "daži"]], "„daži” nav skaitlis."),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "3.7"]], "„3.7” nav vesels skaitlis."),
        (Agreement, [["slug", "notice_months"], ["tukums-2012", "Infinity"]], "„Infinity” nav skaitlis."),
        (
            City,
            [["slug", "name_lv"], ["tukums", "A"], ["tukums", "B"]],
            "Šie identifikatori atkārtojas: tukums.",
        ),
        (City, [["slug", "name_lv"], ["tukums", "   "]], "Ievadiet partnera nosaukumu"),
    ],
)
def test_what_the_register_does_not_know_is_refused_with_a_reason(admin_client, model, rows, problem):
    make_agreement(make_city("tukums"), slug="tukums-2012", fields=[make_field("culture")])
    before = export(admin_client, model)
    previewed = preview(admin_client, model, sheet(*rows))
    assert [sentence for sentence in problems(previewed) if problem in sentence] != []
    assert previewed.context.get("confirm_form") is None
    assert "Traceback" not in previewed.content.decode()
    assert export(admin_client, model) == before


def test_import_needs_the_permissions_to_add_and_to_change(client, user_with):
    client.force_login(user_with("view_city", "change_city"))
    assert client.get(url(City, "import")).status_code == 403
    assert client.post(url(City, "process_import")).status_code == 403
    assert b"import_link" not in client.get(url(City, "changelist")).content


def test_officer_who_may_add_and_change_may_import(client, user_with):
    client.force_login(user_with("view_city", "add_city", "change_city"))
    previewed = preview(client, City, sheet(["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]))
    confirm(client, City, previewed)
    assert City.objects.get().name_lv == "Tukums"


def test_second_click_on_confirm_says_that_the_file_has_been_imported(admin_client):
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]))
    confirm(admin_client, City, previewed)
    again = confirm(admin_client, City, previewed)
    assert "Šis fails jau ir importēts." in again.content.decode()
    assert City.objects.count() == 1


def test_file_that_no_longer_fits_the_register_is_not_half_imported(admin_client):
    make_city("tukums")
    city = make_city("saldus")
    rows = [["slug", "city"], ["tukums-2012", "tukums"], ["saldus-2012", "saldus"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    assert totals(previewed) == {"new": 2}
    city.delete()
    answer = confirm(admin_client, Agreement, previewed)
    assert "Nekas nav importēts: kopš priekšskatījuma reģistrs ir mainījies." in answer.content.decode()
    assert Agreement.objects.count() == 0


def test_only_the_file_that_was_previewed_can_be_confirmed(admin_client):
    previewed = preview(admin_client, City, sheet(["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]))
    data = previewed.context["confirm_form"].initial
    for tampered in (
        {"import_file_name": "../../etc/passwd"},
        {"import_file_name": data["import_file_name"] + "x"},
    ):
        response = admin_client.post(url(City, "process_import"), {**data, **tampered})
        assert response.status_code == 400
        assert "<h1>Pieprasījumu neizdevās saprast</h1>" in response.content.decode()
    admin_client.post(url(City, "process_import"), {**data, "format": "tampered"})
    assert City.objects.count() == 1


def test_export_needs_the_permission_to_view(client, user_with):
    client.force_login(user_with("view_agreement"))
    assert client.get(url(City, "export")).status_code == 403
    assert client.get(url(Agreement, "export")).status_code == 200
