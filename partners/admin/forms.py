"""What an officer fills in to import or export a spreadsheet."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export.forms import ExportForm

from ..exports import EXCHANGE, has_several_sheets
from ..reports import REPORTS
from .conflicts import KEY


class RecordsField(forms.ModelMultipleChoiceField):
    """Refuses what can be no key of a record, and does not ask the database for it."""

    def clean(self, value):
        for key in value or ():
            if not KEY.fullmatch(str(key)):
                sentence = self.error_messages["invalid_pk_value"]
                raise ValidationError(sentence, code="invalid_pk_value", params={"pk": key})
        return super().clean(value)


class UploadForm(forms.Form):
    import_file = forms.FileField(
        label=_("File to import"),
        allow_empty_file=True,  # the reader says so in the same words as of a file with blank rows
        help_text=_("XLSX, ODS or CSV. You will see what it would do before anything is changed."),
    )


class ConfirmForm(forms.Form):
    """Confirms the file that was previewed, and the unknown fields of cooperation to be created."""

    upload = forms.IntegerField(widget=forms.HiddenInput)
    create = forms.MultipleChoiceField(
        label=_("Create these fields of cooperation"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, unknown_fields=None, **kwargs):
        super().__init__(*args, **kwargs)
        if unknown_fields:
            choices = [(name, f"{name}{guess}") for name, guess in unknown_fields.items()]
            self.fields["create"].choices = choices
        else:
            del self.fields["create"]


class SpreadsheetExportForm(ExportForm):
    """What to export and in which format; without `content` it is the exchange format."""

    content = forms.ChoiceField(label=_("Contents"), required=False, widget=forms.RadioSelect)
    field_order = ("content", "format")

    def __init__(self, formats, resources, *, reports, **kwargs):
        super().__init__(formats, resources, **kwargs)
        self.formats = formats
        self.fields["content"].initial = next(iter(reports), EXCHANGE)
        self.fields["content"].choices = [(_("For exchange"), [(EXCHANGE, exchange_label(resources))])]
        if reports:
            choices = [(key, report.label) for key, report in reports.items()]
            people = _("For people, in the language of this page")
            self.fields["content"].choices = [(people, choices), *self.fields["content"].choices]
        self.fields["format"].choices = [choice for choice in self.fields["format"].choices if choice[0]]
        self.fields["format"].initial = "0"
        self.fields["format"].widget = forms.RadioSelect(choices=self.fields["format"].choices)
        # Only numbers come in, and only records that the officer sees are looked up by them.
        self.fields["export_items"] = forms.TypedMultipleChoiceField(
            coerce=int, widget=forms.MultipleHiddenInput, required=False
        )
        self.fields["export_items"].valid_value = re.compile("[0-9]{1,18}").fullmatch

    def clean(self):
        content = self.cleaned_data.get("content") or EXCHANGE
        is_format_known = "format" in self.cleaned_data
        if is_format_known and has_several_sheets(content) and not self.file_format.several_sheets:
            raise ValidationError(_("This report has several sheets: choose XLSX or ODS."), code="sheets")
        return {**self.cleaned_data, "content": content}

    @property
    def content_name(self):
        """What the content is called in the name of a file; the exchange format goes without saying."""
        report = REPORTS.get(self.cleaned_data["content"])
        return str(report.label) if report else ""

    @property
    def file_format(self):
        return self.formats[int(self.cleaned_data["format"])]()


def exchange_label(resources):
    """What the exchange format is for; whether it holds notes for colleagues depends on the list."""
    if any("internal_note" in resource.fields for resource in resources):
        return _(
            "All data in both languages with keys and codes, internal notes included: to be edited in a "
            "spreadsheet and imported again, or read by programs."
        )
    return _(
        "All data in both languages with keys and codes: to be edited in a spreadsheet and imported again, "
        "or read by programs."
    )
