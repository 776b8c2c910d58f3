"""Read animated pictures and stacks of pages with Pillow."""

from __future__ import annotations

import os
from collections.abc import Iterator

from PIL import Image

from core.video.kinds import ANIMATIONS
from core.video.limits import VideoError, VideoLimits
from core.video.pictures import DAMAGE, PICTURE_FPS, kept, open_picture
from core.video.sampling import Shot
from core.video.sniff import open_source
from core.video.squares import FrameTraits, square_picture
from core.video.tracks import VideoInfo

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
        for index in range(first, getattr(image, "n_frames", 1)):
            try:
                image.seek(index)
                square = square_picture(image.copy(), size, traits, limits)
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
