"""What the public site sends: rendered once, served many times, and never again to who has it already."""

import time
import zlib
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import get_language_from_path

from .editions import Newsstand, pages_of
from .filters import Filters
from .formats import ODS, XLSX
from .models import Document
from .open_views import ANY_SITE, CACHE_CONTROL
from .packing import chosen_encoding
from .rendered_pages import Page, RenderedPages
from .shared_pages import SharedPages

# The same for all pages of an edition.
dated = lru_cache(maxsize=8)(http_date)
KNOWN = frozenset({*Filters.base_fields, "page", "p", "x", "y", "width"})


class PublicPagesMiddleware:
    """First of all: answers from the pages that were rendered in this edition of the site.

    The address is put into one form before anything reads it. A parameter that the site does not know
    changes nothing, so it is left out, and cannot make a second page of one.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = RenderedPages(settings.PAGE_CACHE_BYTES)
        self.shared_pages = SharedPages()
        self.newsstand = Newsstand()
        languages = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)
        self.public = (*languages, "/robots.txt", "/sitemap", "/.well-known/")
        self.private = tuple(f"/{code}/admin/" for code, _name in settings.LANGUAGES)

    def __call__(self, request):
        path = request.path
        is_read = request.method in ("GET", "HEAD")
        if not (is_read and path.startswith(self.public) and not path.startswith(self.private)):
            return self.get_response(request)
        if request.META.get("QUERY_STRING"):
            request.META["QUERY_STRING"] = in_one_form(request.META["QUERY_STRING"])
        # These pages have no form to protect: Django would answer a broken token with a new cookie.
        request.COOKIES.pop(settings.CSRF_COOKIE_NAME, None)
        # Colleagues, who have a session, see at once what they have just saved.
        edition = self.newsstand.current(at_once="HTTP_COOKIE" in request.META)
        address = f"{request.scheme}://{request.get_host()}{path}?{request.META.get('QUERY_STRING', '')}"
        tags = Tags(edition, address)
        if tags.held_by(request):
            return HttpResponseNotModified(headers=tags.headers)
        page = self.pages.get(edition.token, address)
        if not page:
            with self.pages.turn(address):
                page = self.pages.get(edition.token, address) or self.shared_pages.get(edition.token, address)
                if not page:
                    with pages_of(edition):
                        response = self.get_response(request)
                    if not is_public_page(request, response):
                        self.shared_pages.give_up(edition.token, address)
                        return tags.file(request, response) if is_public_file(response) else response
                    page = Page.of(response)
                    self.shared_pages.keep(edition.token, address, page)
                self.pages.keep(edition.token, address, page)
        return tags.response(request, page)


def in_one_form(query):
    """The `query` string with what the site knows of it, each value of a name once, in alphabetical order."""
    asked = set(parse_qsl(query, errors="replace"))
    return urlencode(sorted((name, value) for name, value in asked if name in KNOWN))


def is_public_page(request, response):
    match = request.resolver_match
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("ETag")
        and match is not None
        and match.namespace in ("partners", "")  # "" is that of the sitemap and the like
    )


def is_public_file(response):
    """Whether it is a list as a file, sent as it is made."""
    return response.status_code == 200 and response.streaming and not response.has_header("ETag")


class Tags:
    """What tells caches, those of browsers and shared ones, whether the page at `address` has changed."""

    def __init__(self, edition, address):
        self.edition = edition
        self.tag = f"{edition.token}{zlib.crc32(address.encode()):08x}"
        self.headers = {
            "Cache-Control": CACHE_CONTROL,
            "Vary": "Accept-Encoding",
            # For nginx, which keeps this to itself: until the end of the second in which that was asked.
            "X-Accel-Expires": f"@{int(edition.seen_at)}",
        }
        # HTTP knows seconds only: within this one there may be another edition.
        if time.time() - edition.since >= 1:
            self.headers["Last-Modified"] = dated(edition.since)
        if not address.partition("?")[0].endswith("/"):
            self.headers |= ANY_SITE

    def held_by(self, request):
        """Whether `request` comes from who has the page: nobody else can know its tag."""
        held = request.META.get("HTTP_IF_NONE_MATCH")
        if not held:
            return False
        for encoding in {"", chosen_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))}:
            if (etag := self.etag(encoding)) in held:
                self.headers["ETag"] = etag
                return True
        return False

    def etag(self, encoding):
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'

    def response(self, request, page):
        encoding = chosen_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), page.bodies)
        self.headers["ETag"] = self.etag(encoding)
        if self.is_up_to_date(request):
            return HttpResponseNotModified(headers=self.headers)
        body = page.bodies[encoding]
        headers = {**page.headers, **self.headers, "Content-Length": str(len(body))}
        if encoding:
            headers["Content-Encoding"] = encoding
        return HttpResponse(body, headers=headers)

    def file(self, request, response):
        """The `response`, a list as a file that is made while it is sent."""
        self.headers["ETag"] = self.etag(response.get("Content-Encoding", ""))
        if self.is_up_to_date(request):
            response.close()
            return HttpResponseNotModified(headers=self.headers)
        for name, value in self.headers.items():
            response[name] = value
        return response

    def is_up_to_date(self, request):
        """Whether `request` asks for nothing that was there before the last change, or for nothing at all."""
        held = request.META.get("HTTP_IF_NONE_MATCH")
        if held is not None or "Last-Modified" not in self.headers:
            return held == "*"
        held_since = request.META.get("HTTP_IF_MODIFIED_SINCE")
        since = held_since and parse_http_date_safe(held_since)
        return bool(since) and since >= int(self.edition.since)


class CompressionMiddleware(GZipMiddleware):
    """For what is not kept as a page. Files that are packed already are left alone: they get no smaller, and
    nobody sees how much is still to come.
    """

    PACKED = frozenset({*Document.MediaType.values, ODS.content_type, XLSX.content_type})

    def process_response(self, request, response):
        if is_public_page(request, response) or response.get("Content-Type") in self.PACKED:
            return response
        if not chosen_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), ("gzip",)):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)


class LanguageMiddleware(LocaleMiddleware):
    """Without a language in the address, only what went wrong is said in the language that was asked for."""

    def process_response(self, request, response):
        if response.status_code < 400 and not get_language_from_path(request.path_info):
            return response
        return super().process_response(request, response)
