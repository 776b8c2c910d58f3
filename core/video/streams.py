"""Videos read with PyAV, packet by packet, so that a damaged one yields the frames that it still has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import av
from av.stream import Disposition

from core.video.limits import VideoError, VideoLimits, check_pixels
from core.video.sampling import GIF_TOLERANCE, TOLERANCE, Clock, Sampler, Shot
from core.video.sniff import CONTAINERS, NOT_A_VIDEO, open_source
from core.video.squares import FrameTraits, pixel_shape, square_frame

_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "libdav1d": "AV1",
    "mpeg4": "MPEG-4",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mjpeg": "Motion JPEG",
    "gif": "GIF",
}
# Playlists are not in the list: they would make the reader open other files and addresses.
_ALLOWED = "mov,matroska,avi,mpeg,mpegvideo,mpegts,h264,hevc,gif,flv,asf,ogg,m4v,mjpeg,mp3,aac,wav,flac"
_MOST_ERRORS = 100
_USUAL_RATE = 25.0
# Only these state a length that does not depend on where the file happens to end.
_STATES_LENGTH = ("mp4", "mov", "matroska", "webm", "avi")


@dataclass(frozen=True)
class VideoInfo:
    """What the header of a video says, without decoding it.

    Attributes:
        format: Name of the container in plain words.
        codec: Name of the coding in plain words.
        width, height: As coded, in pixels, before turning and cropping.
        seconds: Length, or None where the file does not say.
        fps: Frames per second, or None where the file does not say.
    """

    format: str
    codec: str
    width: int
    height: int
    seconds: float | None
    fps: float | None


@contextmanager
def open_stream(source: bytes | os.PathLike, kind: str) -> Iterator[av.video.stream.VideoStream]:
    """Open the picture stream of a video.

    Args:
        source: Bytes or path.
        kind: A key of ``FILMS``.

    Raises:
        VideoError: If it is damaged beyond reading, holds no picture, or uses an unknown coding.
    """
    with open_source(source) as file:
        try:
            container = av.open(
                file, format=CONTAINERS[kind].demuxer, options={"format_whitelist": _ALLOWED}, metadata_errors="replace"
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise VideoError(_unreadable(kind)) from error
        with container:
            assert isinstance(container, av.container.InputContainer)  # opened for reading
            yield _picture_stream(container)


def stream_info(stream: av.video.stream.VideoStream, kind: str) -> VideoInfo:
    """Describe an opened video from its header."""
    return VideoInfo(
        format=CONTAINERS[kind].label,
        codec=_codec_name(stream),
        width=stream.codec_context.width,
        height=stream.codec_context.height,
        seconds=_seconds(stream),
        fps=_rate(stream),
    )


def sample_video(
    source: bytes | os.PathLike, kind: str, sampler: Sampler, size: int, limits: VideoLimits
) -> tuple[Sampler, FrameTraits, VideoInfo]:
    """Read the wanted part of a video.

    Args:
        source: Bytes or path.
        kind: A key of ``FILMS``.
        sampler: Says what is wanted; not changed.
        size: Side of the square frames, in pixels.
        limits: What the video may cost.

    Returns:
        The sampler with what was kept, what the frames were like, and the header.

    Raises:
        VideoError: If it cannot be read at all.
    """
    result = _one_pass(source, kind, sampler, size, limits, seek=sampler.start > 0)
    # The index of a video may be wrong or missing; then the jump lands too late and only reading it all helps.
    missed = result[0].opening is None or result[0].opening > sampler.start
    if sampler.start > 0 and missed:
        return _one_pass(source, kind, sampler, size, limits, seek=False)
    return result


def _one_pass(
    source: bytes | os.PathLike, kind: str, request: Sampler, size: int, limits: VideoLimits, *, seek: bool
) -> tuple[Sampler, FrameTraits, VideoInfo]:
    sampler = Sampler(request.fps, request.start, request.wanted, GIF_TOLERANCE if kind == "gif" else TOLERANCE)
    with open_stream(source, kind) as stream:
        info = stream_info(stream, kind)
        check_pixels(info.width, info.height, limits)
        traits = FrameTraits(pixel_shape=pixel_shape(stream.sample_aspect_ratio))
        traits.alpha_lost = stream.metadata.get("alpha_mode") == "1"  # how WebM marks it
        stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
        stream.thread_type = "SLICE"
        if seek:
            _seek(stream, request.start)
        sampler.take(_shots(stream, size, traits, limits))
        traits.ends_early = not sampler.cut and _ends_early(stream, kind, sampler.end)
    return sampler, traits, info


def _shots(stream: av.video.stream.VideoStream, size: int, traits: FrameTraits, limits: VideoLimits) -> Iterator[Shot]:
    clock = Clock(1 / (_rate(stream) or _USUAL_RATE), _origin(stream))
    for frame in _frames(stream, traits):
        traits.corrupt += frame.is_corrupt
        length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else clock.step
        yield Shot(clock.time(_stamp(frame)), length, partial(square_frame, frame, size, traits, limits))


def _frames(stream: av.video.stream.VideoStream, traits: FrameTraits) -> Iterator[av.VideoFrame]:
    for packet in _packets(stream, traits):
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            traits.lost += 1


def _packets(stream: av.video.stream.VideoStream, traits: FrameTraits) -> Iterator[av.Packet]:
    """Read on after an error, but not for ever."""
    for _ in range(_MOST_ERRORS):
        try:
            yield from _container(stream).demux(stream)
            return
        except (av.error.EOFError, IndexError):
            # PyAV trips over streams that turn up while reading, but only once it is at the end.
            return
        except av.error.FFmpegError:
            traits.lost += 1


def _container(stream: av.video.stream.VideoStream) -> av.container.InputContainer:
    assert isinstance(stream.container, av.container.InputContainer)  # opened for reading
    return stream.container


def _picture_stream(container: av.container.InputContainer) -> av.video.stream.VideoStream:
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        raise VideoError(
            "This file holds sound but no picture; choose a video." if container.streams.audio else NOT_A_VIDEO
        )
    if streams[0].codec_context is None:
        raise VideoError("This video uses a codec that cannot be read; convert it to MP4 with H.264.")
    return streams[0]


def _seek(stream: av.video.stream.VideoStream, start: float) -> None:
    """Jump to the last key frame before ``start`` seconds, or stay where the video cannot jump."""
    origin = _origin(stream)
    if origin is None or stream.time_base is None:
        return
    try:
        _container(stream).seek(int((start + origin) / stream.time_base), stream=stream)
    except (av.error.FFmpegError, OverflowError):
        return


def _origin(stream: av.video.stream.VideoStream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def _stamp(frame: av.VideoFrame) -> float | None:
    ticks = frame.dts if frame.pts is None else frame.pts
    return None if ticks is None or not frame.time_base else float(ticks * frame.time_base)


def _rate(stream: av.video.stream.VideoStream) -> float | None:
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    if stream.start_time is None:  # a bare stream: the average is made up, the guess comes from its header
        rate = float(stream.guessed_rate or 0)
    return rate if 0 < rate <= 1000 else None


def _seconds(stream: av.video.stream.VideoStream) -> float | None:
    if stream.duration and stream.duration > 0 and stream.time_base:
        return float(stream.duration * stream.time_base)
    whole = _container(stream).duration
    return whole / av.time_base if whole and whole > 0 else None


def _ends_early(stream: av.video.stream.VideoStream, kind: str, end: float) -> bool:
    """Whether the last frame read lies well before the stated end."""
    if kind == "mpeg-ts":
        size = _container(stream).size
        return size % 188 != 0 and size % 192 != 0
    # The length of a whole file may be that of its sound.
    stated = _seconds(stream) if stream.duration or not stream.container.streams.audio else None
    return kind in _STATES_LENGTH and stated is not None and end < stated - max(0.2, 2 / (_rate(stream) or _USUAL_RATE))


def _codec_name(stream: av.video.stream.VideoStream) -> str:
    name = stream.codec_context.name
    return _CODECS.get(name, name.upper())


def _unreadable(kind: str) -> str:
    if kind == "unknown":
        return NOT_A_VIDEO
    if kind in ("mp4", "mov"):
        return f"This {CONTAINERS[kind].label} file is damaged or cut short and has no index; save or upload it again."
    return f"This {CONTAINERS[kind].label} file is too damaged to read; save or upload it again."
