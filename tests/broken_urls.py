"""Addresses for one test: views that fail, in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.db import OperationalError
from django.urls import include, path


def fail(request):
    raise RuntimeError("for the test of the 500 page")


def fail_without_database(request):
    raise OperationalError("for the test of the 503 page")


handler500 = "partners.error_views.server_error"
urlpatterns = [
    path("api/v1/away", fail_without_database),
    *i18n_patterns(
        path("broken/", fail), path("away/", fail_without_database), path("", include("partners.urls"))
    ),
]
