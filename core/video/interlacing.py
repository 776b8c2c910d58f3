"""Interlaced frames, whose odd and even rows show two moments."""

from __future__ import annotations

import av
import numpy as np

_STEP = 20  # levels by which a row must differ from those above and below it, on the same side of both
_ROWS = 6  # rows one after the other of which each does
_COLUMNS = 512  # in the middle of a frame that are looked at
_PIXELS = 24  # that must be so in a frame: fewer are noise
INTERLACED = (2, 3, 4, 5)  # orders of fields, as FFmpeg numbers them
MOST_ROWS = 1088  # of an interlaced frame by any standard
_BOTTOM_FIRST = (3, 4)  # as shown; the other number of each pair is as coded


def shows_two_moments(frame: av.VideoFrame) -> bool:
    """Whether rows alternate, as where something moved between the two fields of a frame."""
    left = max(0, (frame.width - _COLUMNS) // 2)
    grey = frame.reformat(format="gray").to_ndarray()[:, left : left + _COLUMNS].astype(np.int16)  # [H, W]
    if len(grey) < _ROWS + 2:
        return False
    step = np.diff(grey, axis=0)  # [H - 1, W]
    up, down = step > _STEP, step < -_STEP
    turns = (up[1:] & down[:-1]) | (down[1:] & up[:-1])  # [H - 2, W]
    run = turns[_ROWS - 1 :].copy()
    for row in range(_ROWS - 1):
        run &= turns[row : len(turns) - _ROWS + 1 + row]
    return int(run.sum()) >= _PIXELS


def first_field(frame: av.VideoFrame, field_order: int) -> av.VideoFrame:
    """The rows of a frame that were taken first, as a frame of half the height.

    Args:
        frame: In any format whose planes hold whole rows.
        field_order: Of its stream, as FFmpeg numbers it; the upper field counts as the first where it is unknown.
    """
    parity = 1 if field_order in _BOTTOM_FIRST else 0
    field = av.VideoFrame(frame.width, frame.height // 2, frame.format.name)
    for source, target in zip(frame.planes, field.planes, strict=True):
        rows = np.frombuffer(bytes(source), np.uint8).reshape(-1, source.line_size)[parity::2]
        lines = np.zeros((target.buffer_size // target.line_size, target.line_size), np.uint8)
        height, width = min(len(rows), len(lines)), min(source.line_size, target.line_size)
        lines[:height, :width] = rows[:height, :width]
        target.update(lines.tobytes())
    for name in ("colorspace", "color_range", "color_trc", "color_primaries"):
        setattr(field, name, getattr(frame, name))
    return field
