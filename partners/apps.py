from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Register of partnerships")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from .roles import keep_in_step  # after the apps, whose permissions it knows

        post_migrate.connect(keep_in_step, sender=self)


class RegisterAdminConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS instead of django.contrib.admin."""

    default = False
    default_site = "partners.sites.RegisterAdminSite"
