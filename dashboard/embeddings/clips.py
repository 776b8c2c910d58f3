"""Which clips are looked at: the sample set, or a visitor's own videos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.clip import Clip
from core.embedding.samples import sample_clips
from core.video import (
    VideoError,
    VideoFile,
    VideoLimits,
    is_single_picture,
    read_picture,
    read_video,
    videos_among,
    videos_given,
)
from core.worlds import SIZE, factors_of, simulate
from dashboard.cached.videos import UPLOAD_SIZE, fingerprint, video_clip, video_part
from dashboard.embeddings.state import STATE
from dashboard.kit.messages import show_error, show_info, show_warning
from dashboard.kit.text import markdown_of
from dashboard.kit.uploads import keep_files

SAMPLES, OWN, FOLDER = "sample clips", "your own videos", "a folder of videos"
MOST = 100  # own videos at a time; `worldscope embed` takes more
_SECONDS = 12.0  # of each that are read
_LIMITS = f"up to {MOST}; the page reads the first {_SECONDS:g} s of each. Nothing leaves this machine."
_DROP = {
    OWN: f"Drop in videos, a zip file of them, or the pictures of one: {_LIMITS}",
    FOLDER: f"Drop in a folder of videos or of pictures: {_LIMITS}",
}


@dataclass(frozen=True)
class Source:
    """Clips at the models' size.

    Attributes:
        key: Identifies the source.
        clips: Called after where they are from.
        large: The same clip for people's eyes, by its index.
        part: A part of the clip, by its index, frames per second, start and length in seconds; None for sample clips,
            which have one rate.
    """

    key: str
    clips: tuple[Clip, ...]
    large: Callable[[int], Clip]
    part: Callable[[int, float, float, float], Clip] | None = None


def source_control() -> str:
    """The kind of clips that the visitor has chosen: ``SAMPLES``, ``OWN`` or ``FOLDER``."""
    return st.segmented_control(
        "from", [SAMPLES, OWN, FOLDER], default=SAMPLES, key=STATE.key("clips"), required=True, bind="query-params"
    )


def load_source(of: str) -> Source | None:
    """The clips from there; None, with a sentence on the page, where there are none yet."""
    if of == SAMPLES:
        return samples()
    try:
        videos = _files() if of == OWN else _folder()
    except VideoError as error:
        show_error(error)
        return None
    if not videos:
        show_info(_DROP[of])
        return None
    return _own(videos)


@st.cache_resource(max_entries=1, show_spinner=False)
def samples() -> Source:
    """The sample set."""
    clips = tuple(sample_clips())
    return Source("samples", clips, lambda index: _drawn_large(index, clips[index]))


@st.cache_resource(max_entries=48, show_spinner=False)  # all of them
def _drawn_large(index: int, _clip: Clip) -> Clip:
    truth = _clip.truth
    if truth is None:  # nothing to simulate it from: the small clip is all there is
        return _clip
    return simulate(factors_of(truth), truth.seed, size=UPLOAD_SIZE, frames=len(_clip))


def _files() -> list[VideoFile]:
    files = st.file_uploader(
        "Your videos", key=STATE.key("user_videos"), accept_multiple_files=True, max_upload_size=200
    )
    given = keep_files(STATE.key("user_videos"), files)
    return videos_given([(file.name, file.content) for file in given])


def _folder() -> list[VideoFile]:
    """The videos of a folder and of those in it, in natural order; a folder of pictures is one. All else is passed
    over."""
    files = st.file_uploader(
        "Your folder", key=STATE.key("user_folder"), accept_multiple_files="directory", max_upload_size=200
    )
    given = keep_files(STATE.key("user_folder"), files)
    videos = videos_among([(file.name, file.content) for file in given])
    if given and not videos:
        show_warning("None of the {count:,} files in this folder is a video.", count=len(given))
    return videos


def _own(videos: Sequence[VideoFile]) -> Source | None:
    clips, data, bar = [], [], st.progress(0.0, "Reading videos")
    if len(videos) > MOST:
        show_warning("You chose {count:,} videos; the page shows the first {most}.", count=len(videos), most=MOST)
    for index, video in enumerate(videos[:MOST]):
        bar.progress((index + 1) / len(videos[:MOST]), markdown_of("Reading {file}", file=video.name))
        if clip := _read(video):
            clips.append(clip)
            data.append(partial(_content, video))
    bar.empty()
    if not clips:
        return None
    about = repr([(clip.source, len(clip), clip.fps) for clip in clips])  # the same frames may be other clips
    key = fingerprint(b"".join([about.encode(), *(clip.frames.tobytes() for clip in clips)]))
    return Source(key, tuple(clips), lambda index: _large(data[index]()), partial(_part, data))


def _content(video: VideoFile) -> bytes:
    content = video.read()
    return content if isinstance(content, bytes) else content.read_bytes()


def _read(video: VideoFile) -> Clip | None:
    """A video; None, with a sentence on the page, where it can't be read."""
    try:
        data = _content(video)
        return _small(fingerprint(data), video.name, data)
    except VideoError as error:
        show_warning("{file}: {problem}", file=video.name, problem=error)
        return None


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _small(key: str, name: str, _data: bytes) -> Clip:
    if is_single_picture(_data):
        clip = read_picture(_data, size=SIZE)
    else:
        clip = read_video(_data, size=SIZE, limits=VideoLimits(max_seconds=_SECONDS))
    return Clip(clip.frames, clip.fps, None, name, clip.notes)


def _part(data: Sequence[Callable[[], bytes]], index: int, fps: float, start: float, seconds: float) -> Clip:
    content = data[index]()
    return video_part(fingerprint(content), fps, start, seconds, content)


def _large(data: bytes) -> Clip:
    if is_single_picture(data):
        return read_picture(data, size=UPLOAD_SIZE)
    return video_clip(fingerprint(data), 0.0, data)
