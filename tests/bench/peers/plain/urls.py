from django.contrib import admin
from django.urls import path

from .views import CityListView

urlpatterns = [path("admin/", admin.site.urls), path("partners/", CityListView.as_view())]
