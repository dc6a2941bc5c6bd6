"""Who may import, row by row and whatever the way, and who may take it back."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from partners.imports.plan import Outcome
from partners.models import Agreement, City, CooperationField, SpreadsheetImport

from .factories import make_agreement, make_city
from .spreadsheets import confirm, imported, preview, problems, sheet, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TUKUMS = [["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]]
EDITOR = ("view_city", "add_city", "change_city", "delete_city", "import_city", "view_spreadsheetimport")


def change_page(spreadsheet_import):
    return reverse("admin:partners_spreadsheetimport_change", args=[spreadsheet_import.pk])


def undo_page(spreadsheet_import):
    return reverse("admin:partners_spreadsheetimport_undo", args=[spreadsheet_import.pk])


@pytest.mark.parametrize("missing", [{"import_city"}, {"view_city", "change_city"}, set()])
def test_import_needs_a_permission_of_its_own_and_that_to_view(client, user_with, missing):
    client.force_login(user_with(*set(EDITOR) - missing))
    expected = 403 if missing else 200
    assert client.get(url(City, "import")).status_code == expected
    assert client.post(url(City, "process_import"), follow=True).status_code == expected
    assert client.get(url(City, "import_refused"), follow=True).status_code == expected
    if "view_city" not in missing:
        listed = client.get(url(City, "changelist")).content
        assert (b"import_link" in listed) is not bool(missing)


def test_officer_with_all_permissions_for_what_a_file_does_imports_it(client, user_with):
    client.force_login(user_with(*EDITOR))
    imported(client, City, *TUKUMS)
    assert City.objects.get().name_lv == "Tukums"


ROWS = [
    ("add_city", [["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"], ["saldus", "Saldus", "LV"]],
     (3, "", "", "Šim kontam nav atļauts pievienot ierakstus.")),
    ("change_city", [["slug", "region_lv"], ["tukums", "Kurzeme"]],
     (2, "", "", "Šim kontam nav atļauts mainīt ierakstus.")),
    ("publish_city", [["slug", "is_published"], ["tukums", "0"]],
     (2, "is_published", "0",
      "Šim kontam nav atļauts ne publicēt ierakstus, ne atsaukt to publicēšanu: rakstiet šeit 1.")),
    ("publish_city", [["slug", "name_lv", "country", "Publicēts"], ["saldus", "Saldus", "LV", "jā"]],
     (2, "Publicēts", "jā",
      "Šim kontam nav atļauts ne publicēt ierakstus, ne atsaukt to publicēšanu: rakstiet šeit 0.")),
]  # fmt: skip


@pytest.mark.parametrize(("missing", "rows", "problem"), ROWS)
def test_row_that_does_what_the_officer_may_not_is_refused(client, user_with, missing, rows, problem):
    make_city("tukums")
    officer = user_with(*{*EDITOR, "publish_city"} - {missing})
    client.force_login(officer)
    previewed = preview(client, City, sheet(*rows))
    assert problems(previewed) == [problem]
    waiting = SpreadsheetImport.objects.get()
    waiting.seen = previewed.context["preview"].plan.seen
    waiting.save()
    client.post(url(City, "process_import"), {"upload": waiting.pk})
    assert list(City.objects.values_list("slug", "region_lv", "is_published")) == [("tukums", None, True)]


@pytest.mark.parametrize(("missing", "rows", "problem"), ROWS)
def test_row_that_does_what_the_account_may_not_is_refused_on_the_command_line(
    tmp_path, user_with, missing, rows, problem
):
    make_city("tukums")
    user_with(*{*EDITOR, "publish_city"} - {missing})
    path, errors = tmp_path / "partners.csv", io.StringIO()
    path.write_bytes(sheet(*rows))
    with pytest.raises(CommandError) as refusal:
        call_command("import", "partners", str(path), user="officer", stdout=io.StringIO(), stderr=errors)
    assert refusal.value.returncode == 1
    assert errors.getvalue() == ": ".join(str(part) for part in problem if part) + "\n"
    assert City.objects.count() == 1


def test_account_that_may_not_import_is_refused_on_the_command_line(tmp_path, user_with):
    user_with("view_city", "add_city", "change_city")
    path = tmp_path / "partners.csv"
    path.write_bytes(sheet(*TUKUMS))
    with pytest.raises(CommandError, match="Kontam „officer” nav atļauts importēt šos ierakstus") as refusal:
        call_command("import", "partners", str(path), user="officer", stdout=io.StringIO())
    assert (refusal.value.returncode, City.objects.count()) == (2, 0)


@pytest.mark.parametrize("may_add", [True, False])
def test_fields_are_created_on_the_command_line_by_who_may(tmp_path, user_with, may_add):
    make_agreement(make_city("tukums"), slug="a")
    user_with("import_agreement", "change_agreement", *(["add_cooperationfield"] if may_add else []))
    path = tmp_path / "agreements.csv"
    path.write_bytes(sheet(["slug", "fields"], ["a", "Tūrisms"]))
    arguments = ["import", "agreements", str(path), "--create-fields", "--user=officer"]
    if may_add:
        call_command(*arguments, stdout=io.StringIO())
    else:
        with pytest.raises(CommandError):
            call_command(*arguments, stdout=io.StringIO(), stderr=io.StringIO())
    assert CooperationField.objects.count() == may_add


def test_row_that_leaves_the_state_alone_needs_no_permission_to_publish(client, user_with):
    make_city("tukums")
    client.force_login(user_with(*EDITOR))
    rows = [["slug", "region_lv", "is_published"], ["tukums", "Kurzeme", "1"], ["saldus", "", ""]]
    previewed = preview(client, City, sheet(*rows[:2]))
    assert previewed.context["preview"].plan.counts == {Outcome.CHANGED: 1}
    confirm(client, City, previewed)
    assert City.objects.values_list("region_lv", "is_published").get() == ("Kurzeme", True)


@pytest.mark.parametrize(
    "rows",
    [
        [["slug", "is_published"], ["tukums", "0"]],
        [["slug", "name_lv", "country", "is_published"], ["saldus", "Saldus", "LV", "1"]],
    ],
)
@pytest.mark.parametrize("may_publish", [True, False])
def test_import_that_published_or_withdrew_is_undone_only_by_who_may(
    client, admin_client, user_with, rows, may_publish
):
    make_city("tukums")
    imported(admin_client, City, *rows)
    after = set(City.objects.values_list("slug", "is_published"))
    client.force_login(user_with(*EDITOR, *(["publish_city"] if may_publish else [])))
    answer = client.post(undo_page(SpreadsheetImport.objects.get()))
    assert answer.status_code == (302 if may_publish else 403)
    expected = {("tukums", True)} if may_publish else after
    assert set(City.objects.values_list("slug", "is_published")) == expected


def test_import_that_left_the_state_alone_is_undone_without_the_permission_to_publish(
    client, admin_client, user_with
):
    make_city("tukums")
    imported(admin_client, City, ["slug", "region_lv"], ["tukums", "Kurzeme"])
    client.force_login(user_with(*EDITOR))
    client.post(undo_page(SpreadsheetImport.objects.get()))
    assert City.objects.get().region_lv is None


def test_undoing_needs_the_permissions_of_what_it_writes(client, admin_client, user_with):
    imported(admin_client, City, *TUKUMS)
    client.force_login(user_with("view_spreadsheetimport", "view_city", "add_city", "change_city"))
    assert client.post(undo_page(SpreadsheetImport.objects.get())).status_code == 403
    assert City.objects.count() == 1


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
