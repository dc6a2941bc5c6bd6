"""Two languages in step: how each record stands, and the word of an officer that it is right."""

from django.contrib import admin, messages
from django.forms.widgets import Script
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin
from modeltranslation.fields import TranslationField

from ..history import record_history
from ..models.record import OTHER_LANGUAGE, Translation
from .history import HistoryAdmin
from .record_form import RecordFormAdmin

COPY = {
    "lv": gettext_lazy("Copy the English text as a start"),
    "en": gettext_lazy("Copy the Latvian text as a start"),
}


class CopyOffer:
    """Mixed into an admin or inline: an empty text offers to begin with the one in the other language."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield and isinstance(db_field, TranslationField):
            formfield.widget.attrs["data-copy"] = COPY[db_field.language]
        return formfield


class TranslatedAdmin(RecordFormAdmin, HistoryAdmin, CopyOffer, TranslationAdmin):
    """What all records in two languages have in common in the admin."""

    class Media:
        js = [Script("partners/admin.js", type="module")]

    @admin.display(description=gettext_lazy("translation"))
    def translation(self, record):
        states = {language: record.translation(language) for language in OTHER_LANGUAGE}
        behind = [
            f"{language.upper()}: {state.label}"
            for language, state in states.items()
            if state != Translation.COMPLETE
        ]
        return ", ".join(behind) or Translation.COMPLETE.label

    @admin.action(
        description=gettext_lazy("Confirm that both languages are in step"), permissions=("change",)
    )
    def confirm_translation(self, request, queryset):
        pks = list(
            queryset.model.objects.filter(pk__in=queryset.values("pk"))
            .exclude(older_language="")
            .values_list("pk", flat=True)
        )
        queryset.model.objects.filter(pk__in=pks).update(older_language="")
        record_history(queryset.model, pks, "~", request.user, reason=_("Both languages are in step"))
        sentence = ngettext("%(count)d record confirmed.", "%(count)d records confirmed.", len(pks))
        if pks:
            messages.success(request, sentence % {"count": len(pks)})
        else:
            messages.info(request, _("There was nothing to confirm: no text of them is to be reviewed."))
