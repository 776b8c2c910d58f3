"""Read a video, an animation or a zip file of pictures into a clip."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from core.clip import Clip
from core.video.animations import animation_info, animation_shots
from core.video.bundles import videos_in
from core.video.kinds import ANIMATIONS
from core.video.limits import DEFAULT_LIMITS, VideoError, VideoLimits, check_bytes, check_request
from core.video.notes import is_still, notes, picture_notes
from core.video.pictures import PICTURE_FPS, ZIP_LABEL, decode_picture, zip_info, zip_shots
from core.video.sampling import Sampler
from core.video.sniff import SINGLE_PICTURE, open_source, sniff, sniff_source
from core.video.squares import FrameTraits
from core.video.streams import open_stream, sample_video
from core.video.tracks import VideoInfo, stream_info

_TOO_SHORT = "This video has only one frame; a clip needs at least two, so choose a longer video."


def read_video(
    source: bytes | os.PathLike,
    *,
    size: int = 64,
    fps: float = 10.0,
    start: float = 0.0,
    seconds: float | None = None,
    limits: VideoLimits = DEFAULT_LIMITS,
) -> Clip:
    """Read a video into small square frames at an even rate.

    Args:
        source: Bytes of a file, or the path of a file or of a folder of pictures; its content says what it is.
        size: Side of the frames, in pixels.
        fps: Frames per second of the clip.
        start: Where to begin, in seconds from the start of the video.
        seconds: How much to read; None for all, up to the limits.
        limits: What the video may cost.

    Returns:
        A clip of ``uint8 [T, size, size, 3]`` frames, T at least 2, whose notes say what was done to it.

    Raises:
        VideoError: One sentence, if no clip can be made of it.
    """
    check_request(size, fps, start, seconds)
    source = _folder_content(source, limits)
    kind = sniff_source(source, limits)
    request = Sampler(fps, start, _wanted(fps, seconds, limits))
    sampler, traits, info = _sample(source, kind, request, size, limits)
    _check_kept(sampler, traits, kind)
    limited = sampler.cut and (seconds is None or request.wanted < _count(seconds, fps))
    frames = np.stack(sampler.kept)
    return Clip(
        frames=frames,
        fps=fps,
        source=_describe(info, sampler, traits),
        notes=notes(sampler, traits, info, limited=limited, still=is_still(frames)),
    )


def is_single_picture(source: bytes | os.PathLike) -> bool:
    """Whether a file is a picture that does not move."""
    with open_source(source) as file:
        return sniff(file) == "picture"


def read_picture(
    source: bytes | os.PathLike, *, size: int = 64, fps: float = 10.0, limits: VideoLimits = DEFAULT_LIMITS
) -> Clip:
    """Read a single picture as a clip of one frame, ``uint8 [1, size, size, 3]``.

    Args:
        source: Bytes of a file, or its path.
        size: Side of the frame, in pixels.
        fps: Frames per second of the clip.
        limits: What the picture may cost.

    Raises:
        VideoError: One sentence, if it cannot be read.
    """
    check_request(size, fps, 0.0, None)
    traits = FrameTraits()
    with open_source(source) as file:
        check_bytes(file.seek(0, os.SEEK_END), limits)
        file.seek(0)
        frame = decode_picture(file, size, traits, limits)
    width, height = traits.sizes[0]
    return Clip(frame[None], fps, None, f"picture, {width} x {height}", picture_notes(traits))


def probe_video(source: bytes | os.PathLike, *, limits: VideoLimits = DEFAULT_LIMITS) -> VideoInfo:
    """Describe a video from its header, without decoding it.

    Args:
        source: Bytes of a file, or its path.
        limits: What the video may cost.

    Raises:
        VideoError: One sentence, if it cannot be a video.
    """
    source = _folder_content(source, limits)
    kind = sniff_source(source, limits)
    if kind == "zip":
        return zip_info(source, limits)
    if kind in ANIMATIONS:
        return animation_info(source, kind, limits)
    with open_stream(source, kind) as stream:
        return stream_info(stream, kind)


def _folder_content(source: bytes | os.PathLike, limits: VideoLimits) -> bytes | os.PathLike:
    """The one video of a folder; any other source as it is.

    Raises:
        VideoError: The folder holds none, or several.
    """
    if isinstance(source, bytes | bytearray | memoryview) or not Path(source).is_dir():
        return source
    try:
        videos = videos_in(source, limits=limits)
    except VideoError as error:
        raise VideoError("This folder cannot be opened as a clip: it holds no pictures and no video.") from error
    if len(videos) > 1:
        raise VideoError(f"This folder holds {len(videos)} clips; choose one of them, or embed the whole folder.")
    return videos[0].read()


def _sample(
    source: bytes | os.PathLike, kind: str, request: Sampler, size: int, limits: VideoLimits
) -> tuple[Sampler, FrameTraits, VideoInfo]:
    if kind != "zip" and kind not in ANIMATIONS:
        return sample_video(source, kind, request, size, limits)
    traits = FrameTraits(assumed_rate=PICTURE_FPS if kind in ("zip", "tiff") else None)
    if kind == "zip":
        info, shots = zip_info(source, limits), zip_shots(source, size, traits, limits)
    else:
        info, shots = animation_info(source, kind, limits), animation_shots(source, size, traits, limits)
    request.take(shots)
    return request, traits, info


def _wanted(fps: float, seconds: float | None, limits: VideoLimits) -> int:
    """Count the frames to keep at most.

    Raises:
        VideoError: If that is less than two.
    """
    length = limits.max_seconds if seconds is None else min(seconds, limits.max_seconds)
    count = min(_count(length, fps), limits.max_frames)
    if count < 2:
        raise VideoError(
            f"A length of {length:.3g} s at {fps:.4g} frames per second gives fewer than two frames; raise either."
        )
    return count


def _count(seconds: float, fps: float) -> int:
    return math.floor(min(seconds * fps, 1e9) + 1e-6)


def _check_kept(sampler: Sampler, traits: FrameTraits, kind: str) -> None:
    """Refuse what makes no clip.

    Raises:
        VideoError: If there is no frame, only one, or none after the trim start.
    """
    if sampler.shots == 0:
        raise VideoError("This video is too damaged: no frame can be read; save or upload it again.")
    if sampler.shots == 1 and traits.lost == 0 and sampler.opening == 0:
        raise VideoError(SINGLE_PICTURE if kind in (*ANIMATIONS, "gif", "zip") else _TOO_SHORT)
    if not sampler.kept:
        raise VideoError(
            f"The trim start ({sampler.start:.4g} s) is after the end of the video ({sampler.end:.4g} s); move it back."
        )
    if len(sampler.kept) < 2:
        raise VideoError(
            f"The part after the trim start gives only one frame at {sampler.fps:.4g} frames per second; "
            "choose a longer part or a higher rate."
        )


def _describe(info: VideoInfo, sampler: Sampler, traits: FrameTraits) -> str:
    """Say in a few words what was read, such as ``video, H.264, 1280 x 720, 12.3 s``."""
    width, height = traits.sizes[0] if traits.sizes else (info.width, info.height)
    length = sampler.end if not sampler.cut else info.seconds
    words = ["video", info.codec, f"{width} x {height}"]
    if info.format == ZIP_LABEL:
        words = [info.format, info.codec, f"{width} x {height}"]
    return ", ".join(words + ([] if length is None else [f"{length:.4g} s"]))
