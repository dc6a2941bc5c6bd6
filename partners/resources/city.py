"""The spreadsheet of the partners."""

from django.utils.translation import gettext as _

from ..models import City
from ..text import fold
from .directory import UnsureError, are_kept, listed
from .record import RegisterMeta, RegisterResource


class CityResource(RegisterResource):
    identity = names = ("name_lv", "name_en")
    tells_apart = ("name_lv", "name_en", "country")

    other_headings = {
        "name_lv": ("Pilsēta", "Partnerpilsēta", "Sadarbības pilsēta", "Partneris", "Sadarbības partneris"),
        "name_en": ("City", "Partner city", "Twin city", "Sister city", "Partner"),
        "website": ("Mājaslapa", "Mājas lapa", "Tīmekļa vietne", "Homepage"),
    }

    def told_by(self, record):
        return [((fold(name), record.country), "") for name in (record.name_lv, record.name_en) if name]

    def alike(self, values, directory):
        names = [name for name in (values.get("name_lv"), values.get("name_en")) if name]
        names += [name.rpartition("(")[0] for name in names if name.endswith(")")]
        places = directory.cities_called(names, values.get("country"))
        called = (values.get("name_lv") or "", values.get("name_en") or "")
        surely = [place.slug for place in places if are_kept(place.own_names, called)]
        if places and not surely:
            candidates = [(place.slug, place.names[0]) for place in places]
            sentence = _(
                "The register has this partner under another name: %(keys)s. Write its key in this row "
                "if you want to rename it, or its name as it is."
            )
            raise UnsureError(candidates, sentence % {"keys": listed(candidates)})
        return surely

    def identical(self, values, directory):
        names = filter(None, (values.get("name_lv"), values.get("name_en")))
        places = directory.cities_called(names, values.get("country")) if values.get("country") else ()
        return [(place.slug, place.name()) for place in places]

    class Meta(RegisterMeta):
        model = City
        fields = (
            "slug",
            "name_lv",
            "name_en",
            "country",
            "region_lv",
            "region_en",
            "other_names",
            "website",
            "description_lv",
            "description_en",
            "latitude",
            "longitude",
            "is_published",
        )
