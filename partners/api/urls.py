from django.urls import path

from ..models import Agreement, City, CooperationField
from ..open_views import read_only
from . import views

app_name = "api"

urlpatterns = [
    path("openapi.json", views.DescriptionView.as_view(), name="description"),
    path("partners", views.RecordsView.as_view(model=City), name="city_list"),
    path("partners/<slug:slug>", views.RecordView.as_view(model=City), name="city_detail"),
    path("agreements", views.RecordsView.as_view(model=Agreement), name="agreement_list"),
    path("agreements/<slug:slug>", views.RecordView.as_view(model=Agreement), name="agreement_detail"),
    path("fields", views.RecordsView.as_view(model=CooperationField), name="field_list"),
    path("fields/<slug:slug>", views.RecordView.as_view(model=CooperationField), name="field_detail"),
]
read_only(urlpatterns)
