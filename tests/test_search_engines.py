"""What search engines are told: one address per page, what it is about, where everything is."""

import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from partners.models import Agreement, City, Page

from .factories import make_agreement, make_city, make_document, make_field, make_picture
from .test_public_pages import public_addresses

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
SITE = "http://testserver"


def page(client, address):
    return client.get(address).content.decode()


def data_in(html):
    """The object of schema.org that a page carries."""
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(text)


def canonical(html):
    [address] = re.findall('<link rel="canonical" href="([^"]+)">', html)
    return address


# One address, and what stands in a shared link


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("/lv/?utm_source=x", "/lv/"),
        ("/lv/partneri/radom/?fbclid=x", "/lv/partneri/radom/"),
        ("/lv/partneri/?page=1", "/lv/partneri/"),
        ("/lv/partneri/?junk=x&country=LT&q=", "/lv/partneri/?country=LT"),
        ("/lv/partneri/?field=culture&country=LT", "/lv/partneri/?country=LT&amp;field=culture"),
        ("/lv/karte/?x=560&y=300&width=40", "/lv/karte/"),
    ],
)
def test_page_names_its_one_address(client, register, asked, named):
    html = page(client, asked)
    assert canonical(html) == f"{SITE}{named}"
    assert f'<meta property="og:url" content="{SITE}{named}">' in html


def test_robots_are_not_led_into_the_parts_of_the_map(client, register):
    noindex = '<meta name="robots" content="noindex, nofollow">'
    for address in ("/lv/", "/lv/karte/", "/lv/karte/?x=560&y=300&width=40"):
        html = page(client, address)
        ways = re.findall(r'<a [^>]*href="[^"]*[?]x=[^>]*>', html.partition("<main")[2])
        assert ways
        assert [way for way in ways if 'rel="nofollow"' not in way] == []
        assert (noindex in html) == ("?" in address)


def test_second_part_of_a_list_is_a_page_of_its_own(client):
    for number in range(60):
        make_city(f"tukums-{number}")
    assert canonical(page(client, "/lv/partneri/?page=2&x=y")) == f"{SITE}/lv/partneri/?page=2"


def test_shared_link_carries_the_title_of_the_page(client, register):
    html = page(client, "/en/partners/radom/")
    title = re.search("<title>(.*?)</title>", html)[1]
    assert f'<meta property="og:title" content="{title}">' in html
    assert title.startswith("Radom, Poland – ")
    assert '<meta property="og:locale" content="en_GB">' in html
    assert '<meta property="og:locale:alternate" content="lv_LV">' in html


def test_shared_link_says_what_the_record_is_and_shows_its_pictures(client, register):
    picture = make_picture(Agreement.objects.get(slug="radom-2003"), alternative_en="The mayors")
    html = page(client, "/en/agreements/radom-2003/")
    assert f'<meta property="og:image" content="{SITE}{picture.get_absolute_url()}">' in html
    assert '<meta property="og:image:alt" content="The mayors">' in html
    assert (
        '<meta name="description" content="Radom – additional agreement, 17 November 2003. Status: not stated.">'
        in html
    )
    html = page(client, "/en/partners/radom/")
    assert "og:image" not in html
    assert '<meta name="description" content="Radom, Poland. First agreement: ' in html


def test_every_page_is_described_by_a_sentence_of_its_own(client, register):
    described = defaultdict(list)
    for address in public_addresses():
        [text] = re.findall('<meta name="description" content="([^"]*)">', page(client, address))
        described[text].append(address)
        assert (address, text[-1:] in ".…", len(text) >= 20) == (address, True, True)
    assert {text: pages for text, pages in described.items() if len(pages) > 1} == {}


@pytest.mark.parametrize(
    ("address", "described"),
    [
        ("/lv/partneri/", "Sadarbības partneri – 22 sadarbības partneri: valsts, pirmais līgums un statuss."),
        (
            "/en/agreements/?country=PL&field=culture",
            "Agreements: Poland, Culture – 1 agreement: partner, kind,",
        ),
        ("/lv/ligumi/?country=XX", "Līgumi."),
        ("/en/fields/culture/?page=9", "Culture."),
        ("/lv/karte/", "Karte ar 22 sadarbības partneriem"),
        ("/lv/", "Daugavpils ir viesmīlīga un atvērta pilsēta, tāpēc tai ir daudz sadarbības partneru"),
    ],
)
def test_description_says_what_stands_on_the_page(client, register, address, described):
    assert f'<meta name="description" content="{described}' in page(client, address)


