"""Videos read with PyAV, packet by packet, so that a damaged one yields the frames that it still has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import attrgetter

import av

from core.video.kinds import ALLOWED_DEMUXERS, CONTAINERS
from core.video.limits import VideoError, VideoLimits, check_pixels
from core.video.sampling import GIF_TOLERANCE, TOLERANCE, Sampler, Shot
from core.video.sniff import NOT_A_VIDEO, open_source
from core.video.squares import FrameTraits, pixel_shape, square_frame
from core.video.stamps import Clock, DisplayOrder, EncodedPacket, Entry, find_entry
from core.video.tracks import (
    VideoInfo,
    container_of,
    film_stream,
    offset_of,
    origin_of,
    rate_of,
    stated_length,
    stream_info,
)

_MOST_ERRORS = 100
_USUAL_RATE = 25.0
_TS_DISCONT = 0x0200  # FFmpeg's mark of a container whose time stamps may leap
# Packets after which it is clear whether a container says when to show frames.
_LOOKED_AT = 100
# How far before the wanted start to begin where it doesn't, in frames and in seconds; see ``DisplayOrder``.
_LEAD = 20, 1.0
# Only these state a length that does not depend on where the file happens to end.
_STATES_LENGTH = ("mp4", "mov", "heif", "matroska", "webm", "avi")


@contextmanager
def open_stream(source: bytes | os.PathLike, kind: str) -> Iterator[av.video.stream.VideoStream]:
    """Open the picture stream of a video.

    Args:
        source: Bytes or path.
        kind: A key of ``CONTAINERS``.

    Raises:
        VideoError: If it is damaged beyond reading, holds no picture, or uses an unknown coding.
    """
    with open_source(source) as file:
        try:
            container = av.open(
                file,
                format=CONTAINERS[kind].demuxer,
                options={"format_whitelist": ALLOWED_DEMUXERS},
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise VideoError(_unreadable(kind)) from error
        with container:
            assert isinstance(container, av.container.InputContainer)  # opened for reading
            yield film_stream(container)


def sample_video(
    source: bytes | os.PathLike, kind: str, sampler: Sampler, size: int, limits: VideoLimits
) -> tuple[Sampler, FrameTraits, VideoInfo]:
    """Read the wanted part of a video.

    Args:
        source: Bytes or path.
        kind: A key of ``CONTAINERS``.
        sampler: Says what is wanted; not changed.
        size: Side of the square frames, in pixels.
        limits: What the video may cost.

    Returns:
        The sampler with what was kept, what the frames were like, and the header.

    Raises:
        VideoError: If it cannot be read at all.
    """
    timing = _timing(source, kind)
    begin = Entry(0, timing.origin)
    result = _one_pass(source, kind, sampler, size, limits, timing, _entry(source, kind, timing, sampler.start))
    # Decoding may begin later than the file promises; then only reading it all helps.
    missed = result[0].opening is None or result[0].opening > sampler.start
    if sampler.start > 0 and missed:
        return _one_pass(source, kind, sampler, size, limits, timing, begin)
    return result


@dataclass(frozen=True)
class _Timing:
    """How to read the time stamps of a stream.

    Attributes:
        step: Usual time between frames, in seconds.
        origin: Time stamp that counts as 0, in seconds; None if the first frame decides.
        may_leap: Whether time stamps may leap ahead.
        says_when_to_show: Whether they say when to show a frame, and not only when to decode it.
        ticks: The time stamp of a packet where they don't.
    """

    step: float
    origin: float | None
    may_leap: bool
    says_when_to_show: bool
    ticks: Callable[[av.Packet], int | None]

    def clock(self) -> Clock:
        return Clock(self.step, self.origin, self.may_leap)


def _timing(source: bytes | os.PathLike, kind: str) -> _Timing:
    with open_stream(source, kind) as stream:
        step = 1 / (rate_of(stream) or _USUAL_RATE)
        may_leap = bool(container_of(stream).format.flags & _TS_DISCONT)
        if kind == "avi" or stream.start_time is None:  # these store none for showing; FFmpeg makes some up
            return _Timing(step, origin_of(stream), may_leap, False, attrgetter("dts"))
        return _Timing(step, origin_of(stream), may_leap, _says_when_to_show(stream), attrgetter("pts"))


def _says_when_to_show(stream: av.video.stream.VideoStream) -> bool:
    """Whether packets carry the times at which their frames are shown; they do if they are not in that order."""
    if not stream.codec_context.reorder_depth:
        return True
    shown = [packet.pts for packet in islice(_packets(stream, FrameTraits()), _LOOKED_AT) if packet.pts is not None]
    return shown != sorted(shown)


def _entry(source: bytes | os.PathLike, kind: str, timing: _Timing, start: float) -> Entry:
    """Where to start decoding to have all frames from ``start`` (s) on."""
    if not timing.says_when_to_show:
        start -= max(_LEAD[0] * timing.step, _LEAD[1])
    if start <= 0:
        return Entry(0, timing.origin)
    with open_stream(source, kind) as stream:
        packets = (
            EncodedPacket(_seconds(packet, packet.dts), _seconds(packet, packet.pts), packet.is_keyframe)
            for packet in _packets(stream, FrameTraits())
        )
        return find_entry(packets, timing.clock(), start)


def _one_pass(
    source: bytes | os.PathLike,
    kind: str,
    request: Sampler,
    size: int,
    limits: VideoLimits,
    timing: _Timing,
    entry: Entry,
) -> tuple[Sampler, FrameTraits, VideoInfo]:
    sampler = Sampler(request.fps, request.start, request.wanted, GIF_TOLERANCE if kind == "gif" else TOLERANCE)
    with open_stream(source, kind) as stream:
        info, context = stream_info(stream, kind), stream.codec_context
        check_pixels(info.width, info.height, limits)
        traits = FrameTraits(pixel_shape(stream.sample_aspect_ratio), context.name, context.field_order)
        if stream.start_time is None and not context.framerate:  # a bare stream that does not state it
            traits.assumed_rate = 1 / timing.step
        traits.alpha_lost = stream.metadata.get("alpha_mode") == "1"  # how WebM marks it
        context.options = {"max_pixels": str(limits.max_pixels)}
        context.copy_opaque = True
        stream.thread_type = "SLICE"
        clock = Clock(timing.step, entry.origin, timing.may_leap)
        sampler.take(
            Shot(clock.time(stamp), _length(frame, clock), partial(square_frame, frame, size, traits, limits))
            for stamp, frame in _stamped_frames(stream, traits, timing, entry.place)
        )
        traits.jumps = (*entry.jumps, *clock.jumps)
        traits.ends_early = not sampler.cut and _ends_early(stream, kind, sampler.end)
    return sampler, traits, info


def _length(frame: av.VideoFrame, clock: Clock) -> float:
    return float(frame.duration * frame.time_base) if frame.duration and frame.time_base else clock.step


def _stamped_frames(
    stream: av.video.stream.VideoStream, traits: FrameTraits, timing: _Timing, first: int
) -> Iterator[tuple[float | None, av.VideoFrame]]:
    """Frames from the packet at a place on, each with its time stamp in seconds or None."""
    order = DisplayOrder(from_start=first == 0)
    stamp = (first - 1) * timing.step
    for packet in islice(_packets(stream, traits), first, None):
        if packet.size:
            given = _seconds(packet, timing.ticks(packet))
            stamp = stamp + timing.step if given is None else given
            packet.opaque = (order.add_packet(stamp),)
        for frame in _decoded(packet, traits):
            traits.corrupt += frame.is_corrupt
            if timing.says_when_to_show:
                yield _seconds(frame, frame.dts if frame.pts is None else frame.pts), frame
            elif (placed := order.stamp(_place(frame), frame.pict_type)) is not None:
                yield placed, frame


def _place(frame: av.VideoFrame) -> int | None:
    """The place of a frame's packet, which went through the decoder with it, or None."""
    return frame.opaque[0] if isinstance(frame.opaque, tuple) else None


