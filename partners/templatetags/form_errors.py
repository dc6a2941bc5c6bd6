"""The list of what is wrong with a form, each entry a link to where it is corrected."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import template
from django.contrib.admin.utils import flatten_fieldsets
from django.forms import BaseForm, BaseModelForm, BoundField
from django.utils.text import capfirst

from ..admin.error_markup import ErrorMarkup
from ..constraints import violations

register = template.Library()


class Mistake(NamedTuple):
    """A sentence about a field; `anchor` is the id of what gets the focus, "" where nothing can."""

    anchor: str
    place: str
    sentence: str


@register.inclusion_tag("admin/partners/_error_summary.html")
def error_summary(adminform: Any, inlines: list[Any]) -> dict[str, list[Mistake]]:
    """All that is wrong with the form of a record and with its `inlines`, in the order of the page."""
    errors = list(mistakes(adminform.form, adminform.fieldsets))
    for inline in inlines:
        errors += mistakes_of_inline(inline)
    return {"errors": errors}


def mistakes_of_inline(inline: Any) -> Iterator[Mistake]:
    formset, opts = inline.formset, inline.opts
    group = f"{formset.prefix}-group"
    for sentence in formset.non_form_errors():
        yield Mistake(group, capfirst(opts.verbose_name_plural), sentence)
    for number, form in enumerate(formset.forms, start=1):
        if not formset._should_delete_form(form):
            line = (
                str(form.instance).strip() if form.instance.pk else f"{capfirst(opts.verbose_name)} #{number}"
            )
            yield from mistakes(form, inline.fieldsets, line, form.prefix)


def mistakes(form: BaseForm, fieldsets: Any, line: str = "", anchor: str = "") -> Iterator[Mistake]:
    """What is wrong with `form`, in the order of the page.

    Of one in an inline, `line` is what it is about and `anchor` the id of where it stands.
    """
    shown = [
        name for name in flatten_fieldsets(fieldsets) if name in form.fields and not form[name].is_hidden
    ]
    order = {name: place for place, name in enumerate(shown)}
    for name in sorted(form.errors, key=lambda name: order.get(name, -1)):
        for sentence in form.errors[name]:
            if isinstance(sentence, ErrorMarkup):
                yield Mistake(sentence.anchor, line, sentence.summary)
                continue
            concerned = {name} if name in order else fields_of_rule(form, sentence)
            field = next((form[name] for name in shown if name in concerned), None)
            place = ", ".join(filter(None, (line, str(field.label) if field else "")))
            yield Mistake(control(field) if field else anchor, place, sentence)


def fields_of_rule(form: BaseForm, sentence: str) -> frozenset[str]:
    """The fields of the rule of the database that `sentence` is about; none where it is about no rule."""
    broken = violations(form.instance) if isinstance(form, BaseModelForm) else []
    return next((fields for fields, error in broken if sentence in error.messages), frozenset())


def control(field: BoundField) -> str:
    """The id of what gets the focus; of several boxes or buttons, the first."""
    return field.id_for_label or f"{field.auto_id}_0"