def test_title_is_escaped_once(client):
    make_city("tukums", name_lv='A & "B" <i>')
    html = page(client, "/lv/partneri/tukums/")
    assert "<title>A &amp; &quot;B&quot; &lt;i&gt;, Latvija" in html
    assert 'property="og:title" content="A &amp; &quot;B&quot; &lt;i&gt;, Latvija' in html


# What it is about


def test_home_page_is_of_the_municipality(client, register):
    assert data_in(page(client, "/lv/")) == {
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "@id": f"{SITE}/#organization",
        "name": [
            {"@language": "lv", "@value": "Daugavpils"},
            {"@language": "en", "@value": "Daugavpils"},
        ],
        "url": f"{SITE}/lv/",
    }
    Page.objects.all().delete()
    assert "ld+json" not in page(client, "/lv/")


def test_page_of_a_partner_is_of_a_place(client, register):
    assert data_in(page(client, "/en/partners/radom/")) == {
        "@context": "https://schema.org",
        "@type": "AdministrativeArea",
        "@id": f"{SITE}/en/partners/radom/",
        "name": [{"@language": "lv", "@value": "Radoma"}, {"@language": "en", "@value": "Radom"}],
        "url": f"{SITE}/en/partners/radom/",
        "geo": {"@type": "GeoCoordinates", "latitude": 51.4025, "longitude": 21.1471},
        "containedInPlace": {"@type": "Country", "name": "Poland", "identifier": "PL"},
    }


def test_page_of_an_agreement_is_of_a_work_with_what_is_known_of_it(client, register):
    Agreement.objects.filter(slug="radom-2003").update(signed_on="2003-11", status="in-force")
    document = make_document(Agreement.objects.get(slug="radom-2003"))
    work = data_in(page(client, "/lv/ligumi/radom-2003/"))
    assert {name: work[name] for name in ("@type", "dateCreated", "creativeWorkStatus", "isBasedOn")} == {
        "@type": "CreativeWork",
        "dateCreated": "2003-11",
        "creativeWorkStatus": "spēkā",
        "isBasedOn": f"{SITE}/lv/ligumi/radom-1993/",
    }
    assert [party["@type"] for party in work["contributor"]] == [
        "GovernmentOrganization",
        "AdministrativeArea",
    ]
    assert work["encoding"] == [
        {
            "@type": "MediaObject",
            "name": "Līgums",
            "contentUrl": f"{SITE}{document.get_absolute_url()}",
            "encodingFormat": "application/pdf",
            "contentSize": str(document.size),
            "sha256": document.sha256,
        }
    ]
    unknown = data_in(page(client, "/lv/ligumi/vitebsk-1998/"))
    assert {"creativeWorkStatus", "expires", "encoding", "isBasedOn"} & set(unknown) == set()


@pytest.mark.parametrize(
    ("address", "formats"),
    [("/lv/partneri/", 5), ("/lv/ligumi/", 4), ("/lv/jomas/", 4), ("/en/agreements/", 4)],
)
def test_list_is_a_dataset_whose_files_are_there(client, register, address, formats):
    dataset = data_in(page(client, address))
    assert (dataset["@type"], dataset["url"]) == ("Dataset", f"{SITE}{address}")
    assert 50 <= len(dataset["description"]) <= 5000
    assert len(dataset["distribution"]) == formats
    for file in dataset["distribution"]:
        response = client.get(file["contentUrl"].removeprefix(SITE))
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (
            200,
            file["encodingFormat"],
        )


def test_open_data_are_a_catalog_of_the_lists(client, register):
    catalog = data_in(page(client, "/en/api/"))
    lists = [
        data_in(page(client, address)) for address in ("/en/partners/", "/en/agreements/", "/en/fields/")
    ]
    assert (catalog["@type"], catalog["@id"]) == ("DataCatalog", f"{SITE}/en/api/")
    assert [of["@id"] for of in catalog["dataset"]] == [of["@id"] for of in lists]
    assert {of["includedInDataCatalog"]["@id"] for of in lists} == {catalog["@id"]}


