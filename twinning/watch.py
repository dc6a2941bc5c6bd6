"""For who watches the site: whether it lives, whether it can serve, which request a log line is about."""

import logging
import re
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponseNotAllowed, JsonResponse

logger = logging.getLogger(__name__)

request_id = ContextVar("request_id", default="")
OF_A_PROXY = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


class WatchMiddleware:
    """Before all that needs what a load balancer does not bring: a name of the site, TLS and cookies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if OF_A_PROXY.match(given) else token_hex(16)
        token = request_id.set(name)
        try:
            answer = ANSWERS.get(request.path_info)
            response = answer(request) if answer else self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        return response


def healthz(request):
    """The process answers; whether what it needs is there, another process could not change."""
    return told(request, {"status": "ok"}, 200)


def readyz(request):
    """Everything is there that a page or a save may need."""
    failed = [name for name, check in CHECKS.items() if not holds(name, check)]
    if failed:
        return told(request, {"status": "unavailable", "failed": failed}, 503)
    return told(request, {"status": "ok"}, 200)


def told(request, answer, status):
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})


def holds(name, check):
    try:
        check()
    except Exception as error:
        # Why is for the log only: it may name hosts and folders.
        logger.warning("Not ready: %s (%s)", name, error)
        return False
    return True


def database_takes_changes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            if cursor.fetchone() == ("on",):
                raise PermissionError(
                    "the database is read-only: a standby, or default_transaction_read_only"
                )


def migrations_are_applied():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        if missing := known_migrations() - set(cursor.fetchall()):
            raise LookupError(f"manage.py migrate has not run: {len(missing)} to apply")


@cache
def known_migrations():
    return MigrationLoader(None).disk_migrations.keys()


def documents_can_be_written():
    from partners.models.document import is_away  # the log needs this module before there are models

    if is_away(default_storage):
        raise FileNotFoundError(f"the register has documents, but {default_storage.location} is gone")
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:  # on another machine, where asking shows that it answers
        default_storage.exists("readyz")
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(4096))
        file.flush()


CHECKS = {
    "database": database_takes_changes,
    "migrations": migrations_are_applied,
    "documents": documents_can_be_written,
}
ANSWERS = {"/healthz": healthz, "/readyz": readyz}
