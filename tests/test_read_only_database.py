"""A PostgreSQL that takes no changes, as a standby does: who saves is told, and keeps what was typed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from partners.models import City, CooperationField

from .deployed import Form
from .factories import make_city, make_field
from .spreadsheets import sheet
from .test_admin import admin_url, deletion_of, form_data

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no standby"),
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,
]
HEADING = "<h1>Reģistrs nav pieejams</h1>"


def take_no_changes():
    """Until the transaction of the test ends; what it says is what any such database says."""
    connection.check_constraints()  # what waits for the end of the transaction writes
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def test_who_saves_a_form_is_told_and_can_send_it_again(admin_client):
    city = make_city()
    addresses = [admin_url(City, "add"), admin_url(City, "change", city.pk)]
    forms = [form_data(admin_client.get(address)) | {"region_lv": "Kurzeme"} for address in addresses]
    admin_client.raise_request_exception = False
    take_no_changes()
    for address, form in zip(addresses, forms, strict=True):
        answer = admin_client.post(address, form)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert HEADING in answer.content.decode()
        assert Form(answer.content.decode()).values["region_lv"] == "Kurzeme"


def test_whatever_else_writes_is_answered_calmly(admin_client):
    city, field = make_city(), make_field()
    content = sheet(["name_lv", "country"], ["Ogre", "LV"])
    listed = admin_url(CooperationField, "changelist")
    posts = [
        (admin_url(City, "delete", city.pk), deletion_of(city)),
        (listed, {"action": "delete_selected", "_selected_action": [field.pk], **deletion_of(field)}),
        (listed, {"action": "confirm_translation", "_selected_action": [field.pk]}),
        (admin_url(City, "import"), {"import_file": SimpleUploadedFile("a.csv", content)}),
    ]
    CooperationField.objects.update(older_language="en")
    admin_client.raise_request_exception = False
    take_no_changes()
    answers = [admin_client.post(*post) for post in posts]
    assert [answer.status_code for answer in answers] == [503] * len(posts)


def test_pages_of_visitors_and_lists_are_there(admin_client, client, register):
    take_no_changes()
    assert client.get("/lv/partneri/").status_code == 200
    assert admin_client.get(admin_url(City, "changelist")).status_code == 200


def test_site_is_not_ready_and_the_log_says_why(client, caplog):
    take_no_changes()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "failed": ["database"]})
    assert "the database is read-only" in caplog.text


def test_import_on_the_command_line_says_so(admin_user, tmp_path):
    path = tmp_path / "partneri.csv"
    path.write_bytes(sheet(["name_lv", "country"], ["Ogre", "LV"]))
    take_no_changes()
    with pytest.raises(CommandError, match="read-only transaction"):
        call_command("import", "partners", str(path), "--user", "admin")
