"""Which clips are looked at: the sample set, or a visitor's own videos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.clip import Clip
from core.embedding.samples import sample_clips
from core.video import VideoError, VideoLimits, films_in, read_video
from core.worlds import SIZE, factors_of, simulate
from dashboard import resources
from dashboard.resources import fingerprint
from dashboard.uploads import kept_files

SAMPLES, OWN = "sample clips", "your own videos"
MOST = 100  # own videos at a time; `worldscope embed` takes more
_SECONDS = 12.0  # of each that are read
_HELP = (
    f"Videos, or a zip file of them; up to {MOST}, of which the first {_SECONDS:g} seconds are read. Nothing leaves "
    "this machine."
)


@dataclass(frozen=True)
class Source:
    """Clips at the models' size.

    Attributes:
        key: Tells sources apart.
        clips: Called after where they are from.
        large: The same clip for people's eyes, by its index.
    """

    key: str
    clips: tuple[Clip, ...]
    large: Callable[[int], Clip]


def chosen() -> Source | None:
    """The clips that were asked for; None, with a sentence on the page, where there are none yet."""
    of = st.segmented_control("from", [SAMPLES, OWN], default=SAMPLES, key="clips", required=True, bind="query-params")
    return samples() if of == SAMPLES else _own()


@st.cache_resource(max_entries=1, show_spinner=False)
def samples() -> Source:
    """The sample set."""
    clips = tuple(sample_clips())
    return Source("samples", clips, lambda index: _drawn_large(index, clips[index]))


@st.cache_resource(max_entries=48, show_spinner=False)  # all of them
def _drawn_large(index: int, _clip: Clip) -> Clip:
    truth = _clip.truth
    return simulate(factors_of(truth), truth.seed, size=resources.FILM, frames=len(_clip))


def _own() -> Source | None:
    files = st.file_uploader(
        "Your videos", key="own_videos", accept_multiple_files=True, help=_HELP, max_upload_size=200
    )
    given = kept_files("own_videos", files)
    if not given:
        st.info(f"Drop in videos, or a zip file of them: up to {MOST}, the first {_SECONDS:g} seconds of each.")
        return None
    clips, data, bar = [], [], st.progress(0.0, "Reading videos")
    try:
        films = [film for file in given for film in films_in(file.content, file.name)]
        if len(films) > MOST:
            st.warning(f"These are {len(films)} videos and the page takes {MOST}; these are the first.")
        for index, film in enumerate(films[:MOST]):
            bar.progress((index + 1) / len(films[:MOST]), f"Reading {film.name}")
            if clip := _read(film.name, film.read()):
                clips.append(clip)
                data.append(film.read)
    except VideoError as error:
        st.error(str(error))
    bar.empty()
    if not clips:
        return None
    about = repr([(clip.source, len(clip), clip.fps) for clip in clips])  # the same frames may be other clips
    key = fingerprint(b"".join([about.encode(), *(clip.frames.tobytes() for clip in clips)]))
    return Source(key, tuple(clips), lambda index: _large(data[index]()))


def _read(name: str, data: bytes) -> Clip | None:
    """A video by its name; None, with a sentence on the page, where it can't be read."""
    try:
        return _small(fingerprint(data), name, data)
    except VideoError as error:
        st.warning(f"{name}: {error}")
        return None


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _small(key: str, name: str, _data: bytes) -> Clip:
    clip = read_video(_data, size=SIZE, limits=VideoLimits(max_seconds=_SECONDS))
    return Clip(clip.frames, clip.fps, None, name, clip.notes)


def _large(data: bytes) -> Clip:
    return resources.film_clip(fingerprint(data), 0.0, data)
