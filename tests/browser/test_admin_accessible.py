"""Every page of the admin passes what axe knows of WCAG 2.2 AA: narrow and wide, light and dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction

from partners.models import Agreement, City, CooperationField, Merge, SpreadsheetImport

from ..test_admin import admin_url, deletion_of, form_data
from ..test_permissions import Site, addresses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
OF_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}  # the dark scheme changes no more

VIOLATIONS = "options => axe.run(options).then(found => found.violations)"


def faults_on(page):
    page.evaluate(Axe().axe_script)  # once, and below without what it brings over besides: half the time
    for width, scheme, rules in ((390, "light", WCAG), (1280, "light", WCAG), (1280, "dark", OF_COLOUR)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("Promise.all(document.getAnimations().map(fading => fading.finished))")
        for fault in page.evaluate(VIOLATIONS, {**rules, "resultTypes": ["violations"]}):
            yield width, scheme, fault["id"], [node["html"] for node in fault["nodes"]]


@pytest.fixture
def site():
    return Site("superuser")


@pytest.fixture
def faults_in(site, open_page, live_server):
    """What is wrong in an answer of the test client, seen in a browser."""
    page, shown = open_page("/robots.txt"), {}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in site.session.items()]
    )
    page.route("**/answer", lambda asked: asked.fulfill(**shown))

    def look(response):
        shown.update(body=response.content, content_type=response["Content-Type"])
        page.goto("/answer")
        return list(faults_on(page))

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
