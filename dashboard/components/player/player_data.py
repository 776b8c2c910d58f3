"""What the player shows, as plain data that needs no Streamlit to build or to pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from dashboard.components.packing import LOSSLESS_SIZE, Payload, encode_frames, numbers
from dashboard.kit.colours import PALETTE, ROLES, SCHEMES, TEXT

MARK_KINDS = ("ring", "cross", "trail")
DASHES = ("solid", "dash", "dot", "dashdot")
MODEL_ROLES = ("pixel", "latent", "baseline")  # their pictures after the context are predictions


@dataclass(frozen=True, eq=False)
class Mark:
    """A position drawn over a picture, such as a probe's read-out or the true place of a ball.

    Attributes:
        kind: ``ring``, ``cross`` or ``trail`` (the path up to the frame shown).
        role: Colour role, see `dashboard.kit.colours`.
        xy: ``float [T, 2]`` in frame widths, origin bottom left, y up; NaN where there is nothing to draw.
        label: What it is, in a word or two; named under the picture.
    """

    kind: str
    role: str
    xy: np.ndarray
    label: str


@dataclass(frozen=True, eq=False)
class Tile:
    """One moving picture.

    Attributes:
        title: A few words, drawn in the colour of the role.
        subtitle: A small note at the right, such as the model's name and size.
        role: Colour role. Pixel, latent and baseline tiles are marked as predicted after the context.
        frames: ``uint8 [T, H, W, 3]``, square.
        marks: Drawn over the picture while read-outs are shown.
        values: ``float [T]`` shown below the picture, NaN where unknown; None for no value at all.
        unit: Follows the value, such as ``frame widths from the truth``.
    """

    title: str
    subtitle: str
    role: str
    frames: np.ndarray
    marks: tuple[Mark, ...] = ()
    values: np.ndarray | None = None
    unit: str = ""


@dataclass(frozen=True)
class PlayerEvent:
    """A moment worth seeing, drawn as a tick on the scrubber."""

    frame: int
    label: str
    role: str = "truth"


@dataclass(frozen=True, eq=False)
class Curve:
    """A line of the chart below the pictures.

    Attributes:
        label: Stands at the right end of the line.
        role: Colour role.
        dash: ``solid``, ``dash``, ``dot`` or ``dashdot``; distinguishes lines of one colour.
        values: ``float [T]``, NaN where undefined.
    """

    label: str
    role: str
    dash: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class PlayerData:
    """Pictures, values and curves that run on one clock.

    Attributes:
        tiles: At least one; all have the same number of frames T.
        fps: Frames per second of the clip.
        context: Number of leading frames that every model saw.
        events: Ticks on the scrubber.
        curves: Lines of the chart; no chart without them.
        curve_title: States what the chart shows, best the finding.
        curve_unit: Unit of the vertical axis.

    Raises:
        ValueError: One sentence that says what does not fit.
    """

    tiles: tuple[Tile, ...]
    fps: float
    context: int = 0
    events: tuple[PlayerEvent, ...] = ()
    curves: tuple[Curve, ...] = ()
    curve_title: str = ""
    curve_unit: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.tiles[0].frames)

    @cached_property
    def packed(self) -> bytes:
        """The bytes for the browser, made once: a page that keeps the data pays for the encoding only once."""
        return pack(self)


def pack(data: PlayerData) -> bytes:
    """The data as the browser reads it (`dashboard.components.packing` describes the container)."""
    payload = Payload()
    header = {
        "fps": float(data.fps),
        "context": int(data.context),
        "frames": data.length,
        "colors": {scheme: {role: [PALETTE[scheme][role], TEXT[scheme][role]] for role in ROLES} for scheme in SCHEMES},
        "tiles": [_tile(tile, payload) for tile in data.tiles],
        "events": [{"frame": int(e.frame), "label": e.label, "role": e.role} for e in data.events],
        "curves": [_curve(curve) for curve in data.curves],
        "curve_title": data.curve_title,
        "curve_unit": data.curve_unit,
    }
    # The browser skips decoding when only the theme changed: it compares this digest.
    header["id"] = blake2b(payload.join(header), digest_size=8).hexdigest()
    return payload.join(header)


def _tile(tile: Tile, payload: Payload) -> dict[str, object]:
    lossless = tile.frames.shape[1] <= LOSSLESS_SIZE
    return {
        "title": tile.title,
        "subtitle": tile.subtitle,
        "role": tile.role,
        "predicted": tile.role in MODEL_ROLES,
        "images": payload.append(*encode_frames(tile.frames, lossless=lossless)),
        "marks": [
            {
                "kind": m.kind,
                "role": m.role,
                "label": m.label,
                "x": numbers(np.asarray(m.xy)[:, 0]),
                "y": numbers(np.asarray(m.xy)[:, 1]),
            }
            for m in tile.marks
        ],
        "values": None if tile.values is None else numbers(tile.values),
        "unit": tile.unit,
    }


def _curve(curve: Curve) -> dict[str, object]:
    return {
        "label": curve.label,
        "role": curve.role,
        "dash": curve.dash,
        "values": numbers(curve.values),
    }


def _check(data: PlayerData) -> None:
    if not data.tiles:
        raise ValueError("The player needs at least one tile.")
    for tile in data.tiles:
        _check_tile(tile)
    lengths = {len(tile.frames) for tile in data.tiles}
    if len(lengths) > 1:
        raise ValueError(f"All tiles need the same number of frames, but they have {sorted(lengths)}.")
    if not (np.isfinite(data.fps) and data.fps > 0):
        raise ValueError(f"The frame rate must be above 0 frames a second, not {data.fps}.")
    if not 0 <= data.context < data.length:
        raise ValueError(f"The context must be 0 to {data.length - 1} frames here, not {data.context}.")
    for event in data.events:
        _one_of("colour role", event.role, ROLES)
        if not 0 <= event.frame < data.length:
            raise ValueError(f"Event {event.label!r} is at frame {event.frame}, but there are {data.length} frames.")
    for curve in data.curves:
        _check_curve(curve, data.length)


def _check_tile(tile: Tile) -> None:
    shape = np.shape(tile.frames)
    if len(shape) != 4 or shape[0] < 1 or shape[1] != shape[2] or shape[3] != 3 or tile.frames.dtype != np.uint8:
        raise ValueError(
            f"Tile {tile.title!r} needs square uint8 frames [T, H, W, 3] with T of at least 1, "
            f"not {getattr(tile.frames, 'dtype', type(tile.frames).__name__)} {list(shape)}."
        )
    _one_of("colour role", tile.role, ROLES)
    if tile.values is not None:
        _shape(f"The values of tile {tile.title!r}", tile.values, (shape[0],))
    for mark in tile.marks:
        _one_of("colour role", mark.role, ROLES)
        _one_of("kind of mark", mark.kind, MARK_KINDS)
        _shape(f"The positions of mark {mark.label!r}", mark.xy, (shape[0], 2))


def _check_curve(curve: Curve, length: int) -> None:
    _one_of("colour role", curve.role, ROLES)
    _one_of("dash", curve.dash, DASHES)
    _shape(f"The values of curve {curve.label!r}", curve.values, (length,))


def _one_of(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"Unknown {what} {value!r}: use one of {', '.join(allowed)}.")


def _shape(what: str, values: np.ndarray, expected: tuple[int, ...]) -> None:
    if np.shape(values) != expected:
        raise ValueError(f"{what} need the shape {list(expected)}, not {list(np.shape(values))}.")
