"""The rows of a plan: what each would do to one record, and why it cannot."""

from enum import StrEnum
from itertools import repeat
from types import MappingProxyType
from typing import NamedTuple

NONE = MappingProxyType({})


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Change(NamedTuple):
    """A cell that differs from the register: what stands there and what would."""

    column: str
    old: str
    new: str


class MarkedChange(Change):
    """A change for people, with what is lost by it and a sentence about the newer edit it undoes."""

    def __new__(cls, column, old, new, loss, newer_edit=None):
        change = super().__new__(cls, column, old, new)
        change.loss, change.newer_edit = loss, newer_edit
        return change


class Problem(NamedTuple):
    """Why a row is refused: `row` as Excel counts, `column` the heading in the file, "" for the whole row."""

    row: int
    column: str
    value: str
    sentence: str


class PlannedRow:
    """What would become of one row, in as little memory as will do: there may be very many.

    The row sets `columns` to `values`, of a new record or of the one with the primary key `pk`. `record` is
    the instance as it would be saved, kept only where the rules look at several records.
    """

    __slots__ = (
        "columns",
        "losses",
        "newer_edits",
        "number",
        "outcome",
        "pk",
        "record",
        "size",
        "slug",
        "slug_parts",
        "stored",
        "values",
    )

    def __init__(self, number):
        self.number = number
        self.slug = ""
        self.outcome = Outcome.UNCHANGED
        self.columns = self.values = self.stored = ()
        self.newer_edits = NONE
        self.size = self.losses = 0  # the numbers of its changes, and of values and entries lost by them
        self.pk = self.record = self.slug_parts = None

    @property
    def is_new(self):
        return self.outcome is Outcome.NEW

    def changes(self):
        stored = self.stored or repeat("")
        for column, value, old in zip(self.columns, self.values, stored, strict=False):
            new = column.widget.render(value)
            if new != old:
                yield Change(column.column_name, old, new)

    def losses_by_change(self):
        """Each of the changes with what the register loses by it; nothing where the record is new."""
        columns = {column.column_name: column for column in self.columns}
        for change in self.changes():
            yield change, columns[change.column].loss(change.old, change.new)

    def value(self, name):
        """What the row sets the column `name` to; None if it leaves it alone."""
        names = (column.column_name for column in self.columns)
        return next((value for own, value in zip(names, self.values, strict=True) if own == name), None)

    def set_on(self, record):
        for column, value in zip(self.columns, self.values, strict=True):
            column.set(record, value)
        return record
