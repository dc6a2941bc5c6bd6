"""What a spreadsheet would do to the register, found out with reads only."""

from collections import Counter
from functools import cached_property
from hashlib import blake2b
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..constraints import violations
from ..history import newest_history
from ..lost_values import validate_no_replaced_letter
from ..resources import CHUNK
from ..resources.directory import Directory, UnknownFieldError, plain
from ..roles import standing
from ..slugs import FreeSlugs
from ..text import tidy
from . import collector
from .doubles import doubles
from .headings import recognised
from .limits import Limits
from .matching import RowMatchingMixin, may_be_double
from .newer_edits import find_newer_edits
from .rows import Outcome, Problem

MOST_PROBLEMS = 1000  # nobody reads more
MOST_NEW_FIELDS = 100  # so many unknown names are no topics of a department
SHORT = 100  # characters of a cell that is worth remembering: the same dates, partners and fields come again
MOST_REMEMBERED = 10_000


class Plan(RowMatchingMixin):
    """What `table` would do to the records of `resource`, in the name of `user` or of nobody in particular.

    Raises UnreadableError where the file turns out to be unreadable half-way. `creating` are names of
    unknown fields of cooperation that the officer agreed to create; `exported_at` is when the file was
    exported, if it says so; `answers` says by row which record it is about, as asked in ``questions``.
    """

    @collector.paused()
    def __init__(self, resource, table, creating=(), user=None, exported_at=None, answers=None):
        self.resource = resource
        self.model = resource._meta.model
        self.limits = Limits(user, self.model)
        self.directory = Directory(creating)
        self.headings = table.headings
        self.notes = table.notes
        self.has_doubtful_words = table.has_doubtful_words
        self.rows = []
        self.problems = []
        self.answers = answers or {}
        self.questions = []
        self.without_record = []  # numbers of rows about nothing that the register could hold
        self.passed_over = Counter()  # how many values such rows have beside what they are about, by heading
        self._keeping_names = set()  # rows about a record that goes on being called as it is
        # Digests by slug: of every record in the file that the register has, and of what would be written.
        self.stored, self.written = {}, {}
        self.begun_at = newest_history(self.model)
        self.makes_keys = False
        self._unknown_fields = {}  # each as it is spelt first, with a guess, by its plain name
        # How many values, entries of lists and parts of texts the register loses, by column.
        self.emptied, self.removed, self.shortened = Counter(), Counter(), Counter()
        self._cells_with_unknown_fields = 0
        self._first = {}  # the number of the row that is about a record
        self._shared = {}
        self._understood = {}  # what a cell stands for, by its column, its text and its hints
        names, problems = recognised(resource, table.headings)
        self.problems += [Problem(table.heading_row, heading, "", sentence) for heading, sentence in problems]
        columns = {column.column_name: column for column in resource.columns}
        self.absent = [name for name in columns if name not in names]
        self.ignored = [heading for heading, name in zip(table.headings, names, strict=True) if not name]
        self._places = {name: at for at, name in enumerate(names) if name}
        self._hints = {name: self._places[name] for name in resource.hints if name in self._places}
        self._columns = [(at, columns[name]) for name, at in self._places.items() if name in columns]
        self._stored_at = [list(columns).index(column.column_name) for _at, column in self._columns]
        self._fields = {field.name: field for field in self.model._meta.fields}
        if self._places and not self.problems:
            while chunk := list(islice(table.rows, CHUNK)):
                self._plan([(row, list(map(tidy, row.cells))) for row in chunk])
            self._refuse_continuations()
            self._make_keys()
            self._look_round()
        self.counts = Counter(row.outcome for row in self.rows)
        self.exported_at = exported_at
        self.newer_edits = find_newer_edits(self, exported_at)  # how many cells would undo one

    @property
    def is_acceptable(self):
        return not self.problems

    @property
    def refused(self):
        """The keys of the rows that cannot be, or their numbers where they have none."""
        rows = (row for row in self.rows if row.outcome is Outcome.REFUSED)
        return [row.slug or _("row %(row)d") % {"row": row.number} for row in rows]

    @property
    def seen(self):
        """What the officer sees, as a digest of each record by its slug."""
        return {
            slug: self.stored.get(slug, "") + self.written.get(slug, "")
            for slug in self.stored.keys() | self.written.keys()
        }

    @property
    def unknown_fields(self):
        """Names of fields of cooperation that the register does not have, each with what may be meant."""
        return dict(self._unknown_fields.values())

    @property
    def needs_only_fields(self):
        """Whether nothing is wrong but fields of cooperation that the officer may agree to create."""
        few = len(self._unknown_fields) <= MOST_NEW_FIELDS
        return few and 0 < len(self.problems) == self._cells_with_unknown_fields

    @property
    def needs_answers(self):
        """Whether nothing is wrong but what the officer may answer, or then agree to create."""
        return 0 < len(self.questions) == len(self.problems) - self._cells_with_unknown_fields

    @property
    def lost(self):
        """How many values, entries of lists and parts of texts the register loses."""
        return sum(counts.total() for counts in (self.emptied, self.removed, self.shortened))

    @property
    def has_changes(self):
        return bool(self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED])

    def heading(self, name):
        """The heading in the file of the column `name`."""
        if name in self._places:
            return self.headings[self._places[name]]
        return self.resource.label(name) if name else ""

    def refuse(self, row, name, value, error):
        """Note that `error`, a ValidationError, stands against the column `name` of `row`."""
        row.outcome = Outcome.REFUSED
        if len(self.problems) < MOST_PROBLEMS:
            self.problems += [
                Problem(row.number, self.heading(name), value, sentence)
                for sentence in dict.fromkeys(error.messages)
            ]

    def _cell(self, cells, name):
        return cells[self._places[name]] if name in self._places else ""

    def _plan(self, drafts):
        """Plan the rows of one chunk, each with its tidied cells."""
        rows = [(row, line.cells, cells) for line, cells in drafts if (row := self._begun(line, cells))]
        current = self.resource.current([row.slug for row, _raw, _cells in rows if row.slug])
        current |= self._ask_about_unknown_keys(rows, current)
        pending = []
        for row, raw, cells in rows:
            pk, stored = current.get(row.slug, (None, None))
            if pk is not None:
                self.stored[row.slug] = digest(stored)
                self._keep_names(row, cells, stored)
            if row.outcome is Outcome.REFUSED or not self._is_first(row, row.slug):
                continue
            if differing := self._differing(row, raw, cells, stored):
                pending.append((row, pk, cells, differing))
        self._compare(pending)

    def _differing(self, row, raw, cells, stored):
        """What the row says that the register does not: the column, the cell, and what is stored."""
        if not stored:
            # An empty cell that leaves a new record as it is need not be looked at.
            return [
                (own, cells[at], "")
                for at, own in self._columns
                if cells[at] or own not in self._optional | self._with_default
            ]
        return [
            (column, cells[at], stored[place])
            for (at, column), place in zip(self._columns, self._stored_at, strict=True)
            if cells[at] != stored[place] != raw[at] or column.column_name in self._checked
        ]

    @cached_property
    def _optional(self):
        """Columns that a new record has nothing in, unless the file says so."""
        needed = {
            "city",
            *(name for name, field in self._fields.items() if field.get_default() or not field.blank),
        }
        return {column for _at, column in self._columns if column.target not in needed - {"slug"}}

    @cached_property
    def _with_default(self):
        """Columns that a new record has something in, whether the file says so or not."""
        fields = {name for name, field in self._fields.items() if field.has_default() and not field.null}
        return {column for _at, column in self._columns if column.target in fields}

    @cached_property
    def _checked(self):
        """Columns that have to be looked at even where they change nothing: a hint may contradict them."""
        return self.resource.identity if set(self.resource.hints) & set(self._places) else ()

    def _clean(self, column, text, cells):
        """The value that `text` stands for in `column`."""
        hints = tuple(cells[at] for at in self._hints.values()) if self._hints else ()
        if len(text) >= SHORT:
            return self._understand(column, text, hints)
        cell = column, text, hints
        if cell not in self._understood:
            if len(self._understood) >= MOST_REMEMBERED:
                self._understood.clear()
            self._understood[cell] = self._understand(*cell)
        return self._understood[cell]

    def _understand(self, column, text, hints):
        told = dict(zip(self._hints, hints, strict=True))
        value = column.widget.clean(text, directory=self.directory, **told)
        field = self._fields.get(column.target)
        if not field or field.is_relation:
            return value
        value = field.to_python(value)
        return value if field.blank and value in field.empty_values else field.clean(value, None)

    def _compare(self, pending):
        """Turn the differing cells of the rows in `pending` into changes of records."""
        records = self.resource.records([pk for _row, pk, _cells, _differing in pending if pk is not None])
        for row, pk, cells, differing in pending:
            row.pk = pk
            record = self.resource.new_record(row.slug) if pk is None else records[pk]
            before = standing(record)
            values = self._set(row, record, cells, differing)
            self._validate(row, record, cells, differing, values)
            if row.outcome is Outcome.REFUSED:
                continue
            columns, _texts, stored = zip(*differing, strict=True)
            row.columns = self._shared.setdefault(columns, columns)
            row.values = tuple(values.values())
            if pk is not None:
                row.stored = stored
            changes = list(row.changes())
            if (pk is None or changes) and (refusal := self.limits.refusal(record, before)):
                name, error = refusal
                self.refuse(row, name, self._cell(cells, name), error)
                continue
            row.size = len(changes)
            if pk is not None:
                self._count_losses(row)
            written = digest(cell for change in changes for cell in (change.column, change.new))
            if pk is None:
                row.outcome = Outcome.NEW
            elif changes:
                row.outcome = Outcome.CHANGED
            if row.slug:
                self.written[row.slug] = written
            else:
                row.slug_parts = (written, *self.resource.slug_parts(record, values))
            if changes and self.resource.is_related(row, record):
                row.record = record

    def _count_losses(self, row):
        for change, loss in row.losses_by_change():
            row.losses += loss.count
            if loss.is_emptied:
                self.emptied[change.column] += 1
            elif loss.entries:
                self.removed[change.column] += len(loss.entries)
            elif loss:
                self.shortened[change.column] += 1

    def _set(self, row, record, cells, differing):
        """Set what the cells say; return the values by target, without those that are refused."""
        values = {}
        for column, text, stored in differing:
            try:
                value = self._clean(column, text, cells)
                validate_no_replaced_letter(text, stored)
                values[column.target] = value
            except UnknownFieldError as error:
                for name, guess in error.names.items():
                    self._unknown_fields.setdefault(plain(name), (name, guess))
                self._cells_with_unknown_fields += 1
                self.refuse(row, column.column_name, text, error)
            except ValidationError as error:
                self.refuse(row, column.column_name, text, error)
            else:
                column.set(record, values[column.target])
        return values

    def _validate(self, row, record, cells, differing, values):
        """Hold `record` against the rules of its model that need no other record."""
        wrong = {column.target for column, _text, _stored in differing} - values.keys()
        if getattr(record, "city_id", True) is None and "city" not in wrong:
            self.refuse(row, "city", "", ValidationError(_("Write which partner the agreement is with.")))
        if not row.slug:
            wrong.add("slug")  # is made when nothing else is wrong
        for names, error in violations(record, exclude=wrong):
            columns = (*self._places, *self.absent)
            name = next((name for name in columns if name in names), "")
            self.refuse(row, name, self._cell(cells, name), error)

    def _make_keys(self):
        """Give new records without a key one that neither the register nor another row has."""
        new = [row for row in self.rows if row.outcome is Outcome.NEW]
        if all(row.slug for row in new):
            return
        self.makes_keys = True
        for row, first in doubles(self.resource, new):
            self.refuse(row, "slug", row.slug, ValidationError(may_be_double(first)))
        slugs = FreeSlugs(self.model, self._first)
        for row in new:
            if row.outcome is Outcome.NEW and not row.slug:
                written, *parts = row.slug_parts
                row.slug = slugs.make(*parts)
                self.written[row.slug] = written

    def _look_round(self):
        """Hold the records against the rules that look at several of them, as they would be in the end."""
        self.resource.relate(self)
        for row in self.rows:
            if row.record:
                try:
                    row.record.clean()
                except ValidationError as error:
                    self.refuse(row, "supplements", "", error)

    def build(self, row):
        """The record as `row` would leave it."""
        if row.record is None:
            fresh = self.resource.new_record(row.slug) if row.pk is None else self.resource.records([row.pk])
            row.record = row.set_on(fresh if row.pk is None else fresh[row.pk])
        return row.record


def read_through(resource, table):
    """Raise UnreadableError if a Plan of `table` would, without making one."""
    names, _problems = recognised(resource, table.headings)
    if any(names):
        for _row in table.rows:
            pass


def digest(cells):
    """A short text that differs if any of `cells` does."""
    return blake2b("\x1f".join(cells).encode(), digest_size=8).hexdigest()
