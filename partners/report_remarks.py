"""What stands below a report: how much it holds, and what it leaves out and why."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def holds(partners: int, agreements: int) -> str:
    return _("Number of partners: %(partners)d; of agreements: %(agreements)d.") % {
        "partners": partners,
        "agreements": agreements,
    }


def selection(count: int, total: int) -> list[str]:
    """Whether the report is about some of the `total` records only."""
    if count == total:
        return []
    sentence = _("It covers only the records selected in the list: %(count)d of %(total)d.")
    return [sentence % {"count": count, "total": total}]


def empty_columns(labels: list[str]) -> list[str]:
    if not labels:
        return []
    return [_("Columns without any value are left out: %(labels)s.") % {"labels": ", ".join(labels)}]


def counted(sentence: str, count: int) -> list[str]:
    """The `sentence` with the number in it, unless that is nought."""
    return [sentence % {"count": count}] if count else []


def status_not_stated(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement is left out because its status is not stated.",
        "%(count)d agreements are left out because their status is not stated.",
        count,
    )
    return counted(sentence, count)


def suspended(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement is left out because it is suspended.",
        "%(count)d agreements are left out because they are suspended.",
        count,
    )
    return counted(sentence, count)


def ended(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement is left out because it has ended.",
        "%(count)d agreements are left out because they have ended.",
        count,
    )
    return counted(sentence, count)


def without_term(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement is left out because the end of its term is not stated.",
        "%(count)d agreements are left out because the end of their term is not stated.",
        count,
    )
    return counted(sentence, count)


def later_term(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement is left out because its term ends later.",
        "%(count)d agreements are left out because their term ends later.",
        count,
    )
    return counted(sentence, count)


def without_agreement(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d partner is left out because there is no agreement with it.",
        "%(count)d partners are left out because there is no agreement with them.",
        count,
    )
    return counted(sentence, count)


def undated(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement has no date of signing.",
        "%(count)d agreements have no date of signing.",
        count,
    )
    return counted(sentence, count)


def untranslated_scope(count: int) -> list[str]:
    sentence = ngettext(
        "The scope of %(count)d agreement is left out because it is not available in this language.",
        "The scope of %(count)d agreements is left out because it is not available in this language.",
        count,
    )
    return counted(sentence, count)


def without_field(count: int) -> list[str]:
    sentence = ngettext(
        "%(count)d agreement names no field of cooperation and is only in the total.",
        "%(count)d agreements name no field of cooperation and are only in the total.",
        count,
    )
    return counted(sentence, count)


def under_each_field() -> str:
    return _("An agreement is listed under each of its fields of cooperation.")
