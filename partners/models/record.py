from django.db import models
from django.db.models import Q
from modeltranslation.translator import translator

from ..text import fold, has_text


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
        words = set(fold(text).split())
        if text.strip() and not words:
            return self.none()
        return self.filter(*map(self.mentioning, words))

    def mentioning(self, word):
        """The condition that a record mentions the folded `word`."""
        return Q(search_text__contains=word)
