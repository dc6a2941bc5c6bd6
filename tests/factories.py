"""Records for tests, with nothing in them but what the test names."""

from partners.models import Agreement, City, CooperationField


def make_field(slug="culture", **values):
    return CooperationField.objects.create(slug=slug, **{"name_lv": slug.capitalize(), **values})


def make_city(slug="tukums", **values):
    defaults = {"name_lv": slug.capitalize(), "country": "LV", "is_published": True}
    return City.objects.create(slug=slug, **{**defaults, **values})


def make_agreement(city=None, fields=(), **values):
    agreement = Agreement.objects.create(city=city or make_city(), **{"is_published": True, **values})
    agreement.fields.set(fields)
    return agreement
