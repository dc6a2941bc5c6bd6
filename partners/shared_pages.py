"""Pages that one process has rendered and all may send, in the Redis that CACHE_URL names."""

import hashlib
import json
import logging
from time import monotonic, sleep

from django.core.cache import caches
from redis.exceptions import RedisError

from .rendered_pages import Page

logger = logging.getLogger(__name__)

KEPT_SECONDS = 600
TURN_SECONDS = 3  # what rendering takes at most; whose process has died is no longer waited for
ASKED_EVERY = 0.02  # seconds, while another process renders
LEFT_ALONE_SECONDS = 5  # a Redis that has failed


class AsItIs:
    """Bytes and numbers as Redis itself keeps them: nothing that it holds is ever executed."""

    def dumps(self, value):
        return value

    def loads(self, value):
        return value


class SharedPages:
    """What fails here fails no reader: each process then renders for itself, as without CACHE_URL."""

    def __init__(self):
        self.tried_again_at = 0.0

    def get(self, edition, key):
        """The page that another process has, or is about to have. Without one it is on the caller to render
        it, and then to `keep` it or to `give_up`.
        """
        name = named(edition, key)
        until = monotonic() + TURN_SECONDS
        while monotonic() < until:
            if text := self.ask("get", name):
                return unpacked(text)
            if self.ask("add", f"{name}:turn", 1, TURN_SECONDS) is not False:
                # Who had the turn before may have kept the page between the two questions.
                if text := self.ask("get", name):
                    self.give_up(edition, key)
                    return unpacked(text)
                return None
            sleep(ASKED_EVERY)
        return None

    def keep(self, edition, key, page):
        self.ask("set", named(edition, key), packed(page), KEPT_SECONDS)
        self.give_up(edition, key)

    def give_up(self, edition, key):
        self.ask("delete", f"{named(edition, key)}:turn")

    def ask(self, verb, *arguments):
        """The answer of the cache to `verb`; None if it has failed just now."""
        if monotonic() < self.tried_again_at:
            return None
        try:
            answer = getattr(caches["pages"], verb)(*arguments)
        except RedisError as error:
            if not self.tried_again_at:
                logger.warning("Pages are not shared until CACHE_URL answers again: %s", error)
            self.tried_again_at = monotonic() + LEFT_ALONE_SECONDS
            return None
        self.tried_again_at = 0.0
        return answer


def named(edition, key):
    return f"{edition}:{hashlib.sha256(key.encode()).hexdigest()}"


def packed(page):
    sizes = {encoding: len(body) for encoding, body in page.bodies.items()}
    return b"\n".join([json.dumps([page.headers, sizes]).encode(), b"".join(page.bodies.values())])


def unpacked(text):
    head, _newline, rest = text.partition(b"\n")
    headers, sizes = json.loads(head)
    bodies = {}
    for encoding, size in sizes.items():
        bodies[encoding], rest = rest[:size], rest[size:]
    return Page(headers, bodies)
