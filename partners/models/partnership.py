"""The status of a partnership, as its published agreements state it.

The rule: it is the first of ``in force``, ``suspended``, ``not stated`` and ``ended`` that any of them has.
So a partnership has ended once every agreement has, and is suspended where none is stated to be in force and
at least one is suspended. Neither dates nor countries count. Without a published agreement there is none.
"""

from django.db.models import Case, OuterRef, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from .tally import Tally


class PartnershipStatus(TextChoices):
    """In the order of the rule; the codes are those of agreements."""

    IN_FORCE = "in-force", _("agreement in force")
    SUSPENDED = "suspended", _("cooperation suspended")
    NOT_STATED = "not-stated", _("status not stated")
    ENDED = "ended", _("cooperation ended")

    @classmethod
    def of(cls, agreements):
        """The status that `agreements` make, or None where there are none."""
        statuses = {agreement.status for agreement in agreements}
        return next((status for status in cls if status in statuses), None)

    @classmethod
    def in_database(cls, city):
        """The expression for the code of the status of the partnership with `city`, the name of a column."""
        rank = Case(*(When(status=status, then=Value(rank)) for rank, status in enumerate(cls)))
        counted = Tally.objects.filter(city=OuterRef(city)).present().on_whatever().whenever()
        return Subquery(counted.order_by(rank).values("status")[:1])

    @property
    def is_stopped(self):
        return self in (self.SUSPENDED, self.ENDED)

    @property
    def reason(self):
        """Why the partnership has this status, in a sentence."""
        return REASONS[self]


REASONS = {
    PartnershipStatus.IN_FORCE: _("At least one of the published agreements is in force."),
    PartnershipStatus.SUSPENDED: _(
        "No published agreement is stated to be in force; at least one is suspended."
    ),
    PartnershipStatus.NOT_STATED: _(
        "The register does not state whether any of the published agreements is in force."
    ),
    PartnershipStatus.ENDED: _("All published agreements have ended."),
}
