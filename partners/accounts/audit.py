"""What an auditor asks for: one line for whatever happens to accounts, and for what leaves or enters in bulk.

A line says what, when (UTC), by which account and from which address. Nothing that was typed stands in it:
not the password, and not a name that is no account, which may be a password in the wrong place.
"""

import json
import logging
from datetime import UTC, datetime

log = logging.getLogger("twinning.audit")


class Line(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record):
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event = {"at": at.replace("+00:00", "Z"), "event": record.getMessage(), **record.event}
        return json.dumps(event, ensure_ascii=False)


def note(event, by=None, **details):
    """Write down `event` once what it tells is certain to stay.

    `by` is who did it, the account that asks unless told otherwise; on the command line nobody.
    """
    # Read before there are apps, for the formatter above
    from django.db import transaction
    from simple_history.models import HistoricalRecords

    from .addresses import client_address

    request = getattr(HistoricalRecords.context, "request", None)
    if not by and request and request.user.is_authenticated:
        by = request.user
    line = {
        "account": by and by.pk,
        "username": by and by.get_username(),
        "address": request and client_address(request),
        **details,
    }
    transaction.on_commit(lambda: log.info(event, extra={"event": line}), robust=True)


def named(user):
    """The account that something happened to."""
    return {"account": user.pk, "username": user.get_username()}
