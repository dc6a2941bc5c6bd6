"""Slugs: stable ASCII keys in addresses and spreadsheets, the same in both languages."""

from itertools import chain, count

from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from .text import fold


def free_slug(model, *parts, taken=()):
    """A slug made of `parts` that no record of `model` has, nor `taken` holds: ``lida``, then ``lida-2``."""
    longest = model._meta.get_field("slug").max_length - len("-9999")
    stem = "-".join(fold(" ".join(filter(None, parts))).split())[:longest].strip("-")
    stem = stem or model._meta.model_name
    known = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = chain([stem], (f"{stem}-{n}" for n in count(2)))
    return next(slug for slug in candidates if slug not in known and slug not in taken)


SLUG_PROBLEM = _("A key may hold only lower-case letters a–z, digits and single hyphens, as in naro-fominsk.")


def slug_format(name):
    """The constraint, called `name`, that a slug holds nothing but lower-case ASCII words and hyphens."""
    return CheckConstraint(
        name=name,
        condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
        violation_error_message=SLUG_PROBLEM,
    )
