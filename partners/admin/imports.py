"""The imports that were made, each with what it changed and a way back."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..imports import undo
from ..imports.changes import Changes
from ..models import CooperationField, SpreadsheetImport
from ..publishing import is_decided_by_undoing
from .undoing import UndoableAdmin


@admin.register(SpreadsheetImport)
class SpreadsheetImportAdmin(UndoableAdmin):
    list_display = (
        "file_name",
        "subject",
        "applied_at",
        "imported_by",
        "new_count",
        "changed_count",
        "lost_count",
        "undone_at",
    )
    list_filter = ("subject", "imported_by")
    search_fields = ("file_name", "checksum")
    actions = ("undo_selected",)
    fields = (
        "subject",
        ("applied_at", "importing_account"),
        "checksum",
        ("new_count", "changed_count", "unchanged_count"),
        "lost_count",
        ("undone_at", "undoing_account"),
    )
    words = {
        "offer": gettext_lazy("Undo this import"),
        "confirm": gettext_lazy("Undo the import"),
        "promise": gettext_lazy("The register will be as it was before the import."),
        "done": gettext_lazy("The import is undone: the register is as it was before."),
        "already": gettext_lazy("This import has been undone already."),
        "nothing": gettext_lazy("Nothing: the register said all this already."),
    }

    @admin.display(description=gettext_lazy("imported by"))
    def importing_account(self, record):
        return record.imported_by or self.get_empty_value_display()

    def get_queryset(self, request):
        """The imports of what this officer may see."""
        may_see = [
            code
            for code in SpreadsheetImport.Subject.values
            if request.user.has_perm(f"partners.view_{code}")
        ]
        applied = super().get_queryset(request).applied().filter(subject__in=may_see)
        return applied.select_related("imported_by", "undone_by")

    def has_undo_permission(self, request, record=None):
        """Undoing writes what importing wrote, deletes what it created, and may publish by it or withdraw."""
        if not self.has_view_permission(request):
            return False
        if not record:
            return True
        verbs = ["add", "change", *(["delete"] if record.new_count else [])]
        needed = {f"partners.{verb}_{record.subject}" for verb in verbs}
        if CooperationField.history.filter(spreadsheet_import=record).exists():
            needed.add("partners.delete_cooperationfield")
        if is_decided_by_undoing(record):
            needed.add(f"partners.publish_{record.subject}")
        return request.user.has_perms(needed)

    @admin.action(description=gettext_lazy("Undo the selected import"), permissions=("undo",))
    def undo_selected(self, request, queryset):
        if queryset.count() != 1:
            messages.error(request, _("Undo one import at a time, the newest first."))
        else:
            self.undo_one(request, queryset.get())

    def changes_of(self, record, page):
        return [Changes(record.model, page, spreadsheet_import=record)]

    def undo(self, record, user):
        undo(record, user)

    def edited_since(self, count):
        return ngettext(
            "Nothing was undone: this record was changed or used since the import: %(keys)s.",
            "Nothing was undone: %(count)d records were changed or used since the import: %(keys)s.",
            count,
        )
