"""Which record of the register each row of a spreadsheet is about."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import FormerSlug
from ..resources.directory import UnsureError, listed
from .questions import ALL_ROWS, ANOTHER, THE_SAME, Candidate, Question
from .rows import Outcome, PlannedRow


def may_be_double(number):
    sentence = _("Row %(row)d may be about the same record. Give each a key of its own, or remove one.")
    return sentence % {"row": number}


class RowMatchingMixin:
    """The part of a Plan that finds the record of a row: by its key, by what it says, or by asking."""

    def _begun(self, line, cells):
        """The row that `line` stands for, with the key of the record it is about, if there is one already.

        None where it is about no record.
        """
        row = PlannedRow(line.number)
        row.slug = self._cell(cells, "slug")
        values = None if row.slug else self._telling(cells)
        if values is not None:
            try:
                row.slug = self._found(row, values)
                is_nothing = not row.slug and self._is_nothing(values, cells)
            except ValidationError as error:
                if row.outcome is not Outcome.REFUSED:
                    self.refuse(row, "slug", "", error)
            else:
                if is_nothing:
                    self.without_record.append((row, values, self._beside_identity(cells)))
                    return None
                if not row.slug:
                    self._is_first(row, tuple(values.values()))
        self.rows.append(row)
        return row

    def _found(self, row, values):
        """The key of the record that `row` with these `values` is about, "" where it is about a new one.

        Raises a ValidationError where it is not sure.
        """
        try:
            alike = self.resource.alike(values, self.directory)
        except UnsureError as error:
            self._ask(row, " · ".join(str(value) for value in values.values() if value), error)
            if row.outcome is Outcome.REFUSED:
                raise
            if row.slug:
                self._keeping_names.add(row.number)
            return row.slug
        if len(alike) > 1:
            sentence = _("Several records fit this row. Write the key of the one you mean: %(keys)s.")
            raise ValidationError(sentence % {"keys": ", ".join(alike)})
        return alike[0] if alike else ""

    def _is_nothing(self, values, cells):
        said = {column.column_name for at, column in self._columns if cells[at]}
        return self.resource.is_nothing(values, said)

    def _beside_identity(self, cells):
        """The columns in which there is more than what the row is about."""
        names = [column.column_name for at, column in self._columns if cells[at]]
        return [name for name in names if name not in self.resource.identity]

    def _telling(self, cells):
        """What tells the record of a row with these `cells` from others; None where it is not understood."""
        values = {}
        for at, column in self._columns:
            is_default = not cells[at] and column in self._with_default
            if column.column_name in self.resource.tells_apart and not is_default:
                try:
                    values[column.target] = self._clean(column, cells[at], cells)
                except ValidationError:
                    return None  # said when all its cells are looked at
        return values

    def _ask(self, row, about, error):
        """Let `row` be about the record that the officer has chosen, or ask which: `error` says why."""
        answer = self.answers.get(row.number) or self.answers.get(ALL_ROWS)
        candidates = dict(error.candidates)
        if answer == THE_SAME and len(candidates) == 1:
            [answer] = candidates
        if answer in candidates:
            row.slug = answer
        elif answer != ANOTHER:
            self.questions.append(
                Question(row.number, about, tuple(Candidate(*pair) for pair in candidates.items()))
            )
            self.refuse(row, "slug", row.slug, error)

    def _ask_about_unknown_keys(self, rows, current):
        """Ask about those `rows` whose key no record has, although there is one that looks the same.

        Return what the register holds of the records that they turn out to be about.
        """
        unknown = [
            (row, row.slug, cells)
            for row, _raw, cells in rows
            if row.slug and row.slug not in current and row.outcome is not Outcome.REFUSED
        ]
        slugs = [slug for _row, slug, _cells in unknown]
        former = FormerSlug.objects.present_slugs(self.model, slugs) if unknown else {}
        for row, slug, cells in unknown:
            candidates = dict(self.resource.identical(self._telling(cells) or {}, self.directory))
            if slug in former:
                candidates.setdefault(former[slug], _("formerly %(key)s") % {"key": slug})
            if candidates:
                sentence = _(
                    "The register has no key “%(key)s”, but a record that may be the same: %(keys)s. "
                    "Say whether it is the same or another one."
                )
                sentence %= {"key": slug, "keys": listed(candidates.items())}
                self._ask(row, slug, UnsureError(candidates.items(), sentence))
        found = [row.slug for row, slug, _cells in unknown if row.slug != slug]
        return self.resource.current(found) if found else {}

    def _refuse_continuations(self):
        """Refuse rows about nothing that may go on with another row, such as one with the same partner."""
        identity = self.resource.identity
        first = {}
        for row in self.rows:
            if row.outcome is Outcome.NEW:
                first.setdefault(tuple(map(row.value, identity)), row.number)
        for row, values, _names in self.without_record:
            if number := first.get(tuple(map(values.get, identity))):
                self.rows.append(row)
                self.refuse(row, "slug", "", ValidationError(may_be_double(number)))
        passed_over = [
            (row.number, names)
            for row, _values, names in self.without_record
            if row.outcome is not Outcome.REFUSED
        ]
        self.without_record = [number for number, _names in passed_over]
        self.passed_over.update(self.heading(name) for _number, names in passed_over for name in names)

    def _keep_names(self, row, cells, stored):
        """Let a record that a row is about only by an answer go on being called and told apart as it is."""
        kept, if_blank = {"slug"}, ()
        if row.number in self._keeping_names:
            kept |= set(self.resource.names)
            if_blank = self.resource.tells_apart
        for (at, column), place in zip(self._columns, self._stored_at, strict=True):
            name = column.column_name
            if name in kept or (name in if_blank and not cells[at]):
                cells[at] = stored[place]

    def _is_first(self, row, about):
        """Whether no row before `row` is `about` the same record; it is refused otherwise."""
        first = self._first.setdefault(about, row.number) if about else row.number
        if first != row.number:
            sentence = _("Row %(row)d is about the same record. Each record may have one row only.")
            self.refuse(row, "slug", row.slug, ValidationError(sentence % {"row": first}))
        return first == row.number
