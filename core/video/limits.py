"""What a video may cost, and the one error that reading a video raises."""

from __future__ import annotations

import math
from dataclasses import dataclass

MEGABYTE = 1_000_000


class VideoError(ValueError):
    """One plain sentence: what is wrong with the input and what to do about it."""


@dataclass(frozen=True)
class VideoLimits:
    """The most that one upload may cost.

    Attributes:
        max_bytes: Size of the file; also the unpacked size of a zip file.
        max_seconds: Length of video used after the trim start.
        max_pixels: Pixels of one source frame; the default admits 8K.
        max_frames: Frames kept after resampling.
    """

    max_bytes: int = 200 * MEGABYTE
    max_seconds: float = 60.0
    max_pixels: int = 33_200_000
    max_frames: int = 600


DEFAULT_LIMITS = VideoLimits()


def check_bytes(count: int, limits: VideoLimits) -> None:
    """Refuse an empty or too large file.

    Raises:
        VideoError: If there is nothing in it, or too much.
    """
    if count == 0:
        raise VideoError("This file is empty; choose another one.")
    if count > limits.max_bytes:
        raise VideoError(
            f"This file is {count / MEGABYTE:.4g} MB and the limit is {limits.max_bytes / MEGABYTE:.4g} MB; "
            "shorten or compress it first."
        )


def check_pixels(width: int, height: int, limits: VideoLimits) -> None:
    """Refuse a picture that is too large to decode.

    Raises:
        VideoError: If it has more than ``limits.max_pixels`` pixels.
    """
    if width * height > limits.max_pixels:
        raise VideoError(
            f"A frame has {width} x {height} pixels, more than {limits.max_pixels / 1e6:.3g} million; shrink it first."
        )


def check_request(size: int, fps: float, start: float, seconds: float | None) -> None:
    """Refuse a trim, size or rate that means nothing.

    Args:
        size: Side of the square frames wanted, in pixels.
        fps: Frames per second wanted.
        start: Trim start, in seconds.
        seconds: Length wanted, in seconds, or None for all.

    Raises:
        VideoError: Names the value that cannot be used.
    """
    if not 8 <= size <= 1024:
        raise VideoError(f"The frame size must lie between 8 and 1024 pixels, not {size}.")
    if not (math.isfinite(fps) and 0.1 <= fps <= 240):
        raise VideoError(f"The frame rate must lie between 0.1 and 240 frames a second, not {fps}.")
    if not (math.isfinite(start) and start >= 0):
        raise VideoError(f"The trim start must be 0 or more seconds, not {start}.")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise VideoError(f"The trim length must be more than 0 seconds, not {seconds}.")
