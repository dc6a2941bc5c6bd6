"""Every page of the admin passes what axe knows of WCAG 2.2 AA: narrow and wide, light and dark."""

import re
from itertools import count

import pytest
from django.db import transaction

from partners.models import Agreement, City, CooperationField, Merge, SpreadsheetImport

from ..every_address import Site, addresses
from ..test_admin import admin_url, deletion_of, form_data
from .accessibility import faults_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

LOOKS = ((390, "light"), (1280, "light"), (1280, "dark"))


@pytest.fixture
def site():
    return Site("superuser")


@pytest.fixture
def faults_in(site, open_page, live_server, settings, tmp_path):
    """What is wrong in an answer of the test client, seen in a browser.

    It is served among the static files: answered by Playwright, it would keep the browser from caching those.
    """
    settings.STATICFILES_DIRS = [tmp_path]
    page = open_page("/robots.txt")
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in site.session.items()]
    )
    names = (f"{number}.html" for number in count())

    def look(response):
        assert response["Content-Type"] == "text/html; charset=utf-8"
        name = next(names)
        (tmp_path / name).write_text(response.content.decode(), encoding="utf-8-sig")
        page.goto(f"/static/{name}")
        return list(faults_on(page, LOOKS))

    return look


@pytest.mark.parametrize("part", range(4))  # so that several processes share them
def test_no_page_of_the_admin_has_an_accessibility_fault(part, site, faults_in):
    names = [found for found in addresses() if found[0].startswith("admin:") and found[1].startswith("lv/")]
    found = {}
    for name, route in names[part::4]:
        response = site.respond(name, route, "GET")
        is_page = response.get("Content-Type", "").startswith("text/html") and response.status_code == 200
        if is_page and (faults := faults_in(response)):
            found[name] = faults
    assert found == {}


def test_no_form_that_is_refused_has_an_accessibility_fault(site, faults_in):
    found = {}
    for name, route in addresses():
        if route.startswith("lv/") and re.search(r"admin:\w+(_add|_import|login|password_change)$", name):
            with transaction.atomic():
                response = site.client.post(site.path(name, route), {"slug": "Ā b", "signed_on": "32"})
            if response.status_code == 200 and (faults := faults_in(response)):
                found[name] = faults
    assert found == {}


def test_no_page_that_asks_or_tells_what_became_of_a_record_has_an_accessibility_fault(site, faults_in):
    client = site.client
    to_delete = {"action": "delete_selected", "_selected_action": [site.field.pk, site.unused.pk]}
    change = admin_url(Agreement, "change", site.draft_agreement.pk)
    written = form_data(client.get(change)) | {"source_lv": "Vēstule"}
    answers = {
        "nothing found": client.get(admin_url(City, "changelist"), {"q": "nekas"}),
        "about to delete many": client.post(admin_url(CooperationField, "changelist"), to_delete),
        "deleted": client.post(
            admin_url(Agreement, "delete", site.draft_agreement.pk),
            deletion_of(site.draft_agreement),
            follow=True,
        ),
        "deleted meanwhile": client.post(change, written),
        "deleted records": client.get(admin_url(Agreement, "deleted")),
        "to translate": client.get(admin_url(City, "changelist"), {"translation": "missing-en"}),
        "import undone": client.post(admin_url(SpreadsheetImport, "undo", site.imported.pk), follow=True),
        "import undone already": client.post(
            admin_url(SpreadsheetImport, "undo", site.imported.pk), follow=True
        ),
        "merge undone": client.post(admin_url(Merge, "undo", Merge.objects.get().pk), follow=True),
        "nobody may": client.get(admin_url(Merge, "add")),
        "nowhere": client.get("/lv/admin/nekas/"),
        "in English": client.get("/en/admin/"),
        "form in English": client.get(admin_url(City, "change", site.city.pk, language="en")),
        "file in English": client.get(admin_url(City, "import", language="en")),
        "logged out": client.post("/lv/admin/logout/"),
    }
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {
        "deleted meanwhile": 409,
        "nobody may": 403,
        "nowhere": 404,
    }
    assert {name: faults for name, answer in answers.items() if (faults := faults_in(answer))} == {}
