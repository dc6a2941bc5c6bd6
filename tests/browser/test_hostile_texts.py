"""Whatever stands in a text, no page runs it: looked at in a real browser, on every kind of page."""

import csv
import json
import re
from functools import cache
from itertools import cycle
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.urls import resolve
from django.utils.translation import override
from playwright.sync_api import expect

from partners.merging import merge
from partners.models import Agreement, City, CooperationField, Document, Page

from ..factories import make_agreement, make_city, make_document, make_field, make_picture
from ..hostile_texts import EVERYTHING, TEXTS, lines

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

NAMES, TITLES, NUMBERS = cycle(lines(200)), cycle(lines(200)), cycle(lines(100))
ROWS = len(list(lines(200)))
WITHOUT_PAGE = re.compile(r"/logout/|/r/\d|/file/|/(dokumenti|documents)/|\.(xlsx|csv|ics|geojson|json)$")

# What a text has become that was taken for more than text.
ALIVE = """() => {
    const found = [];
    for (const element of document.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
            if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
            const leads = /^(href|src|action|formaction|xlink:href|data|srcdoc|poster)$/i.test(name);
            if (leads && /^\\s*(javascript|data|vbscript):|evil\\.example/i.test(value)) found.push(value);
        }
    }
    for (const script of document.querySelectorAll("script:not([src])")) {
        if (script.type !== "application/ld+json" && script.type !== "application/json") found.push(script.outerHTML);
        else if (script.type === "application/ld+json") JSON.parse(script.textContent);
    }
    for (const other of document.querySelectorAll("iframe, object, embed, base, style, meta[http-equiv], animate")) {
        found.push(other.outerHTML);
    }
    return found;
}"""


@pytest.fixture
def hostile_register(live_server, admin_user):
    """A register whose every text is hostile."""
    texts = {"description_lv": EVERYTHING, "description_en": EVERYTHING}
    notes = EVERYTHING.replace("|", "")
    for number in range(ROWS):
        city = make_city(
            f"city-{number}",
            name_lv=next(NAMES),
            name_en=next(NAMES),
            region_lv=next(TITLES),
            region_en=next(TITLES),
            other_names=notes,
            latitude=50 + number,
            longitude=20 + number,
            website="https://example.org/?\"'><svg/onload=alert(1)>",
            **texts,
        )
        field = make_field(f"field-{number}", name_lv=next(NAMES), name_en=next(NAMES))
        agreement = make_agreement(
            city,
            [field],
            slug=f"agreement-{number}",
            signed_on="2006",
            scope_lv=notes,
            scope_en=notes,
            status="ended",
            status_reason_lv=EVERYTHING,
            status_reason_en=EVERYTHING,
            decision_number=next(NUMBERS),
            source_lv=next(TITLES),
            source_en=next(TITLES),
            internal_note=EVERYTHING,
        )
        title = {"title_lv": next(TITLES), "title_en": next(TITLES)}
        make_document(agreement, name="<img src=x onerror=alert(1)>.pdf", **title)
        make_picture(agreement, **title, alternative_lv=next(TITLES), alternative_en=next(TITLES))
    for place in Page.Place.values:
        Page.objects.create(
            place=place, title_lv=next(NAMES), title_en=next(NAMES), body_lv=EVERYTHING, body_en=EVERYTHING
        )
    Group.objects.create(name=TEXTS[11])
    User.objects.create(username=TEXTS[11], first_name=TEXTS[12], last_name=TEXTS[14], email="a@example.org")
    User.objects.filter(pk=admin_user.pk).update(first_name=TEXTS[9], last_name=TEXTS[14])
    for model in (City, Agreement, CooperationField, Document):
        for record in model.objects.all()[:2]:
            record.save()  # a second version, to compare with
            model.history.update(history_change_reason=TEXTS[11], history_user=admin_user)
    merge(make_city("kept", name_lv=TEXTS[11]), make_city("gone", name_lv=TEXTS[12]), admin_user)
    City.objects.filter(slug="city-1").update(is_published=False)


@pytest.fixture
def looked_at(hostile_register, desk):
    """A colleague's browser that writes down what it was made to run."""
    page = desk
    page.ran = []
    page.on("pageerror", lambda error: page.ran.append(str(error)))

    def hear(dialog):
        if dialog.type != "beforeunload":
            page.ran.append(dialog.message)
        dialog.accept()

    page.on("dialog", hear)
    return page


