from django.contrib import admin, messages
from django.core.exceptions import SuspiciousOperation
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Count, F
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline
from modeltranslation.utils import get_language

from .formats import CSV, XLSX, SemicolonCSV, Table, UnreadableError
from .models import Agreement, City, CooperationField, Page
from .models.city import country_choices
from .resources import AgreementResource, CityResource, CooperationFieldResource


class TranslationFilter(admin.SimpleListFilter):
    title = _("translation")
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        return [("lv", _("Latvian missing")), ("en", _("English missing"))]

    def queryset(self, request, queryset):
        return queryset.missing(self.value()) if self.value() in ("lv", "en") else queryset


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        return City.objects.countries()

    def queryset(self, request, queryset):
        return queryset.in_country(self.value()) if self.value() else queryset


class ConfirmForm(ConfirmImportForm):
    """Confirms the file that was previewed: its name and format are not for the browser to choose."""

    signer = Signer(salt="partners.import")

    def clean_import_file_name(self):
        try:
            return self.signer.unsign(self.cleaned_data["import_file_name"])
        except BadSignature:
            raise SuspiciousOperation("The name of the file to import was tampered with.") from None

    def clean_format(self):
        return "0"  # the only one: Table recognises what there is


class RegisterAdmin(ImportExportMixin, TranslationAdmin):
    """What partners, agreements and fields have in common: spreadsheets, search and keys."""

    import_formats = (Table,)
    export_formats = (XLSX, CSV, SemicolonCSV)
    export_form_class = ExportForm
    confirm_form_class = ConfirmForm
    search_fields = ("search_text",)
    list_per_page = 50
    formfield_overrides = {
        models.DecimalField: {"localize": True},  # Latvians write a decimal comma
        models.URLField: {"assume_scheme": "https"},
    }

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def add_data_read_fail_error_to_form(self, form, e):
        if isinstance(e, UnreadableError):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)

    def get_confirm_form_initial(self, request, import_form):
        initial = super().get_confirm_form_initial(request, import_form)
        if import_form:
            initial["import_file_name"] = ConfirmForm.signer.sign(initial["import_file_name"])
        return initial

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            # The file is kept until it has been imported: this is a second click, or a very late one.
            return self.choose_again(request, _("This file has been imported already. Choose a file again."))

    def process_dataset(self, dataset, form, request, **kwargs):
        kwargs["rollback_on_validation_errors"] = True
        return super().process_dataset(dataset, form, request, **kwargs)

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            return self.choose_again(
                request,
                _("Nothing was imported: the register has changed since the preview. Choose the file again."),
            )
        return super().process_result(result, request)

    def choose_again(self, request, why):
        self.message_user(request, why, messages.ERROR)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")

    def get_search_results(self, request, queryset, search_term):
        # As on the site: either language, other names, without case and diacritics.
        return queryset.matching(search_term), False

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "slug":
            formfield.required = False
        return formfield

    def view_on_site(self, obj):
        is_public = type(obj).objects.published().filter(pk=obj.pk).exists()
        return obj.get_absolute_url() if is_public else None


class AgreementInline(TranslationStackedInline):
    model = Agreement
    extra = 0
    show_change_link = True
    autocomplete_fields = ("fields",)
    fields = (
        ("kind", "signed_on", "status", "is_published"),
        ("scope_lv", "scope_en"),
        "fields",
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("city")


@admin.register(City)
class CityAdmin(RegisterAdmin):
    resource_classes = (CityResource,)
    list_display = ("partner", "country_name", "agreement_count", "is_published")
    list_filter = (
        CountryFilter,
        ("agreements__fields", admin.RelatedOnlyFieldListFilter),
        "is_published",
        TranslationFilter,
    )
    inlines = (AgreementInline,)
    fieldsets = (
        (None, {"fields": (("name_lv", "name_en"), "country", ("region_lv", "region_en"), "is_published")}),
        (_("About the partner"), {"fields": (("description_lv", "description_en"), "website")}),
        (_("Search and map"), {"fields": ("other_names", ("latitude", "longitude"), "slug")}),
    )

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(agreement_count=Count("agreements"), alphabetical=F(f"sort_key_{get_language()}"))
        )

    def get_ordering(self, request):
        return (f"sort_key_{get_language()}", "slug")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "country":
            formfield.choices = [("", "---------"), *country_choices(countries.countries)]
        return formfield

    @admin.display(description=_("partner"), ordering="alphabetical")
    def partner(self, city):
        return city.name

    @admin.display(description=_("country"))
    def country_name(self, city):
        return city.country.name

    @admin.display(description=_("agreements"), ordering="agreement_count")
    def agreement_count(self, city):
        return city.agreement_count


@admin.register(Agreement)
class AgreementAdmin(RegisterAdmin):
    resource_classes = (AgreementResource,)
    list_display = ("partner", "kind", "signed", "status", "is_published")
    list_display_links = ("partner", "kind")
    list_filter = (
        CountryFilter,
        ("fields", admin.RelatedOnlyFieldListFilter),
        "status",
        "kind",
        "is_published",
        TranslationFilter,
    )
    autocomplete_fields = ("city", "supplements", "fields")
    fieldsets = (
        (None, {"fields": ("city", ("kind", "signed_on"), "supplements", "is_published")}),
        (_("What it is about"), {"fields": (("scope_lv", "scope_en"), "fields")}),
        (_("Status"), {"fields": (("status", "ended_on"), ("status_reason_lv", "status_reason_en"))}),
        (_("Term"), {"fields": ("valid_until", ("renews_automatically", "notice_months"))}),
        (
            _("Evidence"),
            {
                "fields": (
                    ("decision_number", "decided_on"),
                    ("source_lv", "source_en"),
                    "internal_note",
                    "slug",
                )
            },
        ),
    )

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("city")
            .annotate(alphabetical=F(f"city__sort_key_{get_language()}"))
        )

    def get_ordering(self, request):
        return (F("signed_on").desc(nulls_last=True), "slug")

    @admin.display(description=_("partner"), ordering="alphabetical")
    def partner(self, agreement):
        return agreement.city.name

    @admin.display(description=_("signed on"), ordering="signed_on")
    def signed(self, agreement):
        return agreement.signed_on and agreement.signed_on.localized


@admin.register(CooperationField)
class CooperationFieldAdmin(RegisterAdmin):
    resource_classes = (CooperationFieldResource,)
    list_display = ("name", "position", "agreement_count")
    list_editable = ("position",)
    list_filter = (TranslationFilter,)
    fieldsets = ((None, {"fields": (("name_lv", "name_en"), "position", "slug")}),)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(agreement_count=Count("agreements"))

    def view_on_site(self, obj):
        in_use = CooperationField.objects.in_use().filter(pk=obj.pk).exists()
        return obj.get_absolute_url() if in_use else None

    def get_deleted_objects(self, objs, request):
        """Show the agreements that keep a field from being deleted, as Django does for partners."""
        to_delete, model_count, perms_needed, protected = super().get_deleted_objects(objs, request)
        in_use = Agreement.objects.filter(fields__in=objs).select_related("city").distinct()
        return to_delete, model_count, perms_needed, [*protected, *map(str, in_use)]

    @admin.display(description=_("agreements"), ordering="agreement_count")
    def agreement_count(self, field):
        return field.agreement_count


@admin.register(Page)
class PageAdmin(TranslationAdmin):
    list_display = ("title", "place")
    list_filter = (TranslationFilter,)
    fieldsets = ((None, {"fields": ("place", ("title_lv", "title_en"), ("body_lv", "body_en"))}),)
