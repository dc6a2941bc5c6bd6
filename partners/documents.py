"""How a document is sent, to visitors and to colleagues."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, Http404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from .models.document import StorageAwayError

# Nothing in the file may load, run or send anything; the browser shows it in a page that it styles itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SANDBOX_POLICY = f"{POLICY}; sandbox"
# Safari shows no PDF in a sandbox. Without one a PDF can do no more: nothing but the viewer of the browser
# takes it, and that keeps it apart from the site.
PDF_POLICY = f"{POLICY}; object-src 'self'"


def sent(request, document, cache_control):
    """The file of `document` as a response, or that the browser has it already."""
    etag = quote_etag(document.sha256)
    response = get_conditional_response(request, etag=etag) or streamed(document)
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    is_pdf = document.media_type == document.MediaType.PDF
    response["Content-Security-Policy"] = PDF_POLICY if is_pdf else SANDBOX_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def streamed(document):
    storage = document.file.storage
    try:
        file = storage.open(document.file.name)
    except FileNotFoundError as error:
        if is_there(storage):
            raise Http404 from error
        raise StorageAwayError from error
    except Exception as error:  # each storage has its own
        raise StorageAwayError from error
    return FileResponse(
        file,
        as_attachment=document.media_type == document.MediaType.CONTAINER,  # no browser shows it
        filename=document.file_name,
        content_type=document.media_type,
    )


def is_there(storage):
    """Whether it was the storage that said that it has no such file."""
    # One on another machine has answered.
    return not isinstance(storage, FileSystemStorage) or Path(storage.location).is_dir()
