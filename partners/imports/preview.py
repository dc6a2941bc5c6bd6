"""A plan as the officer sees it: what is wrong first, then what would change, in pages of bounded size."""

from functools import cached_property
from itertools import groupby, islice

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from ..history import batches
from ..models import Agreement, City
from .newer_edits import sentence_about
from .plan import MOST_PROBLEMS
from .questions import MOST_ASKED
from .rows import MarkedChange, Outcome, Problem

# Together with the worst that escaping does to them, a page stays below 200 kB.
ENTRIES_ON_A_PAGE = 40
LONGEST_EXCERPT = 300


class Entries:
    """The problems of a plan and then its changes, each with its row; made only when they are looked at."""

    def __init__(self, plan):
        self.plan = plan
        written = [row for row in plan.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
        # What needs a second look comes first: nobody reads to the last page.
        self._rows = sorted(written, key=lambda row: not (row.losses or row.newer_edits))
        self._length = len(plan.problems) + sum(row.size for row in self._rows)

    def __len__(self):
        return self._length

    def __iter__(self):
        yield from sorted(self.plan.problems, key=lambda problem: problem.row)
        for row in self._rows:
            for change, loss in row.losses_by_change():
                yield row, (change, loss)

    def __getitem__(self, places):
        return list(islice(self, places.start, places.stop))


class Preview:
    """One page of what `plan` would do."""

    def __init__(self, plan, page=1):
        self.plan = plan
        self.page = Paginator(Entries(plan), ENTRIES_ON_A_PAGE).get_page(page)
        self.problems = [
            problem._replace(
                column=excerpt(problem.column, ""),
                value=excerpt(problem.value, ""),
                sentence=problem.sentence[:600],
            )
            for problem in self.page
            if isinstance(problem, Problem)
        ]
        changes = [entry for entry in self.page if not isinstance(entry, Problem)]
        self.rows = [
            (row, [shown(row, *change, plan) for _row, change in group])
            for row, group in groupby(changes, key=lambda entry: entry[0])
        ]

    @property
    def pages(self):
        return self.page.paginator.get_elided_page_range(self.page.number)

    @property
    def totals(self):
        """How many rows there are of each outcome."""
        names = {
            Outcome.NEW: _("new"),
            Outcome.CHANGED: _("changed"),
            Outcome.UNCHANGED: _("unchanged"),
            Outcome.REFUSED: _("refused"),
        }
        return [(outcome, name, self.plan.counts[outcome]) for outcome, name in names.items()]

    @property
    def questions(self):
        """What is asked row by row, unless it is too much."""
        return sorted(self.plan.questions) if len(self.plan.questions) <= MOST_ASKED else []

    @property
    def shows_first_problems_only(self):
        return len(self.plan.problems) >= MOST_PROBLEMS

    @property
    def absent(self):
        """The columns that the file does not have: what they hold stays as it is."""
        return [self.plan.resource.label(name) for name in self.plan.absent if name != "slug"]

    @property
    def passed_over(self):
        """The columns of which rows about no record hold something, each with the number of these rows."""
        return [f"{excerpt(heading, '')} ({count})" for heading, count in self.plan.passed_over.items()]

    @cached_property
    def seen_with_partners(self):
        """How many agreements visitors see, too, because the file publishes their partners."""
        if self.plan.model is not City:
            return 0
        published = [row.pk for row in self.plan.rows if row.pk and row.value("is_published")]
        hidden = Agreement.objects.marked_as_published().filter(city__is_published=False)
        return sum(hidden.filter(city__in=batch).count() for batch in batches(published))

    @property
    def emptied(self):
        """The columns whose values some rows empty, with the number of these rows."""
        return self._labelled(self.plan.emptied)

    @property
    def removed(self):
        """The lists that lose entries but not all, with the number of these entries."""
        return self._labelled(self.plan.removed)

    @property
    def shortened(self):
        """The columns in which texts become shorter, or dates less precise, with their number."""
        return self._labelled(self.plan.shortened)

    def _labelled(self, counts):
        return [(self.plan.resource.label(name), count) for name, count in counts.items()]


def shown(row, change, loss, plan):
    """The `change` of a `row` of `plan` and the `loss` by it as people read them."""
    name, *cells = change
    old, new = (plan.resource.shown(name, cell, plan.directory) for cell in cells)
    lost = tuple(plan.resource.shown(name, entry, plan.directory) for entry in loss.entries)
    return MarkedChange(
        plan.resource.label(name),
        excerpt(old, new),
        excerpt(new, old),
        loss._replace(entries=lost),
        sentence_about(edit) if (edit := row.newer_edits.get(name)) else "",
    )


def excerpt(text, other):
    """The part of `text` worth showing: where it begins to differ from `other`, if it is long."""
    if len(text) <= LONGEST_EXCERPT:
        return text
    same = next((at for at, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, min(same - 20, len(text) - LONGEST_EXCERPT))
    end = start + LONGEST_EXCERPT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
