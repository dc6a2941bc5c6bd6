import os
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def live_server():
    """As pytest-django's, which serves static files only where their app goes by Django's own name."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = StaticFilesHandler
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_page(chromium, live_server):
    """Opens an address of the site in a fresh browser: ``open_page("/lv/", width=360)``.

    Whatever a test does: nothing that the pages need is against the policy of the site.
    """
    contexts, violations = [], []

    def hear(message):
        by_axe = not message.location["url"]  # injected, it comes from no address
        if "Content Security Policy" in message.text and not by_axe:
            violations.append((message.page.url, message.text))

    def open_address(address, width=1280, scheme="light", javascript=True):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.on("console", hear)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert violations == []


@pytest.fixture
def desk(open_page, live_server, admin_client):
    """The admin in Latvian, an administrator at it. How one logs in is held by test_login.py."""
    page = open_page("about:blank")
    cookies = admin_client.cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies]
    )
    page.goto("/lv/admin/")
    return page