def test_narrowed_list_is_no_dataset(client, register):
    assert "ld+json" not in page(client, "/lv/partneri/?country=LT")


def test_no_text_ends_the_block_of_data_or_begins_another(client):
    attack = "</script><script>alert(1)</script><!-- &amp; --> \u2028"
    city = make_city("tukums", name_lv="A", description_lv=attack)
    make_agreement(city, [make_field("culture", name_lv=attack)], slug="tukums-x", scope_lv=attack)
    for address in ("/lv/partneri/tukums/", "/lv/ligumi/tukums-x/"):
        html = page(client, address)
        [block] = re.findall(r"<script type=\"application/ld\+json\">([^<]*)<", html)
        assert [sign for sign in "<>&" if sign in block] == []
        assert attack.strip() in (data_in(html).get("abstract"), data_in(html)["name"], description(html))
        assert "<script>alert" not in html


def description(html):
    return data_in(html).get("description", [{"@value": ""}])[0]["@value"]


# Where everything is


def locations(client, address):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    return ElementTree.fromstring(response.content).findall("*")  # noqa: S314 our own


def test_sitemap_holds_every_public_page_with_its_twin_and_when_it_was_changed(client, register):
    make_city("hidden", is_published=False)
    found = {}
    for part in locations(client, "/sitemap.xml"):
        for url in locations(client, part.find("s:loc", NAMES).text.removeprefix(SITE)):
            twins = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)}
            lastmod = url.find("s:lastmod", NAMES)
            found[url.find("s:loc", NAMES).text.removeprefix(SITE)] = (
                twins,
                None if lastmod is None else lastmod.text,
            )
    assert set(found) == {address for address in public_addresses() if "hidden" not in address}
    today = timezone.localdate().isoformat()
    for address, (twins, lastmod) in found.items():
        assert twins[address[1:3]] == f"{SITE}{address}"
        assert set(twins) == {"lv", "en"}
        assert found[twins["en"].removeprefix(SITE)][0] == twins
        assert lastmod == (
            today if re.search("/(partner|agreement|ligumi|field|jomas).*/.+/", address) else None
        )


def test_page_is_as_new_as_the_newest_of_what_it_shows(client):
    old = datetime(2020, 1, 1, tzinfo=UTC)
    city = make_city("tukums")
    agreement, draft = make_agreement(city, slug="tukums-x"), make_agreement(city, is_published=False)
    document = make_document(agreement)
    City.objects.update(changed_at=old)
    type(document).objects.update(changed_at=old + timedelta(days=2))
    Agreement.objects.filter(pk=agreement.pk).update(changed_at=old + timedelta(days=1))
    Agreement.objects.filter(pk=draft.pk).update(changed_at=old + timedelta(days=9))

    def lastmod(section):
        [url] = locations(client, f"/sitemap-{section}-lv.xml")
        return url.find("s:lastmod", NAMES).text

    assert lastmod("partners") == "2020-01-02"
    assert lastmod("agreements") == "2020-01-03"


@pytest.mark.parametrize(
    "address", ["/sitemap-nothing.xml", "/sitemap-partners-lv.xml?p=x", "/sitemap-fields-lv.xml?p=99"]
)
def test_part_of_the_sitemap_that_is_not_there_is_not_found(client, register, address):
    assert client.get(address).status_code == 404


def test_robots_are_led_to_the_sitemap_and_kept_from_the_admin_and_parts_of_the_map(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\n"
        "Disallow: /lv/admin/\nDisallow: /lv/karte/?\n"
        "Disallow: /en/admin/\nDisallow: /en/map/?\n"
        "\nSitemap: http://testserver/sitemap.xml\n"
    )


def test_who_finds_a_weakness_is_told_whom_to_write_to(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert timedelta(days=170) < expires - timezone.now() < timedelta(days=365)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "lv, en",
        "Canonical": f"{SITE}/.well-known/security.txt",
    }
