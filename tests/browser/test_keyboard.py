"""The admin with the keyboard alone: where the focus is can be seen, and it comes to everything in order."""

import pytest
from playwright.sync_api import expect

from partners.models import Agreement, City, CooperationField, SpreadsheetImport

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.ignore_template_errors,
    pytest.mark.usefixtures("register", "live_server"),
]

# What has the focus, and what is wrong with it; nothing once the focus has been everywhere.
FOCUSED = """() => {
    const focused = document.activeElement;
    const isFirst = window.focusedBefore && focused.matches(".skip-to-content-link");
    if (focused === document.body || isFirst) return null;
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => channels(colour).slice(0, 3)
        .map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const contrast = (one, other) => {
        const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
        return (more + 0.05) / (less + 0.05);
    };
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if ((channels(colour)[3] ?? 1) === 1) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const shown = focused.matches(".select2-search__field, .select2-selection")
        ? focused.closest(".select2-container").querySelector(".select2-selection") : focused;
    const style = getComputedStyle(shown);
    const faults = [];
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push("no outline");
    else if (contrast(style.outlineColor, ground(shown.parentElement)) < 3) faults.push("faint outline");
    const box = shown.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);
    if (!top || !(shown.contains(top) || top.contains(shown) || top.control === shown)) faults.push("covered");
    if (window.focusedBefore && !(window.focusedBefore.compareDocumentPosition(focused) & 4)) faults.push("out of order");
    window.focusedBefore = focused;
    return {what: focused.outerHTML.slice(0, 120), faults};
}"""


def stops(page):
    """Where the focus stops on its way through the page."""
    page.locator(".skip-to-content-link").focus()
    for _press in range(300):
        if not (stop := page.evaluate(FOCUSED)):
            return
        yield stop
        page.keyboard.press("Tab")
    pytest.fail("The focus never comes to the end of the page.")


