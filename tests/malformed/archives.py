"""Archives written entry by entry, so that a lie about what they hold is possible."""

import io
import struct
import warnings
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zlib import crc32


def zipped(*entries):
    """An archive of `entries`: name and content, and compressed content with its size if it is not plain."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in entries:
            archive.writestr(info(name), content)
    return file.getvalue()


def info(name):
    made = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.create_system = 3
    return made


def packed(content, name, stream, size, crc):
    """The archive `content` with one more entry, first: the deflated `stream`, said to hold `size` bytes."""
    with ZipFile(io.BytesIO(content)) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    found, directory = b"", b""
    streams = [(name, stream, size, crc, ZIP_DEFLATED)]
    streams += [(each, text, len(text), crc32(text), ZIP_STORED) for each, text in entries if each != name]
    for each, text, length, checksum, method in streams:
        # version, flags, method, time, date, checksum, packed size, size, length of the name, extra
        common = struct.pack("<HHHHHLLLHH", 20, 0, method, 0, 33, checksum, len(text), length, len(each), 0)
        directory += struct.pack("<4sH", b"PK\x01\x02", 20) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(found)) + each.encode()
        found += b"PK\x03\x04" + common + each.encode() + text
    count = len(streams)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(found), 0)
    return found + directory + end


def deflated(before, letter, times, after):
    """A deflate stream: `before`, the `letter` 1 + 258 `times` times, and `after`; written bit by bit.

    The codes: 0 for "258 times", 10 for the letter, 11 for the end of the block, 0 for the distance 1.
    """
    bits = []

    def add(value, count):
        bits.extend(value >> at & 1 for at in range(count))

    def zeros(count):
        while count:
            part = min(count, 138)
            bits.append(0)
            add(part - 11, 7)
            count -= part

    add(0, 1)  # not the last block
    add(2, 2)  # with codes of its own
    add(286 - 257, 5)
    add(0, 5)
    add(18 - 4, 4)
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        add({18: 1, 1: 2, 2: 2}.get(symbol, 0), 3)
    one, two = (1, 0), (1, 1)
    zeros(letter)
    bits.extend(two)
    zeros(255 - letter)
    bits.extend(two)
    zeros(28)
    bits.extend((*one, *one))
    bits.extend((1, 0))
    zero_bits = 2 * times
    aligning = -len(bits) % 8
    bits += [0] * aligning
    rest = zero_bits - aligning
    tail = [0] * (rest % 8) + [1, 1]
    tail += [1, 0, 0]  # the last block, plain
    plain = struct.pack("<BHH", 0, len(before), len(before) ^ 0xFFFF) + before
    run = in_bytes(bits) + bytes(rest // 8) + in_bytes(tail)
    return plain + run + struct.pack("<HH", len(after), len(after) ^ 0xFFFF) + after


def in_bytes(bits):
    groups = (bits[at : at + 8] for at in range(0, len(bits), 8))
    return bytes(sum(bit << at for at, bit in enumerate(group)) for group in groups)
