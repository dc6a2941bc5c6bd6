"""The API described: OpenAPI 3.1, in the active language. The page for people is drawn from it, too."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ..filters import Filters
from ..finding import NARROWING
from ..models import Agreement, City, CooperationField
from ..resources import SPREADSHEETS
from .answers import PROBLEM_TYPE
from .paging import DEFAULT_LIMIT, HIGHEST_LIMIT
from .records import NAMES, schema

VERSION = "1.0.0"
KEY = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
KEY_OR_NOTHING = {"type": "string", "pattern": "^([a-z0-9]+(-[a-z0-9]+)*)?$"}
YEAR = {"type": "string", "pattern": "^([1-9][0-9]{3})?$", "examples": ["2012"]}


def description():
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Register of partnerships"),
            "version": VERSION,
            "description": _(
                "The published partners, agreements and fields of cooperation, to read. A date is as precise "
                "as it is known: 2012-09-17, 2012-09, 2012. What is not known is null; nothing is inferred. "
                "Answers carry an ETag: sent back as If-None-Match, it is answered 304 as long as nothing "
                "has changed. Parameters that are not described change nothing."
            ),
        },
        "servers": [{"url": reverse("api:description").removesuffix("/openapi.json")}],
        "paths": {
            path: {"get": operation}
            for name, model in SPREADSHEETS.items()
            for path, operation in (
                (f"/{name}", list_operation(name, model)),
                (f"/{name}/{{key}}", record_operation(name, model)),
            )
        },
        "components": {
            "schemas": {
                **{NAMES[model]: schema(model) for model in SPREADSHEETS.values()},
                **{f"{NAMES[model]}List": list_schema(model) for model in SPREADSHEETS.values()},
                "Problem": problem_schema(),
            }
        },
    }


def list_operation(name, model):
    return {
        "operationId": f"list_{name}",
        "summary": {
            City: _("List of partners"),
            Agreement: _("List of agreements"),
            CooperationField: _("List of fields of cooperation"),
        }[model],
        "parameters": [*([] if model is CooperationField else filter_parameters()), *paging_parameters()],
        "responses": {
            "200": content(_("A part of the list, in the order of the keys."), f"{NAMES[model]}List"),
            "304": {"description": _("Nothing has changed.")},
            "400": content(_("A parameter is not written as described."), "Problem", PROBLEM_TYPE),
            "404": content(_("The register has nothing of the kind."), "Problem", PROBLEM_TYPE),
            "414": content(_("The address is too long."), "Problem", PROBLEM_TYPE),
        },
    }


def record_operation(name, model):
    return {
        "operationId": f"get_{name}",
        "summary": {
            City: _("A partner"),
            Agreement: _("An agreement"),
            CooperationField: _("A field of cooperation"),
        }[model],
        "parameters": [
            {
                "name": "key",
                "in": "path",
                "required": True,
                "description": _("The key of the record."),
                "schema": KEY,
            }
        ],
        "responses": {
            "200": content(_("The record."), NAMES[model]),
            "301": {"description": _("The key was changed; the address leads to the new one.")},
            "304": {"description": _("Nothing has changed.")},
            "404": content(_("There is no such record, or it is not public."), "Problem", PROBLEM_TYPE),
            "414": content(_("The address is too long."), "Problem", PROBLEM_TYPE),
        },
    }


def filter_parameters():
    """What the form of the lists knows, with its own labels."""
    schemas = {
        "q": {"type": "string", "maxLength": 100, "pattern": "^[^\\u0000]*$"},
        "partner": {**KEY_OR_NOTHING, "examples": ["radom"]},
        "country": {"type": "string", "pattern": "^([A-Z]{2})?$", "examples": ["PL"]},
        "field": {**KEY_OR_NOTHING, "examples": ["culture"]},
        "status": {"type": "string", "enum": ["", *Agreement.Status.values]},
        "kind": {"type": "string", "enum": ["", *Agreement.Kind.values]},
        "year_from": YEAR,
        "year_to": YEAR,
        "anniversary": YEAR,
    }
    return [parameter(name, str(Filters.base_fields[name].label), schemas[name]) for name in NARROWING]


def paging_parameters():
    limits = {"type": "integer", "minimum": 1, "maximum": HIGHEST_LIMIT, "default": DEFAULT_LIMIT}
    cursor = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}
    return [
        parameter("limit", _("Records in a part"), limits),
        parameter("cursor", _("Where a part begins, as it stands in the address “next”"), cursor),
    ]


def parameter(name, text, values):
    return {"name": name, "in": "query", "description": text, "schema": values}


def content(text, name, media_type="application/json"):
    return {"description": text, "content": {media_type: {"schema": reference(name)}}}


def reference(name):
    return {"$ref": f"#/components/schemas/{name}"}


def list_schema(model):
    members = {
        "count": {"title": _("Records in the whole list"), "type": "integer", "minimum": 0},
        "searched_for": {
            "title": _("The word that was searched for instead of one that nothing mentions"),
            "type": ["string", "null"],
        },
        "next": {
            "title": _("The address of the next part"),
            "type": ["string", "null"],
            "format": "uri",
        },
        "results": {"title": _("Records"), "type": "array", "items": reference(NAMES[model])},
    }
    return {"type": "object", "properties": members, "required": list(members)}


def problem_schema():
    fault = {"parameter": {"type": "string"}, "detail": {"type": "string"}}
    members = {
        "type": {"title": _("Kind of problem"), "type": "string"},
        "title": {"title": _("Name of the status"), "type": "string"},
        "status": {"title": _("Status"), "type": "integer"},
        "detail": {"title": _("What is wrong"), "type": "string"},
        "errors": {
            "title": _("What is wrong with each parameter"),
            "type": "array",
            "items": {"type": "object", "properties": fault, "required": list(fault)},
        },
    }
    required = [name for name in members if name != "errors"]
    return {"type": "object", "properties": members, "required": required}
