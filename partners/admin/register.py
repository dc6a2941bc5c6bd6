"""The partners, agreements and fields of the register, and the texts of its site."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import F, Func, Max, OuterRef, Subquery
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from modeltranslation.admin import TranslationStackedInline
from modeltranslation.utils import get_language

from ..models import Agreement, City, CooperationField, Page
from ..models.agreement_queryset import NEWEST_FIRST
from ..models.city import country_choices
from ..models.cooperation_field import LAST_POSITION
from ..renewal import renewal
from ..search import respelled
from .agreement_form import AgreementForm, AgreementLineForm, AskingFormSetMixin
from .autocompletes import AutocompletingAdmin, PrefilledAdmin
from .conflicts import KEY, UpToDateAdmin, UpToDateForm, UpToDateInline
from .deletions import DeletionAdmin
from .documents import DocumentInline, UploadingAdmin
from .filters import CountryFilter, FieldFilter, TermFilter, TranslationFilter
from .merging import MergingAdmin
from .previewing import AgreementPreviewAdmin, CityPreviewAdmin
from .publishing import PublishingAdmin, StateInline
from .saving import SavedOnceMixin
from .spreadsheets import SpreadsheetAdmin
from .translations import CopyOffer, TranslatedAdmin

AGREEMENTS_IN_A_PAGE = 20  # of a partner; a page with hundreds of forms takes long and is of no use


class RegisterAdmin(SavedOnceMixin, UpToDateAdmin, DeletionAdmin, SpreadsheetAdmin, TranslatedAdmin):
    """What partners, agreements and fields have in common: spreadsheets, search and keys."""

    search_fields = ("search_text",)
    actions = ("export_selected", "confirm_translation", "delete_selected")
    list_per_page = 50
    formfield_overrides = {
        models.DecimalField: {"localize": True},  # with a decimal comma
        models.URLField: {"assume_scheme": "https"},
    }

    def get_search_results(self, request, queryset, search_term):
        """As on the site: in either language, in any case, by the nearest word where none is there."""
        found = queryset.matching(search_term)
        if search_term.strip() and not found.exists() and (meant := respelled(search_term)):
            request.search_meant = meant
            found = queryset.matching(meant)
        return found, False

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if meant := getattr(request, "search_meant", ""):
            response.context_data["cl"].search_meant = meant  # all that the form of a search gets to see
        return response

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "slug":
            formfield.required = False
        return formfield

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.is_public else None


def number_of(records):
    """How many of the `records` there are, for each row of a list; only rows on the page are counted for."""
    total = records.order_by().annotate(total=Func(F("pk"), function="COUNT")).values("total")
    return Subquery(total, output_field=models.IntegerField())


class NewestAgreements(AskingFormSetMixin, forms.BaseInlineFormSet):
    """The newest agreements of a partner; when the page comes back, those that it held."""

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            agreements = super().get_queryset().order_by(*NEWEST_FIRST)
            if self.is_bound:
                held = (
                    self.data.get(f"{self.add_prefix(line)}-id", "")
                    for line in range(self.total_form_count())
                )
                self._queryset = agreements.filter(pk__in=filter(KEY.fullmatch, held))
            else:
                self._queryset = agreements[:AGREEMENTS_IN_A_PAGE]
        return self._queryset

    @property
    def left_out(self):
        """How many agreements of the partner are not in the page."""
        return self.queryset.count() - sum(map(bool, self.get_queryset()))


class AgreementInline(StateInline, UpToDateInline, AutocompletingAdmin, CopyOffer, TranslationStackedInline):
    model = Agreement
    form = AgreementLineForm
    autocomplete_fields = ("fields",)
    formset = NewestAgreements
    template = "admin/partners/agreements_inline.html"
    extra = 0
    show_change_link = True
    view_on_site = RegisterAdmin.view_on_site
    fields = (
        ("kind", "signed_on", "status", "is_published"),
        ("scope_lv", "scope_en"),
        "fields",
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("city").prefetch_related("fields")


@admin.register(City)
class CityAdmin(PublishingAdmin, CityPreviewAdmin, MergingAdmin, RegisterAdmin):
    actions = ("publish_selected", "withdraw_selected", *RegisterAdmin.actions, "merge_selected")
    list_display = ("partner", "country_name", "agreement_count", "translation", "is_published")
    list_filter = (
        CountryFilter,
        ("agreements__fields", FieldFilter),
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
            .annotate(
                agreement_count=number_of(Agreement.objects.filter(city=OuterRef("pk"))),
                alphabetical=F(f"sort_key_{get_language()}"),
            )
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
        return city.country_name

    @admin.display(description=_("agreements"), ordering="agreement_count")
    def agreement_count(self, city):
        return city.agreement_count


@admin.register(Agreement)
class AgreementAdmin(UploadingAdmin, PublishingAdmin, AgreementPreviewAdmin, PrefilledAdmin, RegisterAdmin):
    form = AgreementForm
    actions = ("publish_selected", "withdraw_selected", *RegisterAdmin.actions)
    belongs_to = ("city",)
    list_display = ("partner", "kind", "signed", "status", "translation", "is_published")
    list_display_links = ("partner", "kind")
    list_filter = (
        CountryFilter,
        ("fields", FieldFilter),
        "status",
        TermFilter,
        "kind",
        "is_published",
        TranslationFilter,
    )
    autocomplete_fields = ("city", "supplements", "fields")
    inlines = (DocumentInline,)
    readonly_fields = ("renewal_state", "notice_by", "renews_on")
    fieldsets = (
        (None, {"fields": ("city", ("kind", "signed_on"), "supplements", "is_published")}),
        (_("What it is about"), {"fields": (("scope_lv", "scope_en"), "fields")}),
        (_("Status"), {"fields": (("status", "ended_on"), ("status_reason_lv", "status_reason_en"))}),
        (
            _("Term"),
            {
                "fields": (
                    "valid_until",
                    ("renews_automatically", "notice_months"),
                    ("renewal_state", "notice_by", "renews_on"),
                )
            },
        ),
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
        city = City.objects.filter(pk=OuterRef("city"))
        return (
            super()
            .get_queryset(request)
            .select_related("city")
            # No join: the list is counted, too.
            .annotate(alphabetical=Subquery(city.values(f"sort_key_{get_language()}")))
        )

    def get_ordering(self, request):
        return NEWEST_FIRST

    def get_search_results(self, request, queryset, search_term):
        """What can be supplemented is another agreement with the partner that is chosen in the form."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "supplements":
            if KEY.fullmatch(city := request.GET.get("with", "")):
                found = found.filter(city=city)
            if KEY.fullmatch(agreement := request.GET.get("besides", "")):
                found = found.exclude(pk=agreement)
        return found, may_repeat

    def response_add(self, request, obj, post_url_continue=None):
        return self.with_partner(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request, obj):
        return self.with_partner(request, obj, super().response_change(request, obj))

    def with_partner(self, request, agreement, response):
        """Whoever goes on to another agreement goes on with the same partner."""
        if "_addanother" not in request.POST:
            return response
        return redirect(f"{reverse('admin:partners_agreement_add')}?city={agreement.city_id}")

    @admin.display(description=_("partner"), ordering="alphabetical")
    def partner(self, agreement):
        return agreement.city.name

    @admin.display(description=_("signed on"), ordering="signed_on")
    def signed(self, agreement):
        return agreement.signed_on and agreement.signed_on.localized

    @admin.display(description=_("state of the term"))
    def renewal_state(self, agreement):
        state = renewal_today(agreement).state
        return state.label if state else self.get_empty_value_display()

    @admin.display(description=_("notice by"))
    def notice_by(self, agreement):
        return self.written(renewal_today(agreement).notice_by)

    @admin.display(description=_("next renewal"))
    def renews_on(self, agreement):
        return self.written(renewal_today(agreement).renews_on)

    def written(self, partial_date):
        return partial_date.localized if partial_date else self.get_empty_value_display()


