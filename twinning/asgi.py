"""The ASGI application that an application server loads."""

import os

from django.core.asgi import get_asgi_application

from .static_files import examine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twinning.settings")
os.umask(0o077)  # what the program writes is for its own account, whoever runs it

examine()
application = get_asgi_application()
