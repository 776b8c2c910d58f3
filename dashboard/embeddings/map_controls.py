"""The controls of the map: how it is made, which rows it shows, and how far rows are from one another."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.embedding import search
from core.embedding.clusters import MOST
from core.embedding.distances import Distance
from core.embedding.embed import UNITS
from dashboard.embeddings import clips
from dashboard.embeddings.state import STATE

PCA, PCA_3D, TSNE, UMAP, FROM_TO = "PCA", "PCA 3-D", "t-SNE", "UMAP", "from A to B"
_WAYS = (PCA, PCA_3D, TSNE, UMAP, FROM_TO)


@dataclass(frozen=True)
class MapChoice:
    """What the visitor has chosen.

    Attributes:
        way: How the map is made.
        distance: How far rows are from one another, for the map, the clusters and the neighbours.
        unit: What a point of clips is.
        source: Where clips are from; empty for a file.
        clusters: How many clusters to colour by.
        where: Which rows are shown, as a search.
    """

    way: str
    distance: Distance
    unit: str
    source: str
    clusters: int
    where: str


def choose_map(model: str) -> MapChoice:
    """What the visitor has chosen, of a model by its name or of a file."""
    unit, source = "frames", ""
    if model != "file":
        unit = st.segmented_control(
            "points", list(UNITS), default="frames", key=STATE.key("unit"), required=True, bind="query-params"
        )
    way = st.segmented_control(
        "map by", _WAYS, default=PCA, key=STATE.key("map_by"), required=True, bind="query-params"
    )
    _settings(way)
    distance = st.selectbox(
        "distance",
        [one.value for one in Distance],
        key=STATE.key("distance"),
        bind="query-params",
        width=140,
        help="For the map, the clusters and the neighbours. "
        + "; ".join(f"{one}: {one.help}" for one in Distance)
        + ".",
    )
    clusters = st.number_input(
        "clusters",
        2,
        MOST,
        6,
        key=STATE.key("clusters"),
        bind="query-params",
        width=110,
        help="Number of clusters to colour by.",
    )
    where = st.text_input(
        "rows",
        key=STATE.key("where"),
        bind="query-params",
        placeholder="all, or label:cat",
        width=180,
        help=f"Which rows are shown: {search.HELP}.",
    )
    if model != "file":
        source = clips.source_control()
    return MapChoice(way, Distance(distance), unit, source, int(clusters), where.strip())


def _settings(way: str) -> None:
    """The settings of one way to make a map."""
    if way == TSNE:
        st.slider("perplexity", 2, 100, 30, key=STATE.key("perplexity"), bind="query-params", width=160)
        st.number_input("seed", 0, 9999, 0, key=STATE.key("tsne_seed"), bind="query-params", width=110)
        st.number_input(
            "early exaggeration",
            1,
            50,
            12,
            key=STATE.key("exaggeration"),
            bind="query-params",
            width=150,
            help="How strongly neighbours attract each other at first; a higher value separates clusters more.",
        )
    elif way == UMAP:
        st.slider("neighbours", 2, 200, 15, key=STATE.key("umap_neighbours"), bind="query-params", width=160)
        st.slider("minimum distance", 0.0, 0.99, 0.1, key=STATE.key("umap_distance"), bind="query-params", width=160)
        st.number_input("seed", 0, 9999, 0, key=STATE.key("umap_seed"), bind="query-params", width=110)
    elif way == FROM_TO:
        for name, place in (("A", "from_rows"), ("B", "to_rows")):
            st.text_input(
                f"{name} is the mean of",
                key=STATE.key(place),
                bind="query-params",
                placeholder="label:cat, or row:12",
                width=180,
                help=f"{search.HELP}.",
            )
