"""Read animated pictures and stacks of pages with Pillow."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
from PIL import Image

from core.video.kinds import ANIMATIONS
from core.video.limits import VideoError, VideoLimits
from core.video.pictures import DAMAGE, PICTURE_FPS, kept, open_picture
from core.video.sampling import Shot
from core.video.sniff import open_source
from core.video.squares import FrameTraits, square_picture
from core.video.tracks import VideoInfo

_DEEP = ("I", "I;16", "I;16B", "I;16L", "F")  # numbers that are no levels from 0 to 255
_UNTIMED = 0.1  # what browsers give a frame that states no time, in seconds


def animation_info(source: bytes | os.PathLike, kind: str, limits: VideoLimits) -> VideoInfo:
    """Describe an animated picture from its header.

    Raises:
        VideoError: If it cannot be read or is too large.
    """
    with open_source(source) as file, open_picture(file, limits) as image:
        label = ANIMATIONS[kind].label
        return VideoInfo(label, label, image.width, image.height, None, None)


def animation_shots(source: bytes | os.PathLike, size: int, traits: FrameTraits, limits: VideoLimits) -> Iterator[Shot]:
    """Read an animated WebP, PNG or AVIF, or the pages of a TIFF file.

    Args:
        source: Bytes or path.
        size: Side of the square frames, in pixels.
        traits: Learns about the frames.
        limits: What a frame may cost.

    Yields:
        Its frames in order.

    Raises:
        VideoError: If its first frame cannot be read.
    """
    time = 0.0
    with open_source(source) as file, open_picture(file, limits) as image:
        first = 1 if getattr(image, "default_image", False) else 0  # what shows where PNG files can't move
        traits.levels = _levels(image) if image.mode in _DEEP else None
        for index in range(first, getattr(image, "n_frames", 1)):
            try:
                image.seek(index)
                square = square_picture(_in_8_bits(image.copy(), traits.levels), size, traits, limits)
                seconds = _seconds(image)
            except VideoError:
                raise
            except DAMAGE:
                traits.ends_early = True
                return
            yield Shot(time, seconds, kept(square))
            time += seconds


def _seconds(image: Image.Image) -> float:
    if image.format == "TIFF":
        return 1 / PICTURE_FPS
    return float(image.info.get("duration") or 0) / 1000 or _UNTIMED


def _levels(image: Image.Image) -> tuple[float, float] | None:
    """The smallest and the largest number of all pages; None if they can't be read."""
    lows, highs = [], []
    for index in range(getattr(image, "n_frames", 1)):
        try:
            image.seek(index)
            pixels = np.asarray(image, np.float64)
        except DAMAGE:
            break
        finite = pixels[np.isfinite(pixels)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    return (min(lows), max(highs)) if lows and min(lows) < max(highs) else None


def _in_8_bits(image: Image.Image, levels: tuple[float, float] | None) -> Image.Image:
    """A page with its numbers from black to white; as it is if they need no change."""
    if levels is None or image.mode not in _DEEP:
        return image
    low, high = levels
    shares = np.nan_to_num((np.asarray(image, np.float64) - low) / (high - low), nan=0.0, posinf=1.0, neginf=0.0)
    return Image.fromarray(np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8))
