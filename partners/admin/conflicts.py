"""Two people at once: what somebody else saved while a form lay open is shown, and never overwritten."""

import re
from itertools import pairwise
from typing import NamedTuple

from django import forms
from django.db import transaction
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import _get_foreign_key
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..imports.lock import share_register
from .error_markup import ErrorMarkup

MINE, THEIRS = "mine", "theirs"
VERSIONS_LOOKED_THROUGH = 50
KEY = re.compile("[0-9]{1,18}")  # more digits are no primary key of either database


class Conflict(NamedTuple):
    """A field that somebody else changed while the form lay open.

    `theirs` is what the register holds, `mine` what the officer wrote, or None where the officer left the
    field alone. `name` is that of the field in the page, `version` the row of history.
    """

    name: str
    label: str
    theirs: str
    mine: str | None
    version: object


class UpToDateForm(forms.ModelForm):
    """Carries what each field held when the page was sent, and compares it with the register when it returns.

    If the officer changed anything and so did somebody else, the form is refused once, with both. What only
    the other one changed is taken over; where both changed a field, one of the two has to be chosen.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflicts = []
        self.lacks_choice = False
        opts = self._meta.model._meta
        of_record = {field.name for field in (*opts.fields, *opts.many_to_many)}
        names = [name for name, field in self.fields.items() if name in of_record and is_compared(field)]
        is_carried = self.is_bound and any(self.add_initial_prefix(name) in self.data for name in names)
        is_there = self.instance.pk is not None
        self.is_gone = is_carried and not is_there
        if is_carried or (is_there and not self.is_bound):
            for name in names:
                self.fields[name].show_hidden_initial = True
        if is_carried and is_there:
            self._catch_up(names)

    @property
    def written(self):
        """What the officer changed in the form, label and text, as people read it."""
        return [
            (self[name].label, shown(self.fields[name], self.data.getlist(self.add_prefix(name))))
            for name in self.changed_data
            if not self.fields[name].widget.is_hidden
        ]

    def full_clean(self):
        super().full_clean()
        if self.is_gone:
            self._errors = self._errors.__class__()
            told = f"{self.prefix}-told"
            if self.written and told not in self.data:
                sentence = _(
                    "Somebody deleted this while you had the page open. Copy what you still need: when you "
                    "save again, it is left out. What was deleted can be recovered."
                )
                marked = format_html('{}<input type="hidden" name="{}" value="1">', sentence, told)
                self.add_error(None, ErrorMarkup.of(marked, sentence, self.prefix))
        if self.conflicts:
            anchor = self.add_prefix("conflicts")
            context = {
                "anchor": anchor,
                "conflicts": self.conflicts,
                "record": self.instance,
                "lacks_choice": self.lacks_choice,
                "MINE": MINE,
                "THEIRS": THEIRS,
            }
            markup = render_to_string("admin/partners/_conflicts.html", context)
            summary = _("Somebody else changed this while you had it open: choose what is to stay.")
            self.add_error(None, ErrorMarkup.of(markup, summary, anchor))

    def _catch_up(self, names):
        """Bring what the page carries to what the register holds now, and note the conflicts."""
        # To Django, what refers to a record that is gone is changed in any case.
        touched = {name for name in self.changed_data if self._is_written(name)}
        if self.data.get(self.add_prefix(DELETION_FIELD_NAME)):
            touched.add(DELETION_FIELD_NAME)
        undecided = {name for name in self.data.getlist("contested") if not self.data.get(f"{name}-keep")}
        self.data = self.data.copy()
        for name in names:
            field, bound = self.fields[name], self[name]
            held = as_posted(bound)
            # Where no value was carried, because there was none, Django would send what was written instead.
            self.data.setlistdefault(bound.html_initial_name, [])
            if self.data.get(f"{bound.html_name}-keep") == THEIRS:
                self.data.setlist(bound.html_name, held)
            carried = field.hidden_widget().value_from_datadict(
                self.data, self.files, bound.html_initial_name
            )
            is_open = bound.html_name in undecided
            if not is_open and not field.has_changed(bound.initial, carried):
                continue
            self.data.setlist(bound.html_initial_name, held)
            is_contested = (is_open or name in touched) and field.has_changed(bound.initial, bound.data)
            if not is_contested:
                self.data.setlist(bound.html_name, held)
            is_same = name in touched and not is_contested  # both wrote it, or one clicked twice
            if touched and not is_same:  # otherwise there is nothing to save, and nothing old is written back
                mine = shown(field, self.data.getlist(bound.html_name)) if is_contested else None
                version = self._version_with(name)
                self.lacks_choice = self.lacks_choice or is_open
                self.conflicts.append(
                    Conflict(bound.html_name, bound.label, shown(field, held), mine, version)
                )
        del self.changed_data  # looked at before

    def _is_written(self, name):
        """Whether the page came back with something else than it was sent with."""
        bound = self[name]
        return self.data.getlist(bound.html_name) != self.data.getlist(bound.html_initial_name)

    def _version_with(self, name):
        """The row of history with which `name` came to hold what it holds."""
        rows = list(self.instance.history.select_related("history_user")[:VERSIONS_LOOKED_THROUGH])
        for newer, older in pairwise(rows):
            if newer.diff_against(older, included_fields=[name]).changes:
                return newer
        return None


def is_compared(field):
    return not (field.disabled or field.widget.is_hidden or isinstance(field, forms.FileField))


def as_posted(bound):
    """What a browser would send for what the register holds in the field `bound`."""
    widget = bound.field.hidden_widget()
    widget.is_localized = bound.field.localize
    value = bound.field.prepare_value(bound.initial)
    if isinstance(widget, forms.MultipleHiddenInput):
        return [str(one) for one in value or ()]
    text = widget.format_value(value)
    return ["" if text is None else text]


def shown(field, posted):
    """What was `posted` for `field`, as people read it."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(map(str, field.queryset.filter(pk__in=filter(KEY.fullmatch, posted))))
    text = posted[0] if posted else ""
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.filter(pk=text).first() or "") if KEY.fullmatch(text) else ""
    if isinstance(field, forms.BooleanField):
        return {True: _("yes"), False: _("no"), None: ""}[field.to_python(text)]
    return str(dict(getattr(field, "choices", ())).get(text, text))


