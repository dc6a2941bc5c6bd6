"""What the three spreadsheets have in common: their columns, and the records as rows of cells."""

from collections import defaultdict
from functools import cached_property
from itertools import islice

from django.core.exceptions import FieldDoesNotExist
from django.db.models.base import ModelState
from django.utils.text import capfirst
from django.utils.translation import override
from import_export.fields import Field
from import_export.resources import ModelResource
from modeltranslation.translator import translator

from ..losses import Loss, list_loss, text_loss
from ..models import Agreement
from ..text import ProseField
from .directory import plain
from .widgets import (
    SEPARATOR,
    AddressWidget,
    ChoiceWidget,
    CountryWidget,
    DegreesWidget,
    FieldsWidget,
    LinesWidget,
    PartialDateWidget,
    TextWidget,
    TruthWidget,
    WholeNumberWidget,
)

CHUNK = 1000  # records at a time: few queries, little memory


class Column(Field):
    """A column of a spreadsheet.

    `attribute` is the path of what stands in the cell, `target` the attribute of the record that it sets.
    """

    is_prose = False

    @cached_property
    def target(self):
        return self.attribute.partition("__")[0]

    def set(self, record, value):
        setattr(record, self.target, value)

    def loss(self, old, new):
        """What the register loses where the cell `new` takes the place of the cell `old`."""
        if isinstance(self.widget, LinesWidget | FieldsWidget):
            return list_loss(*(cell.split(SEPARATOR) if cell else [] for cell in (old, new)))
        if self.attribute == self.target and type(self.widget) in (TextWidget, PartialDateWidget):
            return text_loss(old, new, self.is_prose)
        return Loss(is_emptied=bool(old and not new))


