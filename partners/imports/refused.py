"""The refused rows as a spreadsheet: to be mended and imported again."""

from collections import defaultdict

from django.utils.translation import gettext as _

from ..formats import Sheet
from ..text import tidy
from .headings import reasons_heading, recognised
from .rows import Outcome

LONGEST_REASON = 1000  # characters


def refused_rows(plan, table):
    """The rows of `table`, the file that `plan` was made from, that were refused, with the reasons.

    `table` is read once more: a plan does not keep what it has understood.
    """
    refused = {row.number for row in plan.rows if row.outcome is Outcome.REFUSED}
    undescribed = _("This row is refused too; there are too many errors to describe them all.")
    reasons = defaultdict(list)
    for problem in plan.problems:
        heading = f"{problem.column}: " if problem.column else ""
        reasons[problem.row].append(f"{heading}{problem.sentence}"[:LONGEST_REASON])
    names, _problems = recognised(plan.resource, table.headings)
    unread = reasons_heading()
    kept = [at for at, heading in enumerate(table.headings) if names[at] or heading != unread]
    headings = [*(table.headings[at] for at in kept), unread]
    rows = (
        [*(tidy(row.cells[at]) for at in kept), "\n".join(reasons[row.number] or [undescribed])]
        for row in table.rows
        if row.number in refused
    )
    return Sheet(reasons_heading(), headings, rows, lambda: plan.exported_at)
