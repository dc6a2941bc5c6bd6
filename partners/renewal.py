"""What follows from the term of an agreement on a given day; what is not known stays unknown.

A term known to the month or the year is over once the last day that it may mean has passed. A reminder is
due from the first day on that may be the right one. Both leave the status of the agreement alone.
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .partial_dates import PartialDate

STOPPED = ("suspended", "ended")  # the statuses of agreements that have no renewal


class State(TextChoices):
    RUNNING = "running", _("term running")
    NOTICE_DUE = "notice-due", _("time to decide on renewal")
    EXPIRED = "expired", _("term ended")
    RENEWED = "renewed", _("renewed automatically")


EVENTS = (State.NOTICE_DUE, State.EXPIRED, State.RENEWED)  # what somebody has to know of


class Renewal(NamedTuple):
    """`notice_by` is the last date for giving notice; `renews_on` the end of a term that then runs on."""

    state: State | None = None
    notice_by: PartialDate | None = None
    renews_on: PartialDate | None = None


def renewal(agreement, today, ahead):
    """Where the term of `agreement` stands; a decision is due from `ahead` months before its deadline on.

    How long the agreement runs on is not recorded: once its term is over, there are no further dates.
    """
    term = agreement.valid_until
    if not term or agreement.status in STOPPED:
        return Renewal()
    if term.last_day() < today:
        return Renewal(State.RENEWED if agreement.renews_automatically else State.EXPIRED)
    notice = agreement.notice_months or 0
    # What does not run on by itself is decided on until it ends, also when it is late for notice.
    deadline = notice if agreement.renews_automatically else 0
    is_due = term.first_day(notice + ahead) <= today <= term.last_day(deadline)
    return Renewal(
        State.NOTICE_DUE if is_due else State.RUNNING,
        term.minus_months(notice) if notice else None,
        term if agreement.renews_automatically else None,
    )
