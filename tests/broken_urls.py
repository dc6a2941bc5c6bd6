"""Addresses for one test: a view that fails, in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path


def fail(request):
    raise RuntimeError("for the test of the 500 page")


urlpatterns = i18n_patterns(path("broken/", fail), path("", include("partners.urls")))
