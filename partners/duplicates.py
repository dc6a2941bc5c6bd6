"""Records that may be the same thing entered twice, by their names and places."""

from itertools import product
from math import cos, dist, radians, sin
from typing import NamedTuple

from .merging import names_of
from .models import Agreement, City
from .text import fold

NEAR = 5  # kilometres
EARTH = 6371  # its radius in kilometres
CROWD = 10  # partners compared in one cube of the grid, however many stand there: time stays bounded


class Pair(NamedTuple):
    """Two records, and what is the same: a name, or else how many kilometres lie between them."""

    first: object
    second: object
    name: str | None
    kilometres: float | None = None


def keys_of(record):
    """What two records that may be the same have in common: a folded name, of partners in one country."""
    country = str(getattr(record, "country", ""))
    return {(country, folded): name for name in names_of(record) if (folded := fold(name))}


def named_like(record):
    """The other records that have a name of `record`, of partners those in its country."""
    others = type(record).objects.exclude(pk=record.pk)
    if isinstance(record, City):
        others = others.in_country(record.country)
    keys = keys_of(record)
    return [other for other in others if not keys.keys().isdisjoint(keys_of(other))]


def same_agreements(agreement):
    """The other agreements with its partner of the same kind and the same date of signing, which may be none.

    A new partner has no agreements yet.
    """
    if not agreement.city_id:
        return []
    others = Agreement.objects.filter(
        city=agreement.city_id, kind=agreement.kind, signed_on=agreement.signed_on
    )
    return list(others.exclude(pk=agreement.pk).select_related("city").order_by("pk"))


def likely_duplicates(model):
    """Pairs of records of `model`, each once; of several with one name the first with each of the others.

    One query, and time that grows as the register does.
    """
    records = list(model.objects.order_by("pk"))
    pairs = {}
    first_named = {}
    for record in records:
        for key, name in keys_of(record).items():
            first = first_named.setdefault(key, record)
            if first is not record:
                pairs.setdefault((first.pk, record.pk), Pair(first, record, name))
    if model is City:
        for pair in neighbours(records):
            pairs.setdefault((pair.first.pk, pair.second.pk), pair)
    return list(pairs.values())


def neighbours(cities):
    """Pairs of `cities` that lie no more than 5 km apart.

    They stand in a grid of cubes of that size, so each is compared with those in the cubes round it only.
    """
    grid = {}
    for city in cities:
        if city.latitude is None:
            continue
        here = point(city)
        cube = tuple(int(along // NEAR) for along in here)
        for step in product((-1, 0, 1), repeat=3):
            for other, there in grid.get(tuple(map(sum, zip(cube, step, strict=True))), ()):
                if (apart := dist(here, there)) <= NEAR:
                    yield Pair(other, city, None, apart)
        standing = grid.setdefault(cube, [])
        if len(standing) < CROWD:
            standing.append((city, here))


def point(city):
    """Where `city` lies, in kilometres from the centre of the earth along three axes."""
    latitude, longitude = radians(city.latitude), radians(city.longitude)
    return (
        EARTH * cos(latitude) * cos(longitude),
        EARTH * cos(latitude) * sin(longitude),
        EARTH * sin(latitude),
    )