class RegisterResource(ModelResource):
    """What the three spreadsheets have in common: the key is the slug, and nothing is dropped in silence."""

    DEFAULT_RESOURCE_FIELD = Column
    WIDGETS_MAP = {
        "CharField": TextWidget,
        "URLField": AddressWidget,
        "TextField": TextWidget,
        "LinesField": LinesWidget,
        "PartialDateField": PartialDateWidget,
        "PositiveSmallIntegerField": WholeNumberWidget,
        "DegreesField": DegreesWidget,
        "BooleanField": TruthWidget,
        "CountryField": CountryWidget,
    }
    names = ()  # the columns with what the records are called
    identity = ()  # a file without keys needs one of these columns
    tells_apart = ()  # the columns that say whether a row without a key is about a record that is known
    hints = ()  # headings that are read beside those of the columns, to understand these
    other_headings = {}  # what people call a column beside its label, by its name

    @classmethod
    def widget_from_django_field(cls, f, default=TextWidget):
        # By class, not by column type: a partial date is no mere text.
        names = (base.__name__ for base in type(f).__mro__)
        return next(cls.WIDGETS_MAP[name] for name in names if name in cls.WIDGETS_MAP)

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        column = super().field_from_django_field(field_name, django_field, readonly)
        if isinstance(column.widget, DegreesWidget):
            column.widget.axis = django_field.name
        if django_field.choices and not isinstance(column.widget, CountryWidget):
            column.widget = ChoiceWidget(django_field.choices)
        column.widget.required = not django_field.null
        column.is_prose = isinstance(django_field, ProseField)
        return column

    @cached_property
    def columns(self):
        return self.get_import_fields()

    @property
    def translated(self):
        """The fields that have a column per language."""
        return translator.get_options_for_model(self._meta.model).all_fields

    def label(self, name):
        """The heading of the column `name` for people, in the active language."""
        base, _mark, language = name.rpartition("_")
        is_translated = base in self.translated
        try:
            field = self._meta.model._meta.get_field(base if is_translated else name)
        except FieldDoesNotExist:
            return name
        label = capfirst(str(field.verbose_name))
        return f"{label} · {language.upper()}" if is_translated else label

    def shown(self, name, cell, directory):
        """What the `cell` of the exchange format in the column `name` means, in the active language."""
        return self.fields[name].widget.shown(cell, directory)

    def headings(self):
        """The column that each known heading stands for.

        Known are the columns themselves, their labels in both languages, and for a text with a column per
        language the bare label, which in a Latvian spreadsheet means the Latvian text.
        """
        known = {}
        for language in ("lv", "en"):
            with override(language):
                for name in (*(column.column_name for column in self.columns), *self.hints):
                    label = self.label(name)
                    known[name] = known[plain(label)] = name
                    bare, dot, of_language = label.partition(" · ")
                    if dot and of_language == language.upper():
                        known[plain(bare)] = name
        others = {
            plain(heading).rstrip("."): name
            for name, several in self.other_headings.items()
            for heading in several
        }
        return others | known

    def in_order(self, queryset):
        """`queryset` in the order of the spreadsheet, which is the same in both languages."""
        return queryset.order_by("slug")

    def rows(self, queryset):
        """The records of `queryset` as rows of cells, in its order; texts and partial dates.

        Read piece by piece: memory does not grow with the number of records.
        """
        for _pk, cells in self.keyed_rows(queryset):
            yield cells

    def keyed_rows(self, queryset):
        """The same, each as a pair of the primary key and its cells."""
        paths = [column.attribute for column in self.columns if not isinstance(column.widget, FieldsWidget)]
        renders = [column.widget.render for column in self.columns]
        lists = next((at for at, column in enumerate(self.columns) if column.column_name == "fields"), None)
        # Each language has a column of its own: to look for one to fall back to costs as much as all else.
        records = queryset.rewrite(False).values_list("pk", *paths).iterator(chunk_size=CHUNK)
        while chunk := list(islice(records, CHUNK)):
            topics = self.topics([pk for pk, *_values in chunk]) if lists is not None else {}
            for pk, *values in chunk:
                if lists is not None:
                    values.insert(lists, topics.get(pk, ()))
                yield pk, [render(value) for render, value in zip(renders, values, strict=True)]

    def topics(self, pks):
        """The keys of the fields of cooperation of those of the agreements `pks` that have any."""
        keys = defaultdict(list)
        chosen = Agreement.fields.through.objects.filter(agreement__in=pks)
        chosen = chosen.order_by("cooperationfield__position", "cooperationfield__slug")
        for pk, slug in chosen.values_list("agreement_id", "cooperationfield__slug"):
            keys[pk].append(slug)
        return keys

    def current(self, slugs):
        """What the register holds of the records with `slugs`: the primary key and the cells, by slug."""
        at = [column.column_name for column in self.columns].index("slug")
        queryset = self._meta.model.objects.filter(slug__in=slugs).order_by()
        return {cells[at]: (pk, cells) for pk, cells in self.keyed_rows(queryset)}

    def alike(self, values, directory):
        """Keys of the records that a row without a key, with `values` in ``tells_apart``, is about.

        Raises UnsureError where it may be about a record, but not surely.
        """
        raise NotImplementedError

    def identical(self, values, directory):
        """Pairs of the key and the name of the records that a row, whose own key is unknown, may be about."""
        raise NotImplementedError

    def is_nothing(self, values, said):
        """Whether a row with `values` as in alike(), and something in the columns `said`, is about no record.

        Raises ValidationError where it says something that only a record could hold.
        """
        return False

    def told_by(self, record):
        """What tells the new `record` from others: pairs of something and a date as far as it is known."""
        raise NotImplementedError

    def slug_parts(self, record, values):
        """What the key of the new `record` is made of, as on the form."""
        return (record.name_en or record.name_lv,)

    @cached_property
    def _blank(self):
        texts = (f"{field}_{language}" for field in self.translated for language in ("lv", "en"))
        return self._meta.model(**dict.fromkeys(texts))

    def new_record(self, slug):
        """A record with the defaults of its model, and no text in any language."""
        # Copied, because to make one takes ten times as long, and there may be very many.
        record = self._meta.model.__new__(self._meta.model)
        vars(record).update(vars(self._blank), _state=ModelState(), slug=slug)
        return record

    def records(self, pks):
        """The records with `pks`, by primary key, with what their rules look at."""
        return self._meta.model.objects.in_bulk(pks)

    def is_related(self, row, record):
        """Whether the rules of `record`, as `row` leaves it, look at other records of the spreadsheet too."""
        return False

    def relate(self, plan):
        """Let the records of `plan` refer to each other as they would in the end."""

    @classmethod
    def get_display_name(cls):
        return capfirst(cls._meta.model._meta.verbose_name_plural)


class RegisterMeta:
    import_id_fields = ("slug",)
