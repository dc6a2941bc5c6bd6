from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import views

app_name = "partners"

# Translators: these are parts of addresses: ASCII, lower case, ending in a slash.
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path(_("partners/"), views.CityListView.as_view(), name="city_list"),
    path(_("partners/<slug:slug>/"), views.CityDetailView.as_view(), name="city_detail"),
    path(_("agreements/"), views.AgreementListView.as_view(), name="agreement_list"),
    path(_("agreements/<slug:slug>/"), views.AgreementDetailView.as_view(), name="agreement_detail"),
    path(_("fields/"), views.FieldListView.as_view(), name="field_list"),
    path(_("fields/<slug:slug>/"), views.FieldDetailView.as_view(), name="field_detail"),
    path(_("pages/<slug:slug>/"), views.PageDetailView.as_view(), name="page_detail"),
]
