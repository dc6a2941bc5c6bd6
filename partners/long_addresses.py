"""Addresses that are too long are answered before anything reads them, which would take long, too."""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from .api.answers import Problem, refusal
from .error_views import API

# Characters, as sent. The longest address that the site leads to names a hundred records to be merged.
LONGEST = 4096


class LongAddressesMiddleware:
    """Before the pages that are kept: they are found by their address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if len(request.get_full_path()) <= LONGEST:
            return self.get_response(request)
        with override(get_language_from_request(request, check_path=True)):
            if request.path_info.startswith(API):
                return refusal(Problem(414, _("The address is too long.")))
            return HttpResponse(render_to_string("414.html"), status=414)
