"""How many files are read and planned at once: visitors are served by the same processes meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MOST_AT_ONCE = 2  # in one process, which has more threads than that

_lock = Lock()
_officers: set[int | None] = set()  # the accounts whose files are being planned in this process


class TooManyPlansError(Exception):
    """Others, or the same officer, have files planned just now: the officer has to wait."""


@contextmanager
def planning_slot(officer: int | None) -> Iterator[None]:
    """One of the few places to plan a file in, for the account with the key `officer`, who may have one.

    Raises TooManyPlansError at once where none is free: to wait for one would keep a thread from visitors.
    """
    with _lock:
        if officer in _officers or len(_officers) >= MOST_AT_ONCE:
            raise TooManyPlansError
        _officers.add(officer)
    try:
        yield
    finally:
        with _lock:
            _officers.discard(officer)