def harm(page):
    """What is alive on the page, or was run since the last time."""
    ran, page.ran[:] = list(page.ran), []
    return [*ran, *page.evaluate(ALIVE)]


@cache
def view_of(path):
    with override(path[1:3]):
        match = resolve(path)
    return match.view_name or match.route


def kind_of(address):
    path = urlsplit(address).path
    return view_of(path), path[1:3], "?" in address


def links(page, host):
    found = page.eval_on_selector_all("a[href], link[rel=alternate]", "links => links.map(link => link.href)")
    for address in (urljoin(page.url, link).partition("#")[0] for link in found):
        if address.startswith(host) and not WITHOUT_PAGE.search(urlsplit(address).path):
            yield address


@pytest.mark.parametrize(("language", "other"), [("lv", "en"), ("en", "lv")])
def test_no_text_runs_on_any_kind_of_page(looked_at, live_server, language, other):
    page = looked_at
    waiting = [live_server.url + path for path in (f"/{language}/", f"/{language}/admin/")]
    kinds, harmed = set(), {}
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in kinds or kind[1] == other:
            continue
        kinds.add(kind)
        page.goto(address)
        if found := harm(page):
            harmed[address] = found
        waiting += links(page, live_server.url)
    assert harmed == {}
    names = {name for name, _language, _narrowed in kinds}
    assert {"partners:map", "partners:agreement_feed", "admin:partners_city_history"} <= names


def test_no_text_runs_where_officers_work(looked_at, tmp_path):
    page = looked_at
    city = City.objects.get(slug="city-0")
    newer, *_others, older = City.history.filter(id=city.pk)
    page.goto(f"/lv/admin/partners/city/{city.pk}/history/?old={older.pk}&new={newer.pk}")
    assert harm(page) == []

    change = f"/lv/admin/partners/city/{city.pk}/change/"
    page.goto(change)
    City.objects.filter(pk=city.pk).update(region_lv=TEXTS[12], description_lv=EVERYTHING[:-1])
    page.locator("#id_region_lv").fill(TEXTS[11])
    page.locator("#id_website").fill("javascript:alert(1)")
    page.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(page.locator(".conflicts")).to_be_visible()
    assert harm(page) == []

    page.goto("/lv/admin/partners/agreement/add/")
    page.locator(".field-fields .select2-search__field").first.fill("alert")
    page.locator(".select2-results__option").first.wait_for()
    assert harm(page) == []
    page.locator(".select2-results__option").first.click()
    assert harm(page) == []

    for action in (
        "withdraw_selected",
        "publish_selected",
        "export_selected",
        "merge_selected",
        "delete_selected",
    ):
        page.goto("/lv/admin/partners/city/?all=")
        page.locator("#action-toggle").check()
        page.locator("select[name=action]").first.select_option(action)
        page.locator("button[name=index]").first.click()
        assert (action, harm(page)) == (action, [])

    file = tmp_path / "<img src=x onerror=alert(1)>.csv"
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["slug", "name_lv", "country", "description_lv", "website"])
        writer.writerow(["city-0", TEXTS[11], "LV", EVERYTHING[:-2], "https://example.org/"])
        writer.writerow(["city-new", TEXTS[13], "LV", EVERYTHING, ""])
        opened.flush()
        for refused in ([], ["city-bad", TEXTS[4], TEXTS[11], EVERYTHING, "javascript:alert(1)"]):
            writer.writerow(refused or ["city-newer", TEXTS[16], "LV", EVERYTHING, ""])
            opened.flush()
            page.goto("/lv/admin/partners/city/import/")
            page.locator("input[type=file]").set_input_files(file)
            page.get_by_role("button", name="Rādīt priekšskatījumu").click()
            page.locator(".import-file").wait_for()
            assert harm(page) == []


def test_files_and_feeds_opened_in_a_browser_run_nothing(looked_at, live_server):
    page = looked_at
    for path in ("/lv/ligumi.atom", "/en/agreements.atom?q=alert", "/api/v1/partners"):
        page.goto(path)
        assert (path, page.ran) == (path, [])
    count = json.loads(page.request.get("/api/v1/partners").body())["count"]
    assert count == ROWS  # without the draft, with the one that is merged
    for path in ("/lv/partneri.csv", "/lv/partneri.json", "/lv/partneri.geojson", "/lv/jubilejas.ics"):
        answer = page.request.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "html" not in answer.headers["content-type"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
