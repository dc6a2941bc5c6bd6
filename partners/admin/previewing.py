"""A draft as visitors will see it, for colleagues only."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from ..models import Agreement, City, CooperationField, PartnershipStatus
from ..record_pages import agreement_page, city_page


class PreviewAdmin:
    """Mixed into the ModelAdmin of what is published: a button above the form of a draft shows its page."""

    def get_urls(self):
        # "Cacheable" only in that the view says itself, and more strictly than Django would, that it is not.
        view = self.admin_site.admin_view(self.preview_view, cacheable=True)
        return [path("<int:pk>/preview/", view, name=self.preview_name), *super().get_urls()]

    @property
    def preview_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, object_id)
        if record and not record.is_public:
            url = reverse(f"admin:{self.preview_name}", args=[record.pk])
            extra_context = {"preview_url": url, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_safe)
    def preview_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.previewed().filter(pk=pk).first()
        if not record:
            raise Http404
        if record.is_public:
            return redirect(record)
        in_use = set(CooperationField.objects.in_use().values_list("pk", flat=True))
        for field in self.fields_of(record):
            field.is_public = field.pk in in_use
        for document in getattr(record, "public_documents", ()):
            document.colleagues_url = reverse("admin:partners_document_file", args=[document.pk])
        context = {
            **self.public_page(record),
            self.opts.model_name: record,
            "preview": {
                "record": record,
                "form_url": reverse(f"admin:partners_{self.opts.model_name}_change", args=[pk]),
            },
        }
        headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
        template = f"partners/{self.opts.model_name}_detail.html"
        return TemplateResponse(request, template, context, headers=headers)


class CityPreviewAdmin(PreviewAdmin):
    def previewed(self):
        return City.objects.with_agreements(Agreement.objects.marked_as_published())

    def public_page(self, city):
        return city_page(city, localdate())

    def fields_of(self, city):
        return city.fields


class AgreementPreviewAdmin(PreviewAdmin):
    def previewed(self):
        return Agreement.objects.with_supplements(Agreement.objects.marked_as_published())

    def public_page(self, agreement):
        others = agreement.city.agreements.marked_as_published()
        agreement.partnership_status = PartnershipStatus.of([agreement, *others])
        return agreement_page(agreement, localdate())

    def fields_of(self, agreement):
        return agreement.fields.all()
