"""The map: rows of a representation in two or three dimensions, and what stands behind the point that was clicked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.embedding.clusters import MOST
from core.embedding.embed import UNITS, describe_frame
from core.embedding.export import to_parquet, to_projector
from core.embedding.projection import Faithfulness
from core.embedding.table import Embeddings
from dashboard.cached.models import load_model
from dashboard.components.embedding_map import MapPlot, embedding_map, neighbour_strip
from dashboard.embeddings import clips, tables
from dashboard.embeddings.checkpoint import Encoded, encode_clips
from dashboard.embeddings.report_view import report_panel
from dashboard.embeddings.state import STATE
from dashboard.embeddings.user_embeddings import uploaded_embeddings
from dashboard.kit.text import caption, escape_markdown

_WAYS = ("PCA", "PCA 3-D", "t-SNE")


def map_view(model: str, title: str) -> None:
    """The map of a model's representation, or of a file of one's own.

    Args:
        model: By name; ``file`` for one's own embeddings, ``checkpoint`` for a V-JEPA 2.
        title: What it is called.

    Raises:
        ValueError: Weights are missing or damaged, clips too short, or a perplexity too high.
    """
    controls = st.container(horizontal=True, vertical_alignment="bottom")
    with controls:
        kind, unit, of = _choose(model)
    with st.container():  # whatever comes and goes in here, the map stays where it is, and with it the chosen point
        rows = _rows_of_file() if model == "file" else _rows_of_clips(model, unit, of)
        if rows is None:
            return
        key, count = rows.key, int(st.session_state[STATE.key("clusters")])
        table = tables.clustered(key, count, rows.table)
        plot = _project(key, f"{count} clusters", table, kind)
        if plot is None:
            return
        if table.notes:
            caption(escape_markdown(" ".join(table.notes)))
    with controls:
        st.space("stretch")
        _save_control(table, plot.projection.points)
    _show_map(key, table, plot)
    if rows.encoded is None:
        report_panel(title, tables.report_of_table(key, table))
    else:
        _report(title, rows.encoded)
    _show_provenance(table, plot, rows.encoded)


@dataclass(frozen=True)
class _Rows:
    """The rows of the map, and the clips and the model behind them; None for those of a file."""

    key: tables.Key
    table: Embeddings
    encoded: Encoded | None


def _rows_of_file() -> _Rows | None:
    """The rows of a visitor's file; None if there is no file that can be used."""
    found = uploaded_embeddings()
    return _Rows(*found, None) if found else None


def _rows_of_clips(model: str, unit: str, of: str) -> _Rows | None:
    """The rows that a model makes of clips; None if there are no clips, or the visitor has cancelled it."""
    source = clips.load_source(of)
    encoded = encode_clips(model, source) if source else None
    table = tables.clip_table(encoded.model, unit, encoded.source) if encoded else None
    if encoded is None or table is None:
        return None
    return _Rows((encoded.model, unit, encoded.source.key), table, encoded)


def _report(title: str, encoded: Encoded) -> None:
    """The report beside that on random weights; nothing if the visitor has cancelled one of them."""
    report = tables.report_of_model(encoded.model, encoded.source)
    null_report = report and tables.report_of_model(encoded.null.name, encoded.source)
    if report and null_report:
        report_panel(title, report, encoded.null, null_report)


def _choose(model: str) -> tuple[str, str, str]:
    """How the map is made, what a point is, and where clips are from."""
    unit, of = "frames", ""
    if model != "file":
        unit = st.segmented_control(
            "points", list(UNITS), default="frames", key=STATE.key("unit"), required=True, bind="query-params"
        )
    kind = st.segmented_control(
        "map by", _WAYS, default="PCA", key=STATE.key("map_by"), required=True, bind="query-params"
    )
    if kind == "t-SNE":
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
    st.number_input(
        "clusters",
        2,
        MOST,
        6,
        key=STATE.key("clusters"),
        bind="query-params",
        width=110,
        help="Number of clusters to colour by.",
    )
    if model != "file":
        of = clips.source_control()
    return kind, unit, of


def _project(key: tables.Key, clusters: str, table: Embeddings, kind: str) -> MapPlot | None:
    """The map that is asked for; t-SNE shows how far it is, and can be cancelled."""
    if kind != "t-SNE":
        return tables.pca_map((*key, clusters), 3 if kind == "PCA 3-D" else 2, table)
    wanted, most = float(st.session_state[STATE.key("perplexity")]), len(table) // 3
    perplexity = min(wanted, float(max(most, 2)))
    settings = (
        perplexity,
        int(st.session_state[STATE.key("tsne_seed")]),
        float(st.session_state[STATE.key("exaggeration")]),
    )
    plot = tables.tsne_map(
        key, clusters, table, settings, lambda: st.session_state.update({STATE.key("map_by"): "PCA"})
    )
    if plot is not None and perplexity < wanted:
        caption(f"The perplexity is {perplexity:g}, the highest value for {len(table)} points (a third of them).")
    return plot


@st.fragment
def _show_map(key: tables.Key, table: Embeddings, plot: MapPlot) -> None:
    """The map, the chosen point's neighbours where nothing is projected, and how far the map may be trusted. A
    fragment: a click brings back what depends on it and nothing else."""
    row = embedding_map(plot, key=STATE.key("map"))
    trusted = tables.trust(key, plot.projection.description, plot)
    with st.container(border=True):
        st.markdown("**Nearest in the original space** (distance between representations; click one to select it)")
        if row is None:
            st.markdown("Click a point on the map to list its nearest neighbours.")
        else:
            neighbour_strip(*tables.neighbours(key, row, table), key=STATE.key("near"))
        caption(f"neighbourhoods on the map: {_trust_text(trusted)}")


def _trust_text(found: Faithfulness) -> str:
    if np.isnan(found.trustworthiness):
        return "trustworthiness is not defined, because all rows are the same or there are too few"
    return (
        f"trustworthiness {found.trustworthiness:.2f}, continuity {found.continuity:.2f} (1 is best, 0.5 is chance; on "
        f"{found.evaluated:,} points)"
    )


def _save_control(table: Embeddings, points) -> None:
    """What a person takes home."""
    with st.popover("save"):
        files = {
            "parquet, with the map (opens in Embedding Atlas)": (
                "embeddings.parquet",
                lambda: to_parquet(table, points),
            ),
            "TSV for TensorBoard's projector": ("embeddings.zip", lambda: to_projector(table)),
        }
        for label, (name, made) in files.items():
            st.download_button(label, made, name, key=STATE.key("save", name), on_click="ignore")


def _show_provenance(table: Embeddings, plot: MapPlot, encoded: Encoded | None) -> None:
    """How this was made; None is for the rows of a file."""
    origin = "from your file."
    if encoded is not None:
        source, frame = encoded.source, describe_frame(load_model(encoded.model))
        of = f"{len(source.clips)} of your videos"
        if source.key == "samples":
            of = (
                f"{len(source.clips)} simulated clips (about the same number of each event, from test seeds that no "
                "model was trained on)"
            )
        origin = (
            f"from {of} as the {table.source} represents them. A frame is {frame}; a clip is the mean of its frames; a "
            "patch is one token. Position and speed are those of the red ball."
        )
    with st.expander("How this was made"):
        st.markdown(
            f"{len(table):,} points of {table.vectors.shape[1]:,} numbers each, {origin} "
            f"{plot.projection.description}. The map shows a few of many dimensions: points that are close on it may "
            "be far apart in the representation. *Trustworthiness* is low if the map places distant points together, "
            "*continuity* if it separates neighbours (Venna and Kaski 2001)."
        )
