"""Which of a file's picture tracks is the film, and what its header says of it."""

from __future__ import annotations

from dataclasses import dataclass

import av
from av.stream import Disposition

from core.video.kinds import CONTAINERS
from core.video.limits import VideoError
from core.video.sniff import NO_PICTURE, NOT_A_VIDEO

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
    "rawvideo": "uncompressed",
}
# Covers, previews on the seek bar, stills, and layers that make no picture by themselves.
_NO_FILM = (
    Disposition.attached_pic
    | Disposition.timed_thumbnails
    | Disposition.still_image
    | Disposition.dependent
    | Disposition.non_diegetic
)
_REASONS = (
    "the file marks it as the one to show",
    "it is the largest",
    "it is the longest",
)  # in the order of ``_merit``
_LATE = 0.1  # s; sound that starts earlier by less is the padding of its encoder


@dataclass(frozen=True)
class VideoInfo:
    """What the header of a video says, without decoding it.

    Attributes:
        format: Name of the container in plain words.
        codec: Name of the coding in plain words.
        width, height: As coded, in pixels, before turning and cropping.
        seconds: Length from time zero to the end of the picture, or None where the file does not say.
        fps: Frames per second, or None where the file does not say.
        offset: When the picture starts, in seconds after the sound or another track.
        track: Which picture track is read, counted from 1.
        tracks: How many picture tracks there are.
        reason: Why this one is read, if there are several.
    """

    format: str
    codec: str
    width: int
    height: int
    seconds: float | None
    fps: float | None
    offset: float = 0.0
    track: int = 1
    tracks: int = 1
    reason: str = ""


def stream_info(stream: av.video.stream.VideoStream, kind: str) -> VideoInfo:
    """Describe an opened video from its header."""
    length, films = stated_length(stream), _films(container_of(stream))
    return VideoInfo(
        format=_container_name(stream, kind),
        codec=_CODECS.get(stream.codec_context.name, stream.codec_context.name.upper()),
        width=stream.codec_context.width,
        height=stream.codec_context.height,
        seconds=None if length is None else length + offset_of(stream),
        fps=rate_of(stream),
        offset=offset_of(stream),
        track=films.index(stream) + 1,
        tracks=len(films),
        reason=_reason(stream, [other for other in films if other is not stream]),
    )


def film_stream(container: av.container.InputContainer) -> av.video.stream.VideoStream:
    """The picture track to read: of those with several frames the default one, else the larger, else the longer.

    Raises:
        VideoError: There is none, or its coding is unknown.
    """
    films = _films(container)
    if not films:
        raise VideoError(NO_PICTURE if container.streams.audio else NOT_A_VIDEO)
    readable = [stream for stream in films if stream.codec_context is not None]
    if not readable:
        raise VideoError("This video uses a codec that cannot be read; convert it to MP4 with H.264.")
    return max(readable, key=_merit)


def container_of(stream: av.video.stream.VideoStream) -> av.container.InputContainer:
    """The opened file that a stream belongs to."""
    assert isinstance(stream.container, av.container.InputContainer)  # opened for reading
    return stream.container


def rate_of(stream: av.video.stream.VideoStream) -> float | None:
    """Frames per second as the header states them, or None."""
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    if stream.start_time is None:  # a bare stream: the average is made up, the guess comes from its header
        rate = float(stream.guessed_rate or 0)
    return rate if 0 < rate <= 1000 else None


def stated_length(stream: av.video.stream.VideoStream) -> float | None:
    """Seconds that the picture lasts as the header states them, or None.

    The length of the whole file is that of its longest track, so it counts only if there is no other.
    """
    if stream.duration and stream.duration > 0 and stream.time_base:
        return float(stream.duration * stream.time_base)
    if stated := _clock_seconds(stream.metadata.get("DURATION") or stream.metadata.get("DURATION-eng")):
        return max(stated - offset_of(stream), 0.0) or None
    whole = container_of(stream).duration
    alone = len(container_of(stream).streams) == 1
    return whole / av.time_base if alone and whole and whole > 0 else None


def origin_of(stream: av.video.stream.VideoStream) -> float | None:
    """The time stamp that counts as 0, in seconds, as in a player: of the first track to start. None if none is
    stated."""
    first = start_of(stream)
    return None if first is None else first - offset_of(stream)


def offset_of(stream: av.video.stream.VideoStream) -> float:
    """When the picture starts, in seconds after the first track to start."""
    first, whole = start_of(stream), container_of(stream).start_time
    late = 0.0 if first is None or whole is None else first - whole / av.time_base
    return late if late >= _LATE else 0.0


def start_of(stream: av.video.stream.VideoStream) -> float | None:
    """The time stamp of the first picture in seconds, or None."""
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def _films(container: av.container.InputContainer) -> list[av.video.stream.VideoStream]:
    films = [stream for stream in container.streams.video if not stream.disposition & _NO_FILM]
    moving = [stream for stream in films if stream.frames != 1]
    return moving or films


def _merit(stream: av.video.stream.VideoStream) -> tuple[bool, int, float]:
    pixels = stream.codec_context.width * stream.codec_context.height
    is_default = bool(stream.disposition & Disposition.default)
    return is_default, pixels, stated_length(stream) or 0.0


def _reason(stream: av.video.stream.VideoStream, others: list[av.video.stream.VideoStream]) -> str:
    """In what a stream is better than all others, or than those that are as good in what comes before."""
    rivals: list[tuple] = [_merit(other) for other in others if other.codec_context is not None]
    for value, words in zip(_merit(stream), _REASONS, strict=True):
        if rivals and all(rival[0] < value for rival in rivals):
            return words
        rivals = [rival[1:] for rival in rivals if rival[0] == value]
    return "it is the first of those"


def _clock_seconds(text: str | None) -> float | None:
    """Seconds of ``01:02:03.5``, or None."""
    try:
        hours, minutes, seconds = map(float, (text or "").split(":"))
    except ValueError:
        return None
    return 3600 * hours + 60 * minutes + seconds


def _container_name(stream: av.video.stream.VideoStream, kind: str) -> str:
    if kind == "unknown":
        return container_of(stream).format.long_name or CONTAINERS[kind].label
    return CONTAINERS[kind].label