def renewal_today(agreement):
    return renewal(agreement, localdate(), settings.NOTICE_AHEAD_MONTHS)


class PositionForm(UpToDateForm):
    """A line of the list of fields, whose position is changed in place."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = _("Position: %(field)s") % {"field": self.instance}
        self.fields["position"].widget.attrs["aria-label"] = name


@admin.register(CooperationField)
class CooperationFieldAdmin(MergingAdmin, RegisterAdmin):
    actions = (*RegisterAdmin.actions, "merge_selected")
    list_display = ("name", "position", "agreement_count", "translation")
    list_editable = ("position",)
    list_filter = (TranslationFilter,)
    fieldsets = ((None, {"fields": (("name_lv", "name_en"), "position", "slug")}),)

    def get_changeform_initial_data(self, request):
        """A new field comes last."""
        last = CooperationField.objects.aggregate(last=Max("position"))["last"] or 0
        position = min(last + 1, LAST_POSITION)
        return {"position": position, **super().get_changeform_initial_data(request)}

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": PositionForm, **kwargs})

    def get_queryset(self, request):
        agreements = Agreement.fields.through.objects.filter(cooperationfield=OuterRef("pk"))
        return super().get_queryset(request).annotate(agreement_count=number_of(agreements))

    def view_on_site(self, obj):
        in_use = CooperationField.objects.in_use().filter(pk=obj.pk).exists()
        return obj.get_absolute_url() if in_use else None

    def protecting(self, pks):
        """A field is kept by its agreements, as a partner is."""
        yield Agreement.objects.filter(fields__in=pks).distinct()

    @admin.display(description=_("agreements"), ordering="agreement_count")
    def agreement_count(self, field):
        return field.agreement_count


@admin.register(Page)
class PageAdmin(SavedOnceMixin, UpToDateAdmin, DeletionAdmin, TranslatedAdmin):
    actions = ("confirm_translation", "delete_selected")
    list_display = ("title", "place", "translation")
    list_filter = (TranslationFilter,)
    fieldsets = ((None, {"fields": ("place", ("title_lv", "title_en"), ("body_lv", "body_en"))}),)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("body_lv", "body_en"):
            formfield.help_text = _(
                "An empty line begins a new paragraph; addresses become links. A line that begins with ## "
                "is a heading, one that begins with a hyphen and a space an entry of a list."
            )
        return formfield
