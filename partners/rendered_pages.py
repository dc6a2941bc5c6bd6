"""Pages that were rendered once and are served many times, in the memory of this process."""

import gzip
from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import NamedTuple

import brotli

ENCODINGS = {
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
PACKED_FROM = 200  # bytes; below, packing only costs
OVERHEAD = 1000  # bytes that a page takes beside its text
RENDERED_AT_A_TIME = 64


class Page(NamedTuple):
    """`bodies` by their encoding, "" for the plain one; `headers` without what depends on it."""

    headers: dict
    bodies: dict

    @classmethod
    def of(cls, response):
        bodies = {"": response.content}
        if len(response.content) >= PACKED_FROM:
            bodies |= {name: pack(response.content) for name, pack in ENCODINGS.items()}
        headers = {name: value for name, value in response.items() if name != "Content-Length"}
        return cls(headers, bodies)

    @property
    def size(self):
        return OVERHEAD + sum(map(len, self.bodies.values()))


class RenderedPages:
    """The pages of one edition, at most `most_bytes` of them; what was asked for longest ago goes first."""

    def __init__(self, most_bytes):
        self.most_bytes = most_bytes
        self.edition = None
        self.pages = OrderedDict()
        self.size = 0
        self.lock = Lock()
        self.rendering = [Lock() for _number in range(RENDERED_AT_A_TIME)]

    def get(self, edition, key):
        with self.lock:
            if self.edition != edition:
                return None
            if page := self.pages.get(key):
                self.pages.move_to_end(key)
            return page

    def keep(self, edition, key, page):
        with self.lock:
            if self.edition != edition:
                self.edition, self.pages, self.size = edition, OrderedDict(), 0
            if replaced := self.pages.pop(key, None):
                self.size -= replaced.size
            self.pages[key] = page
            self.size += page.size
            while self.size > self.most_bytes:
                _key, oldest = self.pages.popitem(last=False)
                self.size -= oldest.size

    def turn(self, key):
        """Held by who renders the page `key`, so that others wait for it and do not render it, too."""
        return self.rendering[hash(key) % RENDERED_AT_A_TIME]
