"""Cached access to embeddings, their maps and what was found of them. What it returns is shared and never changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.clip import Clip
from core.embedding.embed import embed
from core.embedding.projection import Faithfulness, faithfulness, nearest, pca, tsne
from core.embedding.samples import sample_clips
from core.embedding.sanity import Sanity, examine
from core.embedding.table import Embeddings
from dashboard.components.embedding_map import MapPlot
from dashboard.resources import model

MOST_MAPS = 8  # by t-SNE that are kept
NEIGHBOURS = 8
Made = tuple[str, str, float, int]  # model, unit, perplexity, seed


@st.cache_resource(max_entries=1, show_spinner=False)
def map_clips() -> list[Clip]:
    return sample_clips()


@st.cache_resource(max_entries=8, show_spinner="Embedding the sample clips")
def sample_table(name: str, unit: str) -> Embeddings:
    """The sample clips, as a model represents them."""
    return embed(model(name), map_clips(), unit)


@st.cache_resource(max_entries=8, show_spinner=False)
def pca_map(name: str, unit: str) -> MapPlot:
    table = sample_table(name, unit)
    return MapPlot(table, pca(table.vectors), "what happens")


@st.cache_resource(max_entries=1, show_spinner=False)
def _tsne_maps() -> dict[Made, MapPlot]:
    return {}


def tsne_map(made: Made, report: Callable[[float], None]) -> MapPlot:
    """A map by t-SNE; made while ``report`` is told how far it is, unless it was made before.

    Raises:
        ValueError: A perplexity that does not go with the number of rows.
    """
    kept = _tsne_maps()
    if made not in kept:
        name, unit, perplexity, seed = made
        table = sample_table(name, unit)
        plot = MapPlot(table, tsne(table.vectors, perplexity, seed, report=report), "what happens")
        while len(kept) >= MOST_MAPS:
            kept.pop(next(iter(kept)))
        kept[made] = plot
    return kept[made]


@st.cache_resource(max_entries=16, show_spinner=False)
def trust(key: tuple, _plot: MapPlot) -> Faithfulness:
    """How far neighbourhoods on a map may be trusted; ``key`` says which map it is."""
    return faithfulness(_plot.table.vectors, _plot.projection.points)


@st.cache_resource(max_entries=64, show_spinner=False)
def neighbours(name: str, unit: str, row: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to one in the original space, and how far they are."""
    return nearest(sample_table(name, unit).vectors, row, NEIGHBOURS)


@st.cache_resource(max_entries=8, show_spinner=False)
def sample_sanity(name: str) -> Sanity:
    table = sample_table(name, "frames")
    return examine(table.vectors, table.group)
