"""The spreadsheet of the fields of cooperation."""

from ..models import CooperationField
from ..text import fold
from .record import RegisterMeta, RegisterResource


class CooperationFieldResource(RegisterResource):
    identity = tells_apart = ("name_lv", "name_en")

    def told_by(self, record):
        return [(fold(name), "") for name in (record.name_lv, record.name_en) if name]

    def alike(self, values, directory):
        return directory.fields_called(filter(None, values.values()))

    class Meta(RegisterMeta):
        model = CooperationField
        fields = ("slug", "name_lv", "name_en", "position")
