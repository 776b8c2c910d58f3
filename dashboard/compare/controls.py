"""The controls of Compare: the filmstrip, the row of settings and the upload."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.clip import Clip
from core.samples import samples
from core.training.user_trainings import video_of
from core.video import VideoError
from core.worlds import FPS, WORLDS, Factors, Range, ranges
from dashboard.cached.models import Pair, shipped_pair
from dashboard.cached.videos import fingerprint, video_clip, video_info
from dashboard.cached.worlds import world_clip
from dashboard.compare.state import (
    CONTEXT,
    HORIZON,
    SEEDS,
    STATE,
    UPLOAD_MEGABYTES,
    CompareState,
    latent_choices,
    pixel_choices,
)
from dashboard.components.gallery import GalleryItem, gallery
from dashboard.kit.messages import show_error, show_info

VIEW, VIDEO = STATE.key("view"), STATE.key("video")
_THUMB = 112
_TRAINING_FRAMES = 120  # of the video that a user's model was trained on


@dataclass(frozen=True)
class UploadedVideo:
    """A visitor's video, and the key of what is computed from it."""

    key: str
    data: bytes


def current() -> CompareState:
    """Returns what this session shows."""
    return st.session_state[VIEW]


def read_address() -> None:
    """Take the view from the address, at first and whenever a link or the browser's Back or Forward has changed it."""
    if STATE.has_new_address() or VIEW not in st.session_state:
        st.session_state[VIEW] = CompareState.from_query(STATE.read_all())


def show(state: CompareState) -> None:
    """Show another view."""
    st.session_state[VIEW] = state


def write_address() -> None:
    """Write what is shown into the address."""
    for name, model in zip(("pixel", "latent"), pair(current()), strict=True):
        STATE.follow(name, model)  # the shipped ones are not written
    query = STATE.with_prefix(current().to_query())
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)


def filmstrip() -> CompareState:
    """Show the gallery; returns the view after a click."""
    state = current()
    selected = state.clip if state.source == "sample" else state.source
    user_world = _item("world", f"your world · {state.factors.world}", state.factors, state.seed)
    items = (*_sample_items(), user_world, GalleryItem("upload", "your video"))
    chosen = gallery(items, selected, key=STATE.key("clips"))
    if chosen != selected:
        is_sample = chosen not in ("world", "upload")
        show(replace(state, source="sample", clip=chosen) if is_sample else replace(state, source=chosen))
    return current()


@st.cache_resource(max_entries=1, show_spinner=False)
def _sample_items() -> tuple[GalleryItem, ...]:
    return tuple(_item(s.id, s.label, s.factors, s.seed) for s in samples())


@st.cache_resource(max_entries=32, show_spinner=False)
def _item(id: str, label: str, factors: Factors, seed: int) -> GalleryItem:
    clip = world_clip(factors, seed, _THUMB, 20)
    return GalleryItem(id, label, clip.frames[5], clip.frames[::3])


def span_control() -> None:
    """Show the sliders for context and horizon."""
    state = current()
    ahead = state.horizon / 10
    with st.popover(f"context {state.context} · horizon {state.horizon} ({ahead:.1f} s)"):
        for name, (low, high, _), help in (
            ("context", CONTEXT, "Frames that every model sees, 10 per second."),
            ("horizon", HORIZON, "Frames that every model predicts."),
        ):
            key = STATE.key(name)
            st.session_state[key] = getattr(state, name)
            st.slider(f"{name} (frames)", low, high, key=key, help=help, on_change=_take, args=(name, key))


def world_control() -> None:
    """Show the factors of the world; changing one makes it the visitor's world, with the same seed."""
    state = current()
    factors, seed = state.shown()
    with st.popover(f"world: {factors.world}"):
        key = STATE.key("world")
        st.session_state[key] = factors.world
        st.selectbox("world", list(WORLDS), key=key, on_change=_take_world, args=(key, seed))
        st.text(WORLDS[factors.world].summary)
        for name, allowed in ranges(type(factors)).items():
            if name in factors.without_effect():
                continue
            _factor_control(factors, name, allowed, seed)


def _factor_control(factors: Factors, name: str, allowed: Range, seed: int) -> None:
    """Show the control that fits a factor: a choice, a whole number or a number."""
    key, label = STATE.key("factor", factors.world, name), f"{name} ({allowed.unit})" if allowed.unit else name
    value, args = getattr(factors, name), (name, key, seed)
    st.session_state[key] = value
    if allowed.choices:
        st.selectbox(label, allowed.choices, key=key, help=allowed.help, on_change=_take_factor, args=args)
    elif isinstance(value, int):
        low, high = int(allowed.low), int(allowed.high)
        st.slider(label, low, high, key=key, help=allowed.help, on_change=_take_factor, args=args)
    else:
        st.slider(
            label,
            allowed.low,
            allowed.high,
            step=0.005,
            format="%.3g",
            key=key,
            help=allowed.help,
            on_change=_take_factor,
            args=args,
        )


