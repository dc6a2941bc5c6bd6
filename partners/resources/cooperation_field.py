"""The spreadsheet of the fields of cooperation."""

from django.utils.translation import gettext as _

from ..models import CooperationField
from ..text import fold
from .directory import UnsureError, are_kept, listed
from .record import RegisterMeta, RegisterResource


class CooperationFieldResource(RegisterResource):
    identity = names = tells_apart = ("name_lv", "name_en")

    def told_by(self, record):
        return [(fold(name), "") for name in (record.name_lv, record.name_en) if name]

    def alike(self, values, directory):
        topics = directory.fields_called(filter(None, values.values()))
        called = (values.get("name_lv") or "", values.get("name_en") or "")
        surely = [topic.slug for topic in topics if are_kept(topic.names, called)]
        if topics and not surely:
            candidates = [(topic.slug, topic.names[0]) for topic in topics]
            sentence = _(
                "The register has this field under another name: %(keys)s. Write its key in this row "
                "if you want to rename it, or its name as it is."
            )
            raise UnsureError(candidates, sentence % {"keys": listed(candidates)})
        return surely

    def identical(self, values, directory):
        topics = directory.fields_called(filter(None, values.values()))
        return [(topic.slug, directory.field_name(topic.slug)) for topic in topics]

    class Meta(RegisterMeta):
        model = CooperationField
        fields = ("slug", "name_lv", "name_en", "position")
