"""Which fields have a column per language; found by modeltranslation, imported by nobody."""

from modeltranslation.translator import TranslationOptions, register

from .models import Agreement, City, CooperationField, Page


@register(City)
class CityTranslation(TranslationOptions):
    fields = ("name", "region", "description")


@register(Agreement)
class AgreementTranslation(TranslationOptions):
    fields = ("status_reason", "scope", "source")


@register(CooperationField)
class CooperationFieldTranslation(TranslationOptions):
    fields = ("name",)


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "body")
