"""The history of records; which of them have one stands in translation.py."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.signals import pre_create_historical_m2m_records

from .merge import Merge
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
    merge = models.ForeignKey(
        Merge, verbose_name=_("merge"), related_name="+", on_delete=models.PROTECT, null=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def key(self):
        """What the record was known by."""
        names = (getattr(self, name, None) for name in ("slug", "place", "title_lv", "file_name"))
        return next(filter(None, names))

    @property
    def known_as(self):
        """What the record was called, in the active language; its key where nothing tells that any more."""
        record = self.instance
        try:
            return str(record)
        except ObjectDoesNotExist:  # an agreement is called by its partner, who has been deleted too
            cities = record._meta.get_field("city").related_model
            city = cities.history.filter(id=record.city_id).first()
            if not city:
                return self.key
            record.city = city.instance
            return str(record)


@receiver(pre_save)
def leave_out_loaded_records(instance, raw, **kwargs):
    """A record that loaddata brings has been made elsewhere; its choices of fields would count as edits."""
    if raw:
        instance.skip_history_when_saving = True


@receiver(pre_delete)
def remember_choices(instance, **kwargs):
    """When a deletion is written into the history, what the record had chosen is gone already."""
    if history := getattr(type(instance), "history", None):
        instance.choices_before_deletion = {
            field.name: list(field.remote_field.through.objects.filter(**{field.m2m_field_name(): instance}))
            for field in history.model._history_m2m_fields
        }


@receiver(pre_create_historical_m2m_records)
def write_remembered_choices(sender, rows, history_instance, instance, field, **kwargs):
    if history_instance.history_type == "-":
        rows[:] = [
            sender(
                history=history_instance,
                **{
                    column.attname: getattr(chosen, column.attname) for column in chosen._meta.concrete_fields
                },
            )
            for chosen in instance.choices_before_deletion[field.name]
        ]
