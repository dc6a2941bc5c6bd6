from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import views
from .models import Agreement, City
from .open_views import read_only

app_name = "partners"

# Translators: these are parts of addresses: ASCII, lower case, ending in a slash.
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path(_("partners/"), views.CityListView.as_view(), name="city_list"),
    path(_("partners.<str:file_format>"), views.DownloadView.as_view(model=City), name="city_download"),
    path(_("partners/<slug:slug>/"), views.CityDetailView.as_view(), name="city_detail"),
    path(_("agreements/"), views.AgreementListView.as_view(), name="agreement_list"),
    path(_("agreements.atom"), views.AgreementFeedView.as_view(), name="agreement_feed"),
    path(
        _("agreements.<str:file_format>"),
        views.DownloadView.as_view(model=Agreement),
        name="agreement_download",
    ),
    path(_("agreements/<slug:slug>/"), views.AgreementDetailView.as_view(), name="agreement_detail"),
    path(_("documents/<uuid:uuid>/<str:name>"), views.DocumentView.as_view(), name="document"),
    path(_("fields/"), views.FieldListView.as_view(), name="field_list"),
    path(_("fields.<str:file_format>"), views.FieldDownloadView.as_view(), name="field_download"),
    path(_("fields/<slug:slug>/"), views.FieldDetailView.as_view(), name="field_detail"),
    path(_("map/"), views.MapView.as_view(), name="map"),
    path(_("overview/"), views.OverviewView.as_view(), name="overview"),
    path(_("anniversaries/"), views.AnniversariesView.as_view(), name="anniversaries"),
    path(_("anniversaries.ics"), views.CalendarView.as_view(), name="calendar"),
    path("api/", views.ApiDocumentationView.as_view(), name="api"),
    path(_("pages/<slug:slug>/"), views.PageDetailView.as_view(), name="page_detail"),
]
read_only(urlpatterns)
