"""The row of controls that starts a training, and the list of those there are."""

from __future__ import annotations

import streamlit as st

from core.jobs import queue as jobs
from core.jobs.queue import FILM, Job, Progress
from core.video import VideoError, VideoLimits, read_video
from core.worlds import SIZE, WORLDS
from dashboard.cached.films import fingerprint
from dashboard.compare.controls import FILM as COMPARED
from dashboard.compare.controls import Film
from dashboard.compare.state import UPLOAD_MEGABYTES

CHOSEN = "train.job"
_ARMS = {"jepa": "JEPA (latents)", "pixel": "pixel predictor"}
_SOURCES = {**{name: f"world: {name}" for name in WORLDS}, "leaves": "moving leaves", FILM: "your film"}
_FILM_SECONDS = 60.0


def controls() -> None:
    """One row: what, from what, how long; and the start."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        arm = st.selectbox("model", list(_ARMS), format_func=_ARMS.get, key="train.arm", width=160)
        source = st.selectbox("learns from", list(_SOURCES), format_func=_SOURCES.get, key="train.source", width=160)
        minutes = st.number_input("minutes", *jobs.MINUTES, 2.0, 0.5, "%g", key="train.minutes", width=110)
        strength = 0.0
        if source in WORLDS:
            help = "Of a moving background, the distractor; 0 is a plain one."
            strength = st.slider("background", 0.0, 1.0, 0.0, 0.1, key="train.strength", help=help, width=140)
        help = "Without it nothing keeps the latents from forgetting what moves."
        guarded = arm == "pixel" or st.toggle("anti-collapse term", True, key="train.guarded", help=help)
        start = st.button(f"start training ({minutes:g} min)", key="train.start")
    film = _film() if source == FILM else None
    if start:
        _start(arm, source, strength, guarded, minutes, film)


def chosen() -> Progress | None:
    """The job that is looked at: the newest, or the one picked from the list."""
    every = {progress.job.name: progress for progress in reversed(jobs.all_jobs())}
    if not every:
        return None
    wanted = st.query_params.get("job", "")
    names = list(every)
    st.session_state[CHOSEN] = wanted if wanted in every else names[0]
    if len(names) > 1:
        st.segmented_control(
            "your trainings, newest first", names, key=CHOSEN, format_func=lambda name: _label(every[name]),
            on_change=lambda: st.query_params.update(job=st.session_state[CHOSEN] or names[0]),
        )  # fmt: skip
    return every[st.session_state[CHOSEN] or names[0]]


def _label(progress: Progress) -> str:
    job = progress.job
    guard = "" if job.guarded else ", unguarded"
    return f"{job.name}: {job.source}{guard} ({progress.state})"


def _film():
    """The visitor's film as uploaded; None until there is one that can be read."""
    help = (
        "A clip from a camera that stands still is enough: a pendulum, a street. Its last fifth is kept for validation."
    )
    file = st.file_uploader("your film", max_upload_size=UPLOAD_MEGABYTES, key="train.film", help=help)
    if file is None:
        return None
    try:
        _frames(file.file_id, file.getvalue())
    except VideoError as error:
        st.error(str(error))
        return None
    return file


@st.cache_resource(max_entries=2, show_spinner="Reading the video")
def _frames(file_id: str, _data: bytes):
    """Its frames at the models' size and rate."""
    return read_video(_data, size=SIZE, limits=VideoLimits(max_seconds=_FILM_SECONDS)).frames


def _start(arm: str, source: str, strength: float, guarded: bool, minutes: float, film) -> None:
    data = film.getvalue() if film else b""
    key = fingerprint(data) if film else ""
    try:
        job = Job(arm, source, strength, guarded, minutes, key)
        name = jobs.submit(job, _frames(film.file_id, data) if film else None)
    except (ValueError, OSError) as error:
        st.error(str(error))
        return
    if film:  # Compare has it at hand then
        st.session_state[COMPARED] = Film(key, data)
    st.query_params["job"] = name
    st.rerun()
