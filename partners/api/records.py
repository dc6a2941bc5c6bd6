"""A published record as an object of JSON: its public columns, its pages, and when it was changed."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..models import Agreement, City, CooperationField, Document, PartnershipStatus
from ..public_columns import json_type, public_columns, public_values
from ..resources import resource_for

PUBLIC_MEDIA_TYPES = [name for name in Document.MediaType.values if name != Document.MediaType.CONTAINER]
DOCUMENT = ("title_lv", "title_en", "alternative_lv", "alternative_en", "media_type", "size", "sha256")
NAMES = {City: "Partner", Agreement: "Agreement", CooperationField: "Field"}  # of the schemas


def objects(records, request):
    """The objects of the few published `records`, in their order."""
    further = beside_columns(records, request)
    pages = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for slug in further:
                path = records.model(slug=slug).get_absolute_url()
                pages.setdefault(slug, {})[language] = request.build_absolute_uri(path)
    return [
        {
            **values,
            **{name: value for name, value in further[values["slug"]].items() if name != "changed_at"},
            "pages": pages[values["slug"]],
            "changed_at": further[values["slug"]]["changed_at"].isoformat(timespec="seconds"),
        }
        for values in public_values(records.filter(slug__in=list(further)))
        if values["slug"] in further
    ]


def beside_columns(records, request):
    """What an object says beside the public columns of its record, by the key of that."""
    names = ["slug", "changed_at"]
    if records.model is City:
        records = records.with_partnership_status()
        names.append("partnership_status")
    found = {values["slug"]: values for values in records.values(*names)}
    if records.model is Agreement:
        for slug, of_agreement in documents(found, request).items():
            found[slug] |= of_agreement
    return found


def documents(slugs, request):
    """What an object says of the published documents of its published agreement, by the key of that."""
    found = Document.objects.marked_as_published().by_agreement(slugs)
    with override(settings.LANGUAGE_CODE):
        return {
            slug: {
                "documents": [
                    {
                        **{name: getattr(document, name) or None for name in DOCUMENT},
                        "address": request.build_absolute_uri(document.get_absolute_url()),
                    }
                    for document in found.get(slug, ())
                ]
            }
            for slug in slugs
        }


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
    if model is Agreement:
        columns["documents"] = {"title": _("Documents"), "type": "array", "items": document_schema()}
    if model is City:
        columns["partnership_status"] = {
            "title": _("Status of the partnership"),
            "type": ["string", "null"],
            "enum": [*PartnershipStatus.values, None],
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


def document_schema():
    """The JSON schema of what is said of a document."""
    text = {"type": "string"}
    types = {
        **{name: {"type": ["string", "null"]} for name in DOCUMENT},
        "title_lv": text,
        "media_type": {"type": "string", "enum": PUBLIC_MEDIA_TYPES},
        "size": {"type": "integer", "minimum": 1},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "address": {"type": "string", "format": "uri"},
    }
    return {"type": "object", "properties": types, "required": list(types)}
