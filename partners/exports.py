"""What can be taken out of the register as a spreadsheet: the exchange format, and reports for people."""

from functools import partial

from .formats import Sheet
from .history import last_change
from .models import Agreement, City, CooperationField
from .reports import REPORTS
from .resources import resource_for

EXCHANGE = "exchange"


def sheets(records, content, today):
    """The sheets with `content`, EXCHANGE or the key of a report, about the queryset `records`."""
    model = records.model
    if content == EXCHANGE:
        resource = resource_for(model)
        headings = [column.column_name for column in resource.columns]
        title = str(model._meta.verbose_name_plural)
        rows = resource.rows(resource.in_order(records))
        return [Sheet(title, headings, rows, partial(last_change, model))]
    if model is City:
        agreements, cities = Agreement.objects.filter(city__in=records), records
    else:
        in_fields = Agreement.objects.filter(fields__in=records) if model is CooperationField else records
        agreements = Agreement.objects.filter(pk__in=in_fields.order_by().values("pk"))
        cities = City.objects.filter(pk__in=agreements.order_by().values("city"))
    return REPORTS[content].sheets(agreements, cities, today)


def has_several_sheets(content):
    return content in REPORTS and REPORTS[content].several_sheets
