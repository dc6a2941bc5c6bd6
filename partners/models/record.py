from django.db import models
from django.db.models import Q
from django.utils import timezone
from modeltranslation.translator import translator

from ..text import SHORT_WORD, fold, has_text, stem


class ChangedAtField(models.DateTimeField):
    """When the record was written last, in whatever way; after loaddata, when it was loaded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "default": timezone.now, "editable": False})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"], kwargs["editable"]
        return name, path, args, kwargs

    def pre_save(self, instance, add):
        setattr(instance, self.attname, timezone.now())
        return super().pre_save(instance, add)


class TranslatedQuerySet(models.QuerySet):
    """What can be asked of records with texts in Latvian and in English."""

    def missing(self, language):
        """Records with a text in the other language that has none in `language`."""
        other = {"lv": "en", "en": "lv"}[language]
        gaps = Q()
        for field in translator.get_options_for_model(self.model).all_fields:
            gaps |= has_text(f"{field}_{other}") & ~has_text(f"{field}_{language}")
        return self.filter(gaps)


class SearchableQuerySet(TranslatedQuerySet):
    """What can also be asked of records that have a ``search_text``."""

    def matching(self, text):
        """Records that mention every word of `text`; none where it is not empty but has no word."""
        return self._with_words(text, self.mentioning)

    def found_by(self, text):
        """What a visitor finds by `text`."""
        return self.matching(text)

    def _with_words(self, text, condition):
        words = set(map(stem, fold(text).split()))
        if text.strip() and not words:
            return self.none()
        return self.filter(*map(condition, words))

    def mentioning(self, word):
        """The condition that a record mentions the folded `word`."""
        return mentions(word, "search_text")


def mentions(word, field):
    """The condition that `field`, a SearchTextField, has a word that begins with the folded `word`.

    A short one has to be a word of its own.
    """
    if len(word) < SHORT_WORD:
        return Q(**{f"{field}__regex": rf"(^|[ \n]){word}([ \n]|$)"})
    return (
        Q(**{f"{field}__startswith": word})
        | Q(**{f"{field}__contains": f" {word}"})
        | Q(**{f"{field}__contains": f"\n{word}"})
    )
