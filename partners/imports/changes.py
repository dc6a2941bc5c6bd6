"""What an import or a merge changed, read from the history that it left."""

from django.core.paginator import Paginator

from ..history import past_states, rows_before
from ..models import Agreement, CooperationField
from ..versions import Reader
from .preview import excerpt
from .rows import MarkedChange

RECORDS_ON_A_PAGE = 20


class Changes:
    """One page of the records of `model` that `cause` wrote, each with its old and new values.

    `cause` is a ``spreadsheet_import`` or a ``merge``.
    """

    def __init__(self, model, page=1, **cause):
        self.model = model
        written = self.model.history.filter(**cause).exclude(history_type="-").order_by("history_id")
        self.page = Paginator(written, RECORDS_ON_A_PAGE).get_page(page)
        self.created_fields = []
        if self.model is Agreement:
            created = CooperationField.history.filter(**cause, history_type="+")
            self.created_fields = list(created.values_list("name_lv", flat=True))

    @property
    def pages(self):
        return self.page.paginator.get_elided_page_range(self.page.number)

    def __iter__(self):
        """The key of each record, whether it was new, and its changes."""
        after = past_states(self.model, [row.history_id for row in self.page])
        changed = {row.id: row.history_id for row in self.page if row.history_type == "~"}
        before = past_states(self.model, rows_before(self.model, changed).values())
        reader = Reader(self.model)
        for row in self.page:
            states = before.get(row.id, {}), after[row.id]
            changes = [
                MarkedChange(
                    change.label, excerpt(change.old, change.new), excerpt(change.new, change.old), loss
                )
                for change, loss in zip(reader.changes(*states), reader.losses(*states), strict=True)
            ]
            if changes or row.history_type == "+":
                yield row.slug, row.history_type == "+", changes
