"""What happens in the register between the preview and the writing, and after it, is never written over."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse

from partners.formats import read
from partners.imports import BusyError, EditedSinceError, Plan, StaleError, apply, lock, undo
from partners.imports.lock import lock_register
from partners.models import Agreement, City, CooperationField, SpreadsheetImport
from partners.resources import resource_for

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, export, imported, preview, sheet, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def planned(model, *rows, creating=()):
    """A plan, and the file it was made from as the preview keeps it."""
    content = sheet(*rows)
    plan = Plan(resource_for(model), read(io.BytesIO(content)), creating)
    assert plan.problems == []
    return plan, SpreadsheetImport.objects.keep(model, "a.csv", content, None, plan.seen)


def stale(plan, waiting):
    with pytest.raises(StaleError) as refusal:
        apply(plan, waiting)
    assert SpreadsheetImport.objects.get(pk=waiting.pk).applied_at is None
    return refusal.value.slugs


def test_record_edited_while_the_file_is_planned_is_noticed_before_it_is_written_over():
    city = make_city("tukums")
    plan, waiting = planned(City, ["slug", "name_en"], ["tukums", "Tukums"])
    city.region_lv = "Kurzeme"
    city.save()
    assert stale(plan, waiting) == ["tukums"]
    assert City.objects.get().region_lv == "Kurzeme"


def test_choice_of_fields_edited_while_the_file_is_planned_is_noticed():
    agreement = make_agreement(make_city("tukums"), slug="a")
    plan, waiting = planned(Agreement, ["slug", "signed_on"], ["a", "2012"])
    agreement.fields.add(make_field("sport"))
    assert stale(plan, waiting) == ["a"]


def test_record_made_while_the_file_is_planned_is_not_made_twice():
    make_city("tukums")
    plan, waiting = planned(Agreement, ["city", "signed_on"], ["tukums", "2012"])
    make_agreement(City.objects.get(), slug="other", signed_on="2012")
    assert stale(plan, waiting) == ["other"]
    assert Agreement.objects.count() == 1


def test_rule_broken_by_an_edit_while_the_file_is_planned_stops_the_import():
    main = make_agreement(make_city("tukums"), slug="main")
    make_agreement(main.city, slug="extra")
    plan, waiting = planned(Agreement, ["slug", "supplements"], ["extra", "main"])
    main.city = make_city("saldus")
    main.save()
    assert stale(plan, waiting) == ["extra"]
    assert Agreement.objects.get(slug="extra").supplements is None


def test_partner_deleted_while_the_file_is_planned_stops_the_import(transactional_db):
    city = make_city("tukums")
    plan, waiting = planned(Agreement, ["slug", "city"], ["a", "tukums"])
    city.delete()
    assert stale(plan, waiting) == ["a"]


def test_field_deleted_while_the_file_is_planned_stops_the_import():
    make_agreement(make_city("tukums"), slug="a")
    field = make_field("sport")
    plan, waiting = planned(Agreement, ["slug", "fields"], ["a", "sport"])
    field.delete()
    assert stale(plan, waiting) == ["a"]


def test_main_agreement_deleted_while_the_file_is_planned_stops_the_import():
    main = make_agreement(make_city("tukums"), slug="main")
    plan, waiting = planned(Agreement, ["slug", "city", "supplements"], ["extra", "tukums", "main"])
    main.delete()
    assert stale(plan, waiting) == ["extra"]


def test_field_made_while_the_file_is_planned_is_not_made_twice():
    make_agreement(make_city("tukums"), slug="a")
    plan, waiting = planned(Agreement, ["slug", "fields"], ["a", "Tūrisms"], creating=["Tūrisms"])
    make_field("tourism", name_lv="Tūrisms")
    assert stale(plan, waiting) == ["tourism"]


@pytest.mark.parametrize(("key", "named"), [("a", "a"), ("", "2. rinda")])
def test_row_whose_partner_was_deleted_since_the_preview_is_named(admin_client, key, named):
    city = make_city("tukums")
    previewed = preview(admin_client, Agreement, sheet(["slug", "city", "kind"], [key, "tukums", "protocol"]))
    city.delete()
    answer = confirm(admin_client, Agreement, previewed)
    assert f"kopš priekšskatījuma ir mainīts 1 ieraksts: {named}." in answer.content.decode()


def test_name_that_means_another_partner_since_the_preview_is_not_taken_for_the_first(admin_client):
    first = make_city("one", name_lv="Lida")
    second = make_city("two", name_lv="Kaut kas")
    previewed = preview(admin_client, Agreement, sheet(["slug", "city"], ["a", "Lida"]))
    first.name_lv, second.name_lv = "Cita", "Lida"
    first.save()
    second.save()
    answer = confirm(admin_client, Agreement, previewed)
    assert "kopš priekšskatījuma ir mainīts 1 ieraksts: a." in answer.content.decode()
    assert Agreement.objects.count() == 0


def test_key_that_was_shown_for_a_new_record_is_the_one_it_gets(admin_client):
    previewed = preview(admin_client, City, sheet(["name_lv", "country"], ["Lida", "BY"]))
    make_city("lida", name_lv="Cita", country="PL")
    answer = confirm(admin_client, City, previewed)
    assert "Nekas nav importēts" in answer.content.decode()
    assert City.objects.count() == 1
    confirm(admin_client, City, answer)
    assert set(City.objects.values_list("slug", "name_lv")) == {("lida", "Cita"), ("lida-2", "Lida")}


def test_keys_are_made_after_all_rows_are_read(admin_client):
    rows = [["slug", "name_lv", "country"], ["", "Lida", "BY"], *[[f"x-{n}", "X", "LV"] for n in range(1100)]]
    imported(admin_client, City, *rows, ["lida", "Lida", "SE"])
    assert set(City.objects.filter(name_lv="Lida").values_list("slug", "country")) == {
        ("lida-2", "BY"),
        ("lida", "SE"),
    }


def test_nothing_is_undone_where_a_rule_would_break(admin_client, admin_user):
    main = make_agreement(make_city("tukums"), slug="main")
    make_agreement(main.city, slug="extra", supplements=main)
    imported(admin_client, Agreement, ["slug", "supplements"], ["extra", ""])
    main.city = make_city("saldus")
    main.save()
    with pytest.raises(EditedSinceError) as refusal:
        undo(SpreadsheetImport.objects.get(), admin_user)
    assert refusal.value.records == ["extra"]
    assert Agreement.objects.get(slug="extra").supplements is None


def test_nothing_is_undone_where_a_record_was_tied_to_what_is_gone(admin_client, admin_user):
    make_city("saldus")
    agreement = make_agreement(make_city("tukums"), slug="a")
    imported(admin_client, Agreement, ["slug", "city"], ["a", "saldus"])
    agreement.city.delete()
    with pytest.raises(EditedSinceError) as refusal:
        undo(SpreadsheetImport.objects.get(), admin_user)
    assert refusal.value.records == ["a"]


def test_form_that_was_saved_without_a_change_does_not_stand_in_the_way_of_undoing(admin_client, admin_user):
    city = make_city("tukums")
    imported(admin_client, City, ["slug", "name_en"], ["tukums", "Tukums"])
    City.objects.filter(pk=city.pk).update(description_lv="", description_en="")
    undo(SpreadsheetImport.objects.get(), admin_user)
    assert City.objects.get().name_en is None


def test_loading_a_fixture_leaves_no_history(register):
    assert [model.history.count() for model in (City, Agreement, CooperationField)] == [0, 0, 0]


def test_no_more_than_twenty_agreements_supplement_one_another_in_a_row(admin_client):
    make_city("tukums")
    rows = [[f"a-{number}", "tukums", f"a-{number - 1}" if number else ""] for number in range(30)]
    plan = Plan(resource_for(Agreement), read(io.BytesIO(sheet(["slug", "city", "supplements"], *rows))))
    assert [problem.row for problem in plan.problems] == list(range(23, 32))
    assert {problem.sentence for problem in plan.problems} == {
        "Līgumu virknē, kurā katrs papildina iepriekšējo, nedrīkst būt vairāk par 20 līgumiem."
    }


on_server = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite nobody else can write anyway"
)


@contextmanager
def other_connection():
    other = connections.create_connection("default")
    other.settings_dict["NAME"] = connection.settings_dict["NAME"]
    try:
        yield other
    finally:
        other.close()


@on_server
@pytest.mark.django_db(transaction=True)
def test_nobody_else_writes_into_the_register_while_an_import_is_written():
    city = make_city("tukums")
    with other_connection() as other, other.cursor() as cursor, transaction.atomic():
        lock_register()
        cursor.execute("SET lock_timeout = 1")
        cursor.execute("SELECT count(*) FROM partners_city")
        assert cursor.fetchone() == (1,)
        with pytest.raises(OperationalError, match="lock timeout"):
            cursor.execute("UPDATE partners_city SET region_lv = 'x' WHERE id = %s", [city.pk])


@on_server
@pytest.mark.django_db(transaction=True)
def test_import_waits_for_a_deletion_that_has_begun_without_standing_in_its_way():
    agreement = make_agreement(make_city("tukums"), [make_field("sport")], slug="a")
    plan, waiting = planned(Agreement, ["slug", "fields"], ["a", ""])
    has_begun = threading.Event()

    def delete():
        with other_connection() as other, other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("DELETE FROM partners_agreement_fields")
            has_begun.set()
            while True:  # until the import asks for the tables
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone() > (0,):
                    break
            cursor.execute("DELETE FROM partners_agreement WHERE id = %s", [agreement.pk])
            cursor.execute("COMMIT")

    with ThreadPoolExecutor() as pool:
        deleted = pool.submit(delete)
        assert has_begun.wait(10)
        assert stale(plan, waiting) == ["a"]
        deleted.result(10)


@on_server
@pytest.mark.django_db(transaction=True)
def test_import_gives_up_where_somebody_holds_the_register_for_too_long(monkeypatch):
    monkeypatch.setattr(lock, "TRIES", 2)
    city = make_city("tukums")
    plan, waiting = planned(City, ["slug", "name_en"], ["tukums", "Tukums"])
    with other_connection() as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE partners_city SET region_lv = 'x' WHERE id = %s", [city.pk])
        with pytest.raises(BusyError):
            apply(plan, waiting)
        cursor.execute("ROLLBACK")
    assert SpreadsheetImport.objects.get().applied_at is None


# Permissions


def change_page(spreadsheet_import):
    return reverse("admin:partners_spreadsheetimport_change", args=[spreadsheet_import.pk])


def undo_page(spreadsheet_import):
    return reverse("admin:partners_spreadsheetimport_undo", args=[spreadsheet_import.pk])


def test_import_is_shown_to_those_who_may_see_its_records(client, admin_client, user_with):
    make_city("tukums")
    imported(admin_client, Agreement, ["slug", "city", "internal_note"], ["a", "tukums", "Noslēpums"])
    record = SpreadsheetImport.objects.get()
    client.force_login(user_with("view_spreadsheetimport", "view_city"))
    assert client.get(change_page(record)).status_code == 302
    assert "a.csv" not in client.get(reverse("admin:partners_spreadsheetimport_changelist")).content.decode()


@pytest.mark.parametrize(
    "missing",
    [
        "view_spreadsheetimport",
        "add_agreement",
        "change_agreement",
        "delete_agreement",
        "delete_cooperationfield",
    ],
)
def test_undoing_needs_the_permissions_for_all_that_it_does(client, admin_client, user_with, missing):
    make_city("tukums")
    imported(
        admin_client, Agreement, ["slug", "city", "fields"], ["a", "tukums", "Tūrisms"], create=["Tūrisms"]
    )
    record = SpreadsheetImport.objects.get()
    needed = {
        "view_spreadsheetimport",
        "view_agreement",
        "add_agreement",
        "change_agreement",
        "delete_agreement",
        "delete_cooperationfield",
    }
    client.force_login(user_with(*needed - {missing}))
    assert client.post(undo_page(record)).status_code == 403
    assert (Agreement.objects.count(), CooperationField.objects.count()) == (1, 1)


def test_reports_show_agreements_only_to_those_who_may_see_and_export_them(client, user_with):
    make_agreement(make_city("tukums"), scope_lv="Noslēpums")
    client.force_login(user_with("view_city", "export_city", "view_agreement"))
    assert b"overview" not in client.get(url(City, "export")).content
    answer = client.post(url(City, "export"), {"format": "0", "content": "partners"})
    assert "Content-Disposition" not in answer


# What a tampered request can ask for


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
    assert "<ins>turisms</ins>" in admin_client.get(change_page(record)).content.decode()


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
