"""Tell what a file is from its content, whatever its name says."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import IO

from core.video.kinds import MOV_BOXES, RIFF, STARTS, STILL_BRANDS
from core.video.limits import VideoError, VideoLimits, check_bytes
from core.video.stills import holds_several_pages, is_animated_png, is_motion_jpeg

HEAD = 4096
NOT_A_VIDEO = "This is not a video that can be read; use MP4, MOV, WebM, AVI, GIF or a zip file of pictures."
SINGLE_PICTURE = "This is a single picture; a clip needs at least two frames, so choose a video or an animation."
NO_PICTURE = "This file holds sound but no picture; choose a video."
_TEXT = "This is a text file, not a video; choose a video, such as an MP4 file."
_REFUSALS = {"picture": SINGLE_PICTURE, "sound": NO_PICTURE, "text": _TEXT}
_PART = re.compile(rb"\s*--[^\r\n]+\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*?content-type:\s*image/jpe?g", re.IGNORECASE)


def open_source(source: bytes | os.PathLike) -> io.BufferedReader | io.BytesIO:
    """Open a file or its bytes for reading.

    Raises:
        VideoError: If the path cannot be opened.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    try:
        return Path(source).open("rb")
    except (OSError, ValueError) as error:
        raise VideoError("This file cannot be opened; check that it exists and may be read.") from error


def sniff_source(source: bytes | os.PathLike, limits: VideoLimits) -> str:
    """Name the kind of a source, from its content alone.

    Returns:
        A key of ``CONTAINERS`` or ``ANIMATIONS``, or ``zip``.

    Raises:
        VideoError: If it is empty, too large, or something that holds no video.
    """
    with open_source(source) as file:
        check_bytes(file.seek(0, os.SEEK_END), limits)
        file.seek(0)
        kind = sniff(file)
    if kind in _REFUSALS:
        raise VideoError(_REFUSALS[kind])
    return kind


def sniff(file: IO[bytes]) -> str:
    """Name the kind of a file that is open at its start.

    Returns:
        A key of ``CONTAINERS`` or ``ANIMATIONS``, or ``zip``, ``picture``, ``sound`` or ``text``.
    """
    head = file.read(HEAD)
    kind = _sniff_head(head)
    file.seek(0)
    if kind == "png":
        return "apng" if is_animated_png(file) else "picture"
    if kind == "tiff":
        return "tiff" if holds_several_pages(file) else "picture"
    if kind == "jpeg":
        return "mjpeg" if is_motion_jpeg(file) else "picture"
    return kind


def _sniff_head(head: bytes) -> str:
    for start, kind in STARTS:
        if head.startswith(start):
            return _which_matroska(head) if kind == "matroska" else kind
    if head[4:8] in MOV_BOXES:
        return _which_mov(head)
    if head.startswith(b"RIFF"):
        return _which_webp(head) if head[8:12] == b"WEBP" else RIFF.get(head[8:12], "unknown")
    if _PART.match(head):
        return "mpjpeg"
    return _which_stream(head) or ("text" if _is_text(head) else "unknown")


def _which_mov(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return "mov"
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major, brands = head[8:12], {head[place : place + 4] for place in (8, *range(16, size - 3, 4))}
    if major == b"avis":
        return "avif"
    if brands & {b"avis", b"hevc", b"hevx", b"msf1"} and major not in (b"qt  ", b"isom", b"mp42"):
        return "heif"
    if major in STILL_BRANDS:
        return "picture"
    return "mov" if major == b"qt  " else "mp4"


def _which_matroska(head: bytes) -> str:
    return "webm" if b"webm" in head[:64] else "matroska"


def _which_webp(head: bytes) -> str:
    # The second bit of the flags in the extended header marks an animation.
    return "webp" if head[12:16] == b"VP8X" and len(head) > 20 and head[20] & 2 else "picture"


def _which_stream(head: bytes) -> str | None:
    """Recognise streams that have no magic number of their own."""
    if head[:1] == b"\x47" and head[188:189] in (b"\x47", b"") and head[376:377] in (b"\x47", b""):
        return "mpeg-ts" if len(head) >= 188 else None
    if head[4:5] == b"\x47" and head[196:197] == b"\x47":
        return "mpeg-ts"
    for code in (b"\x00\x00\x00\x01", b"\x00\x00\x01"):
        if head.startswith(code) and len(head) > len(code):
            return _which_unit(head[len(code)])
    # An MPEG audio frame starts with eleven set bits.
    return "sound" if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] != 0xFF else None


def _which_unit(first: int) -> str | None:
    """Tell H.264 from HEVC by the first byte of a unit: parameter sets and delimiters come first in both."""
    if first in (0x40, 0x42, 0x46):
        return "hevc"
    return "h264" if first & 0x80 == 0 and first & 0x1F in (1, 5, 6, 7, 8, 9) else None


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    # The head may cut the last letter in two, hence the three bytes of grace.
    return len(head.decode("utf-8", "ignore").encode()) >= len(head) - 3
