"""Answers in JSON that programs on any site may read, and keep until they change."""

import json
from hashlib import sha256
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

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
    etag = quote_etag(sha256(content).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type="application/json"
    )
    response["ETag"] = etag
    return for_any_site(response)


def refusal(problem):
    """The `problem` as a document of RFC 9457."""
    status = problem.status
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, **problem.members}
    return for_any_site(HttpResponse(written(document), status=status, content_type=PROBLEM_TYPE))


def for_any_site(response):
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    return response


def written(data):
    return f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode()
