"""Import and export through the admin, as a browser does it."""

import csv
import io
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from partners.imports.rows import Outcome
from partners.models import Agreement, City, CooperationField

XLSX, CSV, SEMICOLON_CSV, ODS, JSON = "0", "1", "2", "3", "4"
MODELS = (City, Agreement, CooperationField)


def url(model, page, language="lv"):
    with override(language):
        return reverse(f"admin:partners_{model._meta.model_name}_{page}")


def export(client, model, file_format=CSV, language="lv", query="", **data):
    response = client.post(url(model, "export", language) + query, {"format": file_format, **data})
    assert "Content-Disposition" in response, response.content.decode()
    return b"".join(response.streaming_content)


def without_time(content):
    """The parts of an exported workbook but for the time it carries; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with ZipFile(io.BytesIO(content)) as archive:
        times = {"docProps/custom.xml", "meta.xml"}
        return {name: archive.read(name) for name in archive.namelist() if name not in times}


def sheet(*rows):
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def preview(client, model, content, language="lv"):
    file = SimpleUploadedFile("any.name", content)
    return client.post(url(model, "import", language), {"import_file": file}, follow=True)


def confirm(client, model, previewed, **data):
    data = {**previewed.context["confirm_form"].initial, **data}
    return client.post(url(model, "process_import"), data, follow=True)


def imported(client, model, *rows, **data):
    """Import `rows`, the first of which holds the headings."""
    return confirm(client, model, preview(client, model, sheet(*rows)), **data)


def totals(previewed):
    counts = previewed.context["preview"].plan.counts
    return {str(outcome): counts[outcome] for outcome in Outcome if counts[outcome]}


def problems(previewed):
    """What is wrong with a file that could be read: row, column, value, sentence."""
    return [tuple(problem) for problem in previewed.context["preview"].plan.problems]


def sentences(previewed):
    """Every sentence that says why a file was not accepted."""
    if "preview" not in previewed.context:
        return previewed.context["form"].errors["import_file"]
    return [sentence for *_place, sentence in problems(previewed)]
