"""The public lists as files: the columns of the exchange format that visitors may see."""

from tempfile import TemporaryFile

from django.http import FileResponse
from django.utils.text import slugify

from .formats import CSV, JSON, XLSX, Sheet
from .models import Agreement
from .resources import resource_for

FORMATS = {file_format.extension: file_format for file_format in (XLSX, CSV, JSON)}
HIDDEN = {"internal_note", "is_published", "other_names"}  # for colleagues, or the same in every row


def download(records, file_format):
    """A file with the published `records`, a queryset, in the format with that extension."""
    writer = FORMATS[file_format]()
    file = TemporaryFile()  # noqa: SIM115 the response closes it
    writer.write(file, [sheet(records)])
    file.seek(0)
    name = f"{slugify(records.model._meta.verbose_name_plural)}.{file_format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=writer.get_content_type())


def sheet(records):
    resource = resource_for(records.model)
    headings = [column.column_name for column in resource.columns]
    shown = [place for place, heading in enumerate(headings) if heading not in HIDDEN]
    rows = ([cells[place] for place in shown] for cells in public_rows(resource, records, headings))
    title = str(records.model._meta.verbose_name_plural)
    return Sheet(title, [headings[place] for place in shown], rows)


def public_rows(resource, records, headings):
    """The rows of `records`, without the keys of agreements that are not public."""
    if records.model is not Agreement:
        yield from resource.rows(records)
        return
    main = headings.index("supplements")
    public = set(
        Agreement.objects.published().filter(supplemented_by__isnull=False).values_list("slug", flat=True)
    )
    for cells in resource.rows(records):
        cells[main] = cells[main] if cells[main] in public else ""
        yield cells
