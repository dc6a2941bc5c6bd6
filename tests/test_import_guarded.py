"""What happens in the register between the preview and the writing, and after it, is never written over."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.db import OperationalError, connection, connections, transaction

from partners.formats import read
from partners.imports import BusyError, EditedSinceError, Plan, StaleError, apply, lock, undo
from partners.imports.lock import lock_register
from partners.models import Agreement, City, CooperationField, SpreadsheetImport
from partners.resources import resource_for

from .factories import make_agreement, make_city, make_field
from .spreadsheets import confirm, imported, preview, sheet

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
def test_import_does_not_wait_for_who_is_about_to_save_what_it_refers_to():
    field = make_field("culture")
    make_city("tukums")
    plan, waiting = planned(Agreement, ["city", "signed_on", "fields"], ["tukums", "2012", "culture"])
    is_locked, is_written = threading.Event(), threading.Event()

    def save():
        try:
            with transaction.atomic():
                admin.site.get_model_admin(CooperationField).lock(str(field.pk))
                is_locked.set()
                return is_written.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        written = pool.submit(save)
        assert is_locked.wait(10)
        apply(plan, waiting)
        is_written.set()
        assert written.result(10)
    assert list(Agreement.objects.values_list("fields__slug", flat=True)) == ["culture"]


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
