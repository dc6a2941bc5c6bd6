"""What happened between the home city and a partner, in order."""

from typing import NamedTuple

from .models import Agreement
from .partial_dates import PartialDate


class Event(NamedTuple):
    """Something that `agreement` says: `what` is signed, term, suspended or ended; `on` None if not known."""

    on: PartialDate | None
    what: str
    agreement: Agreement


def story(agreements):
    """The events of `agreements`, from the oldest on; those without a date at the end.

    Nothing is inferred: a term that has run out has not ended the agreement, unless it says so.
    """
    events = []
    for agreement in agreements:
        events.append(Event(agreement.signed_on, "signed", agreement))
        if agreement.valid_until:
            events.append(Event(agreement.valid_until, "term", agreement))
        if agreement.status in (Agreement.Status.SUSPENDED, Agreement.Status.ENDED):
            events.append(Event(agreement.ended_on, agreement.status, agreement))
    return sorted(events, key=lambda event: (event.on is None, event.on or ""))
