"""The public lists as spreadsheets: the public columns, and what each row is about in words."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from django.db.models import F, Q, Value
from django.db.models.functions import Length, Replace
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from .exports import page_text
from .formats import Sheet
from .formats.xlsx.writing import LONGEST_CELL, too_long
from .models import Agreement, City, CooperationField, Document
from .models.city import countries_in
from .public_columns import public_columns, public_rows
from .resources import CHUNK
from .resources.widgets import SEPARATOR, LinesWidget, TextWidget

LANGUAGES = ("lv", "en")
COUNTRY_NAMES = tuple(f"country_name_{language}" for language in LANGUAGES)
PARTNER_NAMES = tuple(f"partner_name_{language}" for language in LANGUAGES)
# What stands in a public row beside the columns of the exchange format; an import does not read it.
INFORMATION = {
    City: (*COUNTRY_NAMES, "partnership_status"),
    Agreement: (*PARTNER_NAMES, "country", *COUNTRY_NAMES, "documents"),
    CooperationField: (),
}


def public_sheet(request: HttpRequest, records) -> Sheet:
    """The sheet of the published `records`, a queryset."""
    headings = [column.column_name for column in public_columns(records.model)]
    rows = public_rows(records)
    if records.model is City:
        rows = with_country_names(rows, headings, records)
    elif records.model is Agreement:
        rows = with_partners_and_documents(rows, headings, request)
    title = str(records.model._meta.verbose_name_plural)
    page = partial(page_text, capfirst(title), timezone.localdate())
    return Sheet(title, [*headings, *INFORMATION[records.model]], rows, page=page)


def with_country_names(rows, headings: list[str], cities) -> Iterator[list]:
    """The `rows` of `cities`, each with the names of its country and the status of the partnership."""
    key, country = headings.index("slug"), headings.index("country")
    found = cities.order_by().with_partnership_status().values_list("slug", "partnership_status")
    statuses = dict(found)
    for row in rows:
        yield [*row, *names_of_country(row[country]), statuses.get(row[key]) or ""]


def with_partners_and_documents(rows, headings: list[str], request: HttpRequest) -> Iterator[list]:
    """The `rows` of published agreements, each with its partner, the country and its documents."""
    key, city = headings.index("slug"), headings.index("city")
    host = request.build_absolute_uri("/").removesuffix("/")
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        documents = Document.objects.marked_as_published().paths_by_agreement([row[key] for row in chunk])
        partners = {
            slug: [name_lv or "", name_en or "", country, *names_of_country(country)]
            for slug, name_lv, name_en, country in City.objects.filter(slug__in={row[city] for row in chunk})
            .order_by()
            .values_list("slug", "name_lv", "name_en", "country")
        }
        for row in chunk:
            addresses = [f"{host}{path}" for path in documents.get(row[key], ())]
            yield [*row, *partners[row[city]], SEPARATOR.join(addresses)]


def names_of_country(code: str) -> list[str]:
    return [countries_in(language).get(code, "") for language in LANGUAGES]


def too_long_for_excel(records) -> str:
    """The sentence about a text of the published `records` that no workbook holds; "" where there is none.

    Asked before anything is sent: what has been sent cannot be taken back.
    """
    lengths = {
        column.column_name: Length(Replace(F(column.attribute), Value("\n"), Value(SEPARATOR)))
        for column in public_columns(records.model)
        if type(column.widget) in (TextWidget, LinesWidget) and "__" not in column.attribute
    }
    named = {f"{name}_length": length for name, length in lengths.items()}
    is_too_long = Q(*((f"{name}__gt", LONGEST_CELL) for name in named), _connector=Q.OR)
    found = records.order_by().annotate(**named).filter(is_too_long).values_list("slug", *named).first()
    if not found:
        return ""
    slug, *numbers = found
    column = next(
        name for name, number in zip(lengths, numbers, strict=True) if number and number > LONGEST_CELL
    )
    return too_long(column, slug)
