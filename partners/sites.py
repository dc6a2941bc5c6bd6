from django.contrib.admin import AdminSite
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The order of the day's work; what is not named here follows.
ORDER = (
    "City",
    "Agreement",
    "Document",
    "CooperationField",
    "SpreadsheetImport",
    "Merge",
    "Page",
    "DigestSubscription",
)


class RegisterAdminSite(AdminSite):
    """The department's desk."""

    site_header = _("Register of partnerships")
    site_title = _("Register of partnerships")
    index_title = _("Partners, agreements and fields of cooperation")
    empty_value_display = _("not stated")
    index_template = "admin/partners/desk.html"

    def index(self, request, extra_context=None):
        from .desk import Desk  # the site is made before there are models

        desk = Desk(request.user, timezone.localdate())
        return super().index(request, {"desk": desk, **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        """That of the register is the desk."""
        if app_label == "partners":
            return redirect(f"{self.name}:index")
        return super().app_index(request, app_label, extra_context)

    def get_app_list(self, request, app_label=None):
        """The register first, its models in the order of the day's work rather than of the alphabet."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(
                key=lambda model: ORDER.index(name) if (name := model["object_name"]) in ORDER else len(ORDER)
            )
        return sorted(apps, key=lambda app: app["app_label"] != "partners")
