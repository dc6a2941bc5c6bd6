from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from ..models import Agreement, City, CooperationField
from ..renewal import EVENTS


class TranslationFilter(admin.SimpleListFilter):
    title = _("translation")
    parameter_name = "translation"

    def lookups(self, request, model_admin):
        return [
            ("missing-lv", _("Latvian missing")),
            ("missing-en", _("English missing")),
            ("older-lv", _("Latvian to be reviewed")),
            ("older-en", _("English to be reviewed")),
        ]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        state, _dash, language = self.value().partition("-")
        return queryset.missing(language) if state == "missing" else queryset.to_review(language)


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        return City.objects.countries()

    def queryset(self, request, queryset):
        return queryset.in_country(self.value()) if self.value() else queryset


class TermFilter(admin.SimpleListFilter):
    title = _("term")
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in EVENTS]

    def queryset(self, request, queryset):
        if self.value() not in EVENTS:
            return queryset
        return queryset.in_state(self.value(), localdate(), settings.NOTICE_AHEAD_MONTHS)


class FieldFilter(admin.RelatedFieldListFilter):
    """The fields that stand in an agreement. Django's own such filter reads every agreement to find them."""

    def field_choices(self, field, request, model_admin):
        choices = Agreement.fields.through.objects.filter(cooperationfield=OuterRef("pk"))
        return [(topic.pk, str(topic)) for topic in CooperationField.objects.filter(Exists(choices))]
