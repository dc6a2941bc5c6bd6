from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator

from ..partial_dates import dates_in
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


OTHER_LANGUAGE = {"lv": "en", "en": "lv"}


def language_columns(model):
    """The columns of `model` with texts in one of the languages."""
    fields = translator.get_options_for_model(model).all_fields
    return [f"{field}_{language}" for field in fields for language in OTHER_LANGUAGE]


class Translation(models.TextChoices):
    """How the texts of a record in one language stand to those in the other."""

    COMPLETE = "complete", _("complete")
    MISSING = "missing", _("missing")
    OLDER = "older", _("to be reviewed")


class TranslatedQuerySet(models.QuerySet):
    """What can be asked of records with texts in Latvian and in English."""

    def missing(self, language):
        """Records with a text in the other language that has none in `language`."""
        other = OTHER_LANGUAGE[language]
        gaps = Q()
        for field in translator.get_options_for_model(self.model).all_fields:
            gaps |= has_text(f"{field}_{other}") & ~has_text(f"{field}_{language}")
        return self.filter(gaps)

    def to_review(self, language):
        """Records whose texts in `language` nobody has looked at since the other ones were changed."""
        return self.filter(older_language=language)


class TranslatedModel(models.Model):
    """What has texts in both languages, and knows which of them were left behind."""

    older_language = models.CharField(
        _("language to be reviewed"),
        max_length=2,
        choices=[("lv", _("Latvian")), ("en", _("English"))],
        blank=True,
        default="",
        editable=False,
    )

    class Meta:
        abstract = True

    def note_changes(self, before):
        """Let the other language be reviewed where a text was changed in one.

        `before` holds what each changed column said. A text that was missing begins in step. To change all
        texts of the language that was to be reviewed is the review.
        """
        fields = translator.get_options_for_model(type(self)).all_fields
        pairs = [name for name in fields if all(getattr(self, f"{name}_{code}") for code in OTHER_LANGUAGE)]
        if self.older_language:
            if all(f"{name}_{self.older_language}" in before for name in pairs):
                self.older_language = ""
            return
        for language, other in OTHER_LANGUAGE.items():
            alone = (
                name for name in pairs if before.get(f"{name}_{language}") and f"{name}_{other}" not in before
            )
            if any(alone):
                self.older_language = other
                return

    def translation(self, language):
        """How the texts in `language` stand, as a Translation."""
        other = OTHER_LANGUAGE[language]
        for field in translator.get_options_for_model(type(self)).all_fields:
            if getattr(self, f"{field}_{other}") and not getattr(self, f"{field}_{language}"):
                return Translation.MISSING
        return Translation.OLDER if self.older_language == language else Translation.COMPLETE


# Stems of words that beside others narrow no search: “Polijas līgumi”, “papildu līgums”.
OF_EVERY_AGREEMENT = {"ligum", "agreement"}


class SearchableQuerySet(TranslatedQuerySet):
    """What can also be asked of records that have a ``search_text``."""

    def matching(self, text):
        """Records that mention every word of `text`; none where it is not empty but has no word."""
        return self._with_words(text, self.mentioning)

    def found_by(self, text):
        """What a visitor finds by `text`."""
        return self.matching(text)

    def _with_words(self, text, condition):
        dates, rest = dates_in(text)
        words = {*dates, *map(stem, fold(rest).split())}
        if text.strip() and not words:
            return self.none()
        return self.filter(*map(condition, words - OF_EVERY_AGREEMENT or words))

    def mentioning(self, word):
        """The condition that a record mentions the folded `word`, or the words of a PartialDate."""
        conditions = [mentions(part, "search_text") for part in fold(word).split()]
        return Q(*conditions)


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
