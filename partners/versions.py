"""The versions of a record that its history keeps: what differs between two, and the way back to one."""

from typing import NamedTuple

from django.db import models
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .history import past_states, record_history
from .losses import Loss, list_loss, text_loss
from .partial_dates import PartialDate
from .text import LineField, LinesField, ProseField


class Difference(NamedTuple):
    """What a field says in two versions, in the active language; "" where it says nothing."""

    label: str
    old: str
    new: str
    is_changed: bool


class TornError(Exception):
    """A version is tied to records that are no longer there; `names` are theirs."""

    def __init__(self, names):
        super().__init__(", ".join(names))
        self.names = names


class Reader:
    """Reads the states of records of `model`, as ``partners.history`` gives them, to people."""

    def __init__(self, model):
        self.model = model
        history = model.history.model
        listed = [self.model._meta.get_field(field.name) for field in history._history_m2m_fields]
        self.fields = [
            self.model._meta.get_field(field.name) for field in history.tracked_fields if field.name != "id"
        ] + listed

    def differences(self, old, new):
        """Every field with what it says in both states; an empty state says nothing."""
        for field, was, now, is_changed in self._compared(old, new):
            yield Difference(
                capfirst(str(field.verbose_name)),
                self._shown(field, was),
                self._shown(field, now),
                is_changed,
            )

    def changes(self, old, new):
        return [difference for difference in self.differences(old, new) if difference.is_changed]

    def losses(self, old, new):
        """What each of the changes() takes away."""
        compared = self._compared(old, new)
        return [self._loss(field, was, now) for field, was, now, is_changed in compared if is_changed]

    def _compared(self, old, new):
        for field in self.fields:
            was, now = old.get(field.attname), new.get(field.attname)
            yield field, was, now, was != now and bool(was or now or was is False or now is False)

    def _loss(self, field, was, now):
        if field.many_to_many:
            loss = list_loss(sorted(was or ()), sorted(now or ()))
            return loss._replace(entries=tuple(named(field.related_model, pk) for pk in loss.entries))
        if isinstance(field, LinesField):
            return list_loss(*(value.split("\n") if value else [] for value in (was, now)))
        if isinstance(field, LineField | ProseField) or isinstance(was, PartialDate):
            return text_loss(was or "", now or "", isinstance(field, ProseField))
        return Loss(is_emptied=was not in (None, "") and now in (None, ""))

    def _shown(self, field, value):
        if value is None or value == "":
            return ""
        if field.many_to_many:
            return ", ".join(sorted(named(field.related_model, pk) for pk in value))
        if field.is_relation:
            return named(field.related_model, value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, PartialDate):
            return value.localized
        if isinstance(field, models.DecimalField):
            return number_format(f"{value.normalize():f}")
        return str(dict(field.flatchoices).get(value, value))


def named(model, pk):
    """What the record `pk` of `model` is called; if it was deleted, what it was called last."""
    if record := model.objects.filter(pk=pk).first():
        return str(record)
    last = model.history.filter(id=pk).first()
    return last.known_as if last else str(pk)


def restore(model, version, user, reason):
    """Make the record say what it said as of `version`, a row of the history of `model`, and return it.

    A deleted one comes back under its own primary key. Raises TornError, or a ValidationError where the
    version breaks a rule that holds now, such as a key that another record has taken.
    """
    (state,) = past_states(model, [version.pk]).values()
    torn = [
        named(field.related_model, pk)
        for field in Reader(model).fields
        if field.is_relation
        for pk in (state[field.attname] if field.many_to_many else [state[field.attname]])
        if pk is not None and not field.related_model.objects.filter(pk=pk).exists()
    ]
    if torn:
        raise TornError(torn)
    record = model.objects.filter(pk=version.id).first()
    is_deleted = record is None
    record = record or model(pk=version.id)
    lists = {field.name for field in model.history.model._history_m2m_fields}
    for name in state.keys() - lists:
        setattr(record, name, state[name])
    record.full_clean()
    record.skip_history_when_saving = True
    record.save()
    for name in lists:
        getattr(record, name).set(state[name])
    record_history(model, [record.pk], "+" if is_deleted else "~", user, reason=reason)
    return record
