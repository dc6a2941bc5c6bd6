"""The static files: which are gathered, and whether they were."""

import sys

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage


class GatheredFilesConfig(StaticFilesConfig):
    """All but the flags of the world, which no page shows: each process looks at every file as it starts."""

    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "flags")


def examine():
    """End the start where there are none: each page would fail with an error of its own."""
    if settings.DEBUG or not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    if not staticfiles_storage.read_manifest():
        sys.exit(
            f"Twinning cannot start: there are no static files in {settings.STATIC_ROOT}; "
            "run manage.py collectstatic --no-input."
        )
