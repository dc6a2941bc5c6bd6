import gzip
import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from partners.models import Agreement

from . import accessibility

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("register", "live_server"),
]

PAGES = (
    *("/lv/", "/en/"),
    *("/lv/partneri/", "/en/partners/"),
    *("/lv/partneri/?country=LT&field=culture", "/en/partners/?q=kutlura&status=not-stated"),
    *("/lv/partneri/?q=nekas", "/en/partners/?country=XX"),
    *("/lv/partneri/kharkiv/", "/en/partners/radom/"),
    *("/lv/ligumi/", "/en/agreements/"),
    *("/lv/ligumi/?country=XX", "/en/agreements/?year_from=2000&sort=name"),
    *("/lv/ligumi/radom-2003/", "/en/agreements/magdeburg-2012/"),
    *("/lv/jomas/", "/en/fields/"),
    *("/lv/jomas/culture/", "/en/fields/tourism/"),
    *("/lv/karte/", "/en/map/?x=590&y=310&width=90"),
    *("/lv/parskats/", "/en/overview/"),
    *("/lv/jubilejas/", "/en/anniversaries/"),
    *("/lv/lapas/accessibility/", "/en/pages/privacy/"),
    *("/lv/api/", "/en/api/"),
    *("/lv/nekas/", "/en/nothing/"),
)

ALL_RULES = {"rules": {"target-size": {"enabled": True}}}

BROKEN_BUTTONS = """
    [...document.querySelectorAll("button")]
        .filter(button => button.clientHeight > 2 * parseFloat(getComputedStyle(button).lineHeight))
        .map(button => button.innerText)
"""


def faults_on(page):
    """What axe finds, and what does not fit, in narrow and wide windows, in light and dark."""
    for width in (320, 1280):
        yield from accessibility.faults_on(page, [(width, "light"), (width, "dark")], ALL_RULES)
        if (surplus := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            yield width, "wider than the window by", surplus
        if broken := page.evaluate(BROKEN_BUTTONS):
            yield width, "buttons in two lines", broken


@pytest.mark.parametrize("addresses", [PAGES[::2], PAGES[1::2]], ids=["lv", "en"])
def test_pages_have_no_accessibility_fault_and_do_not_scroll_sideways(open_page, addresses):
    page = open_page("about:blank")
    faults = {}
    for address in addresses:
        page.goto(address)
        faults[address] = list(faults_on(page))
    assert faults == {address: [] for address in addresses}


def test_pages_that_tell_every_status_have_no_accessibility_fault(open_page):
    statuses = Agreement.Status.values
    for place, agreement in enumerate(Agreement.objects.order_by("slug")):
        Agreement.objects.filter(pk=agreement.pk).update(status=statuses[place % len(statuses)])
    slugs = [Agreement.objects.filter(status=status).first().slug for status in statuses]
    cities = [Agreement.objects.filter(status=status).first().city.slug for status in statuses]
    addresses = ["/lv/", "/en/agreements/", "/lv/karte/", "/en/anniversaries/", "/lv/jomas/culture/"]
    addresses += [f"/lv/ligumi/{slug}/" for slug in slugs] + [f"/en/partners/{slug}/" for slug in cities]
    page = open_page("about:blank")
    faults = {}
    for address in addresses:
        page.goto(address)
        faults[address] = list(faults_on(page))
    assert faults == {address: [] for address in addresses}


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "500.html"])
def test_page_of_an_error_has_no_accessibility_fault(open_page, name):
    page = open_page("/lv/nekas/")  # for the base of its addresses
    page.set_content(render_to_string(name))
    assert list(faults_on(page)) == []


def test_pages_ask_nothing_of_other_hosts_and_keep_nothing_in_the_browser(open_page, live_server):
    page = open_page("/lv/")
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for address in PAGES:
        if "nothing" not in address and "nekas" not in address and "XX" not in address:
            page.goto(address)
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert complaints == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_home_page_comes_in_at_most_six_answers_and_60_kilobytes(open_page):
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/lv/", wait_until="networkidle")
    sizes = {url: len(gzip.compress(page.request.get(url).body())) for url in asked}
    assert len(asked) <= 6
    assert sum(sizes.values()) <= 60_000, sizes
    blocking = page.evaluate("""
        performance.getEntriesByType("resource")
            .filter(entry => entry.renderBlockingStatus === "blocking")
            .map(entry => new URL(entry.name).pathname)
    """)
    assert blocking == ["/static/partners/site.css"]