def pair(state: CompareState) -> Pair:
    """Returns the two models that are compared: the shipped ones for this source, or the visitor's."""
    pixel, latent = shipped_pair(state.readout)
    return state.pixel or pixel, state.latent or latent


def models_control() -> None:
    """Show the choice of models, if there are others than the shipped pair."""
    choices = {"pixel": pixel_choices(), "latent": latent_choices()}
    if not any(choices.values()):
        return
    state = current()
    with st.popover(" against ".join(pair(state))):
        for name, others in choices.items():
            titles = {"": "the shipped model"} | {spec.name: spec.title for spec in others}
            key = STATE.key(name)
            st.session_state[key] = getattr(state, name)
            st.selectbox(
                {"pixel": "pixel model", "latent": "JEPA"}[name],
                list(titles),
                key=key,
                on_change=_take,
                args=(name, key),
                format_func=titles.__getitem__,
            )


def seed_control() -> None:
    """Show the button that draws the same world from the next seed."""
    factors, seed = current().shown()
    st.button("new seed", key=STATE.key("roll"), on_click=_roll, args=(factors, seed), icon=None)


def upload() -> tuple[str, Clip] | None:
    """Returns the key and the clip of the visitor's video, or else of the video that a user's model was trained on;
    None, with a sentence on the page, if there is none that can be read."""
    help = (
        "MP4, MOV, WebM, AVI, MKV, MPEG, GIF, animated WebP, PNG or AVIF, TIFF pages, Motion JPEG, Y4M or a zip of "
        "pictures. It stays on this machine."
    )
    key = STATE.key("upload")
    st.file_uploader(
        "Your video", max_upload_size=UPLOAD_MEGABYTES, key=key, help=help, on_change=_take_video, args=(key,)
    )
    video: UploadedVideo | None = st.session_state.get(VIDEO)
    if video is None:
        if training := _training_video(current()):
            return training
        st.info("Drop in a short clip in which something moves. The models see its first frames and predict the rest.")
        return None
    try:
        start = _start_control(video_info(video.key, video.data).seconds)
        return f"{video.key}@{start!r}", video_clip(video.key, start, video.data)
    except VideoError as error:
        show_error(error)
        return None


def _start_control(seconds: float | None) -> float:
    key, length = STATE.key("start"), f" of {seconds:.1f}" if seconds else ""
    st.session_state[key] = current().start
    st.number_input(
        f"start at (s{length})", 0.0, 36_000.0, step=0.5, key=key, on_change=_take, args=("start", key), width=200
    )
    return current().start


def _training_video(state: CompareState) -> tuple[str, Clip] | None:
    for name in filter(None, (state.latent, state.pixel)):
        frames = video_of(name)
        if frames is not None:
            show_info(
                "This is the video that {model} was trained on, as it saw it. Upload another one to compare.",
                model=name,
            )
            start = _start_control(len(frames) / FPS)
            rest = frames[min(round(start * FPS), len(frames) - 1) :][:_TRAINING_FRAMES]
            return f"{name}@{start!r}", Clip(np.array(rest), FPS, None, f"training video of {name}")
    return None


def _take_video(key: str) -> None:
    file = st.session_state[key]
    data = file.getvalue() if file else b""
    st.session_state[VIDEO] = UploadedVideo(fingerprint(data), data) if file else None


def _take(name: str, key: str) -> None:
    show(replace(current(), **{name: st.session_state[key]}))


def _take_world(key: str, seed: int) -> None:
    _show_world(WORLDS[st.session_state[key]].factors(), seed)


def _take_factor(name: str, key: str, seed: int) -> None:
    factors, _ = current().shown()
    _show_world(replace(factors, **{name: st.session_state[key]}), seed)


def _roll(factors: Factors, seed: int) -> None:
    _show_world(factors, seed + 1)


def _show_world(factors: Factors, seed: int) -> None:
    show(replace(current(), source="world", factors=factors, seed=_test_seed(seed)))


def _test_seed(seed: int) -> int:
    return SEEDS[0] + (seed - SEEDS[0]) % (SEEDS[1] - SEEDS[0] + 1)