def press(page, key, until):
    """Press `key` until what `until` selects has the focus."""
    for _press in range(300):
        if page.evaluate("selector => document.activeElement.matches(selector)", until):
            return
        page.keyboard.press(key)
    pytest.fail(f"The focus does not come to {until}.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_comes_to_everything_in_order_and_is_seen(desk, scheme):
    city, agreement = City.objects.get(slug="radom"), Agreement.objects.get(slug="radom-2003")
    for region in ("Mazovija", "Mazovijas vojevodiste"):
        city.region_lv = region
        city.save()
    newer, older = City.history.filter(id=city.pk)
    fields = "&".join(f"record={field.pk}" for field in CooperationField.objects.all()[:2])
    desk.emulate_media(color_scheme=scheme)
    bad = []
    for address in (
        "",
        "partners/city/",
        f"partners/city/{city.pk}/change/",
        f"partners/agreement/{agreement.pk}/change/",
        "partners/agreement/import/",
        "partners/agreement/export/",
        f"partners/city/{city.pk}/history/?old={older.pk}&new={newer.pk}",
        f"partners/cooperationfield/merge/?{fields}",
        "auth/user/add/",
    ):
        desk.goto(f"/lv/admin/{address}")
        found = list(stops(desk))
        bad += [(address, s["what"], s["faults"]) for s in found if s["faults"]]
        assert len(found) > 10
    assert bad == []


def test_partner_is_entered_and_deleted_with_the_keyboard_alone(desk):
    desk.goto("/lv/admin/partners/city/add/")
    keys = desk.keyboard
    desk.get_by_label("Nosaukums · LV").focus()
    keys.type("Cēsis")
    press(desk, "Tab", until="#id_country")
    keys.type("Latvija")
    press(desk, "Tab", until=".add-row a")
    keys.press("Enter")
    expect(desk.locator("#id_agreements-0-kind")).to_be_focused()
    keys.press("Tab")
    expect(desk.locator("#id_agreements-0-signed_on")).to_be_focused()
    keys.type("17.11.2003.")
    press(desk, "Tab", until="#agreements-0 .field-fields .select2-search__field")
    keys.type("kult")
    expect(desk.locator(".select2-results__option--highlighted")).to_have_text("Kultūra")
    keys.press("Enter")
    press(desk, "Tab", until="[name=_continue]")
    keys.press("Enter")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    agreement = Agreement.objects.get(city__name_lv="Cēsis")
    assert (str(agreement.signed_on), agreement.city.country.code) == ("2003-11-17", "LV")
    assert [field.slug for field in agreement.fields.all()] == ["culture"]

    desk.goto(f"/lv/admin/partners/agreement/{agreement.pk}/change/")
    press(desk, "Shift+Tab", until=".deletelink")
    keys.press("Enter")
    desk.wait_for_url("**/delete/")
    press(desk, "Tab", until="#content [type=submit]")
    keys.press("Enter")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert not Agreement.objects.filter(pk=agreement.pk).exists()


def test_focus_stays_where_a_line_was_removed(desk):
    desk.goto("/lv/admin/partners/city/add/")
    link = desk.locator(".add-row a")
    link.press("Enter")
    press(desk, "Tab", until="#agreements-0 .inline-deletelink")
    desk.keyboard.press("Enter")
    expect(desk.locator("#agreements-0")).to_have_count(0)
    expect(link).to_be_focused()


def test_text_is_copied_from_the_other_language_with_the_keyboard_alone(desk):
    city = City.objects.get(slug="radom")
    City.objects.filter(pk=city.pk).update(region_lv="Mazovijas vojevodiste", region_en=None)
    desk.goto(f"/lv/admin/partners/city/{city.pk}/change/")
    desk.get_by_label("Reģions · EN").focus()
    press(desk, "Tab", until=".copy-text")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Reģions · EN")).to_have_value("Mazovijas vojevodiste")
    expect(desk.get_by_label("Reģions · EN")).to_be_focused()


def test_list_is_imported_and_the_import_undone_with_the_keyboard_alone(desk, tmp_path):
    file = tmp_path / "jomas.csv"
    file.write_text("slug,name_lv\namatnieciba,Amatniecība\n")
    with desk.expect_file_chooser() as chooser:
        desk.goto("/lv/admin/partners/cooperationfield/import/")
        press(desk, "Tab", until="#id_import_file")
        desk.keyboard.press("Enter")
    chooser.value.set_files(file)
    press(desk, "Tab", until="#content [type=submit]")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Apstiprināt importu")).to_be_visible()
    press(desk, "Tab", until="#content [type=submit]")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messagelist")).to_contain_text("Importēts: jauni – 1")
    assert CooperationField.objects.get(slug="amatnieciba").name_lv == "Amatniecība"

    desk.set_viewport_size({"width": 360, "height": 800})
    desk.goto(f"/lv/admin/partners/spreadsheetimport/{SpreadsheetImport.objects.get().pk}/change/")
    press(desk, "Tab", until=".undo summary")
    desk.keyboard.press("Enter")
    press(desk, "Tab", until=".undo button")
    expect(desk.locator(".undo form")).to_be_in_viewport(ratio=1)
    desk.keyboard.press("Enter")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert not CooperationField.objects.filter(slug="amatnieciba").exists()


def test_fields_are_merged_with_the_keyboard_alone(desk):
    first, second = CooperationField.objects.filter(slug__in=["culture", "sport"]).order_by("pk")
    desk.goto(f"/lv/admin/partners/cooperationfield/merge/?record={first.pk}&record={second.pk}")
    press(desk, "Tab", until="[name=kept]")
    desk.keyboard.press("ArrowDown")
    kept = desk.locator("[name=kept]:checked").get_attribute("value")
    press(desk, "Tab", until="#content [type=submit]")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert [
        str(pk)
        for pk in CooperationField.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", flat=True)
    ] == [kept]


def test_errors_are_reached_from_a_list_that_has_the_focus(desk):
    city = City.objects.get(slug="radom")
    desk.goto(f"/lv/admin/partners/city/{city.pk}/change/")
    desk.locator("#id_name_lv").fill("")
    desk.locator("#id_latitude").fill("abc")
    desk.locator("#id_agreements-0-signed_on").fill("drīz")
    desk.locator("[name=_save]").click()
    summary = desk.locator(".error-summary")
    expect(summary).to_be_focused()
    fields = ("name_lv", "latitude", "agreements-0-signed_on")
    expect(summary.get_by_role("link")).to_have_count(len(fields))
    for place, field in enumerate(fields, start=1):
        summary.focus()
        for _press in range(place):
            desk.keyboard.press("Tab")
        desk.keyboard.press("Enter")
        expect(desk.locator(f"#id_{field}")).to_be_focused()


def test_new_form_that_is_refused_gives_the_focus_to_its_errors_and_then_to_what_is_chosen(desk):
    desk.goto("/lv/admin/partners/agreement/add/")
    desk.locator("[name=_save]").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    chosen = desk.locator(".field-city [role=combobox]")
    expect(chosen).to_be_visible()  # jQuery makes it when the page has been loaded
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(chosen).to_be_focused()
