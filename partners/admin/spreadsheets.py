"""Import and export above each list of the register."""

import io
import re
from functools import wraps
from tempfile import TemporaryFile
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin

from ..accounts.audit import note
from ..exports import EXCHANGE, sheets
from ..formats import CSV, EXPORT_FORMATS, XLSX, UnreadableError, read, read_export_time
from ..imports import AppliedAlreadyError, BusyError, Plan, StaleError, apply
from ..imports.plan import read_through
from ..imports.preview import Preview
from ..imports.questions import ALL_ROWS, ANOTHER, ANSWER, THE_SAME, answers_in, as_fields
from ..imports.refused import refused_rows
from ..imports.slots import TooManyPlansError, planning_slot
from ..models import CooperationField, SpreadsheetImport
from ..reports import reports_for
from ..resources import resource_for
from ..roles import may
from .forms import ConfirmForm, SpreadsheetExportForm, UploadForm

MOST_NAMED = 5  # records that one message names
BUSY = gettext_lazy("Others are changing the register just now. Wait a moment and try again.")


def in_a_planning_slot(view):
    """Let the officer wait while too many files are being planned."""

    @wraps(view)
    def limited(request, *args, **kwargs):
        try:
            with planning_slot(request.user.pk):
                return view(request, *args, **kwargs)
        except TooManyPlansError:
            return wait(request)

    return limited


def wait(request):
    """The page that says so. It leads back to the preview of a file that is kept already."""
    kept = {name: request.POST[name] for name in request.POST if name == "upload" or ANSWER.fullmatch(name)}
    again = f"../import/?{urlencode(kept)}" if kept else request.get_full_path()
    context = {**admin.site.each_context(request), "title": _("Import"), "again": again}
    response = TemplateResponse(request, "admin/import_export/wait.html", context, status=429)
    response["Retry-After"] = "5"
    return response


