"""Addresses of the public site in either language."""

from django.conf import settings
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils.translation import get_language, override


def in_language(path, language):
    """`path` in `language`; the home page where the path leads nowhere."""
    if path.startswith(f"/{language}/"):
        return path
    translated_path = translate_url(path, language)
    if translated_path != path:
        return translated_path
    with override(language):
        return reverse("partners:home")


def in_other_words(path):
    """The address in the active language that `path`, which leads nowhere, says in words of another.

    ``/lv/partners/radom/`` is ``/lv/partneri/radom/``; None where it says nothing in any language.
    """
    active = get_language()
    if not path.startswith(f"/{active}/"):
        return None
    for language, _name in settings.LANGUAGES:
        foreign = path.replace(active, language, 1)
        with override(language):
            try:
                resolve(foreign.partition("?")[0])
            except Resolver404:
                continue
            meant = translate_url(foreign, active)
        if meant not in (path, foreign):
            return meant
    return None
