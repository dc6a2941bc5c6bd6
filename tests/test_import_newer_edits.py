"""A file that is older than the register undoes nothing unseen."""

import io
import subprocess
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.formats import read, read_export_time
from partners.history import last_change, record_history
from partners.imports import Plan
from partners.models import Agreement, City
from partners.resources import resource_for

from .factories import make_agreement, make_city, make_field
from .spreadsheets import CSV, ODS, XLSX, export, preview, sheet, url
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

WORKBOOKS = {"xlsx": XLSX, "ods": ODS}


@pytest.fixture
def anna(client, django_user_model):
    return django_user_model.objects.create_superuser("anna", first_name="Anna", last_name="Ozola")


def edited(client, record, user, **values):
    """Save the form of `record` with `values`, as `user`."""
    client.force_login(user)
    url = admin_url(type(record), "change", record.pk)
    answer = client.post(url, {**form_data(client.get(url)), **values})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def with_cell(content, old, new):
    """The workbook or text `content`, in which the text `old` is `new`, saved as an office program does."""
    if not content.startswith(b"PK"):
        return content.replace(old.encode(), new.encode())
    target = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(old.encode(), new.encode()))
    return target.getvalue()


def marked(previewed):
    """The columns that the preview marks as newer in the register, with the sentence; and the others."""
    changes = [change for _row, changes in previewed.context["preview"].rows for change in changes]
    newer = {change.column: change.newer_edit for change in changes if change.newer_edit}
    return newer, [change.column for change in changes if not change.newer_edit]


@pytest.mark.parametrize("file_format", [XLSX, ODS, CSV], ids=["xlsx", "ods", "csv"])
def test_cells_that_go_back_are_marked_with_who_changed_them_and_when(
    client, admin_client, admin_user, anna, file_format
):
    city = make_city(
        "lida", name_lv="Lida", name_en="Lida", country="BY", region_lv="Grodņa", description_lv="Pilsēta."
    )
    content = export(admin_client, City, file_format)
    edited(client, city, anna, region_lv="Grodņas apgabals", description_lv="Pilsēta pie Lidejkas.")
    client.force_login(admin_user)
    previewed = preview(client, City, with_cell(content, "Pilsēta.", "Pils."))
    newer, others = marked(previewed)
    at = City.history.first().history_date
    date = timezone.localtime(at).strftime("%H:%M")
    assert newer.keys() == ({"Reģions · LV", "Apraksts · LV"} if file_format != CSV else {"Reģions · LV"})
    assert newer["Reģions · LV"].startswith("Aizstāj jaunākas izmaiņas (Anna Ozola, ")
    assert date in newer["Reģions · LV"]
    assert others == ([] if file_format != CSV else ["Apraksts · LV"])
    assert previewed.context["preview"].plan.newer_edits == len(newer)


@pytest.mark.parametrize("file_format", WORKBOOKS.values(), ids=WORKBOOKS)
def test_change_of_a_cell_that_nobody_else_changed_is_not_marked(
    client, admin_client, admin_user, anna, file_format
):
    city = make_city("lida", region_lv="Grodņa", region_en="Grodno")
    content = export(admin_client, City, file_format)
    edited(client, city, anna, region_en="Hrodna")
    client.force_login(admin_user)
    newer, others = marked(preview(client, City, with_cell(content, "Grodņa", "Grodņas apgabals")))
    assert (list(newer), others) == (["Reģions · EN"], ["Reģions · LV"])


def test_fields_and_relations_of_an_agreement_are_compared_too(client, admin_client, admin_user):
    culture, sport = make_field("culture"), make_field("sport")
    main = make_agreement(make_city("lida"), slug="main", signed_on="2001")
    extra = make_agreement(main.city, [culture], slug="extra", supplements=main, signed_on="2002")
    record_history(Agreement, [extra.pk], "+")
    content = export(admin_client, Agreement, CSV)
    other = make_city("radom")
    Agreement.objects.filter(pk=extra.pk).update(supplements=None, city=other)
    extra.fields.set([sport])
    record_history(Agreement, [extra.pk], "~", admin_user)
    newer, others = marked(preview(admin_client, Agreement, content))
    assert (set(newer), others) == ({"Sadarbības partneris", "Papildina līgumu", "Sadarbības jomas"}, [])


