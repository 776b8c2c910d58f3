"""Registers the embedding map with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.embedding_map.plot import MapPlot
from dashboard.components.packing import browser_text

component = st.components.v2.component(
    "worldscope_embedding_map",
    html='<div class="map" data-testid="embedding-map"></div>',
    css=browser_text("dashboard.components.embedding_map", "map.css"),
    js="\n".join(
        (
            browser_text("dashboard.components", "common.js"),
            browser_text("dashboard.components.embedding_map", "scatter.js", "clip.js", "map.js"),
        )
    ),
)


def show(plot: MapPlot, key: str) -> int | None:
    """Mounts the map and returns the row clicked last; see `embedding_map`."""
    result = component(data=plot.packed, key=key, on_row_change=lambda: None)
    row = result.row
    return int(row) if isinstance(row, (int, float)) and 0 <= row < len(plot.table) else None
