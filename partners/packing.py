"""How an answer is packed for who asks for it: always to the same bytes, of which a tag can tell."""

import zlib
from functools import lru_cache, partial

import brotli

from .rendered_pages import ENCODINGS


class GzipPacker:
    """Speaks as that of brotli does."""

    def __init__(self):
        packer = zlib.compressobj(6, wbits=16 + zlib.MAX_WBITS)
        self.process, self.finish = packer.compress, packer.flush
        self.flush = partial(packer.flush, zlib.Z_SYNC_FLUSH)


PACKERS = {"br": partial(brotli.Compressor, quality=5), "gzip": GzipPacker}
PIECE = 2**16  # bytes that are worth being sent on their own


def chosen_encoding(accepted, offered=ENCODINGS):
    """The best encoding of those `offered` that the header `accepted` names; "" for none."""
    best = best_encoding(accepted)
    return best if best in offered else ""


@lru_cache(maxsize=256)
def best_encoding(accepted):
    offers = dict(map(weighed, accepted.lower().split(",")))
    best = max(ENCODINGS, key=lambda name: offers.get(name, 0))  # of equals, the first
    return best if offers.get(best, 0) > 0 else ""


def weighed(offer):
    name, _semicolon, weight = offer.replace(" ", "").partition(";q=")
    try:
        return name, float(weight or 1)
    except ValueError:
        return name, 0


def gathered(pieces):
    """The small `pieces` in larger ones."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def packed(pieces, encoding):
    """The `pieces` of an answer in that `encoding`, "" for none, as they come."""
    if not encoding:
        yield from pieces
        return
    packer = PACKERS[encoding]()
    for piece in pieces:
        yield packer.process(piece) + packer.flush()
    yield packer.finish()