def test_record_that_was_loaded_and_never_edited_is_compared_with_how_it_was(
    client, admin_client, admin_user, register, anna
):
    content = export(admin_client, City, CSV)
    edited(client, City.objects.get(slug="radom"), anna, name_lv="Radoma pilsēta")
    client.force_login(admin_user)
    assert list(marked(preview(client, City, content))[0]) == ["Nosaukums · LV"]


def test_what_was_changed_and_changed_back_is_not_newer(client, admin_client, admin_user, anna):
    city = make_city("lida", region_lv="Grodņa")
    content = export(admin_client, City, XLSX)
    edited(client, city, anna, region_lv="Minska")
    edited(client, city, anna, region_lv="Grodņa")
    client.force_login(admin_user)
    newer, others = marked(preview(client, City, with_cell(content, "Grodņa", "Brestas apgabals")))
    assert (newer, others) == ({}, ["Reģions · LV"])


def test_value_that_the_register_never_had_is_a_change_like_any_other(admin_client):
    city = make_city("lida", region_lv="Grodņa")
    record_history(City, [city.pk], "+")
    assert marked(preview(admin_client, City, sheet(["slug", "region_lv"], ["lida", "Minska"]))) == (
        {},
        ["Reģions · LV"],
    )


def test_command_replaces_nothing_newer_unless_told_to(tmp_path, admin_user):
    city = make_city("lida", region_lv="Grodņa")
    path = tmp_path / "partners.xlsx"
    call_command("export", "partners", str(path))
    City.objects.filter(pk=city.pk).update(region_lv="Minska")
    record_history(City, [city.pk], "~", admin_user)
    errors = io.StringIO()
    with pytest.raises(CommandError, match="--replace-newer"):
        call_command("import", "partners", str(path), stdout=io.StringIO(), stderr=errors)
    assert errors.getvalue().startswith("2: lida: region_lv: Aizstāj jaunākas izmaiņas (admin, ")
    assert City.objects.get().region_lv == "Minska"
    call_command(
        "import", "partners", str(path), replace_newer=True, stdout=io.StringIO(), stderr=io.StringIO()
    )
    assert City.objects.get().region_lv == "Grodņa"


@pytest.mark.parametrize("suffix", WORKBOOKS)
@pytest.mark.parametrize("saved_as", WORKBOOKS)
def test_time_of_an_export_survives_libreoffice(tmp_path, suffix, saved_as):
    make_city("lida")
    path = tmp_path / f"partners.{suffix}"
    call_command("export", "partners", str(path))
    assert read_export_time(path.read_bytes()) == last_change(City)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/lo",
        "--convert-to",
        saved_as,
    ]
    folder = tmp_path / "saved"
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True)
    assert read_export_time((folder / f"partners.{saved_as}").read_bytes()) == last_change(City)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01", "2199-01-01T00:00:00+00:00", "<x/>"])
def test_time_that_cannot_be_is_none(admin_client, text):
    make_city("lida")
    content = export(admin_client, City, XLSX)
    exported_at = read_export_time(content)
    assert read_export_time(with_cell(content, exported_at.isoformat(), text)) is None


def test_rows_that_were_refused_carry_the_time_of_their_file(admin_client):
    make_city("lida", region_lv="Grodņa", country="BY")
    content = with_cell(export(admin_client, City, XLSX), "BY", "Narnija")
    waiting = preview(admin_client, City, content).context["waiting"]
    refused = admin_client.get(url(City, "import_refused"), {"upload": waiting.pk})
    assert read_export_time(b"".join(refused.streaming_content)) == read_export_time(content)


def test_nothing_but_a_workbook_carries_a_time(admin_client):
    make_city("lida")
    assert read_export_time(export(admin_client, City, CSV)) is None
    assert read_export_time(b"PK\x03\x04 no archive") is None


def test_looking_for_newer_edits_costs_as_many_queries_however_many_rows(admin_user):
    def cost(count):
        cities = [make_city(f"city-{count}-{n}", region_lv="A") for n in range(count)]
        pks = [city.pk for city in cities]
        record_history(City, pks, "+")
        City.objects.filter(pk__in=pks).update(region_lv="B")
        record_history(City, pks, "~", admin_user)
        rows = [["slug", "region_lv"], *([city.slug, "A"] for city in cities)]
        with CaptureQueriesContext(connection) as queries:
            plan = Plan(resource_for(City), read(io.BytesIO(sheet(*rows))))
        assert plan.newer_edits == count
        return len(queries)

    assert cost(2) == cost(40)
