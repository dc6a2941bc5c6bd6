"""Round anniversaries of agreements, as precise as the dates of signing are."""

from calendar import isleap
from typing import NamedTuple

from django.db.models.functions import Substr

from .models import Agreement
from .partial_dates import ROUND_YEARS, PartialDate


class Anniversary(NamedTuple):
    """`agreement` has been signed for `years` years on `on`, a partial date as precise as the signing.

    Who signed on 29 February keeps the anniversary on 28 February in a year that has no 29th.
    """

    agreement: Agreement
    years: int
    on: PartialDate


def anniversary(agreement, year):
    """The anniversary in `year` of an agreement whose date of signing is known."""
    signed = agreement.signed_on
    rest = signed[4:]
    if rest == "-02-29" and not isleap(year):
        rest = "-02-28"
    return Anniversary(agreement, year - signed.year, PartialDate(f"{year:04}{rest}"))


def anniversaries(agreements, year, most=None):
    """The round anniversaries in `year` of those of `agreements` that have not ended, in order.

    One known to the month stands before the days of its month, one known to the year before them all.
    They are the first `most` of them, unless all are asked for.
    """
    in_order = agreements.with_anniversary_in(year).order_by(Substr("signed_on", 5), "slug")
    found = [anniversary(agreement, year) for agreement in in_order[:most]]
    return sorted(found, key=lambda each: (each.on, each.agreement.slug))


def coming_anniversaries(agreements, today, most):
    """The first `most` round anniversaries from the date `today` to the end of the next year, in order."""
    this_year = anniversaries(agreements.with_anniversary_from(today), today.year, most)
    return this_year + anniversaries(agreements, today.year + 1, most - len(this_year))


def next_anniversary(agreement, today):
    """The next round anniversary from the date `today` on; None if it has ended or the date is not known."""
    if not agreement.signed_on or agreement.status == Agreement.Status.ENDED:
        return None
    passed = max(today.year - agreement.signed_on.year, 1)
    years = -(-passed // ROUND_YEARS) * ROUND_YEARS
    found = anniversary(agreement, agreement.signed_on.year + years)
    if found.on.is_before(PartialDate(today.isoformat())):
        found = anniversary(agreement, agreement.signed_on.year + years + ROUND_YEARS)
    return found
