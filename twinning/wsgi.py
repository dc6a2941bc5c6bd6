"""The WSGI application that an application server loads."""

import os

from django.core.wsgi import get_wsgi_application

from .static_files import examine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")

examine()
application = get_wsgi_application()