def test_visitor_finds_a_partner_and_its_agreement_without_javascript(open_page):
    page = open_page("/", width=360, javascript=False)
    page.get_by_label("Meklēt sadarbības partneri").fill("kharkov")
    page.get_by_role("button", name="Meklēt").click()
    page.get_by_role("link", name="Harkiva").click()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kharkiv")
    page.get_by_role("link", name="Cooperation agreement, 23 August 2008").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Kharkiv – cooperation agreement, 23 August 2008"
    )
    page.get_by_role("link", name="Tourism").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tourism")


def test_visitor_narrows_the_list_without_javascript(open_page):
    page = open_page("/lv/partneri/", javascript=False)
    page.get_by_label("Valsts", exact=True).select_option("Lietuva (2)")
    page.get_by_label("Sadarbības joma").select_option("Stratēģiskā plānošana (1)")
    page.get_by_role("button", name="Rādīt").click()
    expect(page.locator(".cities a")).to_have_text(["Visagina"])
    page.get_by_role("link", name="Noņemt filtrus").click()
    expect(page.locator(".cities a")).to_have_count(22)


def test_list_follows_its_filters_without_a_page_load_and_says_so(open_page):
    page = open_page("/lv/partneri/")
    page.evaluate("window.isSamePage = true")
    page.get_by_label("Nosaukums, valsts vai temats").press_sequentially("lietuva")
    announcement = page.locator("[data-announcement]")
    expect(announcement).to_have_text("2 sadarbības partneri")
    expect(page).to_have_url(re.compile(r"/lv/partneri/\?q=lietuva$"))
    expect(page.get_by_label("Nosaukums, valsts vai temats")).to_be_focused()
    page.get_by_label("Sadarbības joma").select_option("strategic-planning")
    expect(announcement).to_have_text("1 sadarbības partneris")
    expect(page.locator(".cities a")).to_have_text(["Visagina"])
    page.get_by_label("Secība").select_option("date")
    expect(page).to_have_url(re.compile(r"/lv/partneri/\?q=lietuva&field=strategic-planning&sort=date$"))
    expect(page.get_by_label("Sadarbības joma")).to_have_value("strategic-planning")
    expect(page.get_by_role("link", name="English")).to_have_attribute("href", re.compile("q=lietuva"))
    page.get_by_role("link", name="Noņemt filtru Meklēt: lietuva").click()
    expect(page).to_have_url(re.compile(r"/lv/partneri/\?field=strategic-planning&sort=date$"))
    expect(page.get_by_label("Nosaukums, valsts vai temats")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Nosaukums, valsts vai temats")).to_have_value("lietuva")
    expect(announcement).to_have_text("1 sadarbības partneris")
    assert page.evaluate("window.isSamePage") is True


def test_what_was_done_with_the_keyboard_keeps_the_focus(open_page):
    page = open_page("/lv/karte/")
    nearer = page.get_by_role("link", name="Tuvināt", exact=True)
    nearer.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("width="))
    expect(nearer).to_be_focused()


def test_map_is_moved_by_dragging_and_a_drag_chooses_nothing(open_page):
    page = open_page("/lv/karte/")
    box = page.locator("[data-map]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 120
    before = page.locator("[data-map]").get_attribute("viewBox")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/lv/karte/\?x="))
    expect(page.locator("[data-map]")).not_to_have_attribute("viewBox", before)
    expect(page.get_by_role("link", name="Visi sadarbības partneri")).to_be_visible()


def test_map_comes_nearer_without_javascript(open_page):
    page = open_page("/lv/karte/", javascript=False)
    expect(page.locator("[data-map] a")).not_to_have_count(22)
    page.locator("[data-map] a").filter(has_text="3").first.click()
    expect(page.locator("[data-map] a")).to_have_count(3)
    page.get_by_role("link", name="Visi sadarbības partneri").click()
    expect(page).to_have_url(re.compile("/lv/karte/$"))


def test_text_may_be_twice_as_large_and_a_page_four_times(open_page):
    page = open_page("/lv/partneri/radom/", width=320)
    for address in PAGES:
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert (address, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (
            address,
            True,
        )


def test_keyboard_reaches_the_content_first(open_page):
    page = open_page("/lv/partneri/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Pāriet uz saturu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
