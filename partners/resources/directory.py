"""Which record is meant by what people write: its key, a name in either language, another name."""

import re
from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from modeltranslation.utils import get_language
from rapidfuzz import fuzz, process

from ..models import Agreement, City, CooperationField
from ..models.cooperation_field import LAST_POSITION
from ..text import bare_entry, fold, tidy
from .country_names import country_code, folded_country_names

MOST_GUESSED = 100  # characters that are compared with what is known, and that a new field may have
MOST_TOPICS = 100  # in one cell
MOST_GUESSES = 1000  # different names in a file: nobody reads more, and in a large register each takes time
LIKE = 70  # percent that a name has in common with one that may be meant


JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))  # zero-width ones, which no keyboard is sure to have


def plain(text):
    """`text` without the differences that do not count when a record is named."""
    return " ".join(tidy(text).translate(JOINERS).casefold().split())


APOSTROPHES = re.compile(r"(?<=\w)['’‘ʼʻʹ′`´]+(?=\w)")


def spelled(name):
    """`name` without the differences that do not count in the name of a place."""
    return plain(APOSTROPHES.sub("", name))


class Place(NamedTuple):
    """A city as the directory knows it."""

    pk: int
    slug: str
    country: str
    names: tuple
    own_names: tuple  # in Latvian and in English, "" where there is none

    def __str__(self):
        return self.slug

    def name(self):
        """In the active language, if it has one in it."""
        return name_of(self.own_names)


class Topic(NamedTuple):
    """A field of cooperation as the directory knows it; `pk` is None where it is still to be made."""

    position: int
    slug: str
    pk: int | None
    names: tuple

    def __str__(self):
        return self.slug or self.names[0]


def name_of(names):
    """Of `names` in Latvian and in English the one in the active language, or else the other."""
    latvian, english = names
    return (latvian or english) if get_language() == "lv" else (english or latvian)


def are_kept(own_names, names):
    """Whether a record called `own_names` is called so by a row with `names`, and none would be replaced.

    Both are in Latvian and in English; a name that the row does not have is "".
    """
    pairs = [(plain(own), plain(name)) for own, name in zip(own_names, names, strict=True)]
    is_called_so = bool({own for own, _name in pairs} & {name for _own, name in pairs} - {""})
    return is_called_so and all(own == name for own, name in pairs if own and name)


def listed(candidates):
    """Pairs of a key and what it means, as one text."""
    return ", ".join(f"{slug} ({meaning})" for slug, meaning in candidates)


class UnsureError(ValidationError):
    """A row may be about a record, but not surely; `candidates` are pairs of a key and a name."""

    def __init__(self, candidates, message):
        super().__init__(message, code="unsure")
        self.candidates = candidates


class UnknownFieldError(ValidationError):
    """The cell names fields of cooperation that the register does not have; they might be created.

    `names` are their names, each with what the officer might have meant instead.
    """

    def __init__(self, names, message):
        super().__init__(message, code="unknown-field")
        self.names = names


