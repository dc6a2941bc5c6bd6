from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """Two records that were the same thing and became one, with what it takes to part them again.

    What they held before stands in their histories; the names are kept because the records may change.
    """

    class Subject(models.TextChoices):
        CITY = "city", _("partners")
        FIELD = "cooperationfield", _("fields of cooperation")

    subject = models.CharField(_("records"), max_length=20, choices=Subject)
    kept = models.PositiveBigIntegerField(editable=False)
    kept_name = models.CharField(_("kept record"), max_length=200)
    duplicate = models.PositiveBigIntegerField(editable=False)
    duplicate_name = models.CharField(_("merged record"), max_length=200)
    duplicate_slug = models.CharField(_("former key"), max_length=120)
    former_slugs = models.JSONField(
        editable=False,
        help_text="The keys that lead to the kept record since, and the record they led to before, or null.",
    )
    moved_count = models.PositiveIntegerField(_("agreements moved"))
    merged_at = models.DateTimeField(_("merged"), default=timezone.now)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("merged by"),
        related_name="merges",
        on_delete=models.SET_NULL,
        null=True,
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        related_name="undone_merges",
        on_delete=models.SET_NULL,
        null=True,
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ("-merged_at", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(name="partners_merge_two_records", condition=~Q(kept=F("duplicate"))),
        )

    def __str__(self):
        return f"{self.duplicate_name} → {self.kept_name}"

    @property
    def model(self):
        """The model of the two records."""
        return apps.get_model("partners", self.subject)

    @property
    def was_decision(self):
        """Whether it hid or showed something: the merged one or its agreements, as the kept one was seen."""
        rows = self.model.history.filter(merge=self)
        states = {row.id: getattr(row, "is_published", False) for row in rows}
        was_shown, is_shown = states.get(self.duplicate, False), states.get(self.kept, False)
        agreements = apps.get_model("partners", "Agreement").history.filter(merge=self, is_published=True)
        return was_shown != is_shown and (was_shown or agreements.exists())
