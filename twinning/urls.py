from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

handler404 = "partners.views.page_not_found"

urlpatterns = [
    # The bare address is Latvian for everybody, whatever the browser prefers.
    path("", RedirectView.as_view(url="/lv/")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("partners.urls")),
    ),
]
