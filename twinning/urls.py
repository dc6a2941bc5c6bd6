from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from partners import well_known
from partners.open_views import read_only

handler400 = "partners.error_views.bad_request"
handler404 = "partners.error_views.page_not_found"
handler500 = "partners.error_views.server_error"

urlpatterns = [
    *read_only(
        [
            # The bare address is Latvian for everybody, whatever the browser prefers.
            path("", RedirectView.as_view(url="/lv/", http_method_names=["get", "head", "options"])),
            path("robots.txt", well_known.robots, name="robots"),
            path("sitemap.xml", well_known.sitemap_index, name="sitemap_index"),
            path("sitemap-<slug:section>.xml", well_known.sitemap, name="sitemap"),
            path(".well-known/security.txt", well_known.security, name="security"),
        ]
    ),
    path("api/v1/", include("partners.api.urls")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("partners.urls")),
    ),
]
