"""What an officer says beside a change: why it was made, and that a translation is in step."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from .conflicts import UpToDateForm

IN_STEP = {
    "lv": (_("The Latvian text is in step"), _("The English text was changed after it.")),
    "en": (_("The English text is in step"), _("The Latvian text was changed after it.")),
}


class RecordForm(UpToDateForm):
    is_reviewed = forms.BooleanField(label=_("Both languages are in step"), required=False)
    change_reason = forms.CharField(
        label=_("Why this change"),
        max_length=100,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("For colleagues, if you like; it stays in the history of the record."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.older_language:
            field = self.fields["is_reviewed"]
            field.label, field.help_text = IN_STEP[self.instance.older_language]
        else:
            del self.fields["is_reviewed"]


class RecordFormAdmin:
    """Mixed into a ModelAdmin: its form ends with what an officer says of the change."""

    form = RecordForm

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets
        is_behind = obj and obj.older_language
        return [
            *fieldsets,
            (None, {"fields": ("is_reviewed", "change_reason") if is_behind else ("change_reason",)}),
        ]


def note_translation(record, form):
    """Let the `record` know which of its languages what was changed in the `form` leaves behind."""
    record.note_changes({name: form.initial.get(name) for name in form.changed_data})
    if form.cleaned_data.get("is_reviewed"):
        record.older_language = ""
