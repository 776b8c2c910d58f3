"""Turn frames of any shape into small square RGB pictures, shrinking them before anything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

from core.video.colours import guessed_matrix, is_hdr
from core.video.interlacing import INTERLACED, MOST_ROWS, first_field, shows_two_moments
from core.video.limits import VideoError, VideoLimits, check_pixels
from core.video.orientation import Orientation, frame_orientation, picture_orientation
from core.video.stamps import Jump

# Beyond this the shrunken frame would still be huge, and its centre square would show nothing.
_LONGEST_SHAPE = 16
# A pixel shape beyond this is a damaged header, not a video.
_ODDEST_PIXEL = 4
_EVERY = 8  # frames, of which one is searched for two moments where the file doesn't say that there may be some


@dataclass
class FrameTraits:
    """What the frames of a video turned out to be like.

    Attributes:
        pixel_shape: Width of a pixel over its height.
        codec: FFmpeg's name of the coding; empty for pictures.
        field_order: Of the stream, as FFmpeg numbers it; 0 or 1 if it is not interlaced.
        sizes: Widths and heights as shown, in pixels, in order of appearance.
        orientation: How the last frame was turned and mirrored.
        matrix: By which colours were converted where the file does not say.
        frames: How many there were.
        interlaced: Frames that the file marks as interlaced.
        combed: Frames whose rows show two moments; of those that are marked as interlaced, one field was taken.
        clear: Whether any pixel was transparent.
        alpha_lost: Whether the video has transparency that the decoder leaves out.
        hdr: Whether the colours are high dynamic range.
        lost: Damaged packets or pictures that were skipped.
        corrupt: Frames that the decoder patched up.
        ignored: Files in a zip file that are not pictures.
        strays: Pictures of a zip file that lie alone in a folder and are no frames.
        assumed_rate: Frames per second, if the file states none.
        levels: Numbers shown as black and as white, where they are no levels from 0 to 255.
        ends_early: Whether the file stops before it should.
        jumps: Of the time stamps.
    """

    pixel_shape: Fraction = Fraction(1)
    codec: str = ""
    field_order: int = 0
    sizes: list[tuple[int, int]] = field(default_factory=list)
    orientation: Orientation = field(default_factory=Orientation)
    matrix: Colorspace | None = None
    frames: int = 0
    interlaced: int = 0
    combed: int = 0
    clear: bool = False
    alpha_lost: bool = False
    hdr: bool = False
    lost: int = 0
    corrupt: int = 0
    ignored: int = 0
    strays: int = 0
    assumed_rate: float | None = None
    levels: tuple[float, float] | None = None
    ends_early: bool = False
    jumps: tuple[Jump, ...] = ()

    def add_size(self, width: int, height: int) -> None:
        """Remember a size as shown."""
        if (width, height) not in self.sizes:
            self.sizes.append((width, height))


def pixel_shape(ratio: Fraction | None) -> Fraction:
    """Width of a pixel over its height, 1 where the file says nothing believable."""
    if not ratio or not Fraction(1, _ODDEST_PIXEL) <= ratio <= _ODDEST_PIXEL:
        return Fraction(1)
    return Fraction(ratio)


def square_frame(frame: av.VideoFrame, size: int, traits: FrameTraits, limits: VideoLimits) -> np.ndarray:
    """Shrink, crop, turn and flatten one decoded frame.

    Args:
        frame: As decoded, any size and pixel format.
        size: Side of the result, in pixels.
        traits: Learns about the frame; gives the shape of its pixels.
        limits: Refuses frames that are too large.

    Returns:
        ``uint8 [size, size, 3]``, RGB.

    Raises:
        VideoError: If the frame is too large or too thin.
    """
    check_pixels(frame.width, frame.height, limits)
    wide, high = max(1, round(frame.width * traits.pixel_shape)), frame.height
    width, height = shrunken(wide, high, size)
    traits.orientation = frame_orientation(frame)
    traits.add_size(*((high, wide) if traits.orientation.swaps_sides else (wide, high)))
    traits.hdr |= is_hdr(frame)
    matrix = guessed_matrix(frame, traits.codec)
    traits.matrix = matrix or traits.matrix
    has_alpha = any(part.is_alpha for part in frame.format.components)
    small = _one_moment(frame, traits).reformat(
        width, height, "rgba" if has_alpha else "rgb24", matrix, interpolation=Interpolation.AREA
    )
    return np.ascontiguousarray(traits.orientation.apply(flatten(centre(small.to_ndarray(), size), traits)))


def _one_moment(frame: av.VideoFrame, traits: FrameTraits) -> av.VideoFrame:
    """The frame, or its first field if it is marked as interlaced and its rows show two moments."""
    is_marked = frame.interlaced_frame or traits.field_order in INTERLACED
    is_looked_at = is_marked or (traits.frames % _EVERY == 0 and frame.height <= MOST_ROWS)
    is_combed = is_looked_at and shows_two_moments(frame)
    traits.frames += 1
    traits.interlaced += is_marked
    traits.combed += is_combed
    return first_field(frame, traits.field_order) if is_marked and is_combed else frame


def square_picture(image: Image.Image, size: int, traits: FrameTraits, limits: VideoLimits) -> np.ndarray:
    """Shrink, crop and flatten one Pillow picture.

    Args:
        image: Any size and mode, not necessarily loaded.
        size: Side of the result, in pixels.
        traits: Learns about the picture.
        limits: Refuses pictures that are too large.

    Returns:
        ``uint8 [size, size, 3]``, RGB.

    Raises:
        VideoError: If the picture is too large or too thin.
    """
    check_pixels(image.width, image.height, limits)
    traits.orientation = picture_orientation(image)
    traits.add_size(*(image.size[::-1] if traits.orientation.swaps_sides else image.size))
    target = shrunken(image.width, image.height, size)
    image.draft("RGB", target)
    if image.mode.startswith("I"):  # sixteen bits of grey, which Pillow would clip to white
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    has_alpha = image.has_transparency_data
    small = image.convert("RGBA" if has_alpha else "RGB").resize(target, Image.Resampling.BOX)
    return np.ascontiguousarray(traits.orientation.apply(flatten(centre(np.asarray(small), size), traits)))


def shrunken(width: int, height: int, size: int) -> tuple[int, int]:
    """Scale a shape so that its short side is ``size``.

    Returns:
        Width and height, in pixels.

    Raises:
        VideoError: If the shape is too thin to hold a useful square.
    """
    short = min(width, height)
    if max(width, height) > _LONGEST_SHAPE * short:
        raise VideoError(f"A frame of {width} x {height} pixels is too narrow to crop to a square; crop it first.")
    return max(size, round(width * size / short)), max(size, round(height * size / short))


def centre(pixels: np.ndarray, size: int) -> np.ndarray:
    """Cut the centre square out of ``[H, W, C]``, giving ``[size, size, C]``."""
    top, left = (pixels.shape[0] - size) // 2, (pixels.shape[1] - size) // 2
    return pixels[top : top + size, left : left + size]


def flatten(pixels: np.ndarray, traits: FrameTraits) -> np.ndarray:
    """Lay ``uint8 [H, W, 3 or 4]`` over white, giving ``uint8 [H, W, 3]``."""
    if pixels.shape[-1] == 3:
        return np.ascontiguousarray(pixels)
    alpha = pixels[..., 3:].astype(np.float32) / 255  # [H, W, 1]
    traits.clear |= bool((alpha < 1).any())
    return np.rint(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
