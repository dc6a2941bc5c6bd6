"""Answers in JSON that programs on any site may read, and keep until they change."""

import json
from hashlib import sha256
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from ..open_views import CACHE_CONTROL, for_any_site
from ..packing import chosen_encoding
from ..rendered_pages import ENCODINGS, PACKED_FROM

PROBLEM_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 the word of RFC 9457
    """Why there is no answer: a status, a sentence, and more members by name."""

    def __init__(self, status, detail, **members):
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.members = {"detail": detail, **members}


def answer(request, data):
    """`data` as the answer, or that the program has it already."""
    content = written(data)
    tag = sha256(content).hexdigest()[:32]
    headers = {"Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
    packs = ENCODINGS if len(content) >= PACKED_FROM else ()
    if encoding := chosen_encoding(request.headers.get("Accept-Encoding", ""), packs):
        content, tag = ENCODINGS[encoding](content), f"{tag}-{encoding}"
        headers["Content-Encoding"] = encoding
    headers["ETag"] = quote_etag(tag)
    response = get_conditional_response(
        request, headers["ETag"], response=HttpResponse(content, "application/json", headers=headers)
    )
    return for_any_site(response)


def refusal(problem):
    """The `problem` as a document of RFC 9457."""
    status = problem.status
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, **problem.members}
    return for_any_site(HttpResponse(written(document), status=status, content_type=PROBLEM_TYPE))


def written(data):
    return f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode()
