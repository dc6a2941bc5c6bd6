"""A Redis that may fail: who asks is answered as if it held nothing."""

import logging
from time import monotonic

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEFT_ALONE_SECONDS = 5  # after it has failed


class AsItIs:
    """Bytes and numbers as Redis itself keeps them: nothing that it holds is ever executed."""

    def dumps(self, value):
        return value

    def loads(self, value):
        return value


class ForgivingRedisCache(RedisCache):
    """Answers None while Redis does not."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.tried_again_at = 0.0

    def get(self, *arguments, **options):
        return self._ask(super().get, *arguments, **options)

    def add(self, *arguments, **options):
        return self._ask(super().add, *arguments, **options)

    def set(self, *arguments, **options):
        return self._ask(super().set, *arguments, **options)

    def delete(self, *arguments, **options):
        return self._ask(super().delete, *arguments, **options)

    def _ask(self, verb, *arguments, **options):
        if monotonic() < self.tried_again_at:
            return None
        try:
            answer = verb(*arguments, **options)
        except RedisError as error:
            if not self.tried_again_at:
                logger.warning("Pages are not shared until CACHE_URL answers again: %s", error)
            self.tried_again_at = monotonic() + LEFT_ALONE_SECONDS
            return None
        self.tried_again_at = 0.0
        return answer
