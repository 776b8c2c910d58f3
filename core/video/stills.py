"""Tell moving pictures from stills in formats that hold both."""

from __future__ import annotations

import re
import struct
from typing import IO

_WINDOW = 32_000_000  # bytes; a single JPEG picture that is larger is taken for a still
_CHUNKS = 10_000  # of a PNG file before its pixels
_JPEG, _ANNOUNCED = b"\xff\xd8\xff", b"MPF\x00"  # how a picture starts, and how it lists others that follow
_GAP = 4096  # bytes at most between pictures
_NO_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))  # markers of JPEG that stand alone
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SIZES = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))


def is_animated_png(file: IO[bytes]) -> bool:
    """Whether a PNG file has the chunk that makes it an animation; it comes before the pixels, after any metadata."""
    file.seek(8)
    for _ in range(_CHUNKS):
        header = file.read(8)
        if len(header) < 8 or header[4:] in (b"IDAT", b"IEND"):
            return False
        if header[4:] == b"acTL":
            return True
        file.seek(int.from_bytes(header[:4], "big") + 4, 1)
    return False


def holds_several_pages(file: IO[bytes]) -> bool:
    """Whether a TIFF file has a second page, of the first one's size: else it is a preview."""
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    sizes = []
    for _ in range(2):
        try:
            (place,) = struct.unpack(f"{order}I", file.read(4))
            if not place:
                return False
            file.seek(place)
            (count,) = struct.unpack(f"{order}H", file.read(2))
            sizes.append(_page_size(file.read(12 * count), order))
        except (struct.error, OSError):
            return False
    return sizes[0] == sizes[1]


def _page_size(entries: bytes, order: str) -> dict[int, int]:
    """Width (256) and height (257) of a page."""
    found = {}
    for place in range(0, len(entries) - 11, 12):
        tag, kind = struct.unpack_from(f"{order}HH", entries, place)
        if tag in (256, 257):
            (found[tag],) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", entries, place + 8)
    return found


def is_motion_jpeg(file: IO[bytes]) -> bool:
    """Whether another JPEG picture of the same size follows the first one at once.

    Photographs may carry a second picture, for depth or for brightness: it has another size, or is announced.
    """
    content = file.read(_WINDOW)
    size, end = _walk_jpeg(content, 0)
    if end is None or _ANNOUNCED in content[:end]:
        return False
    start = content.find(_JPEG, end, end + _GAP)
    if start < 0 or content[end:start].strip(b"\x00\xff\r\n"):
        return False
    return size is not None and _walk_jpeg(content, start)[0] == size


def _walk_jpeg(content: bytes, start: int) -> tuple[bytes | None, int | None]:
    """Height and width as stored in a JPEG picture, and where it ends; None for what is lacking."""
    size, place = None, start + 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xD9:
            return size, place + 2
        if marker == 0xFF or marker in _NO_LENGTH:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _SIZES:
            size = content[place + 5 : place + 9]
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == 0xDA:
            after = _AFTER_SCAN.search(content, place)
            if after is None:
                break
            place = after.start()
    return size, (place + 2 if content[place : place + 2] == b"\xff\xd9" else None)
