"""Films whose frames carry their number, so that a test can read off which frame was taken at which time.

The number is ten bars inside the centre square, from left to right: bit 0 to bit 9, white for 1 and grey for 0, over a
black ground.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import av
import numpy as np

from core.clip import Clip

SIDE = 96
BITS = 10


def numbered(index: int, height: int = SIDE, width: int = SIDE) -> np.ndarray:
    """Frame ``index``, ``uint8 [height, width, 3]``."""
    frame = np.zeros((height, width, 3), np.uint8)
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    for bit in range(BITS):
        columns = slice(left + round(_edge(bit) * side), left + round(_edge(bit + 1) * side))
        frame[top + side // 4 : top + side * 3 // 4, columns] = 255 if index >> bit & 1 else 85
    return frame


def number_of(frame: np.ndarray) -> int:
    """The number that a square frame carries."""
    side = len(frame)
    rows = frame[side * 3 // 8 : side * 5 // 8, :, 0].mean(axis=0)
    middles = [round((_edge(bit) + 0.5 * 0.08) * side) for bit in range(BITS)]
    return sum(1 << bit for bit, middle in enumerate(middles) if rows[middle - 1 : middle + 1].mean() > 170)


def numbers(clip: Clip) -> list[int]:
    """The numbers of all frames of a clip."""
    return [number_of(frame) for frame in clip.frames]


def _edge(bit: int) -> float:
    return 0.1 + 0.08 * bit


def film(
    frames: Iterable[np.ndarray],
    form: str = "mp4",
    codec: str = "libx264",
    rate: int | Fraction = 30,
    pix: str = "yuv420p",
    options: dict[str, str] | None = None,
    format_options: dict[str, str] | None = None,
    stamps: Sequence[int] | None = None,
    prepare: Callable = lambda stream: None,
    change: Callable = lambda packet, index: None,
) -> bytes:
    """The bytes of a film.

    Args:
        frames: ``uint8 [H, W, 3]`` each.
        form, codec, rate, pix, options, format_options: As FFmpeg knows them.
        stamps: Time of each frame in milliseconds; by default they come at the rate.
        prepare: Called with the stream before the first frame.
        change: Called with each packet, and its place in the file, before it is written.
    """
    frames, out, written = list(frames), io.BytesIO(), 0
    with av.open(out, "w", format=form, options={"fflags": "+bitexact"} | (format_options or {})) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.options = pix, options or {}
        prepare(stream)
        for index, pixels in enumerate([*frames, None]):
            frame = None if pixels is None else av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if frame is not None and stamps:
                frame.pts, frame.time_base = stamps[index], Fraction(1, 1000)
            for packet in stream.encode(frame):
                change(packet, written)
                container.mux(packet)
                written += 1
    return out.getvalue()


def numbered_film(count: int, height: int = SIDE, width: int = SIDE, first: int = 0, **how) -> bytes:
    """A film of the frames ``first`` to ``first + count - 1``."""
    return film([numbered(first + k, height, width) for k in range(count)], **how)