def _decoded(packet: av.Packet, traits: FrameTraits) -> list[av.VideoFrame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)]
    except av.error.FFmpegError:
        traits.lost += 1
        return []


def _packets(stream: av.video.stream.VideoStream, traits: FrameTraits) -> Iterator[av.Packet]:
    """Read on after an error, but not for ever."""
    for _ in range(_MOST_ERRORS):
        try:
            yield from container_of(stream).demux(stream)
            return
        except (av.error.EOFError, IndexError):
            # PyAV trips over streams that turn up while reading, but only once it is at the end.
            return
        except av.error.FFmpegError:
            traits.lost += 1


def _seconds(part: av.Packet | av.VideoFrame, ticks: int | None) -> float | None:
    return None if ticks is None or not part.time_base else float(ticks * part.time_base)


def _ends_early(stream: av.video.stream.VideoStream, kind: str, end: float) -> bool:
    """Whether the last frame read lies well before the stated end."""
    if kind == "mpeg-ts":
        size = container_of(stream).size
        return size % 188 != 0 and size % 192 != 0
    stated = stated_length(stream)
    slack = max(0.2, 2 / (rate_of(stream) or _USUAL_RATE))
    return kind in _STATES_LENGTH and stated is not None and end < stated + offset_of(stream) - slack


def _unreadable(kind: str) -> str:
    if kind == "unknown":
        return NOT_A_VIDEO
    if kind in ("mp4", "mov"):
        return f"This {CONTAINERS[kind].label} file is damaged or cut short and has no index; save or upload it again."
    return f"This {CONTAINERS[kind].label} file is too damaged to read; save or upload it again."
