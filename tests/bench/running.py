"""How a part of the benchmark is run, timed and told."""

import os
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(folder):
    """Django with an empty database, in `folder` unless DATABASE_URL names a server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")
    os.environ["DATA_DIR"] = folder
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Pages are measured as they are rendered, not as they are kept.
    left_out = ("whitenoise", "PublicPages")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not any(part in name for part in left_out)]


def timed(function, *arguments):
    begun = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - begun, result


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def report(line):
    print(line, flush=True)  # noqa: T201 what it is for
