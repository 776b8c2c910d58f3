"""A visitor's videos, read once, and what models predict of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison, compare
from core.video import VideoInfo, VideoLimits, is_single_picture, probe_video, read_picture, read_video
from core.worlds import SIZE
from dashboard.cached.models import FILM_BASELINES, Pair, load_model, load_reference

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.surprise import OutOfDistribution

UPLOAD_SIZE = 256  # pixels a side at which an uploaded video is kept
UPLOAD_SECONDS = 12.0  # of it that are read


@st.cache_resource(max_entries=4, show_spinner=False)
def video_info(key: str, _data: bytes) -> VideoInfo:
    """Returns size, frame rate and length of a video.

    Raises:
        VideoError: The file is not a video that can be read.
    """
    return probe_video(_data)


@st.cache_resource(max_entries=4, show_spinner="Reading the video")
def video_clip(key: str, start: float, _data: bytes) -> Clip:
    """Returns the first seconds of a video from ``start`` (s) on, at the models' frame rate and a size for people.

    Raises:
        VideoError: The file is not a video that can be read, or it ends before ``start``.
    """
    return read_video(_data, size=UPLOAD_SIZE, start=start, limits=VideoLimits(max_seconds=UPLOAD_SECONDS))


@st.cache_resource(max_entries=32, show_spinner="Reading the video")
def video_part(key: str, fps: float, start: float, seconds: float, _data: bytes) -> Clip:
    """Returns a part of a video (``start`` and length in s) at a frame rate and a size for people; a single picture as
    a clip of one frame.

    Raises:
        VideoError: The file can't be read, or ends before ``start``.
    """
    if is_single_picture(_data):
        return read_picture(_data, size=UPLOAD_SIZE, fps=fps)
    limits = VideoLimits(max_seconds=UPLOAD_SECONDS)
    return read_video(_data, size=UPLOAD_SIZE, fps=fps, start=start, seconds=seconds, limits=limits)


@st.cache_resource(max_entries=8, show_spinner=False)
def video_comparison(key: str, _clip: Clip, context: int, horizon: int, pair: Pair) -> Comparison:
    """Returns what a pair of models and the baselines predict of a video.

    Raises:
        ValueError: Weights are missing or damaged, or the video is too short.
    """
    return compare(shrink(_clip), [load_model(name) for name in (*FILM_BASELINES, *pair)], context, horizon)


@st.cache_resource(max_entries=8, show_spinner=False)
def video_surprise(name: str, key: str, _clip: Clip) -> OutOfDistribution | None:
    """Returns how unusual a video is for a JEPA; None if what is usual for it was not measured."""
    from core.evaluation.surprise import measure_unusual

    reference = load_reference(name)
    return None if reference is None else measure_unusual(load_model(name), reference, shrink(_clip))


def fingerprint(data: bytes) -> str:
    """Returns a hash of a file's contents: the key of what is computed from it."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def shrink(clip: Clip) -> Clip:
    """Returns the same clip at the size of the models."""
    frames = np.stack([cv2.resize(frame, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for frame in clip.frames])
    return Clip(frames, clip.fps, clip.truth, clip.source, clip.notes)
