"""What the public site sends: rendered once, served many times, and never again to who has it already."""

import time
import zlib
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.middleware.gzip import GZipMiddleware
from django.utils.http import http_date, parse_http_date_safe

from .editions import Newsstand
from .filters import Filters
from .models import Document
from .rendered_pages import ENCODINGS, Page, RenderedPages

# A shared cache asks after a second; if it gets no answer, yesterday's page is better than none.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"
KNOWN = frozenset({*Filters.base_fields, "page", "x", "y", "width"})


class PublicPagesMiddleware:
    """First of all: answers from the pages that were rendered in this edition of the site.

    The address is put into one form before anything reads it. A parameter that the site does not know
    changes nothing, so it is left out, and cannot make a second page of one.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = RenderedPages(settings.PAGE_CACHE_BYTES)
        self.newsstand = Newsstand()
        self.public = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)
        self.private = tuple(f"/{code}/admin/" for code, _name in settings.LANGUAGES)

    def __call__(self, request):
        path = request.path
        is_read = request.method in ("GET", "HEAD")
        if not (is_read and path.startswith(self.public) and not path.startswith(self.private)):
            return self.get_response(request)
        if request.META.get("QUERY_STRING"):
            request.META["QUERY_STRING"] = in_one_form(request.META["QUERY_STRING"])
        # Colleagues, who have a session, see at once what they have just saved.
        edition = self.newsstand.current(at_once="HTTP_COOKIE" in request.META)
        address = f"{request.scheme}://{request.get_host()}{path}?{request.META.get('QUERY_STRING', '')}"
        tags = Tags(edition, address)
        if tags.held_by(request):
            return HttpResponseNotModified(headers=tags.headers)
        page = self.pages.get(edition, address)
        if not page:
            with self.pages.turn(address):
                page = self.pages.get(edition, address)
                if not page:
                    response = self.get_response(request)
                    if not is_public_page(request, response):
                        return response
                    page = Page.of(response)
                    self.pages.keep(edition, address, page)
        return tags.response(request, page)


def in_one_form(query):
    """The `query` string with what the site knows of it, the last of each name, in alphabetical order."""
    asked = dict(parse_qsl(query, errors="replace"))
    return urlencode(sorted((name, value) for name, value in asked.items() if name in KNOWN))


def is_public_page(request, response):
    match = request.resolver_match
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("ETag")
        and match is not None
        and match.namespace == "partners"
    )


class Tags:
    """What tells caches, those of browsers and shared ones, whether the page at `address` has changed."""

    def __init__(self, edition, address):
        self.edition = edition
        self.tag = f"{edition.token}{zlib.crc32(address.encode()):08x}"
        self.headers = {"Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
        # HTTP knows seconds only: within this one there may be another edition.
        if time.time() - edition.since >= 1:
            self.headers["Last-Modified"] = http_date(edition.since)

    def held_by(self, request):
        """Whether `request` comes from who has the page: nobody else can know its tag."""
        held = request.META.get("HTTP_IF_NONE_MATCH", "")
        for encoding in ("", *ENCODINGS):
            if (etag := self.etag(encoding)) in held:
                self.headers["ETag"] = etag
                return True
        return False

    def etag(self, encoding):
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'

    def response(self, request, page):
        encoding = chosen_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), page.bodies)
        self.headers["ETag"] = self.etag(encoding)
        if self.is_not_modified_since(request):
            return HttpResponseNotModified(headers=self.headers)
        body = page.bodies[encoding]
        headers = {**page.headers, **self.headers, "Content-Length": str(len(body))}
        if encoding:
            headers["Content-Encoding"] = encoding
        return HttpResponse(body, headers=headers)

    def is_not_modified_since(self, request):
        if "HTTP_IF_NONE_MATCH" in request.META or "Last-Modified" not in self.headers:
            return False
        since = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))
        return since is not None and since >= int(self.edition.since)


def chosen_encoding(accepted, bodies):
    """The best encoding of those in `bodies` that the header `accepted` names."""
    offers = dict(map(weighed, accepted.lower().split(",")))
    best = max(ENCODINGS, key=lambda name: offers.get(name, 0))  # of equals, the first
    return best if best in bodies and offers.get(best, 0) > 0 else ""


def weighed(offer):
    name, _semicolon, weight = offer.replace(" ", "").partition(";q=")
    try:
        return name, float(weight or 1)
    except ValueError:
        return name, 0


class CompressionMiddleware(GZipMiddleware):
    """For what is not kept as a page. Documents are left alone: packed again they are no smaller, and
    nobody sees how much is still to come.
    """

    def process_response(self, request, response):
        if is_public_page(request, response) or response.get("Content-Type") in Document.MediaType.values:
            return response
        return super().process_response(request, response)