class SpreadsheetAdmin(ImportExportMixin):
    """Import with a preview of what would change, export of what the list shows or of what is selected."""

    export_formats = EXPORT_FORMATS

    @property
    def resource_classes(self):
        return (type(resource_for(self.model)),)

    def has_import_permission(self, request):
        # What a row would do needs the permission for that, too: see imports/limits.py.
        return may(request.user, "import", self.model) and self.has_view_permission(request)

    def has_export_permission(self, request):
        return may(request.user, "export", self.model) and self.has_view_permission(request)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_import_refused"
        refused = path("import/refused/", self.admin_site.admin_view(self.refused_action), name=name)
        return [refused, *super().get_urls()]

    # Import

    def import_action(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "upload" in request.GET:
            return self.preview_action(request)
        return (
            self.upload_action(request)
            if request.method == "POST"
            else self.answer(request, form=UploadForm())
        )

    @method_decorator(in_a_planning_slot)
    def preview_action(self, request):
        waiting = self.waiting(request, request.GET["upload"])
        return self.preview(request, waiting) if waiting else self.choose_again(request)

    @method_decorator(in_a_planning_slot)
    def upload_action(self, request):
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["import_file"]
            try:
                read_through(resource_for(self.model), read(file))
            except UnreadableError as error:
                form.add_error("import_file", str(error))
            else:
                return self.redirect_to_preview(self.keep(request, file))
        return self.answer(request, form=form)

    @method_decorator(require_POST)
    @method_decorator(in_a_planning_slot)
    def process_import(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        waiting = self.waiting(request, request.POST.get("upload"))
        if not waiting:
            return self.choose_again(request)
        if waiting.seen is None:
            return self.redirect_to_preview(waiting)
        answers = answers_in(request.POST)
        plan = self.plan(waiting, answers=answers)
        ticked = [name for name in plan.unknown_fields if name in request.POST.getlist("create")]
        if ticked and self.may_create_fields(request):
            plan = self.plan(waiting, ticked, answers)
        if not plan.has_changes and plan.seen == waiting.seen:
            return self.redirect_to_preview(waiting, answers)
        if not plan.is_acceptable:
            sentence = (
                _("Nothing was imported: tick the fields of cooperation to create.")
                if plan.needs_only_fields
                else stale_sentence(plan.refused)
            )
            messages.error(request, sentence)
            return self.redirect_to_preview(waiting, answers)
        try:
            apply(plan, waiting)
        except AppliedAlreadyError:
            return self.choose_again(request)
        except BusyError:
            messages.error(request, BUSY)
            return self.redirect_to_preview(waiting, answers)
        except StaleError as error:
            SpreadsheetImport.objects.filter(pk=waiting.pk).update(seen=None)
            messages.error(request, stale_sentence(error.slugs))
            return self.redirect_to_preview(waiting, answers)
        waiting.refresh_from_db()
        self.log_addition(request, waiting, [{"added": {}}])
        messages.success(request, summary(waiting, plan.directory.new_fields))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    @method_decorator(in_a_planning_slot)
    def refused_action(self, request):
        """The refused rows of a file, with the reasons, as a workbook."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        waiting = self.waiting(request, request.GET.get("upload"))
        if not waiting:
            return self.choose_again(request)
        plan = self.plan(waiting, answers=answers_in(request.GET))
        for file_format in (XLSX(), CSV()):  # no workbook holds a text as long as some are
            try:
                sheet = refused_rows(plan, read(io.BytesIO(waiting.content)))
                return self.download(file_format, [sheet], _("refused"))
            except ValueError:
                continue
        return self.redirect_to_preview(waiting)

    def plan(self, waiting, creating=(), answers=None):
        table = read(io.BytesIO(waiting.content))
        exported_at = read_export_time(waiting.content)
        return Plan(resource_for(self.model), table, creating, waiting.imported_by, exported_at, answers)

    def keep(self, request, file):
        """Keep the file until it is confirmed; those that nobody will confirm any more are swept away."""
        file.seek(0)
        waiting = SpreadsheetImport.objects.keep(self.model, file.name, file.read(), request.user)
        SpreadsheetImport.objects.forsaken(request.user).delete()
        return waiting

    def waiting(self, request, upload):
        """The file that this officer chose for this list and has not confirmed yet, or None."""
        mine = SpreadsheetImport.objects.unconfirmed().filter(
            imported_by=request.user, subject=self.opts.model_name
        )
        return mine.filter(pk=upload).first() if re.fullmatch("[0-9]{1,18}", str(upload)) else None

    def may_create_fields(self, request):
        return may(request.user, "add", CooperationField)

    def preview(self, request, waiting):
        answers = answers_in(request.GET)
        plan = self.plan(waiting, answers=answers)
        unknown = plan.unknown_fields if plan.needs_only_fields else {}
        if unknown and self.may_create_fields(request):
            plan = self.plan(waiting, unknown, answers)
        if waiting.seen is None or "page" not in request.GET:
            # What has to be as it is now when the officer, who sees it now, confirms.
            waiting.seen = plan.seen
            SpreadsheetImport.objects.unconfirmed().filter(pk=waiting.pk).update(seen=plan.seen)
        form = None
        if plan.is_acceptable and plan.has_changes:
            form = ConfirmForm(initial={"upload": waiting.pk}, unknown_fields=unknown)
        preview = Preview(plan, request.GET.get("page"))
        return self.answer(
            request,
            preview=preview,
            waiting=waiting,
            unknown=unknown,
            confirm_form=form,
            answers=as_fields(answers),
            query=self.preview_query(waiting, answers),
            another=ANOTHER,
            all_the_same=self.preview_query(waiting, {**answers, ALL_ROWS: THE_SAME}),
            all_others=self.preview_query(waiting, {**answers, ALL_ROWS: ANOTHER}),
        )

    def preview_query(self, waiting, answers):
        return urlencode({"upload": waiting.pk, **as_fields(answers)})

    def redirect_to_preview(self, waiting, answers=None):
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        return redirect(f"{url}?{self.preview_query(waiting, answers or {})}")

    def answer(self, request, **context):
        request.current_app = self.admin_site.name
        title = f"{_('Import')}: {self.opts.verbose_name_plural}"
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        resource = resource_for(self.model)
        context["columns"] = [resource.label(column.column_name) for column in resource.columns]
        return TemplateResponse(request, self.import_template_name, context)

    def choose_again(self, request):
        sentence = _(
            "This file is not waiting any more: it has been imported, was kept for too long or was "
            "followed by too many others. Choose a file again."
        )
        messages.error(request, sentence)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")

    # Export

    @admin.action(description=gettext_lazy("Export the selected records"), permissions=("export",))
    def export_selected(self, request, queryset):
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        url = f"{url}?{request.GET.urlencode()}"
        if request.POST.get("select_across") == "1":
            return redirect(url)  # all that the list shows, on all its pages: what its address says
        selected = list(queryset.values_list("pk", flat=True))
        return self.export_page(request, self.export_form(request, initial={"export_items": selected}), url)

    def export_action(self, request):
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_export_queryset(request).order_by().values("pk")
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return redirect(request.path)  # the address asks for what no list shows
        form = self.export_form(request, data=request.POST or None)
        if form.is_valid():
            records = self.model.objects.filter(pk__in=shown)
            if selected := form.cleaned_data["export_items"]:
                records = records.filter(pk__in=selected)
            content = form.cleaned_data["content"]
            try:
                exported = sheets(records, content, timezone.localdate())
                answer = self.download(form.file_format, exported, form.content_name)
                note("export", records=self.opts.model_name, content=content or EXCHANGE)
                return answer
            except ValueError as error:
                form.add_error("format", str(error))
        return self.export_page(request, form, request.get_full_path())

    def export_form(self, request, **kwargs):
        reports = self.reports(request)
        return SpreadsheetExportForm(self.export_formats, self.resource_classes, reports=reports, **kwargs)

    def export_page(self, request, form, url):
        request.current_app = self.admin_site.name
        context = self.init_request_context_data(request, form)
        context |= {"title": f"{_('Export')}: {self.opts.verbose_name_plural}", "export_url": url}
        return TemplateResponse(request, self.export_template_name, context)

    def reports(self, request):
        """The reports that this officer may have: they show agreements, whatever the list."""
        may_see = request.user.has_perms(("partners.view_agreement", "partners.export_agreement"))
        return reports_for(self.model) if may_see else {}

    def download(self, file_format, exported, name):
        """The sheets in a file; written to disk first, so that what cannot be written is said, not sent."""
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        file_format.write(file, exported)
        file.seek(0)
        parts = [name or self.opts.verbose_name_plural, timezone.localdate()]
        return FileResponse(
            file,
            as_attachment=True,
            filename=get_valid_filename(
                f"{' '.join(str(part) for part in parts if part)}.{file_format.get_extension()}"
            ),
            content_type=file_format.get_content_type(),
        )


def stale_sentence(slugs):
    sentence = ngettext(
        "Nothing was imported: this record was changed since the preview: %(keys)s. Look at the new preview.",
        "Nothing was imported: %(count)d records were changed since the preview: %(keys)s. "
        "Look at the new preview.",
        len(slugs),
    )
    return sentence % {"count": len(slugs), "keys": named(slugs)}


def named(slugs):
    return ", ".join(slugs[:MOST_NAMED]) + (" …" if len(slugs) > MOST_NAMED else "")


def summary(spreadsheet_import, new_fields):
    """What an import did, in a sentence or two."""
    done = _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged.") % {
        "new": spreadsheet_import.new_count,
        "changed": spreadsheet_import.changed_count,
        "unchanged": spreadsheet_import.unchanged_count,
    }
    if new_fields:
        names = ", ".join(topic.names[0] for topic in new_fields)
        done += " " + _("Fields of cooperation created: %(names)s.") % {"names": names}
    return done
