"""Models, their cards and their costs, loaded once for everybody."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.evaluation.cost import Cost, measure_cost
from core.models.readers import reader_of
from core.models.registry import baselines as baseline_specs
from core.models.registry import card, default_pair, load, models_of
from core.models.spec import Domain
from core.models.store import artifact_folder, load_arrays
from core.worlds import SIZE

WORLD_PAIR, FILM_PAIR = default_pair(Domain.WORLDS), default_pair(Domain.FILMS)
WORLD_BASELINES, FILM_BASELINES = (
    tuple(spec.name for spec in baseline_specs(domain)) for domain in (Domain.WORLDS, Domain.FILMS)
)
Pair = tuple[str, str]  # names of a pixel model and of a JEPA


def shipped_pair(readout: str) -> Pair:
    """Returns the shipped models for clips that a read-out fits (by its name; empty for films and other worlds)."""
    return WORLD_PAIR if readout else FILM_PAIR


def baselines(readout: str) -> tuple[str, ...]:
    """Returns the baselines for clips that a read-out fits."""
    return WORLD_BASELINES if readout else FILM_BASELINES


@st.cache_resource(max_entries=16, show_spinner=False)
def load_model(name: str):
    """Returns a model, ready for use.

    Raises:
        ValueError: There is no such model, or its weights are missing or damaged.
    """
    return load(name)


def reads_positions(name: str) -> bool:
    """Returns whether a probe or a parser reads balls' positions off a model."""
    return reader_of(load_model(name)) is not None


@st.cache_resource(max_entries=4, show_spinner=False)
def load_reference(name: str):
    """Returns a JEPA's usual surprise and distances; None if they were not measured."""
    from core.evaluation.surprise import Reference

    folder = artifact_folder(models_of(name), name, "reference")
    return Reference.from_arrays(load_arrays(folder)) if folder else None


@st.cache_resource(max_entries=16, show_spinner=False)
def load_card(name: str) -> dict | None:
    """Returns a model's card; None if it has none."""
    return card(name)


@st.cache_resource(max_entries=32, show_spinner=False)
def prediction_cost(name: str, context: int, horizon: int) -> Cost:
    """Returns what a predicted frame costs on this machine."""
    blank = np.zeros((context, SIZE, SIZE, 3), np.uint8)
    return measure_cost(load_model(name), blank, horizon)
