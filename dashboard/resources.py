"""Cached access to models, clips and results. Every cache is bounded; what it returns is shared and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import streamlit as st

from core.clip import Clip
from core.evaluation.ablations import FOLDER as ABLATIONS
from core.evaluation.ablations import Ablation, stored_runs, summarise
from core.evaluation.compare import Comparison, compare
from core.evaluation.cost import Cost, measure_cost
from core.evaluation.positions import can_be_read
from core.evaluation.scoreboard import SEEDS, result_name, stored
from core.models.registry import card, digest_of, load, models_of
from core.models.store import companion, load_arrays
from core.paths import RESULTS
from core.video import VideoInfo, VideoLimits, probe_video, read_video
from core.worlds import SIZE, Factors, simulate

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.compute_split import Shares
    from core.evaluation.out_of_distribution import Distance

SHOWN = 384  # pixels a side for people
FILM = 256  # pixels a side at which an uploaded video is kept
FILM_SECONDS = 12.0  # of it that are read
WORLD_PAIR = ("pixel", "jepa")
FILM_PAIR = ("pixel-leaves", "jepa-leaves")
SIMULATED = ("copy-last", "constant-velocity", "nearest")  # the baselines that go with a pair
FILMED = ("copy-last",)  # a film without truth has no balls to follow
Pair = tuple[str, str]  # names of a pixel model and of a latent model


@st.cache_resource(max_entries=16, show_spinner=False)
def model(name: str):
    """A model, ready for use."""
    return load(name)


def is_blind(name: str) -> bool:
    """Whether nothing reads places off a model: it has no probe."""
    return not can_be_read(model(name))


@st.cache_resource(max_entries=4, show_spinner=False)
def reference(name: str):
    """What is usual for a JEPA: the yardstick of surprise and distance; None where that was not measured."""
    from core.evaluation.out_of_distribution import Reference

    folder = companion(models_of(name), name, "reference")
    return Reference.from_arrays(load_arrays(folder)) if folder else None


@st.cache_resource(max_entries=48, show_spinner=False)
def world_clip(factors: Factors, seed: int, size: int, frames: int) -> Clip:
    return simulate(factors, seed, size=size, frames=frames)


@st.cache_resource(max_entries=64, show_spinner=False)
def world_comparison(factors: Factors, seed: int, context: int, horizon: int, pair: Pair = WORLD_PAIR) -> Comparison:
    clip = world_clip(factors, seed, SIZE, max(32, context + horizon))
    return compare(clip, [model(name) for name in (*SIMULATED, *pair)], context, horizon)


@st.cache_resource(max_entries=4, show_spinner=False)
def film_info(key: str, _data: bytes) -> VideoInfo:
    return probe_video(_data)


@st.cache_resource(max_entries=4, show_spinner="Reading the video")
def film_clip(key: str, start: float, _data: bytes) -> Clip:
    """An uploaded video at the size for people, at the models' frame rate; a few seconds of it."""
    return read_video(_data, size=FILM, start=start, limits=VideoLimits(max_seconds=FILM_SECONDS))


@st.cache_resource(max_entries=8, show_spinner=False)
def film_comparison(key: str, _clip: Clip, context: int, horizon: int, pair: Pair) -> Comparison:
    return compare(shrink(_clip), [model(name) for name in (*FILMED, *pair)], context, horizon)


@dataclass(frozen=True)
class Strangeness:
    """How strange a film is to the JEPA: ``surprise`` at ``seconds`` of the film, and its distance from training."""

    seconds: np.ndarray
    surprise: np.ndarray
    distance: Distance


@st.cache_resource(max_entries=8, show_spinner=False)
def strangeness(name: str, key: str, _clip: Clip) -> Strangeness | None:
    """None where nobody knows what is usual for the model."""
    from core.evaluation.out_of_distribution import distance, surprise

    jepa, usual, frames = model(name), reference(name), shrink(_clip).frames
    if usual is None:
        return None
    values = surprise(jepa, usual, frames)
    seconds = (np.arange(len(values)) + jepa.context) / _clip.fps
    return Strangeness(seconds, values, distance(jepa, usual, frames))


@st.cache_resource(max_entries=32, show_spinner=False)
def cost(name: str, context: int, horizon: int) -> Cost:
    """What a predicted frame costs on this machine."""
    blank = np.zeros((context, SIZE, SIZE, 3), np.uint8)
    return measure_cost(model(name), blank, horizon)


@st.cache_resource(max_entries=24, show_spinner="Measuring where the compute goes")
def shares(name: str, factors: Factors, seed: int, context: int, horizon: int) -> Shares:
    """Where one arm's compute goes on a simulated clip."""
    from core.evaluation.compute_split import compute_shares

    return compute_shares(model(name), world_clip(factors, seed, SIZE, max(32, context + horizon)), context, horizon)


def results(case: str) -> dict | None:
    """The stored measurement of a case; None if these weights have not been measured."""
    return _stored(result_name(case), _changed(f"{result_name(case)}.json"))


def robustness() -> dict | None:
    """The stored curve against moving backgrounds; None if these weights have not been measured."""
    return _stored("robustness", _changed("robustness.json"))


def seeds() -> dict | None:
    """What trainings of the JEPA from other seeds were found to do; None if these weights have not been measured."""
    return _stored("seeds", _changed("seeds.json"), SEEDS)


def recognition() -> dict | None:
    """What representations were found to know of what happens; None if these weights have not been measured."""
    return _stored("recognition", _changed("recognition.json"), ("vjepa", "masked-pixels"))


def ablations() -> list[Ablation]:
    """What was found of variants of the JEPA's recipe."""
    return _ablations(_changed(ABLATIONS))


def _changed(name: str) -> int:
    """When a result was last written: it may be measured again while the app runs."""
    path = RESULTS / name
    return path.stat().st_mtime_ns if path.exists() else 0


@st.cache_resource(max_entries=16, show_spinner=False)
def _stored(name: str, changed: int, wanted: tuple[str, ...] = WORLD_PAIR) -> dict | None:
    return _of_these_weights(stored(name), wanted)


@st.cache_resource(max_entries=1, show_spinner=False)
def _ablations(changed: int) -> list[Ablation]:
    return summarise(stored_runs())


def _of_these_weights(result: dict | None, wanted: tuple[str, ...]) -> dict | None:
    measured = {name: score["weights"] for name, score in (result or {"models": {}})["models"].items()}
    same = all(digest_of(name) == digest for name, digest in measured.items())
    return result if same and set(wanted) <= set(measured) else None


@st.cache_resource(max_entries=16, show_spinner=False)
def model_card(name: str) -> dict | None:
    return card(name)


def fingerprint(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def shrink(clip: Clip) -> Clip:
    """The same clip at the size of the models."""
    frames = np.stack([cv2.resize(frame, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for frame in clip.frames])
    return Clip(frames, clip.fps, clip.truth, clip.source, clip.notes)
