"""The map that a visitor has chosen."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.embedding.projection import tsne
from core.embedding.table import Embeddings
from core.embedding.umap_projection import umap
from dashboard.components.embedding_map import MapPlot
from dashboard.embeddings import tables
from dashboard.embeddings.map_controls import FROM_TO, PCA, PCA_3D, TSNE, UMAP, MapChoice
from dashboard.embeddings.state import STATE
from dashboard.kit.messages import show_info, show_note


def made_map(choice: MapChoice, key: tables.Key, table: Embeddings, rows: np.ndarray) -> MapPlot | None:
    """The map; None, with a sentence or a bar on the page, if something is missing or the visitor has cancelled it.

    Args:
        choice: What the visitor has chosen.
        key: Tells the rows apart.
        table: The rows with what is known of each.
        rows: The rows in the space whose Euclidean distance is the chosen one.

    Raises:
        ValueError: Settings that do not go with the rows, or an optional part that is not installed.
    """
    clusters = f"{choice.clusters} clusters"
    if choice.way == FROM_TO:
        start, end = (st.session_state[STATE.key(name)].strip() for name in ("from_rows", "to_rows"))
        if not start or not end:
            show_info("Write which rows are A and which are B, such as label:cat and label:dog, or row:12 and row:40.")
            return None
        return tables.direction_map((*key, clusters), start, end, table, rows)
    if choice.way == TSNE:
        return _tsne(clusters, key, table, rows)
    if choice.way == UMAP:
        return _umap(clusters, key, table, rows)
    return tables.pca_map((*key, clusters), 3 if choice.way == PCA_3D else 2, table, rows)


def _tsne(clusters: str, key: tables.Key, table: Embeddings, rows: np.ndarray) -> MapPlot | None:
    wanted, most = float(st.session_state[STATE.key("perplexity")]), len(table) // 3
    perplexity = min(wanted, float(max(most, 2)))
    seed, exaggeration = int(_setting("tsne_seed")), float(_setting("exaggeration"))
    settings = (perplexity, seed, exaggeration)

    plot = tables.slow_map(
        key, clusters, table, TSNE, settings, lambda report: tsne(rows, *settings, report=report), _back_to_pca
    )
    if plot is not None and perplexity < wanted:
        show_note(
            "The perplexity is {perplexity:g}, the highest value for {count:,} points (a third of them).",
            perplexity=perplexity,
            count=len(table),
        )
    return plot


def _umap(clusters: str, key: tables.Key, table: Embeddings, rows: np.ndarray) -> MapPlot | None:
    neighbours = min(int(_setting("umap_neighbours")), max(len(table) - 1, 2))
    settings = (neighbours, float(_setting("umap_distance")), int(_setting("umap_seed")))
    return tables.slow_map(
        key, clusters, table, UMAP, settings, lambda report: umap(rows, *settings, report=report), _back_to_pca
    )


def _setting(name: str) -> float:
    return st.session_state[STATE.key(name)]


def _back_to_pca() -> None:
    st.session_state[STATE.key("map_by")] = PCA
