"""The public lists as files."""

from tempfile import TemporaryFile

from django.http import FileResponse
from django.urls import reverse
from django.utils.text import capfirst, slugify

from .formats import CSV, JSON, XLSX, GeoJSON, Sheet
from .models import Agreement, City, CooperationField
from .public_columns import public_columns, public_rows

TABLES = {file_format.extension: file_format for file_format in (XLSX, CSV, JSON)}
FORMATS = {
    City: {**TABLES, GeoJSON.extension: GeoJSON},
    Agreement: TABLES,
    CooperationField: TABLES,
}
LISTS = {"city": City, "agreement": Agreement, "field": CooperationField}  # by what their views are called


def download(records, file_format):
    """A file with the published `records`, a queryset, in the format with that extension."""
    writer = FORMATS[records.model][file_format]()
    name = f"{slugify(records.model._meta.verbose_name_plural)}.{file_format}"
    return sent(
        lambda file: writer.write(file, [sheet(records)]), name, writer.get_content_type(), as_attachment=True
    )


def sent(write, name, content_type, as_attachment=False):
    """A response with the file that `write` fills, which programs on any site may read."""
    file = TemporaryFile()  # noqa: SIM115 the response closes it
    write(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=as_attachment, filename=name, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"  # for a map, for example
    return response


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


def sheet(records):
    headings = [column.column_name for column in public_columns(records.model)]
    return Sheet(str(records.model._meta.verbose_name_plural), headings, public_rows(records))
