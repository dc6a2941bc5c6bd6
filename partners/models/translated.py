from django.db import models
from django.db.models import Q
from modeltranslation.translator import translator

from ..text import has_text


class TranslatedQuerySet(models.QuerySet):
    """What can be asked of every record that has a text in Latvian and in English."""

    def missing(self, language):
        """Records with a text in the other language that has none in `language`."""
        other = {"lv": "en", "en": "lv"}[language]
        gaps = Q()
        for field in translator.get_options_for_model(self.model).all_fields:
            gaps |= has_text(f"{field}_{other}") & ~has_text(f"{field}_{language}")
        return self.filter(gaps)
