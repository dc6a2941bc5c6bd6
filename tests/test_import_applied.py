"""A confirmed file is applied whole and once, leaves its record and its history, and can be undone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from partners.models import Agreement, City, CooperationField, SpreadsheetImport

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, export, imported, preview, problems, sheet, totals, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TUKUMS = [["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]]


def text(response):
    return response.content.decode()


def undo(client, spreadsheet_import):
    return client.post(
        reverse("admin:partners_spreadsheetimport_undo", args=[spreadsheet_import.pk]), follow=True
    )


def register():
    """All that the tables of the register hold."""
    tables = [City, Agreement, CooperationField, Agreement.fields.through]
    return {
        model: list(model.objects.order_by("pk").values_list(*(f.attname for f in columns(model))))
        for model in tables
    }


def columns(model):
    # The bare column repeats one of the languages, the instant of a change is another each time; the
    # primary key of a choice says nothing.
    bare = {"changed_at", "name", "region", "description", "status_reason", "scope", "source"}
    skipped = bare | ({"id"} if model is Agreement.fields.through else set())
    return [field for field in model._meta.concrete_fields if field.attname not in skipped]


def test_import_is_recorded_with_who_when_what_and_how_many(admin_client, admin_user):
    make_city("saldus")
    before = timezone.now()
    imported(
        admin_client, City, [*TUKUMS[0], "region_lv"], [*TUKUMS[1], "Kurzeme"], ["saldus", "Saldus", "LV", ""]
    )
    record = SpreadsheetImport.objects.get()
    assert (record.subject, record.file_name, record.imported_by) == ("city", "any.name", admin_user)
    assert (record.new_count, record.changed_count, record.unchanged_count) == (1, 0, 1)
    assert before < record.applied_at < timezone.now()
    assert len(record.checksum) == 64
    assert (record.content, record.seen) == (None, None)


def test_history_of_an_imported_record_names_the_officer_and_the_import(admin_client, admin_user):
    field = make_field("culture")
    make_city("tukums")
    imported(admin_client, Agreement, ["slug", "city", "fields"], ["a", "tukums", "culture"])
    past = Agreement.history.get()
    assert (past.history_type, past.history_user, past.spreadsheet_import) == (
        "+",
        admin_user,
        SpreadsheetImport.objects.get(),
    )
    assert [choice.cooperationfield for choice in past.fields.all()] == [field]


def test_message_says_what_was_imported(admin_client):
    assert "Importēts: jauni – 1, mainīti – 0, bez izmaiņām – 0." in text(
        imported(admin_client, City, *TUKUMS)
    )


def test_previewing_writes_nothing_into_the_register(admin_client):
    before = register()
    preview(admin_client, City, sheet(*TUKUMS))
    assert register() == before


def test_second_click_on_confirm_says_that_the_file_has_been_imported(admin_client):
    previewed = preview(admin_client, City, sheet(*TUKUMS))
    confirm(admin_client, City, previewed)
    again = confirm(admin_client, City, previewed)
    assert "Šis fails vairs negaida apstiprinājumu: tas jau ir importēts," in text(again)
    assert City.objects.count() == 1


def test_file_of_another_officer_cannot_be_confirmed(admin_client, client, user_with):
    previewed = preview(admin_client, City, sheet(*TUKUMS))
    client.force_login(user_with("view_city", "add_city", "change_city", "import_city"))
    assert "Izvēlieties failu no jauna." in text(confirm(client, City, previewed))
    assert City.objects.count() == 0


@pytest.mark.parametrize("upload", ["", "x", "999999", "-1", "99999999999999999999", "²"])
def test_file_that_is_not_there_is_asked_for_again(admin_client, upload):
    for answer in (
        admin_client.post(url(City, "process_import"), {"upload": upload}, follow=True),
        admin_client.get(url(City, "import"), {"upload": upload}, follow=True),
        admin_client.get(url(City, "import_refused"), {"upload": upload}, follow=True),
    ):
        assert "Izvēlieties failu no jauna." in text(answer)


def test_record_edited_since_the_preview_stops_the_import_and_is_named(admin_client):
    city = make_city("tukums", region_lv="Kurzeme")
    make_city("saldus")
    previewed = preview(
        admin_client, City, sheet(["slug", "name_en"], ["tukums", "Tukums"], ["saldus", "Saldus"])
    )
    city.region_lv = "Vidzeme"
    city.save()
    answer = confirm(admin_client, City, previewed)
    assert "Nekas nav importēts: kopš priekšskatījuma ir mainīts 1 ieraksts: tukums." in text(answer)
    assert [city.name_en for city in City.objects.all()] == [None, None]
    confirm(admin_client, City, answer)
    assert [city.name_en for city in City.objects.all()] == ["Saldus", "Tukums"]
    assert City.objects.get(slug="tukums").region_lv == "Vidzeme"


def test_record_that_the_file_leaves_as_it_is_stops_the_import_too_once_it_is_edited(admin_client):
    city = make_city("tukums", region_lv="Kurzeme")
    rows = [["slug", "name_lv", "country", "region_lv"], ["tukums", "Tukums", "LV", "Kurzeme"]]
    previewed = preview(admin_client, City, sheet(*rows, ["saldus", "Saldus", "LV", ""]))
    city.region_lv = "Vidzeme"
    city.save()
    assert "1 ieraksts: tukums." in text(confirm(admin_client, City, previewed))
    assert City.objects.get().region_lv == "Vidzeme"


def test_record_created_since_the_preview_stops_the_import(admin_client):
    previewed = preview(admin_client, City, sheet(*TUKUMS))
    make_city("tukums", name_lv="Cita")
    assert "1 ieraksts: tukums." in text(confirm(admin_client, City, previewed))
    assert City.objects.get().name_lv == "Cita"


def test_choice_of_fields_edited_since_the_preview_stops_the_import(admin_client):
    agreement = make_agreement(make_city("tukums"), slug="a", fields=[make_field("culture")])
    previewed = preview(admin_client, Agreement, sheet(["slug", "signed_on"], ["a", "2012"]))
    agreement.fields.set([make_field("sport")])
    assert "1 ieraksts: a." in text(confirm(admin_client, Agreement, previewed))


def test_of_two_officers_with_the_same_file_the_second_is_stopped(admin_client):
    first, second = (preview(admin_client, City, sheet(*TUKUMS)) for _officer in range(2))
    confirm(admin_client, City, first)
    assert "1 ieraksts: tukums." in text(confirm(admin_client, City, second))
    assert City.history.count() == 1


def test_file_that_no_longer_fits_the_register_is_not_half_imported(admin_client):
    make_city("tukums")
    city = make_city("saldus")
    rows = [["slug", "city"], ["tukums-2012", "tukums"], ["saldus-2012", "saldus"]]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    city.delete()
    answer = confirm(admin_client, Agreement, previewed)
    assert "Nekas nav importēts: kopš priekšskatījuma ir mainīts 1 ieraksts: saldus-2012." in text(answer)
    assert [value for _row, _column, value, _sentence in problems(answer)] == ["saldus"]
    assert Agreement.objects.count() == 0


def test_file_that_nobody_confirms_is_swept_away(admin_client):
    preview(admin_client, City, sheet(*TUKUMS))
    SpreadsheetImport.objects.update(uploaded_at=timezone.now() - timedelta(days=2))
    preview(admin_client, City, sheet(TUKUMS[0], ["saldus", "Saldus", "LV"]))
    assert SpreadsheetImport.objects.count() == 1


def test_refused_rows_come_as_a_spreadsheet_with_reasons_that_can_be_mended_and_imported(admin_client):
    rows = [["Nosaukums", "Valsts"], ["Tukums", "LV"], ["Saldus", "Leiputrija"], ["", "PL"]]
    refused = preview(admin_client, City, sheet(*rows))
    assert totals(refused) == {"new": 1, "refused": 2}
    answer = admin_client.get(url(City, "import_refused"), {"upload": refused.context["waiting"].pk})
    from partners.formats import read

    table = read(_file(b"".join(answer.streaming_content)))
    assert table.headings == ["Nosaukums", "Valsts", "Kāpēc rinda noraidīta"]
    assert [row.cells for row in table.rows] == [
        ["Saldus", "Leiputrija", "Valsts: Valsts „Leiputrija” nav zināma. Rakstiet, piemēram, Polija, Poland vai PL."],
        ["", "PL", "Nosaukums: Ievadiet partnera nosaukumu, ja iespējams, latviešu valodā."],
    ]  # fmt: skip
    mended = [["Nosaukums", "Valsts", "Kāpēc rinda noraidīta"], ["Saldus", "LV", "„Leiputrija” nav valsts."]]
    imported(admin_client, City, *mended)
    assert City.objects.get().name_lv == "Saldus"


def _file(content):
    import io

    return io.BytesIO(content)


def test_import_can_be_undone_whole(admin_client):
    make_field("culture")
    main = make_agreement(make_city("tukums"), slug="main", scope_lv="Sports", fields=[make_field("sport")])
    make_agreement(main.city, slug="other", status_reason_lv=None)
    before = register()
    rows = [["slug", "city", "scope_lv", "fields", "supplements", "signed_on"]]
    rows += [["main", "tukums", "Māksla", "Kultūra | culture | Tūrisms", "", "2012-09"]]
    rows += [["new", "tukums", "", "sport", "newer", ""], ["newer", "tukums", "", "", "main", "2013"]]
    rows[1][3] = "culture | Tūrisms"
    imported(admin_client, Agreement, *rows, create=["Tūrisms"])
    assert Agreement.objects.count() == 4
    answer = undo(admin_client, SpreadsheetImport.objects.get())
    assert "Imports ir atcelts: reģistrs ir tāds, kāds bija pirms tā." in text(answer)
    assert register() == before
    record = SpreadsheetImport.objects.get()
    assert record.undone_at is not None
    assert record.undone_by == User.objects.get(username="admin")


@pytest.mark.parametrize("model", [City, CooperationField])
def test_partners_and_fields_come_back_too(admin_client, model):
    make = {City: make_city, CooperationField: make_field}[model]
    make("tukums")
    before = register()
    country = ["LV"] if model is City else []
    headings = ["slug", "name_lv", *(["country"] if country else [])]
    imported(admin_client, model, headings, ["tukums", "Cits", *country], ["saldus", "Saldus", *country])
    undo(admin_client, SpreadsheetImport.objects.get())
    assert register() == before


def test_record_edited_since_the_import_is_named_and_nothing_is_undone(admin_client):
    imported(admin_client, City, *TUKUMS, ["saldus", "Saldus", "LV"])
    city = City.objects.get(slug="saldus")
    city.name_en = "Saldus"
    city.save()
    before = register()
    answer = undo(admin_client, SpreadsheetImport.objects.get())
    assert "Nekas nav atcelts: kopš importa ir mainīts vai izmantots 1 ieraksts: saldus." in text(answer)
    assert register() == before
    assert SpreadsheetImport.objects.get().undone_at is None


def test_partner_that_has_an_agreement_since_the_import_is_named_and_kept(admin_client):
    imported(admin_client, City, *TUKUMS)
    make_agreement(City.objects.get())
    assert "1 ieraksts: tukums." in text(undo(admin_client, SpreadsheetImport.objects.get()))
    assert City.objects.count() == 1


def test_field_that_is_used_since_the_import_is_named_and_kept(admin_client):
    imported(admin_client, CooperationField, ["slug", "name_lv"], ["culture", "Kultūra"])
    make_agreement(make_city("tukums"), fields=[CooperationField.objects.get()])
    assert "1 ieraksts: culture." in text(undo(admin_client, SpreadsheetImport.objects.get()))


def test_imports_are_undone_one_after_the_other(admin_client):
    states = [register()]
    for name in ("Tukums", "Tuckum", "Tukuma"):
        imported(admin_client, City, TUKUMS[0], ["tukums", name, "LV"])
        states.append(register())
    for record, state in zip(SpreadsheetImport.objects.order_by("-pk"), reversed(states[:-1]), strict=True):
        undo(admin_client, record)
        assert register() == state


def test_undone_import_is_not_undone_again(admin_client):
    imported(admin_client, City, *TUKUMS)
    undo(admin_client, SpreadsheetImport.objects.get())
    assert "Šis imports jau ir atcelts." in text(undo(admin_client, SpreadsheetImport.objects.get()))


def test_undoing_is_in_the_history(admin_client, admin_user):
    make_city("saldus")
    imported(admin_client, City, *TUKUMS, ["saldus", "Jauns", "LV"])
    undo(admin_client, SpreadsheetImport.objects.get())
    history = City.history.order_by("history_id").values_list("slug", "history_type", "history_user")
    assert list(history)[-2:] == [("saldus", "~", admin_user.pk), ("tukums", "-", admin_user.pk)]


def test_state_that_the_history_does_not_know_is_restored_too(admin_client):
    city = make_city("tukums", region_lv="Kurzeme")
    City.objects.filter(pk=city.pk).update(region_lv="Vidzeme")
    imported(admin_client, City, ["slug", "region_lv"], ["tukums", "Zemgale"])
    undo(admin_client, SpreadsheetImport.objects.get())
    assert City.objects.get().region_lv == "Vidzeme"


def test_import_is_undone_from_the_list_one_at_a_time(admin_client):
    imported(admin_client, City, *TUKUMS)
    imported(admin_client, City, TUKUMS[0], ["saldus", "Saldus", "LV"])
    data = {
        "action": "undo_selected",
        "_selected_action": [item.pk for item in SpreadsheetImport.objects.all()],
    }
    address = reverse("admin:partners_spreadsheetimport_changelist")
    assert "Atceliet importus pa vienam, sākot ar jaunāko." in text(
        admin_client.post(address, data, follow=True)
    )
    admin_client.post(address, {**data, "_selected_action": data["_selected_action"][:1]})
    assert list(City.objects.values_list("slug", flat=True)) == ["tukums"]


def test_record_of_an_import_shows_what_it_changed(admin_client):
    make_city("tukums", region_lv="Kurzeme")
    imported(admin_client, City, ["slug", "name_lv", "region_lv", "country"], ["tukums", "Tukums", "Vidzeme", "LV"], ["saldus", "Saldus", "", "LV"])  # fmt: skip
    page = admin_client.get(
        reverse("admin:partners_spreadsheetimport_change", args=[SpreadsheetImport.objects.get().pk])
    )
    assert [(slug, is_new, [tuple(change) for change in changes]) for slug, is_new, changes in page.context["changes"]] == [
        ("saldus", True, [("Nosaukums · LV", "", "Saldus"), ("Identifikators", "", "saldus"), ("Valsts", "", "Latvija"), ("Publicēts", "", "nē")]),
        ("tukums", False, [("Reģions · LV", "Kurzeme", "Vidzeme")]),
    ]  # fmt: skip


def test_preview_shows_errors_first_and_stays_small_whatever_the_file(admin_client):
    for number in range(30):
        make_city(f"city-{number}")
    rows = [["slug", "name_lv", "country", "description_lv", "description_en"]]
    rows += [[f"city-{n}", f"Pilsēta {n}", "LV", "\"<&'" * 2500, "ā😀" * 5000] for n in range(30)]
    rows += [[f"new-{n}", "", "XX" * 400, "\"<&'" * 2500, ""] for n in range(100)]
    previewed = preview(admin_client, City, sheet(*rows))
    shown = previewed.context["preview"]
    assert len(previewed.content) < 200_000
    assert (len(shown.problems), shown.rows) == (40, [])
    last = admin_client.get(
        url(City, "import"),
        {"upload": previewed.context["waiting"].pk, "page": shown.page.paginator.num_pages},
    )
    assert last.context["preview"].problems == []
    assert last.context["preview"].rows[-1][0].slug == "city-29"
    assert len(last.content) < 200_000


def test_long_text_is_shown_where_it_changes(admin_client):
    make_city("tukums", description_lv="x" * 1000 + "vecs")
    previewed = preview(
        admin_client, City, sheet(["slug", "description_lv"], ["tukums", "x" * 1000 + "jauns"])
    )
    [(_row, [change])] = previewed.context["preview"].rows
    assert change.old.endswith("vecs")
    assert change.new.endswith("jauns")
    assert export(admin_client, City).count(b"x") == 1000
