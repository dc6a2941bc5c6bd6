"""Where the admin leads, what it offers, and what it says of what cannot be done."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import override
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from partners.merging import merge
from partners.models import Agreement, City, CooperationField, Document, Merge
from partners.models.cooperation_field import LAST_POSITION
from partners.roles import Role
from partners.templatetags.form_errors import error_summary

from .factories import make_agreement, make_city, make_document, make_field
from .test_admin import admin_url, deletion_of, form_data, posted

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def editor(client, user_as):
    client.force_login(user_as(Role.EDITOR))
    return client


def test_address_of_the_register_in_the_admin_leads_to_the_desk(admin_client):
    assertRedirects(admin_client.get("/lv/admin/partners/"), "/lv/admin/")


def test_overview_of_accounts_says_nothing_of_the_register(admin_client, register):
    page = admin_client.get("/lv/admin/auth/")
    assertContains(page, "Lietotāji")
    assertNotContains(page, 'class="desk')


def test_page_of_a_partner_leads_to_the_pages_only_of_published_agreements(admin_client):
    city = make_city()
    shown = make_agreement(city, slug="shown")
    make_agreement(city, slug="draft", is_published=False)
    inlines = admin_client.get(admin_url(City, "change", city.pk)).context["inline_admin_formsets"]
    assert {line.original.slug: line.absolute_url for line in inlines[0] if line.original} == {
        "shown": shown.get_absolute_url(),
        "draft": None,
    }


def test_agreement_is_offered_the_others_with_its_partner_to_supplement(admin_client):
    city = make_city()
    one, other, _foreign = make_agreement(city), make_agreement(city), make_agreement(make_city("cesis"))
    with override("lv"):
        address = reverse("admin:autocomplete")
    query = {"app_label": "partners", "model_name": "agreement", "field_name": "supplements"}
    query |= {"with": city.pk, "besides": one.pk}
    found = admin_client.get(address, query).json()["results"]
    assert [entry["id"] for entry in found] == [str(other.pk)]
    # Before a partner is chosen, and whatever a hand writes into the address
    found = admin_client.get(address, query | {"with": "", "besides": "²"}).json()["results"]
    assert len(found) == 3


def test_editor_is_told_that_what_he_cannot_delete_is_published(editor):
    draft, shown = make_city("draft", is_published=False), make_city("shown")
    sentence = "Nekas nav dzēsts: starp atlasītajiem ierakstiem ir publicēti"
    for records, is_told in (([draft], False), ([draft, shown], True)):
        data = {"action": "delete_selected", "_selected_action": [record.pk for record in records]}
        page = editor.post(admin_url(City, "changelist"), data).content.decode()
        assert (sentence in page) == is_told


def test_documents_are_found_by_title_name_and_partner(admin_client):
    make_document(make_agreement(make_city("cesis", name_lv="Cēsis")), title_lv="Protokols")
    make_document(make_agreement(make_city("tukums")), name="skenets.pdf")
    for term, found in (("protokols", 1), ("skenets", 1), ("cesis", 1), ("ligums", 1), ("nekas", 0)):
        documents = admin_client.get(admin_url(Document, "changelist"), {"q": term}).context["cl"]
        assert (term, documents.result_count) == (term, found)


@pytest.mark.parametrize(("last", "offered"), [(None, 1), (190, 191), (LAST_POSITION, LAST_POSITION)])
def test_new_field_is_offered_the_last_place(admin_client, last, offered):
    if last:
        make_field(position=last)
    form = admin_client.get(admin_url(CooperationField, "add")).context["adminform"].form
    assert form["position"].value() == offered


def test_coordinates_are_shown_without_the_zeros_of_the_database(admin_client):
    city = make_city(latitude="55.930000", longitude="100")
    url = admin_url(City, "change", city.pk)
    form = admin_client.get(url).content.decode()
    assert 'value="55,93"' in form
    assert 'value="100"' in form
    posted(admin_client, url, {"latitude": "56,5"})
    history = admin_client.get(admin_url(City, "history", city.pk))
    (change,) = history.context["versions"][0][1]
    assert (change.old, change.new) == ("55,93", "56,5")


def test_deleted_record_is_called_by_its_name_in_the_language_of_the_reader(admin_client):
    city = make_city("cesis", name_lv="Cēsis", name_en="Wenden")
    agreement = make_agreement(city, signed_on="2003")
    for record in (agreement, city):
        admin_client.post(admin_url(type(record), "delete", record.pk), deletion_of(record))
    for language, name in (("lv", "Cēsis"), ("en", "Wenden")):
        for address in (admin_url(City, "deleted", language=language), f"/{language}/admin/"):
            assertContains(admin_client.get(address), f">{name}</a>")
    # Its name begins with that of a partner who is gone.
    assertContains(
        admin_client.get(admin_url(Agreement, "deleted")), ">Cēsis – sadarbības līgums, 2003. gads</a>"
    )


def test_history_offers_to_compare_the_two_newest_versions(admin_client):
    city = make_city()
    for region in ("Kurzeme", "Zemgale"):
        posted(admin_client, admin_url(City, "change", city.pk), {"region_lv": region})
    newest, second, _first = City.history.all()
    page = admin_client.get(admin_url(City, "history", city.pk)).content.decode()
    assert f'name="new" value="{newest.pk}" required checked' in page
    assert f'name="old" value="{second.pk}" required checked' in page
    assert page.count(" checked") == 2


def test_page_of_a_merge_names_accounts_without_leading_to_them(editor, admin_user):
    kept = make_city("kept")
    merge(kept, make_city("other", is_published=False), admin_user)
    page = editor.get(admin_url(Merge, "change", Merge.objects.get().pk))
    assertContains(page, "admin")
    assertNotContains(page, "/admin/auth/user/")


@pytest.mark.parametrize(
    ("address", "status"), [("partners/city/9999/preview/", 404), ("auth/user/", 403), ("nekas/", 404)]
)
def test_refusals_in_the_admin_lead_back_to_its_front_page(editor, address, status):
    page = editor.get(f"/lv/admin/{address}")
    assert page.status_code == status
    assertContains(page, 'href="/lv/admin/"', status_code=status)
    assertNotContains(page, "publiski pieejams", status_code=status)
    assertNotContains(editor.get("/lv/nekas/"), 'href="/lv/admin/"', status_code=404)


def test_login_page_has_a_heading_and_the_other_language(client):
    page = client.get("/lv/admin/login/?next=/lv/admin/")
    assertContains(page, "<h1>Pieteikties</h1>", html=True)
    assertContains(page, 'href="/en/admin/login/?next=/lv/admin/" lang="en"')


def test_dates_of_an_account_are_nobodys_to_set(admin_client, admin_user):
    form = admin_client.get(f"/lv/admin/auth/user/{admin_user.pk}/change/").context["adminform"].form
    assert {"last_login", "date_joined"} & set(form.fields) == set()
    assert User.objects.get().date_joined == admin_user.date_joined


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("publish_selected", "Nav ko publicēt: visi atlasītie ieraksti jau ir publicēti."),
        ("confirm_translation", "Nav ko apstiprināt: nevienam atlasītajam ierakstam teksts nav jāpārskata."),
    ],
)
def test_action_that_changed_nothing_says_so(admin_client, action, said):
    data = {"action": action, "_selected_action": [make_city().pk]}
    (message,) = admin_client.post(admin_url(City, "changelist"), data, follow=True).context["messages"]
    assert (message.level_tag, str(message)) == ("info", said)


def listed_errors(response):
    """The place, the anchor and the beginning of each sentence in the list of errors of a form."""
    errors = error_summary(response.context["adminform"], response.context["inline_admin_formsets"])["errors"]
    return [(error.anchor, error.place, error.sentence.split(".")[0]) for error in errors]


def test_errors_of_a_form_and_its_inlines_are_listed_with_links_in_the_order_of_the_page(admin_client):
    city = make_city("radom")
    make_agreement(city, signed_on="2003")
    url = admin_url(City, "change", city.pk)
    data = form_data(admin_client.get(url))
    wrong = {"name_lv": "", "latitude": "abc", "website": "x y", "agreements-0-signed_on": "drīz"}
    response = admin_client.post(url, data | wrong)
    assert listed_errors(response) == [
        ("id_name_lv", "Nosaukums · LV", "Ievadiet partnera nosaukumu, ja iespējams, latviešu valodā"),
        (
            "id_name_lv",
            "Nosaukums · LV",
            "Ievadiet nosaukumu latviešu valodā vai atstājiet partneri nepublicētu",
        ),
        (
            "id_website",
            "Tīmekļvietne",
            "Ierakstiet pilnu adresi, kas sākas ar https:// vai http://, piemēram, https://www",
        ),
        ("id_latitude", "Ģeogrāfiskais platums", "„abc” nav skaitlis"),
        ("id_agreements-0-signed_on", "– sadarbības līgums, 2003. gads, Noslēgts", "„drīz” nav datums"),
    ]
    assertContains(response, "Nekas nav saglabāts: jāizlabo 5 kļūdas.")
    for anchor, _place, _sentence in listed_errors(response):
        assertContains(response, f'<a href="#{anchor}">')
        assertContains(response, f'id="{anchor}"')


def test_rule_of_the_database_leads_to_the_first_field_of_the_page_that_it_is_about(admin_client):
    agreement = make_agreement(signed_on="2003", valid_until="2010")
    url = admin_url(Agreement, "change", agreement.pk)
    response = admin_client.post(url, form_data(admin_client.get(url)) | {"valid_until": "2001"})
    [(anchor, place, _sentence)] = listed_errors(response)
    assert (anchor, place) == ("id_signed_on", "Noslēgts")


@pytest.mark.parametrize(
    "path", ["auth/user/add/", "auth/group/add/", "partners/page/add/", "partners/document/add/"]
)
def test_every_form_of_the_admin_lists_its_errors(admin_client, path):
    response = admin_client.post(f"/lv/admin/{path}", {})
    found = listed_errors(response)
    assert found
    for anchor, _place, _sentence in found:
        assertContains(response, f'<a href="#{anchor}">')
        assertContains(response, f'id="{anchor}"')


def test_form_without_errors_has_no_list_of_them(admin_client):
    assertNotContains(admin_client.get(admin_url(City, "add")), "error-summary")
