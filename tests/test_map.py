"""The map: where partners lie on it, what crowds together, what an address can ask for."""

from decimal import Decimal

import pytest

from partners.map import WORLD, Map, Spot, distance, fitting, grouped, place, window
from partners.models import City

from .factories import make_city

pytestmark = pytest.mark.django_db


def located(slug, latitude, longitude, **values):
    return make_city(slug, latitude=Decimal(latitude), longitude=Decimal(longitude), **values)


def test_places_are_those_of_the_mercator_projection():
    assert place(located("null", "0", "0")) == (500.0, 500.0)
    assert place(located("west", "0", "-180")) == (0.0, 500.0)
    assert place(located("north", "60", "0")) == (500.0, 290.4)
    x, y = place(located("daugavpils", "55.8747", "26.5362"))
    assert (round(x, 1), round(y, 1)) == (573.7, 312.0)


def test_what_crowds_together_is_one_marker_that_leads_nearer():
    for slug, longitude in (("a", "25"), ("b", "25.3"), ("c", "60")):
        located(slug, "55", longitude)
    drawn = Map(City.objects.published())
    assert [[city.slug for city in spot.cities] for spot in drawn.spots] == [["a", "b"], ["c"]]
    query = dict(pair.split("=") for pair in drawn.spots[0].query[1:].split("&"))
    nearer = Map(City.objects.published(), query)
    assert nearer.window.width < drawn.window.width
    assert [spot.city.slug for spot in nearer.spots] == ["a", "b"]


def first_nearer(cities, reach):
    """The groups as they are defined: every city is compared with every group."""
    groups = []
    for city in cities:
        x, y = place(city)
        near = next((group for group in groups if distance(group, x, y) < reach), None)
        if near:
            near.cities.append(city)
        else:
            groups.append(Spot(x, y, [city]))
    return groups


@pytest.mark.parametrize("reach", [0.5, 3, 36])
def test_grid_finds_the_groups_that_comparing_every_city_with_every_group_would(reach):
    cities = [
        City(slug=f"c{number}", latitude=number * 37 % 119 - 50, longitude=number * number % 353 - 170)
        for number in range(600)
    ]
    groups = grouped(cities, reach)
    assert groups == first_nearer(cities, reach)
    assert sum(len(group.cities) for group in groups) == 600


def test_map_shows_all_partners_at_first_and_says_who_is_missing():
    located("tukums", "56.97", "23.15")
    located("harbin", "45.75", "126.65")
    make_city("saldus")
    located("draft", "0", "0", is_published=False)
    drawn = Map(City.objects.published())
    assert drawn.shown == 2
    assert [city.slug for city in drawn.unplaced] == ["saldus"]


@pytest.mark.parametrize(
    "asked",
    [
        {"x": "abc", "y": "1", "width": "1"},
        {"x": "1"},
        {"x": "99999", "y": "1", "width": "10"},
        {"x": "١", "y": "1", "width": "10"},
        {"x": "-1", "y": "1", "width": "10"},
        {"x": "nan", "y": "inf", "width": "1e9"},
    ],
)
def test_address_that_asks_for_no_place_shows_all(asked):
    located("tukums", "56.97", "23.15")
    drawn = Map(City.objects.published(), asked)
    assert drawn.window == drawn.all


@pytest.mark.parametrize(("x", "y", "width"), [(0, 0, 10), (9999, 9999, 9999), (500, 300, 0), (999, 1, 400)])
def test_window_never_leaves_the_world(x, y, width):
    shown = window(x, y, width)
    assert 0 <= shown.left <= shown.left + shown.width <= WORLD
    assert 112 <= shown.top <= shown.top + shown.height <= 690


def test_map_without_partners_shows_the_world():
    assert fitting([]).width == WORLD


def test_page_of_a_partner_without_coordinates_has_no_map(client, register):
    City.objects.filter(slug="radom").update(latitude=None, longitude=None)
    assert "<svg" not in client.get("/lv/partneri/radom/").content.decode()
    assert "<svg" in client.get("/lv/partneri/kharkiv/").content.decode()
