from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Register of partnerships")
    default_auto_field = "django.db.models.BigAutoField"


class RegisterAdminConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS instead of django.contrib.admin."""

    default = False
    default_site = "partners.sites.RegisterAdminSite"
