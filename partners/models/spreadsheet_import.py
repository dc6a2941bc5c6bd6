from datetime import timedelta
from hashlib import sha256

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_UNCONFIRMED = timedelta(days=1)
MOST_KEPT = 10  # unconfirmed files of one officer


class SpreadsheetImportQuerySet(models.QuerySet):
    def made_from(self, model, file_name, content, user, seen=None):
        """The file with the bytes `content`, about records of `model`; it is not kept yet."""
        return self.model(
            subject=model._meta.model_name,
            file_name=file_name[-255:],
            checksum=sha256(content).hexdigest(),
            content=content,
            imported_by=user,
            seen=seen,
        )

    def keep(self, *file):
        """Keep the file until it is confirmed."""
        waiting = self.made_from(*file)
        waiting.save()
        return waiting

    def applied(self):
        return self.exclude(applied_at=None)

    def unconfirmed(self):
        """Files that were previewed and wait for the officer's decision."""
        return self.filter(applied_at=None)

    def forsaken(self, user, now=None):
        """Files that nobody confirmed in time, and those of `user` that newer ones have replaced."""
        in_time = (now or timezone.now()) - KEPT_UNCONFIRMED
        newest = self.unconfirmed().filter(imported_by=user).order_by("-pk").values_list("pk", flat=True)
        too_many = self.unconfirmed().filter(imported_by=user).exclude(pk__in=list(newest[:MOST_KEPT]))
        return self.unconfirmed().filter(Q(uploaded_at__lt=in_time) | Q(pk__in=too_many.values("pk")))


class SpreadsheetImport(models.Model):
    """A spreadsheet on its way into the register, and afterwards the record of what it did.

    The file itself is kept here from the preview to the confirmation, because the database is the one place
    that every worker on every host sees, and what is deleted there is deleted with the rest or not at all.
    """

    class Subject(models.TextChoices):
        CITY = "city", _("partners")
        AGREEMENT = "agreement", _("agreements")
        FIELD = "cooperationfield", _("fields of cooperation")

    subject = models.CharField(_("records"), max_length=20, choices=Subject)
    file_name = models.CharField(_("file"), max_length=255)
    checksum = models.CharField(_("checksum (SHA-256)"), max_length=64)
    content = models.BinaryField(null=True, editable=False)
    seen = models.JSONField(
        null=True,
        editable=False,
        help_text="A digest of each record in the file, as the preview showed it.",
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        related_name="spreadsheet_imports",
        on_delete=models.SET_NULL,
        null=True,
    )
    applied_at = models.DateTimeField(_("imported"), null=True)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    lost_count = models.PositiveIntegerField(
        _("deleted or shortened"),
        null=True,
        help_text=_("Values deleted, entries removed from lists, and texts shortened."),
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        related_name="undone_imports",
        on_delete=models.SET_NULL,
        null=True,
    )

    objects = SpreadsheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-uploaded_at", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                name="partners_import_file_until_applied",
                condition=Q(applied_at=None, content__isnull=False)
                | Q(applied_at__isnull=False, content=None),
            ),
            models.CheckConstraint(
                name="partners_import_undone_after_applied",
                condition=Q(undone_at=None) | Q(applied_at__isnull=False),
            ),
        )

    def __str__(self):
        return self.file_name

    @property
    def model(self):
        """The model whose records the file holds."""
        return apps.get_model("partners", self.subject)
