"""Cached access to embeddings, their maps and what was found of them. What it returns is shared and never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from core.embedding.clusters import with_clusters
from core.embedding.embed import embed
from core.embedding.files import read_embeddings
from core.embedding.knowledge import linear_skill_sign, probe_signs, skill_sign
from core.embedding.projection import Faithfulness, Projection, faithfulness, nearest, pca, tsne
from core.embedding.sanity import Sanity, examine
from core.embedding.table import Embeddings
from dashboard.components.embedding_map import MapPlot
from dashboard.embeddings.clips import Source
from dashboard.resources import model

COLOR_BY = ("what happens", "label")  # the first that is known
MOST_MAPS = 8  # by t-SNE that are kept
NEIGHBOURS = 8
Key = tuple[str, ...]  # tells tables apart: model and unit, or a file's fingerprint


def clip_table(name: str, unit: str, source: Source) -> Embeddings:
    """Clips as a model represents them."""
    return _clip_table(name, unit, source.key, source)


@st.cache_resource(max_entries=8, show_spinner="Embedding the clips")
def _clip_table(name: str, unit: str, key: str, _source: Source) -> Embeddings:
    return embed(model(name), _source.clips, unit)


@st.cache_resource(max_entries=2, show_spinner="Reading the file")
def own_table(key: str, sampled: bool, _data: bytes) -> Embeddings:
    """A file of a visitor's; a sample of it if there are too many rows and one was asked for."""
    return read_embeddings(_data, sample_seed=0 if sampled else None)


@st.cache_resource(max_entries=8, show_spinner="Finding clusters")
def clustered(key: Key, count: int, _table: Embeddings) -> Embeddings:
    """The same rows with the cluster that each is in; the rows as they are where there are too few."""
    return with_clusters(_table, count) if len(_table) > count else _table


def _plot(table: Embeddings, projection: Projection) -> MapPlot:
    return MapPlot(table, projection, next((name for name in COLOR_BY if name in table.columns), ""))


@st.cache_resource(max_entries=8, show_spinner=False)
def pca_map(key: Key, axes: int, _table: Embeddings) -> MapPlot:
    return _plot(_table, pca(_table.vectors, axes))


@st.cache_resource(max_entries=1, show_spinner=False)
def _projections() -> dict[tuple, Projection]:
    return {}


def tsne_map(
    key: Key, clusters: str, table: Embeddings, settings: tuple[float, int, float], report: Callable[[float], None]
) -> MapPlot:
    """A map by t-SNE; made while ``report`` is told how far it is, unless it was made before.

    Args:
        key: Tells the rows apart.
        clusters: Tells apart how they are clustered, which changes no place on the map.
        table: The rows.
        settings: Perplexity, seed and early exaggeration.
        report: Called with the share that is done.

    Raises:
        ValueError: A perplexity that does not go with the number of rows.
    """
    kept, made = _projections(), (key, settings)
    if made not in kept:
        found = tsne(table.vectors, *settings, report=report)
        while len(kept) >= MOST_MAPS:
            kept.pop(next(iter(kept)))
        kept[made] = found
    return _tsne_plot((*key, clusters), settings, table, kept[made])


@st.cache_resource(max_entries=8, show_spinner=False)
def _tsne_plot(key: Key, settings: tuple, _table: Embeddings, _projection: Projection) -> MapPlot:
    return _plot(_table, _projection)


@st.cache_resource(max_entries=16, show_spinner=False)
def trust(key: Key, made: str, _plot: MapPlot) -> Faithfulness:
    """How far neighbourhoods on a map may be trusted; ``made`` says how it was made."""
    return faithfulness(_plot.table.vectors, _plot.projection.points)


@st.cache_resource(max_entries=64, show_spinner=False)
def neighbours(key: Key, row: int, _table: Embeddings) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to one in the original space, and how far they are."""
    return nearest(_table.vectors, row, NEIGHBOURS)


def sanity_of(name: str, source: Source) -> Sanity:
    """What was found of a model's frames of some clips, of what it knows of them and of what it foretells."""
    return _sanity_of(name, source.key, source)


@st.cache_resource(max_entries=16, show_spinner="Examining the representation")
def _sanity_of(name: str, key: str, _source: Source) -> Sanity:
    table = clip_table(name, "frames", _source)
    found = examine(table.vectors, table.group)
    known = (*probe_signs(table), skill_sign(model(name), _source.clips))
    return replace(found, signs=(*found.signs, *known))


@st.cache_resource(max_entries=8, show_spinner="Examining the rows")
def sanity(key: Key, _table: Embeddings) -> Sanity:
    """What was found of a visitor's rows, and of what they know of the places and the clips that the file tells of."""
    found = examine(_table.vectors, _table.group)
    return replace(found, signs=(*found.signs, *probe_signs(_table), linear_skill_sign(_table)))