class Directory:
    """The cities and fields of the register, by everything they are called.

    `creating` are names of fields that the officer agreed to create.
    """

    def __init__(self, creating=()):
        self.creating = creating
        self._guesses = {}

    @cached_property
    def _cities(self):
        found = defaultdict(set)
        columns = ("pk", "slug", "country", "name_lv", "name_en", "other_names")
        for pk, slug, country, name_lv, name_en, other_names in City.objects.values_list(*columns):
            own_names = (name_lv or "", name_en or "")
            names = tuple(filter(None, (*own_names, *other_names.split("\n"))))
            place = Place(pk, slug, country, names, own_names)
            for name in {slug, *map(spelled, names)}:
                found[name].add(place)
        return found

    @cached_property
    def _fields(self):
        found = {}
        columns = ("position", "slug", "pk", "name_lv", "name_en")
        topics = [
            Topic(position, slug, pk, (name_lv, name_en or ""))
            for position, slug, pk, name_lv, name_en in CooperationField.objects.values_list(*columns)
        ]
        for topic in topics:
            for name in filter(None, topic.names):
                found.setdefault(plain(name), topic)
        last = max((topic.position for topic in topics), default=0)
        for number, name in enumerate(self.creating, start=1):
            position = min(last + number, LAST_POSITION)
            found.setdefault(plain(name), Topic(position, "", None, (name, "")))
        return found | {topic.slug: topic for topic in topics}

    @cached_property
    def new_fields(self):
        """The fields to create, in order; each once."""
        return sorted({topic for topic in self._fields.values() if topic.pk is None})

    def city(self, text, country=""):
        """The place that `text` names, in the `country`, by any of its names, if one is given.

        The country may also stand in brackets behind the name.
        """
        country = self.country(country) if country else ""
        places = self._cities.get(spelled(text), set())
        name, bracket, rest = text.rpartition("(")
        if not places and bracket and (code := country_code(rest.rstrip(") "))):
            places, country = self._cities.get(spelled(name), set()), country or code
        if by_key := [place for place in places if place.slug == text]:
            places = set(by_key)
        fitting = {place for place in places if not country or place.country == country}
        if len(fitting) == 1:
            return fitting.pop()
        if fitting:
            keys = ", ".join(sorted(place.slug for place in fitting))
            raise ValidationError(
                _("Several partners are called “%(name)s”. Write one of the keys instead: %(keys)s.")
                % {"name": text, "keys": keys}
            )
        if places:
            raise ValidationError(
                _("The partner “%(name)s” is not in the country that the row names.") % {"name": text}
            )
        sentence = _("The register has no partner “%(name)s”. Add it first, if it is new.") % {"name": text}
        raise ValidationError(sentence + self.guess(text, self._folded_cities))

    def cities_called(self, names, country=""):
        """The places with any of `names`, in the country with that code if it is given."""
        places = set().union(*(self._cities_as_written.get(fold(name), ()) for name in names))
        return sorted(place for place in places if not country or place.country == country)

    @cached_property
    def _cities_as_written(self):
        """The places by their folded names: by what remains where diacritics and alphabets are mixed up."""
        found = defaultdict(set)
        for places in self._cities.values():
            for place in places:
                for name in place.names:
                    found[fold(name)].add(place)
        return found

    def fields_called(self, names):
        """The fields with any of `names`."""
        return sorted({self._fields.get(plain(name)) for name in names} - {None})

    def country(self, text):
        """The ISO code of the country that `text` names; raises ValidationError where there is none."""
        if code := country_code(text):
            return code
        sentence = _("The country “%(name)s” is unknown. Write for example Polija, Poland or PL.")
        name = re.sub(r"(?i)\brepublika\b|\brepublic of\b", "", text)
        raise ValidationError(sentence % {"name": text} + self.guess(name, folded_country_names()))

    def city_name(self, slug):
        """What the city with that key is called; the key itself if others are called so too."""
        names = {place.name() for place in self._cities.get(slug, ()) if place.slug == slug}
        name = names.pop() if names else slug
        return name if len(self._cities.get(spelled(name), ())) == 1 else slug

    def field_name(self, slug):
        """What the field with that key is called."""
        topic = self._fields.get(slug)
        return name_of(topic.names) if topic else slug

    def fields(self, text):
        """The fields of cooperation that `text` lists, in the order of the register, each once."""
        topics, unknown = set(), []
        entries = list(filter(str.strip, text.replace(";", "|").replace("\n", "|").split("|")))
        if len(entries) > MOST_TOPICS or text.count(",") > MOST_TOPICS:
            raise ValidationError(_("The cell lists too many fields of cooperation."))
        for entry in filter(None, map(bare, entries)):
            # A name may hold a comma, and a list may be written with commas.
            parts = [entry] if plain(entry) in self._fields else filter(None, map(bare, entry.split(",")))
            for part in parts:
                if topic := self._fields.get(plain(part)):
                    topics.add(topic)
                else:
                    unknown.append(part)
        if unknown:
            guesses = {name: self.guess(name, self._folded_fields) for name in unknown}
            sentences = [
                _("The register has no field of cooperation “%(name)s”.") % {"name": name} + guess
                for name, guess in guesses.items()
            ]
            if all(map(may_be_a_topic, unknown)):
                raise UnknownFieldError(guesses, " ".join(sentences))
            raise ValidationError(sentences)
        return sorted(topics)

    @cached_property
    def agreements(self):
        """The key, kind and date of the agreements, by the primary key of the partner."""
        found = defaultdict(list)
        for city, *facts in Agreement.objects.values_list("city", "slug", "kind", "signed_on"):
            found[city].append(facts)
        return found

    @cached_property
    def _folded_cities(self):
        places = set().union(*self._cities.values())
        return folded([name for place in places for name in place.names] + list(self._cities))

    @cached_property
    def _folded_fields(self):
        names = [name for topic in self._fields.values() for name in topic.names if name]
        return folded(names + list(self._fields))

    def guess(self, text, candidates):
        """ " Did you mean …?" with the one of the folded `candidates` that is nearest to `text`."""
        guess = text, id(candidates)
        if guess not in self._guesses and len(text) <= MOST_GUESSED and len(self._guesses) < MOST_GUESSES:
            self._guesses[guess] = nearest_folded(text, candidates)
        return self._guesses.get(guess, "")


def bare(entry):
    """An entry of a list without the bullet or number in front of it."""
    return bare_entry(re.sub(r"^\d{1,2}\.\s+", "", bare_entry(entry)))


def may_be_a_topic(name):
    return len(name) <= MOST_GUESSED and any(map(str.isalpha, name))


def nearest(text, names):
    """ " Did you mean …?" with the one of `names` that is nearest to `text`, or nothing."""
    return nearest_folded(text, folded(names))


def folded(names):
    """Each of `names` by its folded form; the first of those that share one."""
    found = {}
    for name in names:
        found.setdefault(fold(name), name)
    return found


def nearest_folded(text, candidates):
    name = fold(text[:MOST_GUESSED])
    if match := process.extractOne(name, candidates.keys(), scorer=fuzz.ratio, score_cutoff=LIKE):
        return " " + _("Did you mean “%(name)s”?") % {"name": candidates[match[0]]}
    return ""
