import sys

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import Storage, storages
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Register of partnerships")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # After the apps, whose models and permissions they know
        from .accounts import sessions, watching  # noqa: F401 their receivers
        from .models.edition import leave_tables, watch_tables
        from .models.query_statistics import update_statistics
        from .models.tally import keep_count, stop_counting
        from .models.words import keep_words, leave_words
        from .roles import keep_in_step

        pre_migrate.connect(leave_tables, sender=self)
        pre_migrate.connect(stop_counting, sender=self)
        pre_migrate.connect(leave_words, sender=self)
        post_migrate.connect(watch_tables, sender=self)
        post_migrate.connect(keep_count, sender=self)
        post_migrate.connect(keep_words, sender=self)
        post_migrate.connect(keep_in_step, sender=self)
        post_migrate.connect(update_statistics, sender=self)
        # A storage reads settings of its own, so it can be made only once they are all there.
        try:
            storage = storages["default"]
            if not isinstance(storage, Storage):
                raise TypeError(f"{type(storage).__name__} is no storage")
        except (ImproperlyConfigured, ImportError, TypeError, ValueError) as error:
            sys.exit(
                "Twinning cannot start: set DOCUMENT_STORAGE and DOCUMENT_STORAGE_OPTIONS to a storage that "
                f"works, or leave both unset ({error})."
            )


class RegisterAdminConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS instead of django.contrib.admin."""

    default = False
    default_site = "partners.sites.RegisterAdminSite"
