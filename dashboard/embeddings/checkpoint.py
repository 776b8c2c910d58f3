"""The visitor's V-JEPA 2 checkpoint: its control, what it will cost, and its run over some clips with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from core.clip import Clip
from core.embedding.embed import represent
from core.models.registry import null_of, stand_in
from core.models.spec import Null
from core.models.vjepa2.checkpoint import (
    FRAMES,
    MOST_FRAMES,
    CheckpointInfo,
    EncodingCost,
    fingerprint,
    inspect_checkpoint,
)
from core.models.vjepa2.spec import VJEPA2, WEIGHTS, with_stretch
from dashboard.cached.models import load_model
from dashboard.cached.videos import UPLOAD_SECONDS
from dashboard.embeddings.clips import Source
from dashboard.embeddings.state import STATE
from dashboard.kit.tasks import SessionResult, format_duration, run_task
from dashboard.kit.text import caption

CHECKPOINT = "checkpoint"  # where pages name models
_FEW = 6  # clips at first: a large checkpoint takes about a minute for each on a laptop
_SOON = 60.0  # seconds that random weights of the same kind may take unless the visitor wants them


@dataclass(frozen=True)
class Encoded:
    """Some clips, the model that represents them, and its null."""

    model: str
    null: Null
    source: Source


def encode_clips(model: str, source: Source) -> Encoded | None:
    """What is shown of a model and some clips: of a checkpoint, what it has encoded; None as long as there is none.

    Raises:
        ValueError: As ``encode_with_checkpoint`` does.
    """
    return encode_with_checkpoint(source) if model == CHECKPOINT else Encoded(model, null_of(model), source)


def encode_with_checkpoint(source: Source) -> Encoded | None:
    """A checkpoint and the clips that it has encoded; None, with a sentence on the page, as long as there are none.

    Raises:
        ValueError: The optional part is missing, or there is no such checkpoint.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.text_input("checkpoint (a folder or a Hugging Face id)", key=STATE.key("checkpoint"), width=380)
        count = st.number_input("number of clips", 1, len(source.clips), min(_FEW, len(source.clips)), width=140)
    if not place:
        st.info("Enter the folder of a V-JEPA 2 checkpoint or its id, such as facebook/vjepa2-vitl-fpc64-256.")
        return None
    stretch, part = _frames_control(source)
    mark = fingerprint(place)
    name, found = f"{with_stretch(VJEPA2 + place, stretch)}{WEIGHTS}{mark}", _inspected(place, mark)
    large = tuple(
        replace(_clip_of(source, index, part), source=source.clips[index].source) for index in range(int(count))
    )
    cost = _cost(place, mark, sum(len(clip) for clip in large), stretch, found)
    key = STATE.key("user_null", place)
    st.session_state.setdefault(key, cost.seconds <= _SOON)
    own = st.checkbox("compare with random weights of the same network (takes twice as long)", key=key)
    done = Encoded(
        name, null_of(name) if own else stand_in(), Source(f"{source.key} {count} {part}", large, source.large)
    )
    results: SessionResult[bool] = SessionResult(STATE.key("encoded"))
    question = name, done.null.name, done.source.key
    if results.find(question):
        return done
    networks = 2 if own else 1
    fetched = f"{_size(found.download)} to download first, then " if found.download else ""
    caption(
        f"{len(large)} clips, {stretch} frames at a time: {fetched}up to about {_size(networks * cost.memory)} of "
        f"memory and {format_duration(networks * cost.seconds)} on this machine. Encoded clips are kept."
    )
    if not st.button(f"encode {len(large)} clips", type="primary"):
        return None
    with st.spinner("Downloading and loading the checkpoint"):
        models = [load_model(name) for name in [name, done.null.name][:networks]]
    run_task(results, question, "encoding", partial(_encode, models, large))
    _inspected.clear()  # all is at hand now
    return done


@st.cache_resource(max_entries=8, show_spinner="Inspecting the checkpoint")
def _inspected(place: str, mark: str) -> CheckpointInfo:
    return inspect_checkpoint(place)


@st.cache_resource(max_entries=32, show_spinner=False)
def _cost(place: str, mark: str, frames: int, stretch: int, _found: CheckpointInfo) -> EncodingCost:
    return _found.cost(frames, stretch)


def _frames_control(source: Source) -> tuple[int, tuple[float, float, float] | None]:
    """How many frames the checkpoint takes at a time, and of a visitor's videos the rate, the start and the length."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stretch = st.number_input("frames at a time", 2, MOST_FRAMES, FRAMES, 2, key=STATE.key("stretch"), width=140)
        if source.part is None:
            return int(stretch), None
        fps = st.number_input("frames per second", 0.5, 60.0, 10.0, 0.5, key=STATE.key("rate"), width=150)
        start = st.number_input("start at (s)", 0.0, 36_000.0, 0.0, 0.5, key=STATE.key("start"), width=130)
        seconds = st.number_input(
            "length (s)", 0.1, UPLOAD_SECONDS, UPLOAD_SECONDS, 0.5, key=STATE.key("seconds"), width=130
        )
    return int(stretch), (fps, start, seconds)


def _clip_of(source: Source, index: int, part: tuple[float, float, float] | None) -> Clip:
    return source.large(index) if part is None or source.part is None else source.part(index, *part)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _encode(models: Sequence, clips: Sequence[Clip], report: Callable[[float], None]) -> bool:
    """Every clip once by each model, so that it is on disk; left by cancelling, what is done is kept there."""
    for place, model in enumerate(models):
        for index, clip in enumerate(clips):
            represent(model, clip)
            report((place + (index + 1) / len(clips)) / len(models))
    return True
