"""What somebody who mistyped a word may have meant: the nearest word that the public register has."""

import re
from functools import lru_cache

from django.db.models import Count, Max
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .models import Agreement, City, CooperationField
from .models.city import countries_named, country_names
from .text import SHORT_WORD, fold, stem

WORD = re.compile(r"[^\W\d_]{4,}")  # to a shorter one too much is near
FILLERS = {"gads", "gada", "gadu", "the", "and", "city", "pilseta"}
LONG = 8  # letters; of so many two may be wrong


def respelled(text):
    """`text` with each word that nothing mentions replaced by the nearest that something does.

    Words that say nothing by themselves, such as “St.” or “gadā”, are left out. None where there is nothing
    to replace, or nothing near.
    """
    known = vocabulary(version())
    everything = "\n" + "\n".join(known)
    typed = fold(text).split()
    telling = [word for word in typed if word.isdecimal() or len(word) >= SHORT_WORD]
    telling = [word for word in telling if word not in FILLERS]
    words = [word if is_known(word, everything) else known.get(nearest(word, known)) for word in telling]
    return " ".join(words) if words and all(words) and words != typed else None


def is_known(word, everything):
    """Whether a search for `word` alone may find something: a number may, as part of a key or a date."""
    return word.isdecimal() or f"\n{stem(word)}" in everything or bool(countries_named(stem(word)))


def nearest(word, known):
    """The one of the words `known` that takes the fewest slips to become `word`, or None."""
    slips = 2 if len(word) >= LONG else 1
    found = process.extractOne(word, known.keys(), scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found and len(word) >= 4 else None


def version():
    """Changes whenever the words of the register may have changed."""
    return tuple(
        tuple(model.objects.aggregate(Count("pk"), Max("changed_at")).values())
        for model in (City, CooperationField, Agreement)
    )


@lru_cache(maxsize=1)
def vocabulary(version):
    """The words of the public register as they are written, by their folded form; names come first."""
    cities, agreements = City.objects.published().order_by(), Agreement.objects.published().order_by()
    codes = cities.values_list("country", flat=True).distinct()
    fields = CooperationField.objects.in_use().order_by()
    texts = [
        *cities.values_list("name_lv", "name_en", "region_lv", "region_en", "other_names"),
        *(country_names()[code] for code in codes),
        *fields.values_list("name_lv", "name_en"),
        *agreements.values_list("scope_lv", "scope_en").distinct(),
    ]
    words = {}
    for text in filter(None, (text for several in texts for text in several)):
        for word in WORD.findall(text):
            words.setdefault(fold(word), word)
    return words
