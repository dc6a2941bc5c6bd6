"""Signed copies and pictures: within the form of their agreement, and one by one."""

import logging

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from modeltranslation.admin import TranslationStackedInline

from ..contents import CONTAINER, EXTENSIONS
from ..documents import sent
from ..models import Agreement, Document
from ..models.document import StorageAwayError
from .autocompletes import PrefilledAdmin
from .conflicts import UpToDateAdmin, UpToDateForm, UpToDateInline
from .deletions import DeletionAdmin
from .filters import TranslationFilter
from .publishing import PublishingAdmin, StateInline
from .record_form import RecordForm
from .saving import SavedOnceMixin
from .translations import CopyOffer, TranslatedAdmin

logger = logging.getLogger(__name__)

NOT_YET = "–"
SEEN_BY_VISITORS = gettext_lazy("Visitors see this file. Only those who may publish may replace it.")
CHOOSING = ("held", "file")  # the fields by which a file is chosen


class HeldFile(forms.CharField):
    """Says which file the page showed, by its checksum; that is no change of the document."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class DocumentForm(UpToDateForm):
    """Refuses once to replace a file by which somebody replaced the one that the officer saw.

    A published file is replaced only where the admin says that the officer `may_publish`.
    """

    may_publish = False
    held = HeldFile(label=gettext_lazy("file at present"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["held"] = self.present = self.instance.sha256
        self.keeps_file = self.instance.is_published and not self.may_publish
        if self.keeps_file and "file" in self.fields:
            self.fields["file"].widget.attrs["disabled"] = True
            self.fields["file"].help_text = SEEN_BY_VISITORS

    def clean(self):
        cleaned = super().clean()
        if getattr(cleaned.get("file"), "is_refused_by_storage", False):
            self.add_error(
                "file",
                _(
                    "The file could not be stored: the place where documents are kept cannot be reached or "
                    "is full. Tell the administrator of the server, and try again later."
                ),
            )
        if self.keeps_file and self.add_prefix("file") in self.files:
            self.add_error("file", SEEN_BY_VISITORS)
        held = self.add_prefix("held")
        is_replaced = self.data.get(held, self.present) != self.present
        if self.instance.pk and is_replaced and self.add_prefix("file") in self.files:
            self.data = self.data.copy()
            self.data[held] = self.present
            self.add_error(
                "file",
                _(
                    "While you had the page open, somebody else replaced the file. Look at the one that is "
                    "there now; if yours is the right one, choose it again."
                ),
            )
        return cleaned


class DocumentRecordForm(DocumentForm, RecordForm):
    pass


class FileAdmin:
    """Mixed into an admin or inline of documents: a file is chosen, and the one that is there is opened."""

    readonly_fields = ("present_file",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "file":
            # Browsers do not know the type of a container, only its extensions.
            accepted = {"accept": ",".join((*Document.MediaType.values, *EXTENSIONS[CONTAINER]))}
            # However long its name; and our own sentence where it is empty.
            return forms.FileField(
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
                widget=forms.FileInput(attrs=accepted),
                allow_empty_file=True,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if self.may_choose_file(request, obj):
            return fieldsets
        # Django would link to where the storage is, which serves nobody: `present_file` opens the file.
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in CHOOSING]})
            for title, options in fieldsets
        ]

    def may_choose_file(self, request, obj):
        return obj is None or self.has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("file at present"))
    def present_file(self, document):
        if document.has_new_file:  # in a form that came back; it has not been taken
            document = Document.objects.filter(pk=document.pk).first()
        if not (document and document.pk):
            return NOT_YET
        opened = reverse("admin:partners_document_file", args=[document.pk])
        link = format_html(
            '<a href="{}">{}</a> <small>{}, {}</small>',
            opened,
            document.file_name,
            document.get_media_type_display(),
            filesizeformat(document.size),
        )
        if not document.is_picture:
            return link
        picture = '<img class="present-picture" src="{}" alt="{}" width="{}" height="{}" loading="lazy">{}'
        return format_html(picture, opened, document.alternative, document.width, document.height, link)


class UploadingAdmin:
    """Mixed in first where a form takes documents: what happens to the files of one that fails."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.documents = []
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except StorageAwayError:
            logger.exception("A document cannot be stored")
            take_back(request.documents)
            # The form comes back with all that was entered, and says so.
            for file in request.FILES.values():
                file.is_refused_by_storage = True
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            take_back(request.documents)
            raise
        if request.FILES and getattr(response, "context_data", None) and response.context_data.get("errors"):
            sentence = _("Nothing has been saved yet. Choose the files again: browsers do not keep them.")
            messages.warning(request, sentence)
        return response

    def save_model(self, request, obj, form, change):
        if isinstance(obj, Document):
            request.documents.append(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        if formset.model is Document:
            request.documents += [line.instance for line in formset.forms]
        super().save_formset(request, form, formset, change)


def take_back(documents):
    """Remove the files that were stored for records that were rolled back.

    What a record or its history holds stays in any case; so does, with a name that nobody knows, what a
    server that went down had just stored.
    """
    for document in documents:
        name = document.file.name
        if document.file and not document.has_new_file and not is_held(name):
            document.file.storage.delete(name)


def is_held(name):
    return any(records.filter(file=name).exists() for records in (Document.objects, Document.history))


class DocumentInline(StateInline, UpToDateInline, FileAdmin, CopyOffer, TranslationStackedInline):
    model = Document
    form = DocumentForm
    extra = 0
    show_change_link = True
    view_on_site = False  # the file itself is one click away, whether published or not
    fields = (
        *CHOOSING,
        "present_file",
        ("title_lv", "title_en"),
        ("alternative_lv", "alternative_en"),
        "is_published",
    )

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.may_publish = self.has_publish_permission(request)
        return formset

    def may_choose_file(self, request, obj):
        return self.has_change_permission(request, obj) or self.has_add_permission(request, obj)


@admin.register(Document)
class DocumentAdmin(
    UploadingAdmin,
    PrefilledAdmin,
    PublishingAdmin,
    FileAdmin,
    SavedOnceMixin,
    UpToDateAdmin,
    DeletionAdmin,
    TranslatedAdmin,
):
    form = DocumentRecordForm
    actions = ("confirm_translation", "delete_selected")
    belongs_to = ("agreement",)
    list_display = ("name", "agreement", "media_type", "readable_size", "translation", "is_published")
    list_filter = ("media_type", "is_published", TranslationFilter)
    list_select_related = ("agreement__city",)
    search_fields = ("title_lv", "title_en", "file_name")
    list_per_page = 50
    ordering = ("-id",)
    autocomplete_fields = ("agreement",)
    fieldsets = ((None, {"fields": ("agreement", *DocumentInline.fields)}),)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.may_publish = self.has_publish_permission(request)
        return form

    def get_search_results(self, request, queryset, search_term):
        """By title and name of the file, and those of the agreements and partners that are found by it."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            of_agreements = Agreement.objects.matching(search_term).values("pk")
            found |= queryset.filter(agreement__in=of_agreements)
        return found, may_repeat

    def get_urls(self):
        file_view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", file_view, name="partners_document_file"), *super().get_urls()]

    @method_decorator(require_safe)
    def file_view(self, request, pk):
        document = Document.objects.filter(pk=pk).first()
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        if not document:
            raise Http404
        return sent(request, document, "private, no-store")

    def view_on_site(self, obj):
        return obj.get_absolute_url() if Document.objects.published().filter(pk=obj.pk).exists() else None

    @admin.display(description=gettext_lazy("document"))
    def name(self, document):
        return str(document)

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def readable_size(self, document):
        return filesizeformat(document.size)
