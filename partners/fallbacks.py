"""What is shown where a text is missing in the language of the page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from modeltranslation.utils import resolution_order


def fallback_language(record, field):
    """The language that `field` of `record` falls back to, or "" where it has the active one or nothing."""
    active, *fallbacks = resolution_order(get_language())
    if getattr(record, f"{field}_{active}"):
        return ""
    return next((language for language in fallbacks if getattr(record, f"{field}_{language}")), "")


def only_in(language):
    """The sign that a passage is in the other `language`."""
    return {"lv": _("in Latvian only"), "en": _("in English only")}[language]
