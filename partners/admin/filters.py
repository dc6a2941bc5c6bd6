from django.conf import settings
from django.contrib import admin
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from ..models import City
from ..renewal import EVENTS


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


class TermFilter(admin.SimpleListFilter):
    title = _("term")
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in EVENTS]

    def queryset(self, request, queryset):
        if self.value() not in EVENTS:
            return queryset
        return queryset.in_state(self.value(), localdate(), settings.NOTICE_AHEAD_MONTHS)
