"""What an import changed, read from the history that it left."""

from functools import cached_property

from django.core.paginator import Paginator

from ..models import Agreement, City, CooperationField
from ..resources import resource_for
from ..resources.directory import Directory
from .history import past_states, rows_before
from .plan import Change
from .preview import shown

RECORDS_ON_A_PAGE = 20


class Changes:
    """One page of the records that `spreadsheet_import` wrote, each with its old and new values."""

    def __init__(self, spreadsheet_import, page=1):
        self.model = spreadsheet_import.model
        self.resource = resource_for(self.model)
        written = self.model.history.filter(spreadsheet_import=spreadsheet_import).order_by("history_id")
        self.page = Paginator(written, RECORDS_ON_A_PAGE).get_page(page)
        self.created_fields = []
        if self.model is Agreement:
            created = CooperationField.history.filter(spreadsheet_import=spreadsheet_import)
            self.created_fields = list(created.values_list("name_lv", flat=True))

    @property
    def pages(self):
        return self.page.paginator.get_elided_page_range(self.page.number)

    def __iter__(self):
        """The key of each record, whether it was new, and its changes."""
        after = past_states(self.model, [row.history_id for row in self.page])
        changed = {row.id: row.history_id for row in self.page if row.history_type == "~"}
        before = past_states(self.model, rows_before(self.model, changed).values())
        directory = Directory()
        for row in self.page:
            old, new = before.get(row.id, {}), after[row.id]
            changes = []
            for attribute in filter("id".__ne__, new):
                name = attribute.removesuffix("_id")
                was, now = self._cell(name, old.get(attribute)), self._cell(name, new[attribute])
                if was != now:
                    changes.append(shown(Change(name, was, now), self.resource, directory))
            yield row.slug, row.history_type == "+", changes

    @cached_property
    def _keys(self):
        """The keys of records that others refer to, by primary key; of deleted ones, from the history."""
        return {
            name: dict(model.history.order_by("history_id").values_list("id", "slug"))
            | dict(model.objects.values_list("pk", "slug"))
            for name, model in (("city", City), ("fields", CooperationField))
        }

    def _cell(self, name, value):
        """How `value` stands in the column `name` of the exchange format."""
        if name == "fields":
            value = sorted(self._keys[name].get(pk, str(pk)) for pk in value or ())
        elif name == "city" and value:
            value = self._keys[name].get(value, str(value))
        elif name == "supplements" and value:
            value = Agreement.objects.filter(pk=value).values_list("slug", flat=True).first() or str(value)
        return self.resource.fields[name].widget.render(value)
