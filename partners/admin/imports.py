"""The imports that were made, each with what it changed and a way back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from django.views.decorators.http import require_POST

from ..imports import BusyError, EditedSinceError, UndoneAlreadyError, undo
from ..imports.changes import Changes
from ..models import CooperationField, SpreadsheetImport
from .spreadsheets import BUSY, named

UNDONE = gettext_noop("Undone")  # as Django's history shows it, in the language of its reader


@admin.register(SpreadsheetImport)
class SpreadsheetImportAdmin(admin.ModelAdmin):
    list_display = (
        "file_name",
        "subject",
        "applied_at",
        "imported_by",
        "new_count",
        "changed_count",
        "undone_at",
    )
    list_filter = ("subject", "imported_by")
    search_fields = ("file_name", "checksum")
    actions = ("undo_selected",)
    change_form_template = "admin/partners/spreadsheet_import.html"
    empty_value_display = "–"
    fields = (
        "subject",
        ("applied_at", "imported_by"),
        "checksum",
        ("new_count", "changed_count", "unchanged_count"),
        ("undone_at", "undone_by"),
    )

    def get_queryset(self, request):
        """The imports of what this officer may see."""
        may_see = [
            code
            for code in SpreadsheetImport.Subject.values
            if request.user.has_perm(f"partners.view_{code}")
        ]
        applied = super().get_queryset(request).applied().filter(subject__in=may_see)
        return applied.select_related("imported_by", "undone_by")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_undo_permission(self, request, spreadsheet_import=None):
        """Undoing writes what importing wrote, and deletes what it created."""
        if not self.has_view_permission(request):
            return False
        if not spreadsheet_import:
            return True
        verbs = ["add", "change", *(["delete"] if spreadsheet_import.new_count else [])]
        needed = {f"partners.{verb}_{spreadsheet_import.subject}" for verb in verbs}
        if CooperationField.history.filter(spreadsheet_import=spreadsheet_import).exists():
            needed.add("partners.delete_cooperationfield")
        return request.user.has_perms(needed)

    def get_urls(self):
        name = "partners_spreadsheetimport_undo"
        return [
            path("<int:pk>/undo/", self.admin_site.admin_view(self.undo_view), name=name),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        spreadsheet_import = self.get_object(request, object_id)
        if spreadsheet_import and self.has_view_permission(request, spreadsheet_import):
            extra_context = {
                "changes": Changes(spreadsheet_import, request.GET.get("page")),
                "may_undo": not spreadsheet_import.undone_at
                and self.has_undo_permission(request, spreadsheet_import),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_POST)
    def undo_view(self, request, pk):
        spreadsheet_import = self.get_queryset(request).filter(pk=pk).first()
        if not spreadsheet_import:
            raise Http404
        self.undo_one(request, spreadsheet_import)
        return redirect(reverse("admin:partners_spreadsheetimport_change", args=[pk]))

    @admin.action(description=gettext_lazy("Undo the selected import"), permissions=("undo",))
    def undo_selected(self, request, queryset):
        if queryset.count() != 1:
            messages.error(request, _("Undo one import at a time, the newest first."))
        else:
            self.undo_one(request, queryset.get())

    def undo_one(self, request, spreadsheet_import):
        if not self.has_undo_permission(request, spreadsheet_import):
            raise PermissionDenied
        try:
            undo(spreadsheet_import, request.user)
        except UndoneAlreadyError:
            messages.error(request, _("This import has been undone already."))
        except BusyError:
            messages.error(request, BUSY)
        except EditedSinceError as error:
            sentence = ngettext(
                "Nothing was undone: this record was changed or used since the import: %(keys)s.",
                "Nothing was undone: %(count)d records were changed or used since the import: %(keys)s.",
                len(error.records),
            )
            keys = named(error.records)
            messages.error(request, sentence % {"count": len(error.records), "keys": keys})
        else:
            self.log_change(request, spreadsheet_import, [{"changed": {"fields": [UNDONE]}}])
            messages.success(request, _("The import is undone: the register is as it was before."))
