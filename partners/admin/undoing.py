"""What was done to the register at a stroke, each time with what it changed and a way back."""

from itertools import chain

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from ..imports import BusyError, EditedSinceError, UndoneAlreadyError
from .spreadsheets import BUSY, named

UNDONE = gettext_noop("Undone")  # as Django's history shows it, in the language of its reader


class UndoableAdmin(admin.ModelAdmin):
    """Imports and merges: looked at, undone, and otherwise left alone."""

    change_form_template = "admin/partners/undoable.html"
    empty_value_display = "–"
    words: dict = {}  # what is said of undoing, and where nothing was changed

    def changes_of(self, record, page):
        """The Changes that `record` made; of the last of them the page `page`."""
        raise NotImplementedError

    def undo(self, record, user):
        raise NotImplementedError

    def edited_since(self, count):
        """The sentence that `count` records stand in the way, with a place for their keys."""
        raise NotImplementedError

    def has_undo_permission(self, request, record):
        raise NotImplementedError

    # Django would lead to the account even those who may not see it.

    @admin.display(description=gettext_lazy("undone by"))
    def undoing_account(self, record):
        return record.undone_by or self.get_empty_value_display()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_urls(self):
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", view, name=self.url_name("undo")), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, object_id)
        if record and self.has_view_permission(request, record):
            changes = self.changes_of(record, request.GET.get("page"))
            extra_context = {
                "changes": changes[-1],
                "written": chain.from_iterable(changes),
                "may_undo": not record.undone_at and self.has_undo_permission(request, record),
                "undo_url": reverse(f"admin:{self.url_name('undo')}", args=[record.pk]),
                "words": self.words,
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_POST)
    def undo_view(self, request, pk):
        record = self.get_queryset(request).filter(pk=pk).first()
        if not record:
            raise Http404
        self.undo_one(request, record)
        return redirect(f"admin:{self.url_name('change')}", pk)

    def undo_one(self, request, record):
        if not self.has_undo_permission(request, record):
            raise PermissionDenied
        try:
            self.undo(record, request.user)
        except UndoneAlreadyError:
            messages.error(request, self.words["already"])
        except BusyError:
            messages.error(request, BUSY)
        except EditedSinceError as error:
            count = len(error.records)
            sentence = self.edited_since(count) % {"count": count, "keys": named(error.records)}
            messages.error(request, sentence)
        else:
            self.log_change(request, record, [{"changed": {"fields": [UNDONE]}}])
            messages.success(request, self.words["done"])
