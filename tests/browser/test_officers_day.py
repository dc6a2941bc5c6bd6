"""The officer's work from end to end, in Latvian, in a real browser."""

from datetime import date

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from partners.models import Agreement, City, CooperationField

from . import accessibility
from .test_public_site import faults_on

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.ignore_template_errors,
    pytest.mark.usefixtures("register", "live_server"),
]


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
    expect(desk.locator(".event time")).to_have_text("2012. gada septembris")
    expect(desk.locator(".scope li")).to_have_text(["Kultūra un māksla", "Sports"])
    expect(desk.locator(".facts .tags li")).to_have_text(["Kultūra"])
    desk.get_by_role("link", name="English").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Cēsis (Latvia)")
    expect(desk.locator(".scope li")).to_have_text(["Culture and arts", "Sport"])

    before = [list(model.objects.order_by("slug").values()) for model in (City, Agreement)]
    for model in ("city", "agreement"):
        for file_format in ("XLSX", "CSV (semikols, latviešu Excel)", "ODS"):
            path = exported(desk, model, file_format, tmp_path)
            chosen(desk, model, path)
            expect(desk.locator(".import-verdict")).to_have_text("Reģistrā šie dati jau ir; importēt nav ko.")
    assert [list(model.objects.order_by("slug").values()) for model in (City, Agreement)] == before


def exported(desk, model, file_format, folder):
    """The file with all data, to be imported again."""
    desk.goto(f"/lv/admin/partners/{model}/export/")
    desk.locator("input[name=content][value=exchange]").check()
    desk.get_by_role("radio", name=file_format).check()
    return downloaded(desk, desk.get_by_role("button", name="Lejupielādēt"), folder)


def downloaded(desk, link, folder):
    with desk.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def chosen(desk, model, path):
    """Choose the file and look at its preview."""
    desk.goto(f"/lv/admin/partners/{model}/import/")
    desk.get_by_label("Importējamais fails").set_input_files(path)
    desk.get_by_role("button", name="Rādīt priekšskatījumu").click()


def totals(desk):
    return dict(
        zip(
            desk.locator(".import-totals dt").all_inner_texts(),
            desk.locator(".import-totals dd").all_inner_texts(),
            strict=True,
        )
    )


def test_list_from_excel_is_refused_mended_imported_and_undone(desk, tmp_path):
    before = [list(model.objects.order_by("slug").values()) for model in (City, Agreement, CooperationField)]
    book = Workbook()
    book.active.append(["Partneris", "Noslēgts", "Veids", "Sadarbības jomas", "Sadarbības virzieni"])
    book.active["A1"] = "Sadarbības partneris"
    book.active.append(["Harkova (Ukraina)", date(2026, 3, 1), "Protokols", "izglītība; Kultūra", "Skolas"])
    book.active["B2"].number_format = "mmmm yyyy"
    book.active.append(["Panevēža", "2026. gada maijs", "memorands", "Amatniecība", "Amatnieku apmaiņa"])
    book.active.append(["Viļņa", "32.05.2026.", "protokols", "Sports", ""])
    book.save(tmp_path / "līgumi.xlsx")

    chosen(desk, "agreement", tmp_path / "līgumi.xlsx")
    assert totals(desk) == {"jauni": "1", "mainīti": "0", "bez izmaiņām": "0", "noraidīti": "2"}
    expect(desk.locator(".import-problems tbody td:first-child")).to_have_text(["3", "4", "4"])
    assert desk.get_by_role("button", name="Apstiprināt importu").count() == 0

    refused = load_workbook(
        downloaded(desk, desk.get_by_role("link", name="Lejupielādēt noraidītās rindas"), tmp_path)
    ).active
    assert [cell.value for cell in refused[1]][-1] == "Kāpēc rinda noraidīta"
    assert refused["F3"].value.startswith("Sadarbības partneris: Reģistrā nav sadarbības partnera „Viļņa”.")
    refused["A3"], refused["B3"] = "Visagina", "31.05.2026."
    refused.parent.save(tmp_path / "labots.xlsx")

    chosen(desk, "agreement", tmp_path / "labots.xlsx")
    expect(desk.locator(".import-verdict")).to_contain_text(
        "Failā minētas sadarbības jomas, kuru reģistrā nav."
    )
    desk.get_by_label("Amatniecība").check()
    desk.get_by_role("button", name="Apstiprināt importu").click()
    expect(desk.locator(".messagelist")).to_contain_text(
        "Importēts: jauni – 2, mainīti – 0, bez izmaiņām – 0."
    )
    assert list(Agreement.objects.filter(signed_on__startswith="2026").values_list("slug", "signed_on")) == [
        ("panevezys-2026", "2026-05"),
        ("visaginas-2026", "2026-05-31"),
    ]
    assert CooperationField.objects.get(slug="amatnieciba").agreements.get().slug == "panevezys-2026"

    desk.get_by_role("link", name="Importi", exact=True).first.click()
    desk.get_by_role("link", name="labots.xlsx").click()
    expect(desk.locator(".import-key")).to_have_text(["panevezys-2026", "visaginas-2026"])
    expect(desk.locator(".import-changes tbody").first).to_contain_text("2026. gada maijs")
    desk.locator("summary", has_text="Atcelt šo importu").click()
    desk.get_by_role("button", name="Atcelt importu").click()
    expect(desk.locator(".messagelist")).to_have_text(
        "Imports ir atcelts: reģistrs ir tāds, kāds bija pirms tā."
    )
    after = [list(model.objects.order_by("slug").values()) for model in (City, Agreement, CooperationField)]
    assert after == before


