"""Records that may be the same thing entered twice are pointed out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.duplicates import likely_duplicates
from partners.models import City, CooperationField

from .factories import make_city, make_field
from .test_admin import admin_url, posted
from .test_merging import merge_url, said

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        ({"name_lv": "Rīga"}, {"name_lv": "Riga"}, True),
        ({"name_lv": "Cēsis"}, {"name_lv": "Vendene", "name_en": "CESIS"}, True),
        ({"name_lv": "Cēsis", "other_names": "Kesis\nWenden"}, {"name_lv": "Wenden"}, True),
        ({"name_lv": "Rīga"}, {"name_lv": "Riga", "country": "EE"}, False),
        ({"name_lv": "Rīga"}, {"name_lv": "Tukums"}, False),
        ({"name_lv": "—"}, {"name_lv": "…"}, False),
        ({"latitude": "57.31", "longitude": "25.27"}, {"latitude": "57.34", "longitude": "25.30"}, True),
        ({"latitude": "57.31", "longitude": "25.27"}, {"latitude": "57.36", "longitude": "25.27"}, False),
        ({"latitude": "0", "longitude": "179.99"}, {"latitude": "0", "longitude": "-179.99"}, True),
        ({"latitude": "57.31", "longitude": "25.27"}, {}, False),
    ],
)
def test_partners_of_one_name_in_a_country_or_at_one_place_are_likely_duplicates(one, other, is_pair):
    first, second = make_city("tukums", **one), make_city("cesis", **other)
    found = [(pair.first, pair.second) for pair in likely_duplicates(City)]
    assert found == ([(first, second)] if is_pair else [])


def test_each_pair_is_found_once_whatever_the_two_have_in_common():
    place = {"latitude": "57.31", "longitude": "25.27"}
    make_city("a", name_lv="Cēsis", name_en="Cesis", other_names="Wenden", **place)
    make_city("b", name_lv="Cesis", name_en="Wenden", **place)
    assert [(pair.first.slug, pair.second.slug) for pair in likely_duplicates(City)] == [("a", "b")]


def test_fields_of_one_name_are_likely_duplicates():
    make_field("culture", name_lv="Kultūra", name_en="Culture")
    make_field("kultura", name_lv="kultura")
    make_field("sport", name_lv="Sports")
    found = likely_duplicates(CooperationField)
    assert [(pair.first.slug, pair.second.slug) for pair in found] == [("culture", "kultura")]


def test_delivered_register_has_no_likely_duplicates(register):
    assert (likely_duplicates(City), likely_duplicates(CooperationField)) == ([], [])


def test_list_leads_to_the_likely_duplicates_and_each_pair_to_its_merge(admin_client):
    first, second = make_city("riga", name_lv="Rīga"), make_city("riga-2", name_lv="Riga")
    assert admin_url(City, "duplicates") in admin_client.get(admin_url(City, "changelist")).content.decode()
    page = admin_client.get(admin_url(City, "duplicates")).content.decode()
    assert merge_url(first, second).replace("&", "&amp;") in page


def test_likely_duplicates_cost_the_same_queries_whatever_the_size_of_the_register(admin_client):
    def count(total):
        City.objects.bulk_create(
            City(
                slug=f"city-{total}-{number}",
                name_lv=f"Cēsis {number // 2}",
                country="LV",
                latitude=57,
                longitude=25,
            )
            for number in range(total)
        )
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(admin_url(City, "duplicates")).status_code == 200
        with CaptureQueriesContext(connection) as found:
            likely_duplicates(City)
        return len(queries), len(found)

    admin_client.get(admin_url(City, "duplicates"))
    few = count(10)
    assert few[1] == 1
    assert count(1000) == few


@pytest.mark.parametrize(
    ("country", "warnings"),
    [("LV", ["Reģistrā jau ir „Cēsis” (cesis). "]), ("EE", [])],
)
def test_new_partner_of_a_name_that_the_register_has_is_pointed_out(admin_client, country, warnings):
    known = make_city("cesis", name_lv="Cēsis")
    posted(
        admin_client,
        admin_url(City, "add"),
        {"name_lv": "Cesis", "country": country, "agreements-TOTAL_FORMS": "0"},
    )
    new = City.objects.exclude(pk=known.pk).get()
    shown = admin_client.get(admin_url(City, "changelist"))
    link = f'<a href="{merge_url(known, new).replace("&", "&amp;")}">Salīdzināt un apvienot</a>'
    assert [message for message in said(shown) if "jau ir" in message] == [
        warning + link for warning in warnings
    ]


def test_saving_a_partner_again_points_nothing_out(admin_client):
    make_city("cesis", name_lv="Cēsis")
    other = make_city("other", name_lv="Cesis")
    posted(admin_client, admin_url(City, "change", other.pk), {"region_lv": "Vidzeme"})
    assert not [text for text in said(admin_client.get(admin_url(City, "changelist"))) if "jau ir" in text]


def test_partner_that_is_given_the_name_of_another_is_pointed_out(admin_client):
    make_city("cesis", name_lv="Cēsis")
    other = make_city("wenden", name_lv="Vendene")
    posted(admin_client, admin_url(City, "change", other.pk), {"name_lv": "Cesis"})
    assert [text for text in said(admin_client.get(admin_url(City, "changelist"))) if "jau ir" in text]
