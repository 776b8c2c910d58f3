"""Turn frames of any shape into small square RGB pictures, shrinking them before anything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Interpolation
from PIL import Image, ImageOps

from core.video.limits import VideoError, VideoLimits, check_pixels

# Beyond this the shrunken frame would still be huge, and its centre square would show nothing.
_LONGEST_SHAPE = 16
# A pixel shape beyond this is a damaged header, not a video.
_ODDEST_PIXEL = 4
_HDR_CURVES = (16, 18)  # PQ and HLG, as numbered in ITU-T H.273


@dataclass
class FrameTraits:
    """What the frames of a video turned out to be like.

    Attributes:
        sizes: Widths and heights as shown, in pixels, in order of appearance.
        pixel_shape: Width of a pixel over its height.
        turned: Quarter turns applied, counter-clockwise.
        clear: Whether any pixel was transparent.
        alpha_lost: Whether the video has transparency that the decoder leaves out.
        hdr: Whether the colours are high dynamic range.
        lost: Damaged packets or pictures that were skipped.
        corrupt: Frames that the decoder patched up.
        ignored: Files in a zip file that are not pictures.
        ends_early: Whether the file stops before it should.
    """

    sizes: list[tuple[int, int]] = field(default_factory=list)
    pixel_shape: Fraction = Fraction(1)
    turned: int = 0
    clear: bool = False
    alpha_lost: bool = False
    hdr: bool = False
    lost: int = 0
    corrupt: int = 0
    ignored: int = 0
    ends_early: bool = False

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
    wide = max(1, round(frame.width * traits.pixel_shape))
    turns = round(frame.rotation / 90) % 4
    traits.turned = turns or traits.turned
    traits.hdr |= frame.color_trc in _HDR_CURVES
    traits.add_size(*((frame.height, wide) if turns % 2 else (wide, frame.height)))
    has_alpha = any(part.is_alpha for part in frame.format.components)
    width, height = shrunken(wide, frame.height, size)
    small = frame.reformat(width, height, "rgba" if has_alpha else "rgb24", interpolation=Interpolation.AREA)
    return np.rot90(flatten(centre(small.to_ndarray(), size), traits), turns).copy()


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
    full = max(image.size)
    image.draft("RGB", shrunken(image.width, image.height, size))
    image = ImageOps.exif_transpose(image)
    target = shrunken(image.width, image.height, size)
    traits.add_size(*(round(side * full / max(image.size)) for side in image.size))
    if image.mode.startswith("I"):  # sixteen bits of grey, which Pillow would clip to white
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    has_alpha = image.has_transparency_data
    small = image.convert("RGBA" if has_alpha else "RGB").resize(target, Image.Resampling.BOX)
    return flatten(centre(np.asarray(small), size), traits)


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
