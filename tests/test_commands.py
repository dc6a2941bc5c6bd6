"""Import and export from the command line, for the administrator's scripts."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from partners.models import Agreement, City, CooperationField, SpreadsheetImport

from .factories import make_agreement, make_city, make_field
from .spreadsheets import sheet
from .test_import_guarded import other_connection

pytestmark = pytest.mark.django_db


def run(name, *arguments, **options):
    output, errors = io.StringIO(), io.StringIO()
    call_command(name, *map(str, arguments), stdout=output, stderr=errors, **options)
    return output.getvalue(), errors.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "partners.csv"
    path.write_bytes(sheet(["slug", "name_lv", "country"], ["tukums", "Tukums", "LV"]))
    return path


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "ods", "json"])
def test_what_was_exported_is_imported_without_a_change(register, tmp_path, suffix):
    for records in ("partners", "agreements", "fields"):
        path = tmp_path / f"{records}.{suffix}"
        run("export", records, path)
        output, _errors = run("import", records, path)
        assert output.startswith("new: 0, changed: 0, unchanged: ")
        assert output.endswith("refused: 0\n")


def test_import_writes_history_and_record_as_in_the_admin(file, admin_user):
    assert (
        run("import", "partners", file, user="admin")[0] == "new: 1, changed: 0, unchanged: 0, refused: 0\n"
    )
    assert City.history.get().history_user == admin_user
    assert SpreadsheetImport.objects.applied().get().file_name == "partners.csv"


@pytest.mark.django_db(transaction=True)
def test_others_save_while_an_import_works_out_what_to_write(file):
    make_city("tukums")
    make_city("saldus")
    saved = []

    def save(execute, sql, parameters, many, context):
        """Before each statement by which the import only reads; once it writes, others have to wait."""
        if not connection.in_atomic_block:
            with other_connection() as other, other.cursor() as cursor:
                cursor.execute("UPDATE partners_city SET region_lv = %s WHERE slug = 'saldus'", [len(saved)])
            saved.append(sql)
        return execute(sql, parameters, many, context)

    file.write_bytes(sheet(["slug", "region_lv"], ["tukums", "Kurzeme"]))
    with connection.execute_wrapper(save):
        assert run("import", "partners", file)[0].startswith("new: 0, changed: 1,")
    regions = dict(City.objects.values_list("slug", "region_lv"))
    assert regions == {"tukums": "Kurzeme", "saldus": str(len(saved) - 1)}
    # What is to be written over was read by then, twice: to compare it and to draft what will be written.
    columns = connection.ops.quote_name("search_text")
    assert sum("SELECT" in sql and columns in sql for sql in saved) == 2


def test_dry_run_only_says_what_would_change(file):
    assert run("import", "partners", file, "--dry-run")[0] == "new: 1, changed: 0, unchanged: 0, refused: 0\n"
    assert (City.objects.count(), SpreadsheetImport.objects.count()) == (0, 0)


def test_refused_file_names_row_column_value_and_reason_and_ends_with_one(file):
    file.write_bytes(sheet(["slug", "name_lv", "country"], ["a", "A", "LV"], ["tukums", "Tukums", "Narnia"]))
    errors = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("import", "partners", str(file), stdout=io.StringIO(), stderr=errors)
    assert refusal.value.returncode == 1
    assert errors.getvalue().startswith("3: country: Narnia: Valsts „Narnia” nav zināma.")
    assert City.objects.count() == 0


def test_language_of_the_reasons_can_be_chosen(file):
    file.write_bytes(sheet(["slug", "country"], ["tukums", "Narnia"]))
    errors = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import", "partners", str(file), language="en", stdout=io.StringIO(), stderr=errors)
    assert "The country “Narnia” is unknown." in errors.getvalue()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["no-such-file.csv"], 2), (["README.md", "--user=nobody"], 2), (["README.md"], 1)],
)
def test_wrong_use_and_wrong_files_have_codes_of_their_own(arguments, code):
    with pytest.raises(CommandError) as refusal:
        run("import", "partners", *arguments)
    assert refusal.value.returncode == code


def test_unknown_fields_are_created_only_when_asked(tmp_path):
    make_agreement(make_city("tukums"), slug="a")
    path = tmp_path / "agreements.csv"
    path.write_bytes(sheet(["slug", "fields"], ["a", "Tūrisms"]))
    with pytest.raises(CommandError):
        run("import", "agreements", path)
    run("import", "agreements", path, "--create-fields")
    assert CooperationField.objects.get().name_lv == "Tūrisms"


def test_report_is_exported_in_the_language_that_is_asked_for(tmp_path):
    make_agreement(make_city("tukums"), slug="a", signed_on="2012-09", fields=[make_field("culture")])
    for language, signed in (
        ("lv", ("Sadarbības līgums", "2012. gada septembris")),
        ("en", ("Cooperation agreement", "September 2012")),
    ):
        path = tmp_path / "report.csv"
        run("export", "agreements", path, "--report=by-country", f"--language={language}")
        rows = csv.reader(path.open(encoding="utf-8-sig"))
        _headings, [*_names, kind, shown], *_remarks = [row[:4] for row in rows]
        assert (kind, shown) == signed
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    "arguments",
    [["x.txt"], ["x.csv", "--report=overview"], ["no/such/folder/x.csv"]],
)
def test_export_that_is_not_possible_says_so(tmp_path, arguments):
    with pytest.raises(CommandError) as refusal:
        run("export", "partners", tmp_path / arguments[0], *arguments[1:])
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []
