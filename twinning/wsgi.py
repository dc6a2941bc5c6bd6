"""The WSGI application that an application server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from .static_files import examine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")
os.umask(0o077)  # what the program writes is for its own account, whoever runs it

# What is made while the program starts stays: it is not gone through for garbage, neither now nor later.
gc.disable()
examine()
application = get_wsgi_application()
gc.freeze()
gc.enable()
