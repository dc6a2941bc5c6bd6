"""The officer's work from end to end, in Latvian, in a real browser."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from partners.models import Agreement, City

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture(autouse=True)
def _register(live_server):
    call_command("loaddata", "daugavpils", verbosity=0)


def test_partner_is_entered_published_translated_exported_and_imported(desk, tmp_path):
    desk.get_by_role("link", name="Sadarbības partneri").first.click()
    desk.get_by_role("link", name="Pievienot: sadarbības partneris").click()
    desk.get_by_label("Nosaukums · LV").fill("Cēsis")
    desk.get_by_label("Valsts").select_option("Latvija")
    desk.locator("#id_is_published").check()
    desk.locator(".add-row").get_by_text("Pievienot vēl vienu").click()
    desk.locator("#id_agreements-0-signed_on").fill("09.2012.")
    desk.locator("#id_agreements-0-scope_lv").fill("Kultūra un māksla\nSports")
    desk.locator("#agreements-0 .select2-search__field").first.fill("kult")
    desk.locator(".select2-results__option", has_text="Kultūra").click()
    desk.locator("#id_agreements-0-is_published").check()
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".messagelist")).to_contain_text(
        "Ieraksts ir pievienots: sadarbības partneris „Cēsis”."
    )

    desk.get_by_label("Nosaukums · EN").fill("Cēsis (Latvia)")
    desk.locator("#id_agreements-0-scope_en").fill("Culture and arts\nSport")
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".messagelist")).to_contain_text("Izmaiņas ir saglabātas")

    desk.get_by_role("link", name="Apskatīt lapā").first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Cēsis")
    expect(desk.locator(".agreement time")).to_have_text("2012. gada septembris")
    expect(desk.locator(".scope li")).to_have_text(["Kultūra un māksla", "Sports"])
    expect(desk.locator(".facts .tags li")).to_have_text(["Kultūra"])
    desk.get_by_role("link", name="English").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Cēsis (Latvia)")
    expect(desk.locator(".scope li")).to_have_text(["Culture and arts", "Sport"])

    before = [list(model.objects.order_by("slug").values()) for model in (City, Agreement)]
    for model, count in (("city", 23), ("agreement", 24)):
        for file_format in ("XLSX", "CSV (semikols, latviešu Excel)"):
            desk.goto(f"/lv/admin/partners/{model}/export/")
            desk.get_by_label("Formāts").select_option(file_format)
            with desk.expect_download() as download:
                desk.get_by_role("button", name="Turpināt").click()
            path = tmp_path / download.value.suggested_filename
            download.value.save_as(path)
            desk.goto(f"/lv/admin/partners/{model}/import/")
            desk.get_by_label("Importējamais fails").set_input_files(path)
            desk.get_by_role("button", name="Turpināt").click()
            expect(desk.locator(".import-type")).to_have_text(["Bez izmaiņām"] * count)
            desk.get_by_role("button", name="Apstiprināt importēšanu").click()
            expect(desk.locator(".messagelist")).to_contain_text(f"bez izmaiņām: {count}")
    assert [list(model.objects.order_by("slug").values()) for model in (City, Agreement)] == before


def test_admin_asks_nothing_of_other_hosts(desk, live_server):
    asked, complaints = [], []
    desk.on("request", lambda request: asked.append(request.url))
    desk.on("console", lambda message: complaints.append(message.text))
    for model in ("city", "agreement", "cooperationfield", "page"):
        pk = {"city": City, "agreement": Agreement}.get(model, City).objects.first().pk
        for page in ("", "add/", f"{pk}/change/"):
            desk.goto(f"/lv/admin/partners/{model}/{page}")
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert complaints == []
