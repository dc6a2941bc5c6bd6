"""Deleting among colleagues: nothing is deleted that was changed unseen, and nothing typed goes with it."""

from itertools import chain, islice

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import actions
from django.db import transaction
from django.db.models import PROTECT
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..imports.lock import share_register
from .conflicts import KEY

MOST_NAMED = 20  # records on a page that asks before deleting
RECOVER = "_recover"  # the button that brings a deleted record back and saves what was written


class DeletedObjectsAdmin:
    """Mixed into a ModelAdmin: the page that asks before deleting lists what people know of, up to a number.

    However many records there are, only the named ones are read with what belongs to them.
    """

    def get_deleted_objects(self, objs, request):
        objs = list(objs)
        if protected := self.protected(objs, request):
            return [], {}, set(), protected
        named, others = objs[:MOST_NAMED], objs[MOST_NAMED:]
        to_delete, counts, lacking, protected = super().get_deleted_objects(named, request)
        if not all(self.has_delete_permission(request, obj) for obj in others):
            lacking.add(self.opts.verbose_name)
        # Rows that link two records have no name that would tell anybody anything.
        links = [
            model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created
        ]
        begins = tuple(f"{capfirst(opts.verbose_name)}: {opts.object_name} object (" for opts in links)
        names = {opts.verbose_name_plural for opts in links}
        counts = {name: count for name, count in counts.items() if name not in names}
        if others:
            counts[self.opts.verbose_name_plural] = len(objs)
        shown, count = shortened(without(begins, to_delete), MOST_NAMED)
        return [*shown, *and_more(count + len(others) - MOST_NAMED)], counts, lacking, protected

    def protected(self, objs, request):
        """The first records that keep `objs` from being deleted, as they are shown; and how many more."""
        found = list(self.protecting([obj.pk for obj in objs]))
        records = chain.from_iterable(queryset.select_related()[:MOST_NAMED] for queryset in found)
        shown = [self.reference(record, request) for record in islice(records, MOST_NAMED)]
        return [*shown, *and_more(sum(queryset.count() for queryset in found) - MOST_NAMED)]

    def protecting(self, pks):
        """The querysets of the records that keep those with the keys `pks` from being deleted."""
        for relation in self.opts.related_objects:
            if relation.on_delete is PROTECT:
                yield relation.related_model.objects.filter(**{f"{relation.field.name}__in": pks})

    def reference(self, record, request):
        opts = record._meta
        if not self.admin_site.get_model_admin(type(record)).has_view_permission(request, record):
            return f"{capfirst(opts.verbose_name)}: {record}"
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
        return format_html('{}: <a href="{}">{}</a>', capfirst(opts.verbose_name), address, record)


def and_more(count):
    """What ends a list that leaves out `count` records; nothing where it leaves out none."""
    if count <= 0:
        return []
    sentence = ngettext("and %(count)d more record", "and %(count)d more records", count)
    return [sentence % {"count": count}]


def shortened(texts, room):
    """The first `room` of the nested lists of `texts`, and how many there are in all of them."""
    kept, count = [], 0
    for text in texts:
        if isinstance(text, list):
            inner, number = shortened(text, max(room - count, 0))
            kept += [inner] if inner else []
            count += number
        else:
            kept += [text] if count < room else []
            count += 1
    return kept, count


def without(begins, texts):
    """The nested lists of `texts` without those that begin so."""
    nested = (without(begins, text) if isinstance(text, list) else text for text in texts)
    return [text for text in nested if text and not (isinstance(text, str) and text.startswith(begins))]


class DeletionAdmin(DeletedObjectsAdmin):
    """Mixed into a HistoryAdmin with an UpToDateForm."""

    delete_confirmation_template = "admin/partners/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/partners/delete_selected_confirmation.html"

    # Deleting what somebody else changed since the page that asks was sent

    def delete_view(self, request, object_id, extra_context=None):
        if not KEY.fullmatch(object_id):
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic():
            last_change = self.last_change([object_id], is_locked=request.method == "POST")
            if request.method == "POST" and not self.has_seen(request, last_change):
                request.POST = QueryDict()  # ask again
            context = {**(extra_context or {}), "last_change": last_change, "is_kept": True}
            return super().delete_view(request, object_id, context)

    @admin.action(permissions=["delete"], description=actions.delete_selected.short_description)
    def delete_selected(self, request, queryset):
        with transaction.atomic():
            is_confirmed = "post" in request.POST
            last_change = self.last_change(queryset.order_by().values("pk"), is_locked=is_confirmed)
            if is_confirmed and not self.has_seen(request, last_change):
                request.POST = request.POST.copy()
                del request.POST["post"]  # ask again
            answer = actions.delete_selected(self, request, queryset)
        if answer:
            answer.context_data |= {"last_change": last_change, "is_kept": True}
        return answer

    def last_change(self, pks, is_locked):
        """The newest row in the history of the records `pks`; `is_locked`, nobody adds one meanwhile."""
        if is_locked:
            share_register()
            list(
                self.model.objects.filter(pk__in=pks)
                .select_for_update(no_key=True)
                .order_by("pk")
                .values_list("pk")
            )
        rows = self.model.history.filter(id__in=pks).select_related("history_user")
        return rows.order_by("-history_id").first()

    def has_seen(self, request, last_change):
        if request.POST.get("last_change") == (str(last_change.pk) if last_change else ""):
            return True
        messages.warning(
            request,
            _("Nothing was deleted: somebody changed this while you had the page open. Look at it again."),
        )
        return False

    # Saving what somebody else has deleted

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        deletion = self.deletion_of(request, object_id) if request.method == "POST" and object_id else None
        if not deletion or (RECOVER in request.POST and self.restored(request, deletion, str(deletion.pk))):
            return super().changeform_view(request, object_id, form_url, extra_context)
        return self.deleted_meanwhile_view(request, deletion)

    def deletion_of(self, request, object_id):
        """The row of history with which the record was deleted, for those who might have changed it."""
        if not KEY.fullmatch(object_id) or not self.has_change_permission(request):
            return None
        if self.model.objects.filter(pk=object_id).exists():
            return None
        return self.model.history.filter(id=object_id, history_type="-").first()

    def deleted_meanwhile_view(self, request, deletion):
        form = self.get_form(request)(request.POST)
        formsets, _inlines = self._create_formsets(request, self.model(), change=False)
        lines = [line for formset in formsets for line in formset.forms]
        context = {
            **self.admin_site.each_context(request),
            "title": _("“%(record)s” has been deleted") % {"record": deletion.known_as},
            "opts": self.opts,
            "deletion": deletion,
            "written": [pair for each in (form, *lines) for pair in each.written],
            "posted": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name not in ("csrfmiddlewaretoken", RECOVER)
            ],
            "had_files": bool(request.FILES),
            "may_recover": not deletion.merge_id and self.may_restore(request, None),
            "RECOVER": RECOVER,
        }
        return TemplateResponse(request, "admin/partners/deleted_meanwhile.html", context, status=409)
