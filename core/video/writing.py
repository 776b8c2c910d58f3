"""Write frames as videos and animations that browsers play."""

from __future__ import annotations

import io
import math
import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace
from PIL import Image

from core.clip import check_frames
from core.video.limits import VideoError
from core.video.scheduling import kept_scheduling

_SHARP_SIDE = 384  # browsers blur videos that are smaller than the box they show them in
_LONGEST_SIDE = 4096  # hardware decoders refuse more
_BT709 = 1  # as numbered in ITU-T H.273
_PALETTE_FRAMES = 16


def to_mp4(frames: np.ndarray, fps: float) -> bytes:
    """Encode H.264 that starts at once in any browser. The same frames give the same bytes.

    Args:
        frames: ``uint8 [T, H, W, 3]``, RGB. Small ones are enlarged by a whole factor.
        fps: Frames per second.

    Raises:
        ValueError: If the frames or the rate cannot be used.
    """
    _check(frames, fps)
    factor = sharp_factor(frames.shape[1], frames.shape[2])
    # Moving the index to the front makes FFmpeg open its own output again, which only a real file allows.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with kept_scheduling(), av.open(str(path), "w", format="mp4", options=options) as container:
            _encode(container, frames, fps, factor)
        return path.read_bytes()


def to_gif(frames: np.ndarray, fps: float) -> bytes:
    """Encode a looping GIF with one palette for all frames; frames that repeat are held, not stored.

    Args:
        frames: ``uint8 [T, H, W, 3]``, RGB.
        fps: Frames per second; GIF counts in hundredths of a second, so frames last 0.02 s at least.

    Raises:
        ValueError: If the frames or the rate cannot be used.
    """
    _check(frames, fps)
    palette = _shared_palette(frames)
    images = [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    durations = [10 * max(2, ticks) for ticks in _steps(len(frames), 100 / fps)]
    return _animate(images, "GIF", durations, disposal=0, optimize=False)


def to_webp(frames: np.ndarray, fps: float) -> bytes:
    """Encode a looping, slightly lossy animated WebP; frames that repeat are held, not stored.

    Args:
        frames: ``uint8 [T, H, W, 3]``, RGB.
        fps: Frames per second.

    Raises:
        ValueError: If the frames or the rate cannot be used.
    """
    _check(frames, fps)
    images = [Image.fromarray(frame) for frame in frames]
    return _animate(images, "WEBP", _steps(len(frames), 1000 / fps), lossless=False, quality=80, method=4)


def sharp_factor(height: int, width: int) -> int:
    """Whole factor that brings the short side to 384 pixels, as far as the long one allows."""
    wished = math.ceil(_SHARP_SIDE / min(height, width))
    return max(1, min(wished, _LONGEST_SIDE // max(height, width)))


def _check(frames: np.ndarray, fps: float) -> None:
    check_frames(frames)
    if not (math.isfinite(fps) and 0.1 <= fps <= 240):
        raise VideoError(f"The frame rate must lie between 0.1 and 240 frames a second, not {fps}.")


def _encode(container: av.container.OutputContainer, frames: np.ndarray, fps: float, factor: int) -> None:
    # More than one thread would make the bytes depend on the machine.
    stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
    stream.options = {"preset": "veryfast", "crf": "20", "threads": "1"}
    stream.thread_count = 1
    stream.pix_fmt = "yuv420p"
    stream.width, stream.height = (_even(side * factor) for side in (frames.shape[2], frames.shape[1]))
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = context.color_range = _BT709
    for frame in frames:
        container.mux(stream.encode(_to_yuv(_enlarge(frame, factor))))
    container.mux(stream.encode(None))


def _to_yuv(pixels: np.ndarray) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)


def _even(side: int) -> int:
    return side + side % 2


def _enlarge(frame: np.ndarray, factor: int) -> np.ndarray:
    """Repeat the pixels of ``[H, W, 3]`` and pad odd sides by their last row or column."""
    large = frame.repeat(factor, axis=0).repeat(factor, axis=1)
    return np.pad(large, ((0, large.shape[0] % 2), (0, large.shape[1] % 2), (0, 0)), mode="edge")


def _steps(count: int, length: float) -> list[int]:
    """Whole lengths of ``count`` frames whose rounding errors do not add up."""
    edges = [round(k * length) for k in range(count + 1)]
    return [max(1, later - earlier) for earlier, later in pairwise(edges)]


def _shared_palette(frames: np.ndarray) -> Image.Image:
    """One palette for the whole video, so that still parts do not flicker."""
    chosen = np.linspace(0, len(frames) - 1, min(len(frames), _PALETTE_FRAMES)).round().astype(int)
    return Image.fromarray(np.concatenate(frames[chosen])).quantize(256, method=Image.Quantize.MEDIANCUT)


def _animate(images: list[Image.Image], name: str, durations: list[int], **options: object) -> bytes:
    out = io.BytesIO()
    images[0].save(out, name, save_all=True, append_images=images[1:], duration=durations, loop=0, **options)
    return out.getvalue()
