"""How a document is sent, to visitors and to colleagues."""

from django.http import FileResponse, Http404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

# Nothing in the file may load, run or send anything, and no other site may show it as its own.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def sent(request, document, cache_control):
    """The file of `document` as a response, or that the browser has it already."""
    etag = quote_etag(document.sha256)
    response = get_conditional_response(request, etag=etag) or streamed(document)
    response.headers |= {**HEADERS, "ETag": etag, "Cache-Control": cache_control}
    return response


def streamed(document):
    try:
        file = document.file.storage.open(document.file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, filename=document.file_name, content_type=document.media_type)
