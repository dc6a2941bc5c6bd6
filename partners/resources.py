"""The exchange format of spreadsheets: one column per language, keys for records, ISO dates."""

from collections import Counter
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import NOT_PROVIDED, F
from django.db.models.lookups import IsNull
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import (
    BooleanWidget,
    CharWidget,
    ForeignKeyWidget,
    ManyToManyWidget,
)

from .models import Agreement, City, CooperationField

SEPARATOR = " | "


class Column(Field):
    def get_value(self, instance):
        """The value; "" where there is none, because a spreadsheet cannot tell NULL from an empty text."""
        value = super().get_value(instance)
        return "" if value is None else value


class LinesWidget(CharWidget):
    """A list, one entry a line in the register and `` | `` between them in a cell."""

    def clean(self, value, row=None, **kwargs):
        entries = (entry.strip() for entry in super().clean(value, row, **kwargs).split(SEPARATOR.strip()))
        return "\n".join(filter(None, entries))

    def render(self, value, obj=None, **kwargs):
        return SEPARATOR.join(value.split("\n")) if value else ""


class PartialDateWidget(CharWidget):
    """A date at its precision; the field itself checks the text."""

    def clean(self, value, row=None, **kwargs):
        return super().clean(value, row, **kwargs).strip() or None


class DegreesWidget(CharWidget):
    """A decimal number: written with a point, whatever the language; read with a comma too."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value, row, **kwargs).strip()
        try:
            number = Decimal(text.replace(",", ".")) if text else None
        except InvalidOperation:
            number = Decimal("nan")
        if number is not None and not number.is_finite():
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": text})
        return number

    def render(self, value, obj=None, **kwargs):
        return "" if value in (None, "") else f"{value.normalize():f}"


class WholeNumberWidget(DegreesWidget):
    """A whole number without thousands separators."""

    def clean(self, value, row=None, **kwargs):
        number = super().clean(value, row, **kwargs)
        if number is not None and number != number.to_integral_value():
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value})
        return number if number is None else int(number)

    def render(self, value, obj=None, **kwargs):
        return str(value)


class TruthWidget(BooleanWidget):
    """1 or 0; yes and no in either language are understood, anything else is refused."""

    WORDS = {
        "1": True,
        "true": True,
        "yes": True,
        "jā": True,
        "0": False,
        "false": False,
        "no": False,
        "nē": False,
    }

    def clean(self, value, row=None, **kwargs):
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        if text.casefold() not in self.WORDS:
            raise ValidationError(_("“%(value)s” is neither 1 (yes) nor 0 (no).") % {"value": text})
        return self.WORDS[text.casefold()]


class KeyWidget(ForeignKeyWidget):
    """A record by its key."""

    def __init__(self, model, **kwargs):
        super().__init__(model, field="slug", **kwargs)

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value and str(value).strip(), row, **kwargs)
        except self.model.DoesNotExist:
            raise ValidationError(unknown_keys([value])) from None

    def render(self, value, obj=None, **kwargs):
        return value.slug if value else ""


class KeysWidget(ManyToManyWidget):
    """Records by their keys, `` | `` between them; an unknown key is an error, never dropped."""

    def __init__(self, model, **kwargs):
        super().__init__(model, field="slug", separator=SEPARATOR, **kwargs)

    def clean(self, value, row=None, **kwargs):
        keys = {key.strip() for key in str(value or "").split(SEPARATOR.strip()) if key.strip()}
        records = list(self.model.objects.filter(slug__in=keys))
        if unknown := keys - {record.slug for record in records}:
            raise ValidationError(unknown_keys(unknown))
        return records

    def render(self, value, obj=None, **kwargs):
        return SEPARATOR.join(record.slug for record in value.all()) if value else ""


def unknown_keys(keys):
    return _("The register has no record with the key “%(keys)s”.") % {"keys": ", ".join(sorted(keys))}


class RegisterResource(ModelResource):
    """What the three spreadsheets have in common: the key is the slug, and nothing is dropped in silence."""

    DEFAULT_RESOURCE_FIELD = Column
    WIDGETS_MAP = {
        **ModelResource.WIDGETS_MAP,
        "TextField": CharWidget,
        "LinesField": LinesWidget,
        "PartialDateField": PartialDateWidget,
        "DecimalField": DegreesWidget,
        "PositiveSmallIntegerField": WholeNumberWidget,
        "BooleanField": TruthWidget,
    }

    @classmethod
    def widget_from_django_field(cls, f, default=CharWidget):
        # By class, not by column type: a partial date is no mere text.
        for base in type(f).__mro__:
            if isinstance(widget := cls.WIDGETS_MAP.get(base.__name__), type):
                return widget
        return super().widget_from_django_field(f, default)

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        # An empty cell empties the value; it does not bring the default of a new record back.
        column = super().field_from_django_field(field_name, django_field, readonly)
        column.default = NOT_PROVIDED
        return column

    def before_import(self, dataset, **kwargs):
        known = [field.column_name for field in self.get_import_fields()]
        headers = dataset.headers or []
        if unknown := [str(header) for header in headers if header not in known]:
            raise ValueError(
                _("Unknown column “%(unknown)s”. The columns of this spreadsheet are: %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(known)}
            )
        if "slug" not in headers:
            raise ValueError(_("The column “slug” is missing: it says which record a row is about."))
        if twice := next((header for header in headers if headers.count(header) > 1), None):
            raise ValueError(
                _("The column “%(name)s” appears twice. Remove one of the two.") % {"name": twice}
            )
        keys = Counter(str(key).strip() for key in dataset["slug"] if key)
        if twice := [key for key, number in keys.items() if number > 1]:
            raise ValueError(
                _("Each record may have one row only. These keys appear more than once: %(keys)s.")
                % {"keys": ", ".join(twice)}
            )

    def export(self, *args, queryset=None, **kwargs):
        # The same order in every language, however the list was sorted.
        queryset = self.get_queryset() if queryset is None else queryset
        return super().export(*args, queryset=self.in_order(queryset), **kwargs)

    def in_order(self, queryset):
        return queryset.order_by("slug")

    @classmethod
    def get_display_name(cls):
        return capfirst(cls._meta.model._meta.verbose_name_plural)


class RegisterMeta:
    import_id_fields = ("slug",)
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True


class CityResource(RegisterResource):
    class Meta(RegisterMeta):
        model = City
        fields = (
            "slug",
            "name_lv",
            "name_en",
            "country",
            "region_lv",
            "region_en",
            "other_names",
            "website",
            "description_lv",
            "description_en",
            "latitude",
            "longitude",
            "is_published",
        )


class AgreementResource(RegisterResource):
    city = Column("city", "city", KeyWidget(City))
    supplements = Column("supplements", "supplements", KeyWidget(Agreement))
    fields = Column("fields", "fields", KeysWidget(CooperationField))

    def in_order(self, queryset):
        # An agreement before those that supplement it, so that the file can be imported from the top.
        queryset = queryset.select_related("city", "supplements").prefetch_related("fields")
        return queryset.order_by(IsNull(F("supplements"), False), "slug")

    class Meta(RegisterMeta):
        model = Agreement
        fields = (
            "slug",
            "city",
            "kind",
            "supplements",
            "signed_on",
            "status",
            "ended_on",
            "status_reason_lv",
            "status_reason_en",
            "valid_until",
            "renews_automatically",
            "notice_months",
            "decision_number",
            "decided_on",
            "scope_lv",
            "scope_en",
            "fields",
            "source_lv",
            "source_en",
            "internal_note",
            "is_published",
        )


class CooperationFieldResource(RegisterResource):
    class Meta(RegisterMeta):
        model = CooperationField
        fields = ("slug", "name_lv", "name_en", "position")
