"""Few files are planned at once, so that visitors are served meanwhile; whoever has to wait is told so."""

from contextlib import ExitStack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.imports.slots import MOST_AT_ONCE, TooManyPlansError, planning_slot
from partners.models import City, SpreadsheetImport

from .spreadsheets import confirm, preview, sheet, url

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ROWS = [["slug", "name_lv", "country"], ["lida", "Lida", "BY"]]


@pytest.fixture
def all_taken():
    """Other officers have as many files planned as this process plans at once."""
    with ExitStack() as stack:
        for other in range(MOST_AT_ONCE):
            stack.enter_context(planning_slot(-1 - other))
        yield stack


def is_told_to_wait(response):
    assert (response.status_code, response["Retry-After"]) == (429, "5")
    return "Nekas nav izdarīts, jo pašlaik tiek pārbaudīti citi faili." in response.content.decode()


def test_file_that_is_sent_while_others_are_planned_is_not_looked_at(admin_client, all_taken):
    assert is_told_to_wait(preview(admin_client, City, sheet(*ROWS)))
    assert SpreadsheetImport.objects.count() == 0
    all_taken.close()
    assert preview(admin_client, City, sheet(*ROWS)).status_code == 200


def test_officer_has_one_file_planned_at_a_time(admin_client, admin_user):
    with planning_slot(admin_user.pk):
        assert is_told_to_wait(preview(admin_client, City, sheet(*ROWS)))
    with planning_slot(-1):
        assert preview(admin_client, City, sheet(*ROWS)).status_code == 200


def test_preview_is_offered_once_more(admin_client, admin_user):
    address = f"{url(City, 'import')}?upload={preview(admin_client, City, sheet(*ROWS)).context['waiting'].pk}&row-2=x"
    with planning_slot(admin_user.pk):
        told = admin_client.get(address)
        assert is_told_to_wait(told)
    assert f'href="{address.replace("&", "&amp;")}"' in told.content.decode()
    assert admin_client.get(address).status_code == 200


def test_nothing_is_imported_while_others_are_planned(admin_client, admin_user):
    previewed = preview(admin_client, City, sheet(*ROWS))
    with planning_slot(admin_user.pk):
        told = confirm(admin_client, City, previewed)
        assert is_told_to_wait(told)
    assert City.objects.count() == 0
    assert f'href="../import/?upload={previewed.context["waiting"].pk}"' in told.content.decode()
    confirm(admin_client, City, previewed)
    assert City.objects.count() == 1


def test_refused_rows_wait_too(admin_client, all_taken):
    assert is_told_to_wait(admin_client.get(url(City, "import_refused"), {"upload": "1"}))


def test_form_is_shown_whoever_is_planning(admin_client, all_taken):
    assert admin_client.get(url(City, "import")).status_code == 200


def test_file_that_cannot_be_read_gives_its_place_back(admin_client, admin_user):
    for _time in range(MOST_AT_ONCE + 1):
        file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no archive")
        assert admin_client.post(url(City, "import"), {"import_file": file}).status_code == 200
    with planning_slot(admin_user.pk), pytest.raises(TooManyPlansError), planning_slot(admin_user.pk):
        pass
