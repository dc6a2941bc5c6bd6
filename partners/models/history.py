"""The history of partners, agreements and fields; which of them have one stands in translation.py."""

from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from .spreadsheet_import import SpreadsheetImport


class HistoryRow(models.Model):
    """What a row of a record's history says beside who changed it and when."""

    spreadsheet_import = models.ForeignKey(
        SpreadsheetImport,
        verbose_name=_("import"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
    )

    class Meta:
        abstract = True


@receiver(pre_save)
def leave_out_loaded_records(instance, raw, **kwargs):
    """A record that loaddata brings has been made elsewhere; its choices of fields would count as edits."""
    if raw:
        instance.skip_history_when_saving = True
