"""Lists in parts: each part names the next one, and nothing is left out or comes twice while others write."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.utils.translation import gettext as _

from .answers import Problem

DEFAULT_LIMIT, HIGHEST_LIMIT = 50, 100


def part(records, limit, cursor=None):
    """At most `limit` of `records` by key, from the `cursor` on; and the cursor of the next part, or None."""
    records = records.order_by("slug")
    if cursor is not None:
        records = records.filter(slug__gt=decoded(cursor))
    slugs = list(records.values_list("slug", flat=True)[: limit + 1])
    has_next = len(slugs) > limit
    slugs = slugs[:limit]
    return records.filter(slug__in=slugs), encoded(slugs[-1]) if has_next else None


def asked_limit(query):
    text = query.get("limit", str(DEFAULT_LIMIT))
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= HIGHEST_LIMIT:
        return int(text)
    sentence = _("Write a whole number from 1 to %(highest)d.") % {"highest": HIGHEST_LIMIT}
    raise Problem(400, sentence, errors=[{"parameter": "limit", "detail": sentence}])


def encoded(slug):
    return urlsafe_b64encode(slug.encode()).decode().rstrip("=")


def decoded(cursor):
    try:
        slug = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        slug = ""
    if not slug or encoded(slug) != cursor or not slug.isprintable():
        raise Problem(404, _("There is no such part of the list. Take the address from “next”."))
    return slug