def test_preview_of_an_import_has_no_accessibility_findings(desk, tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("slug,fields,signed_on\nradom-1993,Amatniecība,1993\nmotala-1998,sport,1998\n")
    chosen(desk, "agreement", file)
    assert findings_in_all_schemes(desk) == []


def test_comparison_and_conflict_have_no_accessibility_findings(desk):
    city = City.objects.get(slug="radom")
    page = f"/lv/admin/partners/city/{city.pk}/change/"
    for region in ("Mazovija", "Mazovijas vojevodiste"):
        desk.goto(page)
        desk.get_by_label("Reģions · LV").fill(region)
        desk.get_by_label("Izmaiņu iemesls").fill("Precizēts")
        desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    newer, _middle, older = City.history.filter(id=city.pk)
    desk.goto(f"/lv/admin/partners/city/{city.pk}/history/?old={older.pk}&new={newer.pk}")
    assert findings_in_all_schemes(desk) == []
    desk.goto(page)
    assert findings_in_all_schemes(desk) == []
    City.objects.filter(pk=city.pk).update(region_lv="Cita")
    desk.get_by_label("Reģions · LV").fill("Vēl cita")
    desk.get_by_role("button", name="Saglabāt un turpināt labošanu").click()
    expect(desk.locator(".conflicts")).to_contain_text("Vēl nekas nav saglabāts")
    # The list on top is no part of the form: it leads to the choice, and does not hold it a second time.
    listed = desk.locator(".error-summary a")
    expect(listed).to_have_text(
        "Kamēr ieraksts jums bija atvērts, to mainīja kāds cits: izvēlieties, ko paturēt."
    )
    listed.click()
    expect(desk.locator("#conflicts")).to_be_focused()
    assert findings_in_all_schemes(desk) == []


def test_preview_of_a_draft_has_no_accessibility_fault(desk):
    City.objects.filter(slug="radom").update(is_published=False)
    desk.goto(f"/lv/admin/partners/city/{City.objects.get(slug='radom').pk}/change/")
    desk.get_by_role("link", name="Priekšskatīt").click()
    expect(desk.get_by_role("region", name="Priekšskatījums")).to_contain_text("apmeklētāji šo lapu neredz")
    assert list(faults_on(desk)) == []
    desk.get_by_role("link", name="English").click()
    expect(desk.get_by_role("region", name="Preview")).to_contain_text("visitors do not see this page")


def findings_in_all_schemes(desk):
    """What axe finds in the page, Django's parts of it included."""
    looks = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
    return list(accessibility.faults_on(desk, looks))


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


def test_old_export_shows_what_it_would_undo_and_what_would_be_lost(desk, tmp_path):
    path = exported(desk, "city", "XLSX", tmp_path)
    desk.goto("/lv/admin/partners/city/")
    desk.get_by_role("link", name="Ferrāra").click()
    desk.get_by_label("Citi nosaukumi").fill("Ferara")
    desk.get_by_role("button", name="Saglabāt", exact=True).click()
    chosen(desk, "city", path)
    expect(desk.locator(".import-verdict")).to_contain_text(
        "Importējot tiktu aizstāta 1 vērtība, kas reģistrā mainīta vēlāk nekā failā."
    )
    expect(desk.locator(".import-loss")).to_contain_text("Aizstāj jaunākas izmaiņas (admin, ")
    assert list(faults_on(desk)) == []


def test_officer_says_which_record_a_row_is_about(desk, tmp_path):
    path = tmp_path / "partneri.csv"
    path.write_text(
        "Identifikators,Nosaukums,Valsts,Reģions\nferara,Ferrāra,Itālija,Emīlija\n", encoding="utf-8"
    )
    chosen(desk, "city", path)
    assert list(faults_on(desk)) == []
    desk.get_by_label("Tas pats ieraksts: ferrara (Ferrāra)").check()
    desk.get_by_role("button", name="Rādīt priekšskatījumu ar šīm atbildēm").click()
    assert totals(desk) == {"jauni": "0", "mainīti": "1", "bez izmaiņām": "0", "noraidīti": "0"}
    desk.get_by_role("button", name="Apstiprināt importu").click()
    expect(desk.locator(".messagelist")).to_contain_text("Importēts: jauni – 0, mainīti – 1")
    assert City.objects.get(slug="ferrara").region_lv == "Emīlija"
