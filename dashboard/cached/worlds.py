"""Simulated clips, and what models predict of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison, compare
from core.worlds import SIZE, Factors, simulate, world_named
from dashboard.cached.models import WORLD_PAIR, Pair, baselines, load_model

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.compute_split import ComputeSplit

DISPLAY_SIZE = 384  # pixels a side of a clip that people look at


@st.cache_resource(max_entries=48, show_spinner=False)
def world_clip(factors: Factors, seed: int, size: int, frames: int) -> Clip:
    """Returns a simulated clip of ``frames`` frames, ``size`` pixels a side."""
    return simulate(factors, seed, size=size, frames=frames)


@st.cache_resource(max_entries=64, show_spinner=False)
def world_comparison(factors: Factors, seed: int, context: int, horizon: int, pair: Pair = WORLD_PAIR) -> Comparison:
    """Returns what a pair of models and the baselines predict of a simulated clip.

    Raises:
        ValueError: Weights are missing or damaged.
    """
    clip = world_clip(factors, seed, SIZE, max(32, context + horizon))
    names = (*baselines(world_named(factors.world).readout), *pair)
    return compare(clip, [load_model(name) for name in names], context, horizon)


@st.cache_resource(max_entries=24, show_spinner="Measuring where the compute goes")
def compute_split(name: str, factors: Factors, seed: int, context: int, horizon: int) -> ComputeSplit:
    """Returns where a model's compute goes on a simulated clip."""
    from core.evaluation.compute_split import split_compute

    clip = world_clip(factors, seed, SIZE, max(32, context + horizon))
    return split_compute(load_model(name), clip, context, horizon)
