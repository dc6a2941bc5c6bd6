"""Addresses that were cited, or are written in the words of the other language, go on leading somewhere."""

import pytest

from partners.models import City, FormerSlug

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def renamed(record, slug):
    record.slug = slug
    record.save()


def test_former_key_of_a_record_leads_to_it_for_good(client):
    field = make_field("culture")
    city = make_city("tukums")
    agreement = make_agreement(city, [field], slug="tukums-2012")
    renamed(city, "tuckum")
    renamed(agreement, "tuckum-2012")
    renamed(field, "arts")
    for old, new in (
        ("/lv/partneri/tukums/", "/lv/partneri/tuckum/"),
        ("/en/partners/tukums/", "/en/partners/tuckum/"),
        ("/lv/ligumi/tukums-2012/", "/lv/ligumi/tuckum-2012/"),
        ("/lv/jomas/culture/", "/lv/jomas/arts/"),
    ):
        response = client.get(old)
        assert (response.status_code, response.get("Location")) == (301, new)


def test_former_key_leads_on_however_often_the_key_was_changed(client):
    city = make_city("a")
    for slug in ("b", "c", "a", "d"):
        renamed(city, slug)
    for slug in ("a", "b", "c"):
        assert client.get(f"/lv/partneri/{slug}/").headers["Location"] == "/lv/partneri/d/"


def test_record_that_has_the_key_now_comes_before_one_that_had_it(client):
    renamed(make_city("tukums"), "tuckum")
    make_city("tukums", name_lv="Jaunais")
    assert client.get("/lv/partneri/tukums/").context["city"].name_lv == "Jaunais"


def test_former_key_of_a_draft_or_of_what_is_gone_leads_nowhere(client):
    draft, gone = make_city("draft"), make_city("gone")
    renamed(draft, "hidden")
    City.objects.filter(pk=draft.pk).update(is_published=False)
    renamed(gone, "away")
    gone.delete()
    assert client.get("/lv/partneri/draft/").status_code == 404
    assert client.get("/lv/partneri/gone/").status_code == 404


def test_saving_without_a_new_key_keeps_none():
    make_city("tukums").save()
    assert FormerSlug.objects.count() == 0


@pytest.mark.parametrize(
    ("foreign", "own"),
    [
        ("/lv/partners/", "/lv/partneri/"),
        ("/lv/partners/radom/?a=b", "/lv/partneri/radom/?a=b"),
        ("/en/ligumi/", "/en/agreements/"),
        ("/en/karte/", "/en/map/"),
    ],
)
def test_address_in_the_words_of_the_other_language_leads_to_the_page(client, register, foreign, own):
    response = client.get(foreign)
    assert (response.status_code, response.get("Location")) == (301, own)


@pytest.mark.parametrize(
    "address", ["/lv/nekas/", "/xx/partners/", "/lv/admin/nekas/x/", "/lv/partneri/nekas/"]
)
def test_address_of_nothing_is_not_found(client, register, address):
    response = client.get(address, follow=True)
    assert response.status_code in (404, 200)
    assert "partners" not in response.request["PATH_INFO"] or response.status_code == 404
