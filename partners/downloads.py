"""The public lists as files, which programs on any site may read: a map, for example."""

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from .formats import CSV, JSON, XLSX, GeoJSON, TextFormat
from .models import Agreement, City, CooperationField
from .open_views import for_any_site
from .packing import chosen_encoding, gathered, packed
from .public_sheets import public_sheet, too_long_for_excel

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
    if isinstance(writer, XLSX) and (problem := too_long_for_excel(records)):
        return HttpResponse(f"{problem}\n", status=406, content_type="text/plain; charset=utf-8")
    pieces = writer.pieces(public_sheet(request, records))
    return streamed(request, pieces, name, writer.content_type, "attachment", isinstance(writer, TextFormat))


def streamed(request, pieces, name, content_type, disposition, is_compressible=True):
    """A response with a file of `pieces`, the first of which are sent before the last are known."""
    encoding = chosen_encoding(request.headers.get("Accept-Encoding", "")) if is_compressible else ""
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
