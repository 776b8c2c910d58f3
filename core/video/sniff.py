"""Tell what a file is from its first bytes, whatever its name says."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from core.video.limits import VideoError, VideoLimits, check_bytes

HEAD = 4096
NOT_A_VIDEO = "This is not a video that can be read; use MP4, MOV, WebM, AVI, GIF or a zip file of pictures."
SINGLE_PICTURE = "This is a single picture; a clip needs at least two frames, so choose a video or an animation."
NO_PICTURE = "This file holds sound but no picture; choose a video."
_TEXT = "This is a text file, not a video; choose a video, such as an MP4 file."

# Bytes at the start of a file -> its kind.
_STARTS = (
    (b"GIF8", "gif"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg-ps"),
    (b"\x00\x00\x01\xb3", "mpeg"),
    (b"FLV\x01", "flv"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (b"OggS", "ogg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"\xff\xd8\xff", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x00\x00\x01\x00", "picture"),
    (b"8BPS", "picture"),
)
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof")
_STILL_BRANDS = (b"avif", b"heic", b"heix", b"mif1")
_RIFF = {b"AVI ": "avi", b"WAVE": "sound"}


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes:
        label: Name in plain words.
        demuxer: Name by which FFmpeg knows the container, or None to let it find out.
    """

    label: str
    demuxer: str | None = None


CONTAINERS = {
    "mp4": Kind("MP4", "mov"),
    "mov": Kind("MOV", "mov"),
    "matroska": Kind("Matroska", "matroska"),
    "webm": Kind("WebM", "matroska"),
    "avi": Kind("AVI", "avi"),
    "mpeg-ps": Kind("MPEG-PS", "mpeg"),
    "mpeg-ts": Kind("MPEG-TS", "mpegts"),
    "mpeg": Kind("MPEG", "mpegvideo"),
    "h264": Kind("H.264", "h264"),
    "hevc": Kind("HEVC", "hevc"),
    "gif": Kind("GIF", "gif"),
    "flv": Kind("FLV", "flv"),
    "asf": Kind("WMV", "asf"),
    "ogg": Kind("Ogg", "ogg"),
    "unknown": Kind("video"),
}
ANIMATIONS = {"webp": Kind("WebP"), "apng": Kind("PNG")}


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
        A key of ``FILMS`` or ``ANIMATIONS``, or ``zip``.

    Raises:
        VideoError: If it is empty, too large, or something that holds no video.
    """
    with open_source(source) as file:
        head = file.read(HEAD)
        check_bytes(file.seek(0, os.SEEK_END), limits)
    kind = sniff(head)
    if kind == "picture":
        raise VideoError(SINGLE_PICTURE)
    if kind == "sound":
        raise VideoError(NO_PICTURE)
    if kind == "text":
        raise VideoError(_TEXT)
    return kind


def sniff(head: bytes) -> str:
    """Name the kind of a file from its first bytes.

    Returns:
        A key of ``FILMS`` or ``ANIMATIONS``, or ``zip``, ``picture``, ``sound`` or ``text``.
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return _which_matroska(head) if kind == "matroska" else kind
    if head[4:8] in _MOV_BOXES:
        return _which_mov(head)
    if head.startswith(b"RIFF"):
        return _which_webp(head) if head[8:12] == b"WEBP" else _RIFF.get(head[8:12], "unknown")
    if head.startswith(b"\x89PNG"):
        return "apng" if b"acTL" in head.split(b"IDAT")[0] else "picture"
    return _which_stream(head) or ("text" if _is_text(head) else "unknown")


def _which_mov(head: bytes) -> str:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand in _STILL_BRANDS:
        return "picture"
    return "mov" if brand == b"qt  " else "mp4"


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
