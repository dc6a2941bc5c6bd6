"""The refused rows as a spreadsheet: to be mended and imported again."""

from collections import defaultdict

from ..formats import Sheet
from .headings import reasons_heading, recognised


def refused_rows(plan, table):
    """The rows of `table`, the file that `plan` was made from, that were refused, with the reasons.

    `table` is read once more: a plan does not keep what it has understood.
    """
    reasons = defaultdict(list)
    for problem in plan.problems:
        heading = f"{problem.column}: " if problem.column else ""
        reasons[problem.row].append(f"{heading}{problem.sentence}")
    names, _problems = recognised(plan.resource, table.headings)
    unread = reasons_heading()
    kept = [at for at, heading in enumerate(table.headings) if names[at] or heading != unread]
    headings = [*(table.headings[at] for at in kept), unread]
    rows = (
        [*(row.cells[at] for at in kept), "\n".join(reasons[row.number])]
        for row in table.rows
        if row.number in reasons
    )
    return Sheet(reasons_heading(), headings, rows)
