"""The edition of the site that is served: what the register holds, on this day, as this program shows it."""

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, time
from functools import cache, lru_cache, wraps
from pathlib import Path
from threading import Lock
from time import monotonic
from time import time as now
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.utils.timezone import localdate, make_aware
from django.utils.translation import get_language

from .models import Edition

# Seconds: a change is seen by every process within one, whatever wrote it.
LOOKED_UP_AFTER = 0.25

# Of what is the same on several pages: in a large register, counts by partner take megabytes.
MOST_KEPT = 16

# The token of the edition whose page is being made.
making = ContextVar("making", default="")


class CurrentEdition(NamedTuple):
    """`token` names it; nothing that visitors see has changed since the instant `since`, in seconds.

    It was the current one at the instant `seen_at`.
    """

    token: str
    since: float
    seen_at: float = 0.0


class Newsstand:
    """Knows the current edition, and asks the database now and then whether there is a new one.

    At least once in each second of the clock: caches keep a page until that ends.
    """

    def __init__(self):
        self.edition = None
        self.known_until = 0.0
        self.away_since = None
        self.lock = Lock()

    def current(self, *, at_once=False):
        """The CurrentEdition; `at_once`, that of this very moment.

        Without a database, the last one known, for as long as STALE_IF_ERROR_SECONDS says.
        """
        if self.is_known() and not at_once:
            return self.edition
        with self.lock:
            if at_once or not self.is_known():
                try:
                    self.edition = look_up()
                    self.away_since = None
                except DatabaseError:
                    self.away_since = self.away_since or monotonic()
                    is_too_old = monotonic() - self.away_since >= settings.STALE_IF_ERROR_SECONDS
                    if is_too_old or not self.edition:
                        raise
                self.known_until = monotonic() + min(LOOKED_UP_AFTER, 1 - now() % 1)
            return self.edition

    def is_known(self):
        return self.edition is not None and monotonic() < self.known_until


def look_up():
    seen_at = now()
    stamp, moved_at = Edition.objects.values_list("stamp", "moved_at").first() or ("", None)
    today = localdate()
    midnight = make_aware(datetime.combine(today, time.min))  # anniversaries come with the day
    named = f"{stamp} {today} {program()}"
    since = max(instant.timestamp() for instant in (moved_at, midnight) if instant)
    return CurrentEdition(hashlib.sha256(named.encode()).hexdigest()[:20], since, seen_at)


@cache
def program():
    """What distinguishes this version of the program from others: all that it reads to make a page."""
    digest = hashlib.sha256()
    for folder in ("partners", "templates", "twinning"):
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt", ".mo", ".css", ".js", ".svg"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def pages_of(edition):
    """While this lasts, pages of the CurrentEdition `edition` are made, and of no other."""
    before = making.set(edition.token)
    try:
        yield
    finally:
        making.reset(before)


def same_on_every_page(read):
    """What `read` returns of its arguments is read once for the pages of an edition in one language.

    For all else it is read anew. What was asked for longest ago is forgotten.
    """

    @lru_cache(maxsize=MOST_KEPT)
    def kept(_edition, _language, *asked):
        return read(*asked)

    @wraps(read)
    def known(*asked):
        edition = making.get()
        return kept(edition, get_language(), *asked) if edition else read(*asked)

    return known
