"""The row of controls that starts a training, and the list of the trainings there are."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.clip import Clip
from core.training import user_trainings
from core.training.user_trainings import MINUTES, TRAINABLE, VIDEO, Training, TrainingSpec, sources, submit_training
from core.video import VideoError, VideoLimits, read_video
from core.worlds import SIZE, WORLDS, ranges
from dashboard.cached.videos import fingerprint
from dashboard.compare.controls import VIDEO as COMPARED_VIDEO
from dashboard.compare.controls import UploadedVideo
from dashboard.compare.state import UPLOAD_MEGABYTES
from dashboard.kit.messages import show_error
from dashboard.kit.text import caption
from dashboard.train.state import STATE

_CHOSEN = STATE.key("chosen")
_MAX_VIDEO_SECONDS = 60.0


def start_controls() -> None:
    """One row: the model, its source, the minutes, and the button that starts the training."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        arm = st.selectbox("model", list(TRAINABLE), format_func=_model_title, key="train.arm", width=160)
        source = st.selectbox("learns from", sources(), format_func=_source_title, key="train.source", width=160)
        minutes = st.number_input("minutes", *MINUTES, 2.0, 0.5, "%g", key="train.minutes", width=110)
        has_texture = source in WORLDS and "strength" in ranges(WORLDS[source].factors)
        strength = _strength() if has_texture else 0.0
        anti_collapse = not TRAINABLE[arm].can_collapse or _anti_collapse()
        start = st.button(f"start training ({minutes:g} min)", key="train.start")
    file = _video_file() if source == VIDEO else None
    if start:
        _start(arm, source, strength, anti_collapse, minutes, file)


def chosen_training() -> Training | None:
    """The training that is shown: the one picked from the list, or the newest; None if there is none."""
    try:
        trainings = {training.name: training for training in reversed(user_trainings.all_trainings())}
    except OSError as error:
        show_error(error)
        return None
    linked, names = STATE.read("job"), list(trainings)
    if linked and linked not in trainings:
        STATE.write("job", "")
    if not trainings:
        return None
    st.session_state[_CHOSEN] = linked if linked in trainings else names[0]
    if len(names) > 1:
        st.segmented_control(
            "your trainings, newest first",
            names,
            key=_CHOSEN,
            format_func=lambda name: _label(trainings[name]),
            on_change=lambda: STATE.write("job", st.session_state[_CHOSEN] or names[0]),
        )
    return trainings[st.session_state[_CHOSEN] or names[0]]


def _source_title(source: str) -> str:
    return "your video" if source == VIDEO else f"world: {source}"


def _model_title(arm: str) -> str:
    return TRAINABLE[arm].title


def _strength() -> float:
    help = "Strength of a moving background, which distracts; 0 is a plain background."
    return st.slider("background", 0.0, 1.0, 0.0, 0.1, key="train.strength", help=help, width=140)


def _anti_collapse() -> bool:
    help = "Without it, nothing prevents the latents from losing what moves."
    return st.toggle("anti-collapse term", True, key="train.anti_collapse", help=help)


def _label(training: Training) -> str:
    spec = training.spec
    collapse = "" if spec.anti_collapse else ", no anti-collapse term"
    return f"{training.name}: {_source_title(spec.source)}{collapse} ({training.state})"


def _video_file() -> UploadedFile | None:
    """The visitor's video; None until there is one that can be read."""
    help = "A clip from a fixed camera is enough: a pendulum, a street. Its last fifth is kept for validation."
    file = st.file_uploader("your video", max_upload_size=UPLOAD_MEGABYTES, key="train.film", help=help)
    if file is None:
        return None
    try:
        clip = _clip(file.file_id, file.getvalue())
    except VideoError as error:
        show_error(error)
        return None
    for note in clip.notes:
        caption(note)
    return file


@st.cache_resource(max_entries=2, show_spinner="Reading the video")
def _clip(file_id: str, _data: bytes) -> Clip:
    """An uploaded video at the models' size and rate."""
    return read_video(_data, size=SIZE, limits=VideoLimits(max_seconds=_MAX_VIDEO_SECONDS))


def _start(
    arm: str, source: str, strength: float, anti_collapse: bool, minutes: float, file: UploadedFile | None
) -> None:
    data = file.getvalue() if file else b""
    key = fingerprint(data) if file else ""
    try:
        spec = TrainingSpec(arm, source, strength, anti_collapse, minutes, key)
        name = submit_training(spec, _clip(file.file_id, data).frames if file else None)
    except (ValueError, OSError) as error:
        show_error(error)
        return
    if file:  # so that Compare need not ask for it again
        st.session_state[COMPARED_VIDEO] = UploadedVideo(key, data)
    STATE.write("job", name)
    st.rerun()
