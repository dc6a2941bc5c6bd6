"""Check constraints, evaluated without the database.

Django asks the database about each constraint of each record, which for a long spreadsheet means hundreds
of thousands of queries. The conditions of the register are few and plain enough to be evaluated here; the
database still has the last word when the records are written.
"""

import re
from functools import cache
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q, Value
from django.db.models.functions import Length, Substr

COMPARISONS = {
    "exact": lambda left, right: left == right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "range": lambda left, right: right[0] <= left <= right[1],
    "regex": lambda left, right: re.search(right, str(left)) is not None,
    "iregex": lambda left, right: re.search(right, str(left), re.IGNORECASE) is not None,
}


def violations(record, exclude=()):
    """The check constraints that `record` breaks: pairs of the fields each names and a ValidationError.

    As in full_clean(), a constraint that names a field of `exclude` is left out.
    """
    return [
        (fields, ValidationError(constraint.get_violation_error_message(), code=constraint.name))
        for constraint, fields, holds in conditions(type(record))
        if fields.isdisjoint(exclude) and holds(record) is False
    ]


@cache
def conditions(model):
    """The check constraints of `model`, each with the fields it names and the test that evaluates it.

    The test takes a record and returns True, False, or None where SQL says NULL and a check passes.
    """
    return [
        (constraint, frozenset(named(constraint.condition)), condition(model, constraint.condition))
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    ]


def named(q):
    """The names of the fields in the condition `q`."""
    for child in q.children:
        if isinstance(child, Q):
            yield from named(child)
        else:
            lookup, value = child
            yield lookup.partition("__")[0]
            yield from in_expression(value)


def in_expression(value):
    if isinstance(value, F):
        yield value.name
    elif hasattr(value, "get_source_expressions"):
        for source in value.get_source_expressions():
            yield from in_expression(source)


def condition(model, q):
    children = [
        condition(model, child) if isinstance(child, Q) else comparison(model, *child) for child in q.children
    ]
    deciding = q.connector == Q.OR

    def holds(record):
        result = not deciding
        for child in children:
            answer = child(record)
            if answer is deciding:
                result = deciding
                break
            if answer is None:
                result = None
        return result if result is None or not q.negated else not result

    return holds


def comparison(model, lookup, right):
    name, _, operator = lookup.partition("__")
    left = value_of(model, name)
    if right is None or operator == "isnull":
        is_null = right is None or right
        return lambda record: (left(record) is None) is is_null
    compare = COMPARISONS[operator or "exact"]
    other = expression(model, right)

    def holds(record):
        values = left(record), other(record)
        return None if any(value is None for value in values) else compare(*values)

    return holds


def value_of(model, name):
    return attrgetter(model._meta.get_field(name).attname)


def expression(model, source):
    """The function that evaluates `source`, an expression or a plain value, for a record."""
    if isinstance(source, F):
        return value_of(model, source.name)
    if isinstance(source, Length):
        [text] = (expression(model, argument) for argument in source.get_source_expressions())
        return lambda record: None if text(record) is None else len(text(record))
    if isinstance(source, Substr):
        text, first, length = (expression(model, argument) for argument in source.get_source_expressions())

        def part(record):
            values = text(record), first(record), length(record)
            return None if None in values else values[0][values[1] - 1 : values[1] - 1 + values[2]]

        return part
    plain = source.value if isinstance(source, Value) else source
    return lambda record: plain
