"""Officers who write at the same time, one of them held where the other comes in between."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connection, connections

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""
SECONDS = 10  # until a test gives up


class Held:
    """A statement before which a thread waits until it is let go."""

    def __init__(self, begins):
        self.begins = begins
        self.reached, self.let_go = Event(), Event()

    def __call__(self, execute, sql, *rest):
        if sql.startswith(self.begins):
            self.reached.set()
            assert self.let_go.wait(SECONDS)
        return execute(sql, *rest)


def in_a_thread(pool, work, *wrappers):
    """What `work` gives, in a thread with a connection of its own."""

    def run():
        try:
            for wrapper in wrappers:
                connection.execute_wrappers.append(wrapper)
            return work()
        finally:
            connections.close_all()

    return pool.submit(run)


def wait_for_a_lock():
    """Go on once somebody waits for a lock of PostgreSQL."""
    until = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits for a lock.")


@contextmanager
def threads(count=3):
    with ThreadPoolExecutor(count) as pool:
        yield pool


def overlapping(first, second, begins, *, waits=True):
    """What `first` and `second` give, where `second` comes while `first` stands before a statement.

    `begins` is how the statement begins. Either `second` waits for a lock that `first` has, or it is done
    before `first` goes on. Do not look at the context of answers: the test client mixes those of threads.
    """
    held = Held(begins)
    with threads() as pool:
        try:
            answers = [in_a_thread(pool, first, held)]
            assert held.reached.wait(SECONDS)
            answers.append(in_a_thread(pool, second))
            if waits:
                wait_for_a_lock()
            else:
                answers[1].result(SECONDS)
        finally:
            held.let_go.set()
        return [answer.result(SECONDS) for answer in answers]
