"""Every change of a record: who, when, from what to what and why; and the way back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..history import past_states, present_states, record_history, unrecorded
from ..imports.lock import share_register
from ..models import Agreement, City
from ..roles import is_shown, may, standing
from ..versions import Reader, TornError, restore
from .conflicts import KEY
from .record_form import note_translation

VERSIONS_ON_A_PAGE = 25


class HistoryAdmin:
    """Mixed into a ModelAdmin: what its forms save is one version each, and its history page leads back."""

    change_list_template = "admin/partners/record_list.html"

    # Writing

    def save_model(self, request, obj, form, change):
        if change and not form.has_changed():
            return  # a form that was saved untouched is no change of the record
        remember(type(obj), [obj.pk] if change else [])
        note_translation(obj, form)
        obj.skip_history_when_saving = True  # until its many-to-many is saved too
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and not form.has_changed():
            return
        obj = form.instance
        del obj.skip_history_when_saving
        reason = form.cleaned_data.get("change_reason") or None
        record_history(type(obj), [obj.pk], "~" if change else "+", request.user, reason=reason)

    def save_formset(self, request, form, formset, change):
        reason = form.cleaned_data.get("change_reason") or None
        changed = [line for line in formset.initial_forms if line.has_changed()]
        remember(formset.model, [line.instance.pk for line in changed])
        for line in changed:
            note_translation(line.instance, line)
        for line in formset.forms:
            line.instance.skip_history_when_saving = True
        super().save_formset(request, form, formset, change)
        for kind, records in (
            ("+", formset.new_objects),
            ("~", [record for record, _fields in formset.changed_objects]),
        ):
            pks = [record.pk for record in records]
            record_history(formset.model, pks, kind, request.user, reason=reason)

    # Reading

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("deleted/", self.admin_site.admin_view(self.deleted_view), name=f"{name}_deleted"),
            path(
                "<int:pk>/history/<int:version>/restore/",
                self.admin_site.admin_view(self.restore_view),
                name=f"{name}_restore",
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        rows = (
            self.model.history.filter(id=object_id) if KEY.fullmatch(object_id) else self.model.history.none()
        )
        record = self.get_object(request, object_id)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        newest = rows.first()
        if not (record or newest):
            raise Http404
        page = Paginator(
            rows.select_related("history_user", "spreadsheet_import", "merge"), VERSIONS_ON_A_PAGE
        ).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(record)s") % {"record": record or newest.known_as},
            "opts": self.opts,
            "record": record,
            "object_id": object_id,
            "versions": versions(self.model, page),
            "compared": self.side_by_side(request, rows),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "may_restore": self.may_restore(request, record),
            "newest": newest,
        }
        return TemplateResponse(request, "admin/partners/history.html", context)

    def side_by_side(self, request, rows):
        """Two versions side by side, as the address asks: the older one first, and every field."""
        asked = [value for name in ("old", "new") if KEY.fullmatch(value := request.GET.get(name, ""))]
        chosen = list(rows.filter(history_id__in=asked).order_by("history_id")) if len(asked) == 2 else []
        if len(chosen) != 2:
            return None
        states = {row.pk: past_states(self.model, [row.pk])[row.id] for row in chosen}
        older, newer = chosen
        differences = list(Reader(self.model).differences(states[older.pk], states[newer.pk]))
        return {"older": older, "newer": newer, "differences": differences}

    def may_restore(self, request, record):
        return self.has_change_permission(request, record) and (record or self.has_add_permission(request))

    def may_bring_back(self, request, record, version):
        """Whether that `version` was published or not, and with what, is no matter, or may be decided."""
        return standing(version) == standing(record) or may(request.user, "publish", self.model)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def restore_view(self, request, pk, version):
        """Ask first, with what would change and what leaves the site; restore once that is confirmed."""
        row = self.model.history.filter(id=pk, history_id=version).first()
        if not row:
            raise Http404
        if request.method != "POST":
            return self.restore_confirmation(request, row)
        self.restored(request, row, seen=request.POST.get("newest"))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", pk)

    def restore_confirmation(self, request, row):
        record = self.model.objects.filter(pk=row.id).first()
        if not self.may_restore(request, record):
            raise PermissionDenied
        newest = self.model.history.filter(id=row.id).order_by("-history_id").first()
        present = present_states(self.model, [row.id]).get(row.id, {})
        past = past_states(self.model, [row.pk])[row.id]
        when = date_format(localtime(row.history_date), "DATETIME_FORMAT")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Restore the version of %(when)s?") % {"when": when},
            "opts": self.opts,
            "record": record,
            "object_id": row.id,
            "newest": newest,
            "changes": Reader(self.model).changes(present, past),
            "may_bring_back": self.may_bring_back(request, record, row),
            **self.publication_effects(record, row),
        }
        return TemplateResponse(request, "admin/partners/restore.html", context)

    def publication_effects(self, record, row):
        """Whether the page of `record` leaves the site or comes to it, and how many agreements leave."""
        was_shown, is_shown_then = is_shown(record), is_shown(row)
        # A text of the site has no drafts, but is found by its place.
        moves = record is not None and getattr(record, "place", "") != getattr(row, "place", "")
        leaves = (was_shown and not is_shown_then) or moves
        agreements = 0
        if leaves and self.model is City:
            agreements = Agreement.objects.published().filter(city=record).count()
        return {
            "leaves_site": leaves,
            "comes_to_site": is_shown_then and not was_shown,
            "agreements_leaving": agreements,
        }

    def restored(self, request, row, seen):
        """Whether the record is now as it was in the `row` of its history; either way the officer is told.

        `seen` is the primary key of the newest row that the officer knows of, as a text.
        """
        with transaction.atomic():
            share_register()
            record = self.model.objects.select_for_update(no_key=True).filter(pk=row.id).first()
            if not self.may_restore(request, record):
                raise PermissionDenied
            newest = self.model.history.filter(id=row.id).order_by("-history_id").first()
            if seen != str(newest.pk):
                sentence = _(
                    "Nothing was restored: somebody changed the record while you had the page open. "
                    "Look at what is new."
                )
                messages.warning(request, sentence)
                return False
            if not self.may_bring_back(request, record, row):
                sentence = _(
                    "Nothing was restored: restoring this version would publish the record or withdraw it. "
                    "Ask somebody who may publish."
                )
                messages.error(request, sentence)
                return False
            was_published = bool(standing(record))
            when = date_format(localtime(row.history_date), "DATETIME_FORMAT")
            reason = _("Restored the version of %(when)s") % {"when": when}
            try:
                remember(self.model, [row.id] if record else [])
                restored = restore(self.model, row, request.user, reason[:100])
            except TornError as error:
                sentence = _(
                    "Nothing was restored: this version needs records that are no longer there: %(names)s. "
                    "Recover them first."
                )
                messages.error(request, sentence % {"names": ", ".join(error.names)})
                return False
            except ValidationError as error:
                sentence = _("Nothing was restored: %(reasons)s")
                messages.error(request, sentence % {"reasons": " ".join(error.messages)})
                return False
            self.log_change(request, restored, reason)
            messages.success(request, _("The record is as it was on %(when)s.") % {"when": when})
            is_published = bool(standing(restored))
            if is_published and not was_published:
                messages.warning(request, _("It is published now."))
            elif was_published and not is_published:
                messages.warning(request, _("It is no longer published."))
            return True

    def deleted_view(self, request):
        """The records that are no longer there, the last deleted first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        present = self.model.objects.filter(pk=OuterRef("id"))
        came_back = self.model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
        rows = (
            self.model.history.filter(~Exists(present), ~Exists(came_back), history_type="-")
            .select_related("history_user")
            .order_by("-history_id")
        )
        page = Paginator(rows, VERSIONS_ON_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted: %(records)s") % {"records": self.opts.verbose_name_plural},
            "opts": self.opts,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
        }
        return TemplateResponse(request, "admin/partners/deleted.html", context)


def remember(model, pks):
    """Keep how the records `pks` stand, if their history does not know: they were loaded, not entered."""
    record_history(model, unrecorded(model, pks), "~")


def versions(model, page):
    """The rows of history on `page`, each with what it changed; left out are those that say nothing new."""
    rows = list(page)
    if not rows:
        return []
    earlier = model.history.filter(id=rows[-1].id, history_id__lt=rows[-1].pk).first()
    states = [past_states(model, [row.pk])[row.id] for row in [*rows, *([earlier] if earlier else [])]]
    reader, told = Reader(model), []
    for place, row in enumerate(rows):
        before = states[place + 1] if place + 1 < len(states) and row.history_type == "~" else {}
        changes = reader.changes(before, states[place]) if row.history_type != "-" else []
        if changes or row.history_type == "-" or row.history_change_reason:
            told.append((row, changes))
    return told
