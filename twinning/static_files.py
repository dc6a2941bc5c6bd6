"""Whether the static files were gathered: without them, each page would fail with an error of its own."""

import sys

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage


def examine():
    if settings.DEBUG or not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    if not staticfiles_storage.read_manifest():
        sys.exit(
            f"Twinning cannot start: there are no static files in {settings.STATIC_ROOT}; "
            "run manage.py collectstatic --no-input."
        )
