"""A published record as an object of JSON: its public columns, its pages, and when it was changed."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..models import Agreement, City, CooperationField
from ..public_columns import json_type, public_columns, public_values
from ..resources import resource_for

NAMES = {City: "Partner", Agreement: "Agreement", CooperationField: "Field"}  # of the schemas


def objects(records, request):
    """The objects of the few published `records`, in their order."""
    changed = dict(records.values_list("slug", "changed_at"))
    pages = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for slug in changed:
                path = records.model(slug=slug).get_absolute_url()
                pages.setdefault(slug, {})[language] = request.build_absolute_uri(path)
    return [
        {
            **values,
            "pages": pages[values["slug"]],
            "changed_at": changed[values["slug"]].isoformat(timespec="seconds"),
        }
        for values in public_values(records.filter(slug__in=list(changed)))
        if values["slug"] in changed
    ]


def schema(model):
    """The JSON schema of such an object."""
    resource = resource_for(model)
    columns = {
        column.column_name: {
            **json_type(model, column),
            "title": resource.label(column.column_name),
        }
        for column in public_columns(model)
    }
    page = {"type": "string", "format": "uri"}
    languages = [language for language, _name in settings.LANGUAGES]
    columns["pages"] = {
        "title": _("Pages of the record, by language"),
        "type": "object",
        "properties": dict.fromkeys(languages, page),
        "required": languages,
    }
    columns["changed_at"] = {"title": _("Changed at"), "type": "string", "format": "date-time"}
    return {"type": "object", "properties": columns, "required": list(columns)}
