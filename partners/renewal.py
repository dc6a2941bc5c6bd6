"""What follows from the term of an agreement on a given day; what is not known stays unknown.

A term known to the month or the year is over once the last day that it may mean has passed. A reminder is
due from the first day on that may be the right one. Both leave the status of the agreement alone.

What renews automatically goes on for as long as its first term was, from the signing to “valid until”, again
and again. The database is asked the same in ``partners.models.term_queryset``.
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .partial_dates import PartialDate

STOPPED = ("suspended", "ended")  # the statuses of agreements that have no renewal
HALF_A_MONTH = 15  # days


class State(TextChoices):
    RUNNING = "running", _("term running")
    NOTICE_DUE = "notice-due", _("time to decide on renewal")
    EXPIRED = "expired", _("term ended")
    RENEWED = "renewed", _("renewed automatically")


EVENTS = (State.NOTICE_DUE, State.EXPIRED, State.RENEWED)  # what somebody has to know of


class Renewal(NamedTuple):
    """`notice_by` is the last date for giving notice; `renews_on` the end of a term that then runs on.

    `renewed_on` is the end of the term before, if there was one.
    """

    state: State | None = None
    notice_by: PartialDate | None = None
    renews_on: PartialDate | None = None
    renewed_on: PartialDate | None = None


def renewal(agreement, today, ahead):
    """Where the term of `agreement` stands; a decision is due from `ahead` months before its deadline on."""
    term = agreement.valid_until
    if not term or agreement.status in STOPPED:
        return Renewal()
    length, terms = 0, 0
    if term.last_day() < today:
        if not agreement.renews_automatically:
            return Renewal(State.EXPIRED)
        length = first_term(agreement)
        if not length:
            return Renewal(State.RENEWED)
        terms = terms_since(term, today, length)
    # All is reckoned from the end of the first term, so that the last of a month stays the last.
    moved = length * terms
    notice = agreement.notice_months or 0
    # What does not run on by itself is decided on until it ends, also when it is late for notice.
    deadline = notice if agreement.renews_automatically else 0
    is_due = term.first_day(notice + ahead - moved) <= today <= term.last_day(deadline - moved)
    return Renewal(
        State.NOTICE_DUE if is_due else State.RENEWED if terms else State.RUNNING,
        term.minus_months(notice - moved) if notice else None,
        term.minus_months(-moved) if agreement.renews_automatically else None,
        term.minus_months(length - moved) if terms else None,
    )


def first_term(agreement):
    """The length of the first term in months, to the nearest one; None where the dates do not tell it.

    Two dates of which one is known to the month tell whole years only: from January 2015 to December 2017 are
    three, and whether from March to May are two months or three is not known. A year alone tells nothing.
    """
    signed, until = agreement.signed_on, agreement.valid_until
    if not (signed and signed.month and until.month):
        return None
    months = (until.year - signed.year) * 12 + until.month - signed.month
    if signed.day and until.day:
        days = until.day - signed.day
        months += (days > HALF_A_MONTH) - (days < -HALF_A_MONTH)
    elif months % 12 == 11:
        months += 1
    elif months % 12:
        return None
    return months if months > 0 else None


def terms_since(term, today, length):
    """How many terms of `length` months have begun by `today` since the end of the first one, `term`."""
    late = (today.year - term.year) * 12 + today.month - term.month
    late += bool(term.day and term.day < today.day)
    return -(-late // length)
