"""When each frame of a video appears: time stamps that jump, repeat, are missing or tell when to decode."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

_B_FRAMES = (3, 7)  # B and BI, as FFmpeg numbers the types of pictures
_SETTLED = 2  # anchors after which the order is certain; see ``DisplayOrder``


@dataclass(frozen=True)
class Jump:
    """Where time stamps do not go on from those before.

    Attributes:
        time: Seconds from the start of the video.
        seconds: How far they jump; negative where they start again.
    """

    time: float
    seconds: float


class Clock:
    """Gives every source frame a time that is later than the one before, whatever the time stamps say."""

    # Time stamps that fall back further than this start a new count, as when two videos are joined.
    RESTART = 0.5
    # Those that leap ahead by more, in a container that allows it, do so too; FFmpeg has the same bound.
    LEAP = 10.0

    def __init__(self, step: float, origin: float | None, may_leap: bool = False) -> None:
        """Start before the first frame.

        Args:
            step: Usual time between frames, in seconds.
            origin: Time stamp of the start of the video, in seconds; None if the first frame decides.
            may_leap: Whether time stamps may leap ahead between frames that follow each other, as in a recording of a
                broadcast; elsewhere a long time means that a frame is held.
        """
        self.step = step
        self.origin = origin
        self.jumps: list[Jump] = []
        self._may_leap = may_leap
        self._previous: float | None = None

    def time(self, stamp: float | None) -> float:
        """Place one frame.

        Args:
            stamp: Its own time stamp in seconds, or None.

        Returns:
            Seconds from the start of the video.
        """
        self._previous = self._first(stamp) if self._previous is None else self._next(stamp, self._previous)
        return self._previous

    def _since_origin(self, stamp: float) -> float:
        if self.origin is None:
            self.origin = stamp
        return stamp - self.origin

    def _first(self, stamp: float | None) -> float:
        return 0.0 if stamp is None else self._since_origin(stamp)

    def _next(self, stamp: float | None, previous: float) -> float:
        expected = previous + self.step
        if stamp is None:
            return expected
        time = self._since_origin(stamp)
        if time < previous - self.RESTART or (self._may_leap and time > expected + self.LEAP):
            self.jumps.append(Jump(expected, time - expected))
            self.origin, time = stamp - expected, expected
        return time if time > previous else expected


class DisplayOrder:
    """Gives frames the time stamps of a container that says only in which order to decode them.

    The first frame shown gets the first time stamp, the second the second, and so on. Frames that are no B-frames
    are shown after all that were decoded before them, so the count is corrected at each, whatever was lost.
    """

    def __init__(self, from_start: bool) -> None:
        """Start before the first packet.

        Args:
            from_start: Whether it is the first of the file. Elsewhere the B-frames after it may depend on packets
                before it and be lost, so the count is certain only from the second frame on that is none.
        """
        self._stamps: list[float] = []
        self._shown: deque[int] = deque(maxlen=64)  # places of frames, in the order of display
        self._position = -1
        self._anchors = _SETTLED if from_start else 0

    def add_packet(self, stamp: float) -> int:
        """Take note of a packet; gives its place."""
        self._stamps.append(stamp)
        return len(self._stamps) - 1

    def stamp(self, place: int | None, picture_type: int) -> float | None:
        """The time stamp of the next frame shown; None as long as it is uncertain.

        Args:
            place: Of the frame's packet, or None where the decoder does not say.
            picture_type: As FFmpeg numbers them.
        """
        self._position += 1
        if place is not None:
            if picture_type not in _B_FRAMES:
                self._position = place + sum(other > place for other in self._shown)
                self._anchors += 1
            self._shown.append(place)
        if self._anchors < _SETTLED:
            return None
        return self._stamps[min(self._position, len(self._stamps) - 1)]


@dataclass(frozen=True)
class EncodedPacket:
    """What decides where decoding may start.

    Attributes:
        stamp: When to decode it, in seconds, or None.
        shown: When to show it, in seconds, or None.
        is_key: Whether decoding may start here.
    """

    stamp: float | None
    shown: float | None
    is_key: bool


@dataclass(frozen=True)
class Entry:
    """Where decoding starts.

    Attributes:
        place: Of the packet.
        origin: Time stamp that counts as 0 there, in seconds; None if the first frame decides.
        jumps: Of the time stamps before.
    """

    place: int
    origin: float | None
    jumps: tuple[Jump, ...] = ()


def find_entry(packets: Iterable[EncodedPacket], clock: Clock, start: float) -> Entry:
    """The last packet from which on all frames from ``start`` (s) on can be decoded.

    Args:
        packets: In the order of the file.
        clock: Not yet used.
        start: In seconds from the start of the video.
    """
    entry = Entry(0, clock.origin)
    for place, packet in enumerate(packets):
        time = clock.time(packet.stamp)
        shown = time if packet.shown is None or clock.origin is None else packet.shown - clock.origin
        if packet.is_key and max(time, shown) <= start:
            entry = Entry(place, clock.origin or 0.0, tuple(clock.jumps))
        if time > start:
            break
    return entry
