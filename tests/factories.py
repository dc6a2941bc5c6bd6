"""Records for tests, with nothing in them but what the test names."""

from django.core.files.base import ContentFile

from partners.models import Agreement, City, CooperationField, Document

from .contents import pdf, png


def make_field(slug="culture", **values):
    return CooperationField.objects.create(slug=slug, **{"name_lv": slug.capitalize(), **values})


def make_city(slug="tukums", **values):
    defaults = {"name_lv": slug.capitalize(), "country": "LV", "is_published": True}
    return City.objects.create(slug=slug, **{**defaults, **values})


def make_agreement(city=None, fields=(), **values):
    agreement = Agreement.objects.create(city=city or make_city(), **{"is_published": True, **values})
    agreement.fields.set(fields)
    return agreement


def make_document(agreement=None, content=None, name="ligums.pdf", **values):
    defaults = {"title_lv": "Līgums", "is_published": True}
    file = ContentFile(content or pdf(), name=name)
    agreement = agreement or make_agreement()
    return Document.objects.create(agreement=agreement, file=file, **{**defaults, **values})


def make_picture(agreement=None, **values):
    texts = {"title_lv": "Parakstīšana", "alternative_lv": "Divi mēri", "alternative_en": "Two mayors"}
    return make_document(agreement, png(), "attels.png", **{**texts, **values})
