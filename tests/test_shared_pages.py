"""Pages rendered by one process are sent by all, and no reader depends on the Redis between them."""

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlencode

import pytest
import redis
from django.http import HttpResponse

from partners.middleware import PublicPagesMiddleware
from partners.rendered_pages import Page
from partners.shared_pages import KEPT_SECONDS, SharedPages, packed, unpacked

from .conftest import IN_CI
from .deployed import free_port

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = os.environ.get("TEST_CACHE_URL", "redis://127.0.0.1:6379/15")


def caching(address, prefix):
    return {
        "BACKEND": "partners.redis_cache.ForgivingRedisCache",
        "LOCATION": address,
        "KEY_PREFIX": prefix,
        "OPTIONS": {"serializer": "partners.redis_cache.AsItIs", "socket_timeout": 1},
    }


@pytest.fixture
def shared(settings, request):
    """The Redis that processes share, and its keys of this test."""
    client = redis.Redis.from_url(ADDRESS)
    try:
        client.ping()
    except redis.ConnectionError:
        if IN_CI:
            raise
        pytest.skip("Redis does not answer")
    prefix = f"test-{os.getpid()}-{request.node.originalname}"
    settings.CACHES = {**settings.CACHES, "pages": caching(ADDRESS, prefix)}

    def kept():
        return {key: client.ttl(key) for key in client.scan_iter(f"{prefix}*")}

    yield kept
    client.delete(*kept(), prefix)


class Process:
    """What each process has of its own; `rendered` by it."""

    def __init__(self, text="x" * 1000, status=200):
        self.rendered = []
        self.text, self.status = text, status
        self.middleware = PublicPagesMiddleware(self.render)

    def render(self, request):
        self.rendered.append(request.get_full_path())
        request.resolver_match = type("Match", (), {"namespace": "partners"})
        return HttpResponse(self.text, status=self.status)


def test_page_is_rendered_by_one_process_for_all(shared, rf):
    one, other = Process(), Process("never shown")
    first, second = (process.middleware(rf.get("/lv/partneri/")) for process in (one, other))
    assert (first.content, first["ETag"]) == (second.content, second["ETag"])
    assert (len(one.rendered), other.rendered) == (1, [])


def test_page_that_many_processes_are_asked_for_at_once_is_rendered_by_one(shared, rf):
    processes = [Process() for _number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda process: process.middleware(rf.get("/lv/partneri/")), processes))
    assert sum(len(process.rendered) for process in processes) == 1
    assert {answer.content for answer in answers} == {b"x" * 1000}


def test_what_is_no_page_is_shared_by_nobody_and_waited_for_by_nobody(shared, rf):
    missing, other = Process(status=404), Process(status=404)
    for process in (missing, other, missing):
        assert process.middleware(rf.get("/lv/partneri/nav/")).status_code == 404
    assert (len(missing.rendered), len(other.rendered), shared()) == (2, 1, {})


def test_parameters_that_the_site_does_not_know_fill_nothing(shared, rf):
    process = Process()
    for number in range(20):
        process.middleware(rf.get("/lv/partneri/?" + urlencode({f"x{number}": "y", "utm_source": number})))
    kept = shared()
    assert len(kept) == 1
    assert all(0 < seconds <= KEPT_SECONDS for seconds in kept.values())


def test_without_redis_each_process_renders_and_says_so_once(settings, rf, caplog):
    settings.CACHES = {**settings.CACHES, "pages": caching(f"redis://127.0.0.1:{free_port()}", "gone")}
    process = Process()
    with caplog.at_level(logging.WARNING, "partners.redis_cache"):
        for path in ("/lv/partneri/", "/lv/ligumi/", "/lv/partneri/"):
            assert process.middleware(rf.get(path)).status_code == 200
    assert process.rendered == ["/lv/partneri/", "/lv/ligumi/"]
    assert [record.name for record in caplog.records] == ["partners.redis_cache"]


def test_pages_are_shared_again_once_redis_answers(shared):
    pages = SharedPages()
    pages.cache.tried_again_at = 0.001  # it has failed long ago
    pages.keep("first", "/lv/", Page({}, {"": b"x"}))
    assert (pages.get("first", "/lv/"), pages.cache.tried_again_at) == (Page({}, {"": b"x"}), 0.0)


def json_of(value, _text):
    """Another value of JSON, and two bytes behind it."""
    return json.dumps(value).encode() + b"\nxy"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: b"x",
        lambda text: b"{" + text,
        *(partial(json_of, value) for value in (1, None, [], [1, 2], [{}, 1, 2], [{}, [1]], [[], {}])),
        *(partial(json_of, [{}, sizes]) for sizes in ({"": "x"}, {"": 2.0}, {"br": 2}, {"": 3, "br": -1})),
        partial(json_of, [{"A": 1}, {"": 2}]),
        lambda _text: b"[" * 100_000,
    ],
)
def test_page_that_comes_back_damaged_is_rendered_anew(shared, rf, damage):
    Process().middleware(rf.get("/lv/partneri/"))
    client, [key] = redis.Redis.from_url(ADDRESS), shared()
    client.set(key, damage(client.get(key)))
    assert Process("anew").middleware(rf.get("/lv/partneri/")).content == b"anew"


@pytest.mark.parametrize("bodies", [{"": b""}, {"": b"\n{}\n", "br": b"\x00\n", "gzip": b"[]"}])
def test_page_comes_back_as_it_was_shared(bodies):
    page = Page({"Content-Type": "text/html; charset=utf-8", "Content-Language": "lv"}, bodies)
    assert unpacked(packed(page)) == page
