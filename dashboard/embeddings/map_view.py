"""The map: rows of a representation in two or three dimensions, and what stands behind the point that was clicked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.embedding.distances import Distance, distance_notes
from core.embedding.embed import describe_frame
from core.embedding.projection import Faithfulness
from core.embedding.table import Embeddings
from dashboard.cached.models import load_model
from dashboard.components.embedding_map import MapPlot, embedding_map, neighbour_strip
from dashboard.embeddings import clips, tables
from dashboard.embeddings.checkpoint import Encoded, encode_clips
from dashboard.embeddings.made_map import made_map
from dashboard.embeddings.map_controls import MapChoice, choose_map
from dashboard.embeddings.report_view import report_panel
from dashboard.embeddings.save_control import save_control
from dashboard.embeddings.state import STATE
from dashboard.embeddings.user_embeddings import uploaded_embeddings
from dashboard.kit.messages import show_note
from dashboard.kit.text import caption, escape_markdown


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
        choice = choose_map(model)
    with st.container():  # whatever comes and goes in here, the map stays where it is, and with it the chosen point
        given = _rows_of_file() if model == "file" else _rows_encode_clips(model, choice)
        if given is None:
            return
        found = tables.found_rows(given.key, choice.where, given.table)
        key = (*given.key, choice.where, choice.distance)
        rows = tables.in_distance(key, choice.distance, found)
        table = tables.clustered(key, choice.clusters, found, rows)
        plot = made_map(choice, key, table, rows)
        if plot is None:
            return
        if notes := (*table.notes, *distance_notes(table.vectors, choice.distance)):
            show_note("{notes}", notes=" ".join(notes))
    with controls:
        st.space("stretch")
        save_control(table, plot.projection.points, choice.distance)
    _show_map(key, choice.distance, rows, plot)
    if given.encoded is None:
        report_panel(title, tables.report_of_table(key, table))
    else:
        _report(title, given.encoded)
    _show_provenance(table, plot, given.encoded)


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


def _rows_encode_clips(model: str, choice: MapChoice) -> _Rows | None:
    """The rows that a model makes of clips; None if there are no clips, or the visitor has cancelled it."""
    source = clips.load_source(choice.source)
    encoded = encode_clips(model, source) if source else None
    table = tables.clip_table(encoded.model, choice.unit, encoded.source) if encoded else None
    if encoded is None or table is None:
        return None
    return _Rows((encoded.model, choice.unit, encoded.source.key), table, encoded)


def _report(title: str, encoded: Encoded) -> None:
    """The report beside that on random weights; nothing if the visitor has cancelled one of them."""
    report = tables.report_of_model(encoded.model, encoded.source)
    null_report = report and tables.report_of_model(encoded.null.name, encoded.source)
    if report and null_report:
        report_panel(title, report, encoded.null, null_report)


@st.fragment
def _show_map(key: tables.Key, distance: Distance, rows: np.ndarray, plot: MapPlot) -> None:
    """The map, the chosen point's neighbours where nothing is projected, and how far the map may be trusted. A
    fragment: a click brings back what depends on it and nothing else."""
    row = embedding_map(plot, key=STATE.key("map"))
    trusted = tables.trust(key, plot.projection.description, plot, rows)
    with st.container(border=True):
        st.markdown(
            f"**Nearest in the original space** ({distance} distance between representations; click one to select it)"
        )
        if row is None:
            st.markdown("Click a point on the map to list its nearest neighbours.")
        else:
            neighbour_strip(*tables.neighbours(key, row, distance, rows), key=STATE.key("near"))
        caption(f"neighbourhoods on the map: {_trust_text(trusted)}")


def _trust_text(found: Faithfulness) -> str:
    if np.isnan(found.trustworthiness):
        return "trustworthiness is not defined, because all rows are the same or there are too few"
    return (
        f"trustworthiness {found.trustworthiness:.2f}, continuity {found.continuity:.2f} (1 is best, 0.5 is chance; on "
        f"{found.evaluated:,} points)"
    )


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
            f"{escape_markdown(plot.projection.description)}. The map shows a few of many dimensions: points that are "
            "close on it may be far apart in the representation. *Trustworthiness* is low if the map places distant "
            "points together, *continuity* if it separates neighbours (Venna and Kaski 2001)."
        )
