"""Resample a video by its time stamps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

# Matroska rounds time stamps to a millisecond, so a frame this late still counts as on time; in seconds.
TOLERANCE = 0.001
# GIF rounds to ten milliseconds, so up to five are lost.
GIF_TOLERANCE = 0.0051
# A video may claim a million frames a second; decoding stops here, far above 60 s at 240 frames a second.
MAX_SHOTS = 36_000


@dataclass(frozen=True)
class Shot:
    """One frame of the source, not yet converted.

    Attributes:
        time: When it appears, in seconds from the start of the video.
        seconds: How long it lasts if no other follows.
        square: Gives the pixels, ``uint8 [size, size, 3]``; called only if the frame is kept.
    """

    time: float
    seconds: float
    square: Callable[[], np.ndarray]


@dataclass
class Sampler:
    """Shows, at each moment ``first + k / fps``, the latest shot that has appeared.

    Attributes:
        fps: Frames per second wanted.
        start: Trim start, in seconds.
        wanted: Most frames to keep.
        tolerance: How late a source frame may be and still count as on time, in seconds.
        kept: Frames kept so far, each ``uint8 [size, size, 3]``.
        cut: Whether the source goes on after the last frame kept.
        shots: Source frames seen.
        opening: Time of the first source frame, or None before there is one.
        gaps: Shortest and longest time between source frames, in seconds.
    """

    fps: float
    start: float
    wanted: int
    tolerance: float = TOLERANCE
    kept: list[np.ndarray] = field(default_factory=list)
    cut: bool = False
    shots: int = 0
    opening: float | None = None
    gaps: tuple[float, float] = (float("inf"), 0.0)
    _first: float | None = None
    _last: Shot | None = None

    def take(self, shots: Iterable[Shot]) -> None:
        """Sample a video until it ends or enough is kept."""
        for shot in shots:
            self._add(shot)
            if self.cut:
                return
        if self._last is not None:
            self._show(self._last, self.end)

    @property
    def end(self) -> float:
        """When the last source frame seen stops showing, in seconds."""
        return 0.0 if self._last is None else self._last.time + self._last.seconds

    @property
    def rate(self) -> float | None:
        """Source frames per second, or None for fewer than two frames."""
        if self._last is None or self.opening is None or self.shots < 2:
            return None
        return (self.shots - 1) / (self._last.time - self.opening)

    @property
    def uneven(self) -> bool:
        """Whether the source frames come at varying intervals."""
        shortest, longest = self.gaps
        return longest > 1.5 * shortest + 2 * self.tolerance

    def _add(self, shot: Shot) -> None:
        self.shots += 1
        if self._last is None:
            self.opening = shot.time
        else:
            self._show(self._last, shot.time)
            gap = shot.time - self._last.time
            self.gaps = (min(self.gaps[0], gap), max(self.gaps[1], gap))
        self._last = shot
        self.cut = self._is_past(shot.time) or self._is_too_much()

    def _is_past(self, time: float) -> bool:
        return self._first is not None and time >= self._first + self.wanted / self.fps - self.tolerance

    def _is_too_much(self) -> bool:
        return bool(self.kept) and self.shots >= MAX_SHOTS

    def _show(self, shot: Shot, end: float) -> None:
        """Keep a shot at each wanted moment before ``end``."""
        if self._first is None:
            if end <= self.start + self.tolerance:
                return
            self._first = max(self.start, shot.time)
        square = None
        while len(self.kept) < self.wanted and self._first + len(self.kept) / self.fps < end - self.tolerance:
            square = shot.square() if square is None else square
            self.kept.append(square)
