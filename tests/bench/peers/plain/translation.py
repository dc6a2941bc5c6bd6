from modeltranslation.translator import TranslationOptions, register

from .models import Agreement, City, CooperationField


@register((City, CooperationField))
class NamedOptions(TranslationOptions):
    fields = ("name",)


@register(Agreement)
class AgreementOptions(TranslationOptions):
    fields = ("scope",)
