"""The description of the API, arranged for the page that people read."""

from django.utils.translation import gettext as _


def addresses(api):
    """What can be asked: path and summary."""
    [server] = api["servers"]
    return [(f"{server['url']}{path}", item["get"]["summary"]) for path, item in api["paths"].items()]


def parameters(api):
    """The paths that know the same parameters, and of each its name, description and what it may be."""
    knowing, groups = {}, {}
    for path, item in api["paths"].items():
        for parameter in item["get"]["parameters"]:
            entry = (parameter["name"], parameter["description"], values(parameter["schema"]))
            knowing.setdefault(entry, []).append(path)
    for entry, paths in knowing.items():
        groups.setdefault(", ".join(paths), []).append(entry)
    return list(groups.items())


def statuses(api):
    """Each status once, with all that it may mean."""
    found = {}
    for item in api["paths"].values():
        for status, response in item["get"]["responses"].items():
            found.setdefault(status, {})[response["description"]] = None
    return [(status, list(meanings)) for status, meanings in sorted(found.items())]


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
