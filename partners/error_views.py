"""What is answered where the request, the address or the site itself is at fault."""

import sys
from errno import ENOSPC

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_from_path, gettext_lazy, override
from django.views import defaults

from .accounts.sessions import typed
from .addresses import in_other_words
from .api.answers import Problem, refusal
from .api.views import nothing_there
from .models.document import StorageAwayError

API = "/api/"
RETRY_AFTER = 5  # seconds
READ_ONLY = "25006"  # what PostgreSQL calls it where it is a standby, or was told to take no changes
OUR_FAULT = gettext_lazy("The fault is ours, not yours. Please try again in a few minutes.")
AWAY = gettext_lazy(
    "The register cannot be reached at the moment. Please try again in a minute. "
    "If you were saving something, look first whether it was saved."
)


def bad_request(request, exception):
    """Django takes a session that a failing database did not store for one that was deleted meanwhile."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(render_to_string("413.html"), status=413)
    causes = [exception]
    while cause := causes[-1].__context__:
        causes.append(cause)
    if isinstance(exception, SessionInterrupted) and any(map(is_away, causes)):
        return fault(request, away=True)
    return defaults.bad_request(request, exception)


def page_not_found(request, exception):
    """An address in the words of the other language leads to the page that is meant."""
    if request.path_info.startswith(API):
        return refusal(nothing_there())
    if meant := in_other_words(request.get_full_path()):
        return HttpResponsePermanentRedirect(meant)
    return defaults.page_not_found(request, exception)


def server_error(request):
    """Where the database, the storage or the disk fails, the site is only away for a while."""
    return fault(request, is_away(sys.exception()))


def is_away(error):
    """Whether `error` says that the site cannot serve, or cannot save, for a while."""
    return (
        isinstance(error, OperationalError | InterfaceError | StorageAwayError)
        or (isinstance(error, OSError) and error.errno == ENOSPC)
        or getattr(getattr(error, "__cause__", None), "sqlstate", None) == READ_ONLY
    )


def sent_in_vain(request):
    """What a form was to save, for the page to keep; not what holds a password, which no page may show."""
    try:
        if request.method != "POST" or any("password" in name for name in request.POST):
            return {}
        return {
            "path": request.get_full_path(),
            "typed": typed(request),
            "csrf_token": request.POST.get("csrfmiddlewaretoken", ""),  # the one that the form had
            "had_files": bool(request.FILES),
        }
    except (OSError, BadRequest, SuspiciousOperation, MultiPartParserError):  # it cannot even be read
        return {}


def fault(request, away):
    """The answer of a site that is `away` for a while, or has a fault; no part of it needs what failed."""
    status = 503 if away else 500
    # Whatever failed may have failed before the language was chosen.
    with override(get_language_from_path(request.path_info) or get_language()):
        if request.path_info.startswith(API):
            response = refusal(Problem(status, str(AWAY if away else OUR_FAULT)))
        else:
            to_send_again = sent_in_vain(request) if away else {}
            response = HttpResponse(render_to_string(f"{status}.html", to_send_again), status=status)
    response["Cache-Control"] = "no-store"
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response
