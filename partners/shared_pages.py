"""Pages that one process has rendered and all may send, in the Redis that CACHE_URL names."""

import hashlib
import json
from time import monotonic, sleep

from django.core.cache import caches

from .rendered_pages import ENCODINGS, Page

KEPT_SECONDS = 600
TURN_SECONDS = 3  # what rendering takes at most; whose process has died is no longer waited for
ASKED_EVERY = 0.02  # seconds, while another process renders


class SharedPages:
    """What fails here fails no reader: each process then renders for itself, as without CACHE_URL."""

    @property
    def cache(self):
        return caches["pages"]  # of this thread

    def get(self, edition, key):
        """The page that another process has, or is about to have. Without one it is on the caller to render
        it, and then to `keep` it or to `give_up`.
        """
        name = named(edition, key)
        until = monotonic() + TURN_SECONDS
        while monotonic() < until:
            if page := self._shared(name):
                return page
            if self.cache.add(f"{name}:turn", 1, TURN_SECONDS) is not False:
                # Who had the turn before may have kept the page between the two questions.
                if page := self._shared(name):
                    self.give_up(edition, key)
                return page
            sleep(ASKED_EVERY)
        return None

    def _shared(self, name):
        text = self.cache.get(name)
        return unpacked(text) if text else None

    def keep(self, edition, key, page):
        self.cache.set(named(edition, key), packed(page), KEPT_SECONDS)
        self.give_up(edition, key)

    def give_up(self, edition, key):
        self.cache.delete(f"{named(edition, key)}:turn")


def named(edition, key):
    return f"{edition}:{hashlib.sha256(key.encode()).hexdigest()}"


def is_head(headers, sizes):
    """Whether these are the headers of a page and the sizes of its bodies, as packed() writes them."""
    return (
        isinstance(headers, dict)
        and all(isinstance(value, str) for value in headers.values())
        and isinstance(sizes, dict)
        and {""} <= sizes.keys() <= {"", *ENCODINGS}
        and all(isinstance(size, int) and size >= 0 for size in sizes.values())
    )


def packed(page):
    sizes = {encoding: len(body) for encoding, body in page.bodies.items()}
    return b"\n".join([json.dumps([page.headers, sizes]).encode(), b"".join(page.bodies.values())])


def unpacked(text):
    """The page, or None where not all of it is there, or something else is."""
    head, _newline, rest = text.partition(b"\n")
    try:
        headers, sizes = json.loads(head)
    except (ValueError, TypeError, RecursionError):
        return None
    if not is_head(headers, sizes) or len(rest) != sum(sizes.values()):
        return None
    bodies = {}
    for encoding, size in sizes.items():
        bodies[encoding], rest = rest[:size], rest[size:]
    return Page(headers, bodies)
