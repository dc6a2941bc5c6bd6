"""Two records that are the same thing: found, compared, merged, and parted again."""

import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..duplicates import likely_duplicates, named_like
from ..imports import BusyError
from ..imports.changes import Changes
from ..merging import DecisionError, GoneError, Merging, merge, undo
from ..models import Agreement, Merge
from ..resources import resource_for
from ..resources.directory import Directory
from .spreadsheets import BUSY, SpreadsheetAdmin
from .undoing import UndoableAdmin

PAIRS_ON_A_PAGE = 50
NAMING = {"name_lv", "name_en", "other_names", "country"}  # what a duplicate is known by


class MergingAdmin(SpreadsheetAdmin):
    """Finding and merging duplicates, above the list and in its actions.

    The list has to say the ``agreement_count`` of each record.
    """

    import_export_change_list_template = "admin/partners/merging_change_list.html"

    def has_merge_permission(self, request):
        is_allowed = self.has_change_permission(request) and self.has_delete_permission(request)
        return is_allowed and request.user.has_perm("partners.change_agreement")

    def get_urls(self):
        views = {"merge": self.merge_view, "duplicates": self.duplicates_view}
        own = [
            path(f"{page}/", self.admin_site.admin_view(view), name=self.url_name(page))
            for page, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def url(self, page, *args):
        return reverse(f"admin:{self.url_name(page)}", args=args)

    def merge_url(self, *records):
        query = QueryDict(mutable=True)
        query.setlist("record", [record.pk for record in records])
        return f"{self.url('merge')}?{query.urlencode()}"

    def changelist_view(self, request, extra_context=None):
        may_merge = self.has_merge_permission(request)
        return super().changelist_view(request, {"may_merge": may_merge, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change or NAMING & set(form.changed_data):
            self.warn_of_duplicates(request, obj)

    def warn_of_duplicates(self, request, record):
        for other in named_like(record):
            url, call = self.url("change", other.pk), _("Look at it")
            if self.has_merge_permission(request):
                url, call = self.merge_url(other, record), _("Compare and merge")
            sentence = _("The register already has “%(name)s” (%(key)s).")
            sentence %= {"name": other, "key": other.slug}
            messages.warning(request, format_html('{} <a href="{}">{}</a>', sentence, url, call))

    @admin.action(description=gettext_lazy("Merge into one"), permissions=("merge",))
    def merge_selected(self, request, queryset):
        return redirect(self.merge_url(*queryset.order_by("pk")[:3]))  # the page refuses a third

    def merge_view(self, request):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        asked = {pk for pk in request.GET.getlist("record") if re.fullmatch("[0-9]{1,18}", pk)}
        found = self.get_queryset(request).filter(pk__in=asked)
        records = sorted(found, key=lambda record: (-record.agreement_count, record.pk))
        if len(records) != 2:
            messages.error(request, _("Select exactly two records to merge."))
            return redirect(self.url("changelist"))
        if request.method == "POST":
            kept = next((record for record in records if str(record.pk) == request.POST.get("kept")), None)
            if kept:
                [duplicate] = set(records) - {kept}
                return self.merge_two(request, kept, duplicate)
            messages.error(request, _("Choose the record that is kept."))
        return self.page(
            request,
            "merge",
            _("Merge into one"),
            choices=list(self.choices(records)),
            rows=self.compared(records),
        )

    def choices(self, records):
        """Each of the two, and what it would mean to keep it."""
        resource = resource_for(self.model)
        for record, other in zip(records, reversed(records), strict=True):
            merging = Merging(record, other)
            yield merging, [resource.label(column) for column in merging.filled]

    def compared(self, records):
        """Every column with what the two have in it."""
        resource, directory = resource_for(self.model), Directory()
        held = resource.current([record.slug for record in records])
        cells = [held[record.slug][1] for record in records]
        for column, first, second in zip(resource.columns, *cells, strict=True):
            name = column.column_name
            yield (resource.label(name), *(resource.shown(name, cell, directory) for cell in (first, second)))

    def merge_two(self, request, kept, duplicate):
        try:
            merged = merge(kept, duplicate, request.user)
        except GoneError:
            messages.error(request, _("Nothing was merged: one of the two is no longer in the register."))
            return redirect(self.url("changelist"))
        except BusyError:
            messages.error(request, BUSY)
            return redirect(self.merge_url(kept, duplicate))
        except DecisionError:
            sentence = _(
                "Nothing was merged: it would decide on what visitors see. Keep the other one, or ask "
                "somebody who may publish."
            )
            messages.error(request, sentence)
            return redirect(self.merge_url(kept, duplicate))
        self.log_change(request, kept, str(merged))
        self.log_deletions(request, [duplicate])
        url = self.url("change", kept.pk)
        done = format_html(_('“{}” was merged into <a href="{}">“{}”</a>.'), duplicate, url, kept)
        if request.user.has_perm("partners.view_merge"):
            undo_url = reverse("admin:partners_merge_change", args=[merged.pk])
            done = format_html(
                '{} <a href="{}">{}</a>', done, undo_url, _("See what was changed, or undo it")
            )
        messages.success(request, done)
        return redirect(url)

    def duplicates_view(self, request):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        paginator = Paginator(likely_duplicates(self.model), PAIRS_ON_A_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        pairs = [(pair, self.merge_url(pair.first, pair.second)) for pair in page]
        pages = paginator.get_elided_page_range(page.number)
        return self.page(request, "duplicates", _("Likely duplicates"), pairs=pairs, page=page, pages=pages)

    def page(self, request, name, title, **context):
        request.current_app = self.admin_site.name
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/partners/{name}.html", context)


@admin.register(Merge)
class MergeAdmin(UndoableAdmin):
    list_display = ("duplicate_name", "kept_name", "subject", "merged_at", "merged_by", "undone_at")
    list_filter = ("subject", "merged_by")
    search_fields = ("duplicate_name", "kept_name", "duplicate_slug")
    fields = (
        "subject",
        ("duplicate_name", "duplicate_slug"),
        ("kept_name", "moved_count"),
        ("merged_at", "merging_account"),
        ("undone_at", "undoing_account"),
    )
    words = {
        "offer": gettext_lazy("Undo this merge"),
        "confirm": gettext_lazy("Undo the merge"),
        "promise": gettext_lazy("There will be two records again, each with what it had before the merge."),
        "done": gettext_lazy("The merge is undone: the register is as it was before."),
        "already": gettext_lazy("This merge has been undone already."),
        "nothing": gettext_lazy("Nothing but that the merged record is gone."),
    }

    @admin.display(description=gettext_lazy("merged by"))
    def merging_account(self, record):
        return record.merged_by or self.get_empty_value_display()

    def get_queryset(self, request):
        """The merges of what this officer may see."""
        may_see = [code for code in Merge.Subject.values if request.user.has_perm(f"partners.view_{code}")]
        merges = super().get_queryset(request).filter(subject__in=may_see)
        return merges.select_related("merged_by", "undone_by")

    def has_undo_permission(self, request, record):
        """Undoing makes the merged record anew and changes the kept one and the agreements."""
        needed = [f"partners.add_{record.subject}", f"partners.change_{record.subject}"]
        needed.append("partners.change_agreement")
        if record.was_decision:
            needed.append(f"partners.publish_{record.subject}")
        return self.has_view_permission(request) and request.user.has_perms(needed)

    def changes_of(self, record, page):
        return [Changes(record.model, merge=record), Changes(Agreement, page, merge=record)]

    def undo(self, record, user):
        undo(record, user)

    def edited_since(self, count):
        return ngettext(
            "Nothing was undone: this record was changed since the merge: %(keys)s.",
            "Nothing was undone: %(count)d records were changed since the merge: %(keys)s.",
            count,
        )
