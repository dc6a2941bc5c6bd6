"""The WSGI application that an application server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from .static_files import examine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")

# What is made while the program starts stays: it is not gone through for garbage, neither now nor later.
gc.disable()
examine()
application = get_wsgi_application()
gc.freeze()
gc.enable()
