"""Two partners, or two fields of cooperation, that are the same thing become one; and back again."""

from functools import cached_property

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .history import record_history, unrecorded
from .imports import UndoneAlreadyError
from .imports.applying import write
from .imports.lock import lock_register
from .imports.undoing import undo_rows
from .models import Agreement, City, FormerSlug, Merge
from .roles import may
from .text import fold


class GoneError(Exception):
    """Somebody has deleted or merged one of the two in the meantime."""


class DecisionError(Exception):
    """Visitors would lose something or see something new, and who merges may not decide on that."""


def names_of(record):
    """All names of a partner or a field, other names included."""
    names = [record.name_lv, record.name_en, *getattr(record, "other_names", "").split("\n")]
    return list(filter(None, names))


class Merging:
    """What it means to keep `kept` and to let `duplicate` become part of it; nothing is written."""

    def __init__(self, kept, duplicate):
        self.kept, self.duplicate = kept, duplicate
        self.model = type(kept)

    @cached_property
    def filled(self):
        """What the kept record does not say and the duplicate does, by column."""
        columns = [
            field
            for field in self.model.history.model.tracked_fields
            if field.name not in ("other_names", "older_language")
        ]
        return {
            field.attname: getattr(self.duplicate, field.attname)
            for field in columns
            if getattr(self.kept, field.attname) in field.empty_values
            and getattr(self.duplicate, field.attname) not in field.empty_values
        }

    @cached_property
    def new_names(self):
        """The names of the duplicate that the kept partner will have beside its own; fields have one name."""
        if self.model is not City:
            return []
        own = [*names_of(self.kept), self.filled.get("name_lv"), self.filled.get("name_en")]
        known = {fold(name) or name for name in filter(None, own)}
        added = {}
        for name in names_of(self.duplicate):
            entry = " ".join(name.replace("|", " ").split())  # the bar separates entries in spreadsheets
            if (key := fold(entry) or entry) not in known:
                added.setdefault(key, entry)
        return list(added.values())

    @property
    def agreements(self):
        """The agreements that will belong to the kept record, unpublished ones too."""
        told = {"city" if self.model is City else "fields": self.duplicate}
        return Agreement.objects.filter(**told)

    @property
    def hides_address(self):
        """Whether visitors will not see any more what they see at the duplicate's address."""
        return getattr(self.duplicate, "is_published", False) and not self.kept.is_published

    @property
    def shows_agreements(self):
        """Whether visitors will see agreements of the duplicate that they do not see with it."""
        is_shown_anew = self.model is City and self.kept.is_published and not self.duplicate.is_published
        return is_shown_anew and self.agreements.filter(is_published=True).exists()


def merge(kept, duplicate, user):
    """Let `duplicate` become part of `kept`, in the name of `user`; return the Merge, which can be undone.

    Agreements move, names become other names, what is missing is filled, addresses lead on. Raises
    GoneError, DecisionError and BusyError.
    """
    model = type(kept)
    with transaction.atomic():
        lock_register()
        found = model.objects.in_bulk([kept.pk, duplicate.pk])
        if len(found) < 2:
            raise GoneError
        merging = Merging(found[kept.pk], found[duplicate.pk])
        kept, duplicate = merging.kept, merging.duplicate
        if (merging.hides_address or merging.shows_agreements) and not may(user, "publish", model):
            raise DecisionError
        moved = list(merging.agreements.values_list("pk", flat=True))
        record = Merge.objects.create(
            subject=model._meta.model_name,
            kept=kept.pk,
            kept_name=str(kept),
            duplicate=duplicate.pk,
            duplicate_name=str(duplicate),
            duplicate_slug=duplicate.slug,
            former_slugs=lead_on(kept, duplicate),
            moved_count=len(moved),
            merged_by=user,
        )
        reason = _("Merged: %(duplicate)s → %(kept)s") % {"duplicate": duplicate.slug, "kept": kept.slug}
        told = {"user": user, "reason": reason[:100], "merge": record}
        record_history(model, unrecorded(model, [kept.pk]), "~")
        record_history(Agreement, unrecorded(Agreement, moved), "~")
        move_agreements(merging)
        complete(merging)
        record_history(model, [kept.pk], "~", **told)
        record_history(Agreement, moved, "~", **told)
        record_history(model, [duplicate.pk], "-", **told)
        # Not delete(): whatever else refers to it shall stop us, not vanish with it.
        gone = model.objects.filter(pk=duplicate.pk)
        gone._raw_delete(gone.db)
    return record


def lead_on(kept, duplicate):
    """Let the addresses of `duplicate` lead to `kept`; return which record each key led to before."""
    former = FormerSlug.objects.filter(model=kept._meta.model_name)
    of_duplicate = former.filter(Q(record=duplicate.pk) | Q(slug=duplicate.slug))
    before = {duplicate.slug: None} | dict(of_duplicate.values_list("slug", "record"))
    of_duplicate.update(record=kept.pk)
    FormerSlug.objects.keep(kept, duplicate.slug)
    return before


def move_agreements(merging):
    agreements, kept, duplicate = merging.agreements, merging.kept, merging.duplicate
    agreements.update(changed_at=timezone.now())
    if merging.model is City:
        agreements.update(city=kept)
    else:
        chosen = Agreement.fields.through.objects
        of_kept = chosen.filter(cooperationfield=kept).values("agreement")
        of_duplicate = chosen.filter(cooperationfield=duplicate)
        of_duplicate.exclude(agreement__in=of_kept).update(cooperationfield=kept)
        of_duplicate.delete()


def complete(merging):
    """Give the kept record what only the duplicate says."""
    kept = merging.kept
    if new_names := merging.new_names:
        kept.other_names = "\n".join([*filter(None, [kept.other_names]), *new_names])
    for column, value in merging.filled.items():
        setattr(kept, column, value)
    write(merging.model, [kept])


def undo(merge, user):
    """Part the two records again, each with what it had, in the name of `user`.

    Raises EditedSinceError, and changes nothing, where one of the records or their agreements was worked on
    since; UndoneAlreadyError; and BusyError.
    """
    with transaction.atomic():
        lock_register()
        done = Merge.objects.filter(pk=merge.pk, undone_at=None)
        if not done.update(undone_at=timezone.now(), undone_by=user):
            raise UndoneAlreadyError
        for model in (merge.model, Agreement):
            undo_rows(model, user, str(merge)[:100], merge=merge)
        for slug, record in merge.former_slugs.items():
            former = FormerSlug.objects.filter(model=merge.subject, slug=slug, record=merge.kept)
            former.update(record=record) if record else former.delete()
