"""What programs are told of published records: the columns of the exchange format that visitors may see.

Downloads write them as cells, the API and GeoJSON as values of JSON.
"""

from .models import Agreement
from .resources import resource_for
from .resources.widgets import (
    SEPARATOR,
    AddressWidget,
    ChoiceWidget,
    CountryWidget,
    DegreesWidget,
    FieldsWidget,
    LinesWidget,
    PartialDateWidget,
    TruthWidget,
    WholeNumberWidget,
)

HIDDEN = {"internal_note", "is_published", "other_names"}  # for colleagues, or the same in every row


def entries(cell):
    return cell.split(SEPARATOR) if cell else []


# What a cell of the exchange format is in JSON; all else is text, and an empty cell is null.
VALUES = {
    LinesWidget: entries,
    FieldsWidget: entries,
    DegreesWidget: lambda cell: float(cell) if cell else None,
    WholeNumberWidget: lambda cell: int(cell) if cell else None,
    TruthWidget: {"1": True, "0": False, "": None}.get,
}
TYPES = {
    LinesWidget: {"type": "array", "items": {"type": "string"}},
    FieldsWidget: {"type": "array", "items": {"type": "string"}},
    DegreesWidget: {"type": "number"},
    WholeNumberWidget: {"type": "integer"},
    TruthWidget: {"type": "boolean"},
    PartialDateWidget: {
        "type": "string",
        "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        "examples": ["2012-09-17", "2012-09", "2012"],
    },
    AddressWidget: {"type": "string", "format": "uri"},
    CountryWidget: {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["PL"]},
}


def public_columns(model):
    return [column for column in resource_for(model).columns if column.column_name not in HIDDEN]


def public_rows(records):
    """The published `records` as rows of cells, without the keys of agreements that are not public."""
    resource = resource_for(records.model)
    headings = [column.column_name for column in resource.columns]
    shown = [place for place, heading in enumerate(headings) if heading not in HIDDEN]
    main = headings.index("supplements") if records.model is Agreement else None
    drafts = drafts_supplemented_by(records) if records.model is Agreement else ()
    for cells in resource.rows(records):
        if main is not None and cells[main] in drafts:
            cells[main] = ""
        yield [cells[place] for place in shown]


def drafts_supplemented_by(agreements):
    """The keys of agreements that are not public and that some of `agreements` supplement."""
    main = Agreement.objects.filter(supplemented_by__in=agreements.order_by().values("pk"))
    drafts = main.exclude(pk__in=Agreement.objects.published().values("pk"))
    return set(drafts.order_by().values_list("slug", flat=True))


def public_values(records):
    """The published `records` as objects of JSON, by the name of the column."""
    columns = [
        (column.column_name, VALUES.get(type(column.widget), lambda cell: cell or None))
        for column in public_columns(records.model)
    ]
    for cells in public_rows(records):
        yield {name: value(cell) for (name, value), cell in zip(columns, cells, strict=True)}


def json_type(model, column):
    """The JSON schema of the values of a `column`."""
    if isinstance(column.widget, ChoiceWidget):
        return {"type": "string", "enum": [code for code, _name in column.widget.choices]}
    schema = TYPES.get(type(column.widget), {"type": "string"})
    may_be_empty = model._meta.get_field(column.target).blank
    if may_be_empty and schema["type"] != "array":
        return {**schema, "type": [schema["type"], "null"]}
    return schema
