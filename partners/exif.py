"""The one thing that a picture keeps of what its camera wrote down: which side of it is up."""

import struct

ORIENTATION = 0x0112
UPRIGHT = 1
LYING = (5, 6, 7, 8)  # a quarter turn is to be made: width and height change places
MOST_ENTRIES = 1000  # cameras write fewer than a hundred


def orientation(tiff: bytes) -> int:
    """The orientation, 1 to 8, that the EXIF data `tiff` states; UPRIGHT where it states none.

    Source: TIFF 6.0, sections 2 and 8.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not order or len(tiff) < 8:
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, at + 2 + min(count, MOST_ENTRIES) * 12, 12):
        if entry + 12 > len(tiff):
            break
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if (tag, kind, values) == (ORIENTATION, 3, 1):
            return value if value in range(1, 9) else UPRIGHT
    return UPRIGHT


def stating(orientation: int) -> bytes:
    """EXIF data that state the `orientation` and nothing else; nothing where a picture is upright."""
    if orientation == UPRIGHT:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)


def as_shown(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height of a picture as it is shown, from those of its pixels."""
    return (height, width) if orientation in LYING else (width, height)
