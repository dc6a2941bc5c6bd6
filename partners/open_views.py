"""What programs on any site may read, and nobody can write."""

from django.conf import settings
from django.http import HttpResponse
from django.views import View
from django.views.decorators.csrf import csrf_exempt

METHODS = "GET, HEAD, OPTIONS"
# A shared cache asks after a second; if it gets no answer, that of a while ago is better than none.
CACHE_CONTROL = (
    "public, max-age=0, s-maxage=1, stale-while-revalidate=1, "
    f"stale-if-error={settings.STALE_IF_ERROR_SECONDS}"
)
ANY_SITE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Content-Disposition"}


def for_any_site(response):
    for name, value in ANY_SITE.items():
        response[name] = value
    return response


def read_only(patterns):
    """`patterns`, addresses that take no forms: who tries to write is told that one can only read."""
    for pattern in patterns:
        pattern.callback = csrf_exempt(pattern.callback)  # nosemgrep: form-without-token, none is taken
    return patterns


class OpenView(View):
    http_method_names = ["get", "head", "options"]

    def options(self, request, *args, **kwargs):
        """What browsers ask before they let a page of another site read."""
        headers = {
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
            "Access-Control-Max-Age": "86400",
        }
        return for_any_site(HttpResponse(status=204, headers=headers))
