"""A signed copy and a picture, from the desk of the officer to the page that visitors read."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from partners.models import Document

from ..contents import pdf, png
from ..factories import make_agreement, make_city

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture
def agreement():
    return make_agreement(make_city("tukums"), slug="tukums-2003", signed_on="2003")


def attach(desk, number, name, content, title, **alternative):
    desk.locator("#documents-group .add-row a").click()
    line = f"#id_documents-{number}"
    desk.locator(f"{line}-file").set_input_files([{"name": name, "mimeType": "", "buffer": content}])
    desk.locator(f"{line}-title_lv").fill(title)
    desk.locator(f"{line}-is_published").check()
    for language, text in alternative.items():
        desk.locator(f"{line}-alternative_{language}").fill(text)


def test_copy_and_picture_are_attached_and_seen(desk, agreement):
    desk.goto(f"/lv/admin/partners/agreement/{agreement.pk}/change/")
    attach(desk, 0, "Līgums.pdf", pdf(), "Parakstītais līgums")
    attach(desk, 1, "attēls.png", png(400, 300), "Parakstīšana", lv="Divi mēri", en="Two mayors")
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".messagelist")).to_contain_text("Izmaiņas ir saglabātas")
    expect(desk.get_by_role("link", name="Līgums.pdf")).to_be_visible()
    picture = desk.get_by_role("img", name="Divi mēri")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    expect(picture).to_have_js_property("naturalWidth", 400)

    desk.goto("/lv/ligumi/tukums-2003/")
    expect(desk.locator(".documents li")).to_have_text(
        ["Parakstītais līgums PDF, 329 baiti", "Parakstīšana PNG, 1,0 KB"]
    )
    picture = desk.get_by_role("img", name="Divi mēri")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 400)
    assert Axe().run(desk).response["violations"] == []
    desk.get_by_role("link", name="Parakstīšana").click()
    expect(desk.locator("img")).to_have_js_property("naturalWidth", 400)


def test_file_is_asked_for_again_when_the_form_comes_back(desk, agreement):
    desk.goto(f"/lv/admin/partners/agreement/{agreement.pk}/change/")
    attach(desk, 0, "Līgums.pdf", pdf(), "Parakstītais līgums")
    desk.get_by_label("Noslēgts").fill("vakar")
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".messagelist")).to_contain_text("Izvēlieties failus vēlreiz")
    desk.get_by_label("Noslēgts").fill("2003")
    desk.locator("#id_documents-0-file").set_input_files(
        [{"name": "Līgums.pdf", "mimeType": "text/html", "buffer": pdf()}]
    )
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".messagelist")).to_contain_text("Izmaiņas ir saglabātas")
    assert Document.objects.get().title_lv == "Parakstītais līgums"
