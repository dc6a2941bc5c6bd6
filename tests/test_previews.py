"""A draft is shown to colleagues as visitors will see it, and to nobody else."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Agreement, City
from partners.roles import Role

from .factories import make_agreement, make_city, make_field
from .test_admin import admin_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client, user_as):
    client.force_login(user_as(Role.VIEWER))
    return client


def previewed(client, record, language="lv"):
    return client.get(admin_url(type(record), "preview", record.pk, language=language))


def main(page):
    """What stands between the head and the foot of a page."""
    return re.search("<main.*</main>", page.content.decode(), re.DOTALL)[0]


def without_links(html):
    return re.sub(' href="[^"]*"', "", html)


def links(client, page):
    """The status of what the page leads to, those of its list of fields and its map included."""
    addresses = set(re.findall('<a[^>]* href="(/[^"#]*)', page.content.decode()))
    return {address: client.get(address).status_code for address in addresses}


@pytest.fixture
def draft():
    """A partner that is a draft, with all that a page can have, and one agreement more that is a draft too."""
    city = make_city(
        "tukums",
        name_en="Tukums (Latvia)",
        is_published=False,
        region_lv="Kurzeme",
        description_lv="Pilsēta.",
        website="https://tukums.example",
        latitude="56.97",
        longitude="23.15",
    )
    culture, sport = make_field("culture"), make_field("sport")
    make_agreement(make_city("cesis"), fields=[sport], slug="elsewhere")
    main = make_agreement(city, [culture, sport], slug="main", signed_on="2012-09", scope_lv="Kultūra")
    make_agreement(city, slug="more", supplements=main, status="ended", signed_on="2014", ended_on="2020")
    make_agreement(city, slug="unsigned", is_published=False)
    return city


def test_preview_of_a_partner_is_the_page_that_visitors_will_see(viewer, client, draft):
    preview = previewed(viewer, draft)
    assert previewed(viewer, draft).status_code == 200
    City.objects.update(is_published=True)
    assert without_links(main(preview)) == without_links(main(client.get("/lv/partneri/tukums/")))


@pytest.mark.parametrize("slug", ["main", "more"])
def test_preview_of_an_agreement_is_the_page_that_visitors_will_see(viewer, client, draft, slug):
    preview = previewed(viewer, Agreement.objects.get(slug=slug))
    City.objects.update(is_published=True)
    assert without_links(main(preview)) == without_links(main(client.get(f"/lv/ligumi/{slug}/")))


def test_preview_leads_nowhere_where_there_is_nothing_yet(viewer, draft):
    for record in (draft, *Agreement.objects.filter(city=draft)):
        statuses = links(viewer, previewed(viewer, record))
        assert {address: status for address, status in statuses.items() if status != 200} == {}
    assert "/lv/jomas/sport/" in links(viewer, previewed(viewer, draft))


@pytest.mark.parametrize(
    ("slug", "city_is_published", "sentence"),
    [
        ("main", False, "Viņi to redzēs, kad būs publicēts sadarbības partneris."),
        ("unsigned", False, "Šādu viņi to redzēs, kad būs publicēts līgums un tā sadarbības partneris."),
        ("unsigned", True, "Šādu viņi to redzēs, kad tā būs publicēta."),
    ],
)
def test_banner_says_that_nobody_else_sees_the_page_and_until_when(
    viewer, draft, slug, city_is_published, sentence
):
    City.objects.update(is_published=city_is_published)
    agreement = Agreement.objects.get(slug=slug)
    page = previewed(viewer, agreement).content.decode()
    assert "Priekšskatījums: apmeklētāji šo lapu neredz." in page
    assert sentence in page
    assert f'href="{admin_url(Agreement, "change", agreement.pk)}"' in page


def test_preview_is_kept_by_nobody_and_found_by_no_search(viewer, draft):
    answer = previewed(viewer, draft)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "hreflang" not in answer.content.decode().partition("</head>")[0]


def test_preview_is_in_the_language_of_the_admin_and_leads_to_the_other(viewer, draft):
    page = previewed(viewer, draft).content.decode()
    other = admin_url(City, "preview", draft.pk, language="en")
    assert "<h1>Tukums</h1>" in page
    assert f'<a href="{other}" lang="en"' in page
    english = viewer.get(other).content.decode()
    assert "<h1>Tukums (Latvia)</h1>" in english
    assert "Preview: visitors do not see this page." in english


@pytest.mark.parametrize("model", [City, Agreement])
def test_who_may_not_view_the_records_sees_no_preview(client, user_with, draft, model):
    record = model.objects.filter(is_published=False).first()
    assert previewed(client, record).status_code == 302
    client.force_login(user_with(f"view_{'city' if model is Agreement else 'agreement'}"))
    assert previewed(client, record).status_code == 403


def test_what_is_public_has_no_preview_but_its_page(viewer):
    agreement = make_agreement()
    for record in (agreement, agreement.city):
        assert previewed(viewer, record).url == record.get_absolute_url()


def test_page_of_visitors_knows_nothing_of_previews(viewer, draft):
    City.objects.update(is_published=True)
    page = viewer.get("/lv/partneri/tukums/").content.decode()
    assert "Priekšskat" not in page
    assert "robots" not in page


@pytest.mark.ignore_template_errors
def test_form_of_a_draft_leads_to_its_preview_and_that_of_a_public_record_to_its_page(viewer, draft):
    shown = make_agreement(make_city("saldus"), slug="shown")
    for record, has_preview in ((draft, True), (Agreement.objects.get(slug="main"), True), (shown, False)):
        form = viewer.get(admin_url(type(record), "change", record.pk)).content.decode()
        url = admin_url(type(record), "preview", record.pk)
        assert (f'<a href="{url}">Priekšskatīt</a>' in form) is has_preview
        assert ("viewsitelink" in form) is not has_preview


def test_preview_costs_as_many_queries_however_much_it_shows(viewer):
    def cost(city):
        with CaptureQueriesContext(connection) as queries:
            previewed(viewer, city)
        return len(queries)

    one, many = (make_city(slug, is_published=False) for slug in ("one", "many"))
    make_agreement(one, [make_field("culture")], slug="one")
    for n in range(15):
        make_agreement(many, [make_field(f"field-{n}")], slug=f"many-{n}", signed_on="2012")
    cost(one)
    assert cost(one) == cost(many)
