"""The description of the API, arranged for the page that people read."""

from django.utils.translation import gettext as _


def operations(api):
    """What can be asked: path, summary, parameters with what they may be, statuses with what they mean."""
    [server] = api["servers"]
    return [
        {
            "path": f"{server['url']}{path}",
            "summary": item["get"]["summary"],
            "parameters": [
                (parameter["name"], parameter["description"], values(parameter["schema"]))
                for parameter in item["get"]["parameters"]
            ],
            "answers": [
                (status, response["description"]) for status, response in item["get"]["responses"].items()
            ],
        }
        for path, item in api["paths"].items()
    ]


def schemas(api):
    """What is answered: the name of each object, and its members with what they may be."""
    return [
        (
            name,
            [(member, of.get("title", ""), values(of)) for member, of in schema["properties"].items()],
        )
        for name, schema in api["components"]["schemas"].items()
    ]


def values(schema):
    """In words, what a value may be."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if codes := schema.get("enum"):
        return ", ".join(filter(None, codes))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds[0] == "array":
        return _("list: %(entries)s") % {"entries": values(schema["items"])}
    words = {
        "string": text(schema),
        "integer": number(schema),
        "number": _("number"),
        "boolean": "true, false",
        "object": ", ".join(schema.get("properties", ())),
        "null": "null",
    }
    return ", ".join(words[kind] for kind in kinds)


def text(schema):
    match schema.get("format"):
        case "uri":
            return _("address")
        case "date-time":
            return _("date and time")
    if examples := schema.get("examples"):
        return _("for example %(examples)s") % {"examples": "; ".join(examples)}
    return _("text")


def number(schema):
    if "maximum" in schema:
        return _("whole number from %(minimum)d to %(maximum)d") % schema
    return _("whole number")
