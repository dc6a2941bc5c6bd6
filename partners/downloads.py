"""The public lists as files, which programs on any site may read: a map, for example."""

from itertools import islice
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from .formats import CSV, JSON, XLSX, GeoJSON, Sheet, TextFormat
from .models import Agreement, City, CooperationField, Document
from .open_views import for_any_site
from .packing import chosen_encoding, gathered, packed
from .public_columns import public_columns, public_rows
from .resources import CHUNK
from .resources.widgets import SEPARATOR

TABLES = {file_format.extension: file_format for file_format in (XLSX, CSV, JSON)}
FORMATS = {
    City: {**TABLES, GeoJSON.extension: GeoJSON},
    Agreement: TABLES,
    CooperationField: TABLES,
}
LISTS = {"city": City, "agreement": Agreement, "field": CooperationField}  # by what their views are called


def download(request, records, file_format):
    """A file with the published `records`, a queryset, in the format with that extension."""
    writer = FORMATS[records.model][file_format]()
    name = f"{slugify(records.model._meta.verbose_name_plural)}.{file_format}"
    content = sheet(request, records)
    if isinstance(writer, TextFormat):
        return streamed(request, writer.pieces(content), name, writer.content_type, "attachment")
    file = TemporaryFile()  # noqa: SIM115 the response closes it
    try:
        writer.write(file, [content])
    except ValueError as error:  # a text that is too long for the format
        return HttpResponse(f"{error}\n", status=406, content_type="text/plain; charset=utf-8")
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=writer.content_type)
    return for_any_site(response)


def streamed(request, pieces, name, content_type, disposition):
    """A response with a file of `pieces`, the first of which are sent before the last are known."""
    encoding = chosen_encoding(request.headers.get("Accept-Encoding", ""))
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"', "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    content = () if request.method == "HEAD" else packed(gathered(whole(pieces)), encoding)
    return for_any_site(StreamingHttpResponse(content, content_type=content_type, headers=headers))


def whole(pieces):
    """The `pieces`; where they break off, they say so: a server may end the file as if it were complete."""
    try:
        yield from pieces
    except Exception:
        sentence = _("The file is not complete. Please download it again.")
        yield f"\n\0{sentence}\n".encode()
        raise


def whole_lists():
    """Each list with its files, pairs of a title and a path."""
    return [
        {
            "name": capfirst(str(model._meta.verbose_name_plural)),
            "files": [
                (file_format.title, reverse(f"partners:{kind}_download", args=[extension]))
                for extension, file_format in FORMATS[model].items()
            ],
        }
        for kind, model in LISTS.items()
    ]


def sheet(request, records):
    headings = [column.column_name for column in public_columns(records.model)]
    rows = public_rows(records)
    if records.model is Agreement:
        rows = with_documents(rows, headings.index("slug"), request)
        headings.append("documents")
    if records.model is City:
        rows = with_partnership_status(rows, headings.index("slug"), records)
        headings.append("partnership_status")
    return Sheet(str(records.model._meta.verbose_name_plural), headings, rows)


def with_partnership_status(rows, key, cities):
    """The `rows` of `cities`, their keys at the place `key`, each with the status of the partnership."""
    found = cities.order_by().with_partnership_status().values_list("slug", "partnership_status")
    statuses = dict(found)
    return ([*row, statuses.get(row[key]) or ""] for row in rows)


def with_documents(rows, key, request):
    """The `rows` of agreements, their keys at the place `key`, each with the addresses of its documents."""
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        documents = Document.objects.published().by_agreement([row[key] for row in chunk])
        for row in chunk:
            paths = (document.get_absolute_url() for document in documents.get(row[key], ()))
            yield [*row, SEPARATOR.join(map(request.build_absolute_uri, paths))]
