"""By which names people call countries: everyday and official ones, in Latvian and in English.

The names that the site shows are few; a spreadsheet may hold any. They come from django-countries, which has
the short names of ISO 3166-1 and former ones, and from pycountry, which has the official ones with Latvian
translations. What neither knows stands here.
"""

import gettext
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pycountry
from django.utils.translation import override
from django_countries import countries
from django_countries.data import COUNTRIES

from ..models.city import country_names
from ..text import fold

EVERYDAY_NAMES = {
    "BA": ("Bosnia", "Bosnija"),
    "CD": ("DR Congo", "Kongo DR"),
    "CI": ("Ivory Coast", "Kotdivuāra"),
    "CV": ("Cape Verde", "Kaboverde"),
    "GE": ("Republic of Georgia", "Gruzijas Republika"),
    "IE": ("Republic of Ireland", "Īrijas Republika"),
    "MM": ("Burma", "Birma"),
    "TR": ("Republic of Turkey",),
    "US": ("United States", "U.S.", "U.S.A.", "America", "Amerika"),
    "VA": ("Vatican", "Holy See", "Svētais Krēsls"),
    "XK": ("Republic of Kosovo", "Kosovas Republika"),
}


def names_of_countries() -> Iterator[tuple[str, str]]:
    """Pairs of a code and a name; those that the site shows come first."""
    for code, names in country_names().items():
        yield from ((code, name) for name in (*names, *EVERYDAY_NAMES.get(code, ())))
    for language in ("lv", "en"):
        with override(language):
            for code, name in COUNTRIES.items():
                yield code, str(name)
            for code, several in countries.OLD_NAMES.items():
                yield from ((code, str(name)) for name in several)
    latvian = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["lv"])
    for country in pycountry.countries:
        for name in (country.name, *others(country, "official_name"), *others(country, "common_name")):
            yield from ((country.alpha_2, text) for text in (name, latvian.gettext(name)))


def others(country, attribute: str) -> Iterator[str]:
    # pycountry warns where it takes the name instead of one that is not there.
    if attribute in country._fields:
        yield getattr(country, attribute)


@cache
def folded_country_names() -> dict[str, str]:
    """Each name by its folded form; the first of those that share one."""
    found: dict[str, str] = {}
    for _code, name in names_of_countries():
        found.setdefault(fold(name), name)
    return found


@cache
def codes_by_name() -> dict[str, str]:
    """The code of each country by its folded names; a name of two countries is that of neither."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in names_of_countries():
        found[fold(name)].add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def country_code(text: str) -> str | None:
    """The code of the country that `text` names, by its code or in either language; None if there is none."""
    if text.isascii() and text.upper() in countries.countries:
        return text.upper()
    return codes_by_name().get(fold(text))
