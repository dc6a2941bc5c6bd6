"""Slugs: stable ASCII keys in addresses and spreadsheets, the same in both languages."""

from itertools import chain, count

from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from .text import fold


def stem_of(model, parts):
    """The words of `parts` as the beginning of a slug of `model`."""
    longest = model._meta.get_field("slug").max_length - len("-9999")
    stem = "-".join(fold(" ".join(filter(None, parts))).split())[:longest].strip("-")
    return stem or model._meta.model_name


def free_slug(model, *parts):
    """A slug made of `parts` that no record of `model` has yet: ``lida``, then ``lida-2``."""
    stem = stem_of(model, parts)
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in candidates(stem) if slug not in taken)


def candidates(stem):
    return chain([stem], (f"{stem}-{number}" for number in count(2)))


class FreeSlugs:
    """Makes the slugs of many new records of `model` as free_slug() does; none of those `taken` either."""

    def __init__(self, model, taken):
        self.model = model
        self.taken = {*model.objects.values_list("slug", flat=True), *taken}
        self._candidates = {}

    def make(self, *parts):
        stem = stem_of(self.model, parts)
        following = self._candidates.setdefault(stem, candidates(stem))
        return next(slug for slug in following if slug not in self.taken)


SLUG_PROBLEM = _("A key may hold only lower-case letters a–z, digits and single hyphens, as in naro-fominsk.")


def slug_format(name):
    """The constraint, called `name`, that a slug holds nothing but lower-case ASCII words and hyphens."""
    return CheckConstraint(
        name=name,
        condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*\Z"),
        violation_error_message=SLUG_PROBLEM,
    )
