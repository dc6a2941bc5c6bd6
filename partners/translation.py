"""Which fields have a column per language, and which records a history; found by modeltranslation,
imported by nobody.
"""

from django.contrib.auth import get_user_model
from modeltranslation.translator import TranslationOptions, register, translator
from simple_history import register as keep_history

from .models import Agreement, City, CooperationField, Document, HistoryRow, Page
from .models.record import ChangedAtField
from .text import DerivedField


@register(City)
class CityTranslation(TranslationOptions):
    fields = ("name", "region", "description")


@register(Agreement)
class AgreementTranslation(TranslationOptions):
    fields = ("status_reason", "scope", "source")


@register(Document)
class DocumentTranslation(TranslationOptions):
    fields = ("title", "alternative")


@register(CooperationField)
class CooperationFieldTranslation(TranslationOptions):
    fields = ("name",)


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "body")


# The history needs the columns of the languages, so it comes after them. It leaves out what follows from
# other columns: sort keys, search text, the instant, which is its own, and the bare column, which repeats
# one of the languages.
MANY_TO_MANY = {Agreement: ("fields",)}
for model in (City, Agreement, Document, CooperationField, Page):
    keep_history(
        model,
        app="partners",
        bases=(HistoryRow,),
        m2m_fields=MANY_TO_MANY.get(model, ()),
        excluded_fields=[
            *translator.get_options_for_model(model).all_fields,
            *(field.name for field in model._meta.fields if isinstance(field, DerivedField | ChangedAtField)),
        ],
        no_db_index=("slug", "place", "city", "supplements", "uuid"),
    )

# Django has looked up what refers to an account before there was a history, and would not look again.
get_user_model()._meta._expire_cache()