class UpToDateAdmin:
    """Mixed into a ModelAdmin with an UpToDateForm: saved is only over what the officer has seen."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            share_register()
            if object_id is not None:
                self.lock(object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def lock(self, object_id):
        """Keep others from writing the record and what stands in its page, until this request is answered."""
        # Not their keys: what is imported meanwhile may refer to them.
        records = [(self.model, "pk")]
        records += [
            (inline.model, _get_foreign_key(self.model, inline.model).name) for inline in self.inlines
        ]
        for model, key in records:
            if KEY.fullmatch(object_id):
                list(
                    model.objects.select_for_update(no_key=True)
                    .filter(**{key: object_id})
                    .order_by("pk")
                    .values_list("pk")
                )

    def changelist_view(self, request, extra_context=None):
        if request.method != "POST" or not self.list_editable:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            share_register()
            list(self.model.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            return super().changelist_view(request, extra_context)

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": UpToDateForm, **kwargs})


class Gone:
    """Stands for a record that was deleted while the page with it lay open."""

    pk = None

    def __bool__(self):
        return False


GONE = Gone()


class UpToDateInline:
    """Mixed into an inline: what somebody else changed since is not deleted unseen either."""

    form = UpToDateForm

    def get_view_on_site_url(self, obj=None):
        return super().get_view_on_site_url(obj) if obj else None

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)

        class UpToDateFormSet(formset):
            def get_queryset(self):
                """One for each line of the page that comes back: the admin heads the lines with them."""
                records = super().get_queryset()
                if not self.is_bound:
                    return records
                if not hasattr(self, "_in_lines"):
                    found = {str(record.pk): record for record in records}
                    pk = self.model._meta.pk.name
                    self._in_lines = [
                        found.get(self.data.get(f"{self.add_prefix(line)}-{pk}"), GONE)
                        for line in range(self.initial_form_count())
                    ]
                return self._in_lines

            def _should_delete_form(self, form):
                return super()._should_delete_form(form) and not form.conflicts

        return UpToDateFormSet
