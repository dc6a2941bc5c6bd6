"""What can be taken out of the register as a spreadsheet: the exchange format, and reports for people."""

from functools import partial

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .formats import PageText, Sheet
from .history import last_change
from .models import Agreement, City, CooperationField, Page
from .partial_dates import PartialDate
from .report_remarks import selection
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
        page = partial(page_text, capfirst(title), today)
        return [Sheet(title, headings, rows, partial(last_change, model), page=page)]
    if model is City:
        agreements, cities = Agreement.objects.filter(city__in=records), records
    else:
        in_fields = Agreement.objects.filter(fields__in=records) if model is CooperationField else records
        agreements = Agreement.objects.filter(pk__in=in_fields.order_by().values("pk"))
        cities = City.objects.filter(pk__in=agreements.order_by().values("city"))
    report = REPORTS[content]
    partly = selection(records.count(), model.objects.count())
    return [
        sheet._replace(
            remarks=[*sheet.remarks, *partly],
            page=partial(page_text, heading(report, sheet), today),
        )
        for sheet in report.make(agreements, cities, today)
    ]


def heading(report, sheet):
    """What stands at the head of the printed pages of a `sheet` of the `report`."""
    return f"{report.label} – {sheet.title}" if report.several_sheets else str(report.label)


def page_text(title, today):
    """What stands round the printed pages of what is exported `today`."""
    masthead = Page.objects.filter(place=Page.Place.MASTHEAD).first()
    return PageText(
        title,
        masthead.title if masthead else "",
        PartialDate(today.isoformat()).localized,
        # Translators: at the foot of each printed page; the braces are filled in by spreadsheet programs.
        _("Page {page} of {pages}"),
    )


def has_several_sheets(content):
    return content in REPORTS and REPORTS[content].several_sheets
