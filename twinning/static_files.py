"""The static files: which are gathered, who may read them, and whether they were."""

import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class GatheredFilesConfig(StaticFilesConfig):
    """All but the flags of the world, which no page shows: each process looks at every file as it starts."""

    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "flags")


class PublicFilesStorage(CompressedManifestStaticFilesStorage):
    """Static files that the web server may read, whatever the umask: the compressed ones, too."""

    def compress_files(self, names):
        for name, compressed_name in super().compress_files(names):
            Path(self.path(compressed_name)).chmod(self.file_permissions_mode)
            yield name, compressed_name


def examine():
    """End the start where there are none: each page would fail with an error of its own."""
    if settings.DEBUG or not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    if not staticfiles_storage.read_manifest():
        sys.exit(
            f"Twinning cannot start: there are no static files in {settings.STATIC_ROOT}; "
            "run manage.py collectstatic --no-input."
        )
