"""Reads the balls' positions from a picture by their colours: the read-out of every model that draws.

It is no model: it knows the three ball colours of the stage worlds. The evaluation measures its own error on true
frames, the read-out limit, and shows it beside every score that depends on it.
"""

from __future__ import annotations

import cv2
import numpy as np

from core.readouts.balls.probe import SLOTS  # red, blue, green: as in core.worlds.stage.render.COLOURS

_CHANNEL = (0, 2, 1)
_THRESHOLD, _RAMP = 0.14, 0.12  # of a channel's lead over the other two; ignores the lamp and the textures
_REACH = 0.13  # frame widths; a little more than the largest radius
_LEAST = 2.0 / 64**2  # share of the picture that must carry the colour


def parse_positions(frames: np.ndarray) -> np.ndarray:
    """Centres of the red, blue and green ball.

    Args:
        frames: ``uint8 [B, T, H, W, 3]``.

    Returns:
        ``float32 [B, T, 3, 2]`` in frame widths, origin bottom left; NaN where a colour is not visible.
    """
    clips, length = frames.shape[:2]
    flat = frames.reshape(-1, *frames.shape[2:])
    found = np.stack([_parse_frame(frame) for frame in flat])
    return found.reshape(clips, length, SLOTS, 2)


def colour_lead(frames: np.ndarray) -> np.ndarray:
    """How clearly each pixel has the colour of each ball, 0 to 1, ``float32 [..., H, W, 3]``, of ``uint8`` frames of
    the same shape."""
    rgb = frames.astype(np.float32) / 255.0
    leads = [rgb[..., c] - np.maximum(rgb[..., (c + 1) % 3], rgb[..., (c + 2) % 3]) for c in _CHANNEL]
    return np.clip((np.stack(leads, axis=-1) - _THRESHOLD) / _RAMP, 0.0, 1.0)


def _parse_frame(frame: np.ndarray) -> np.ndarray:
    size = frame.shape[0]
    weights = colour_lead(frame)  # [H, W, 3]
    places = np.full((SLOTS, 2), np.nan, np.float32)
    reach = max(1, round(_REACH * size))
    for slot in range(SLOTS):
        weight = np.ascontiguousarray(weights[..., slot])
        if weight.sum() < _LEAST * size * size:
            continue
        # The centroid is computed around the densest spot, so that specks elsewhere do not shift it.
        _, _, _, (cx, cy) = cv2.minMaxLoc(cv2.boxFilter(weight, -1, (reach, reach)))
        top, left = max(0, cy - reach), max(0, cx - reach)
        patch = weight[top : cy + reach + 1, left : cx + reach + 1]
        total = patch.sum()
        rows = patch.sum(1) @ (np.arange(patch.shape[0]) + top + 0.5)
        cols = patch.sum(0) @ (np.arange(patch.shape[1]) + left + 0.5)
        places[slot] = (cols / total / size, 1.0 - rows / total / size)
    return places
