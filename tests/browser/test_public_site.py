import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/lv/",
    "/en/",
    "/lv/partneri/",
    "/en/partners/?country=LT",
    "/lv/partneri/?country=XX",
    "/lv/partneri/kharkiv/",
    "/en/partners/radom/",
    "/lv/ligumi/",
    "/en/agreements/radom-2003/",
    "/lv/jomas/",
    "/en/fields/culture/",
    "/lv/lapas/about/",
    "/en/nothing/",
)


BROKEN_BUTTONS = """
    [...document.querySelectorAll("button")]
        .filter(button => button.clientHeight > 2 * parseFloat(getComputedStyle(button).lineHeight))
        .map(button => button.innerText)
"""


@pytest.fixture(autouse=True)
def _register(live_server):
    call_command("loaddata", "daugavpils", verbosity=0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_have_no_accessibility_fault_and_do_not_scroll_sideways(open_page, width, scheme):
    page = open_page("/lv/", width=width, scheme=scheme)
    faults = {}
    for address in PAGES:
        page.goto(address)
        if violations := Axe().run(page).response["violations"]:
            faults[address] = [
                (fault["id"], [node["html"] for node in fault["nodes"]]) for fault in violations
            ]
        if (surplus := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            faults[address, "wider than the window by"] = surplus
        if broken := page.evaluate(BROKEN_BUTTONS):
            faults[address, "buttons in two lines"] = broken
    assert faults == {}


def test_pages_ask_nothing_of_other_hosts_and_keep_nothing_in_the_browser(open_page, live_server):
    page = open_page("/lv/")
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for address in PAGES[:4]:
        page.goto(address)
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert complaints == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


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
    page.get_by_label("Valsts", exact=True).select_option("Lietuva")
    page.get_by_label("Sadarbības joma").select_option("Stratēģiskā plānošana")
    page.get_by_role("button", name="Rādīt").click()
    expect(page.locator(".cities a")).to_have_text(["Visagina"])
    page.get_by_role("link", name="Noņemt filtrus").click()
    expect(page.locator(".cities a")).to_have_count(22)


def test_keyboard_reaches_the_content_first(open_page):
    page = open_page("/lv/partneri/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Pāriet uz saturu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
