"""Registers the embedding map with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.embedding_map.plot import MapPlot
from dashboard.components.modules import MODULES, style

component = st.components.v2.component(
    "worldscope_embedding_map",
    html='<div class="map" data-testid="embedding-map"></div>',
    css=style("embedding_map", "map.css"),
    js=MODULES.loader("embedding_map/map.js"),
)

strip = st.components.v2.component(
    "worldscope_neighbour_strip",
    html='<div class="strip" data-testid="neighbours"></div>',
    css=style("embedding_map", "strip.css"),
    js=MODULES.loader("embedding_map/strip.js"),
)


def show(plot: MapPlot, key: str) -> int | None:
    """Mounts the map and returns the row clicked last; see `embedding_map`."""
    choice = component(data=plot.packed, key=key, on_choice_change=lambda: None).choice
    if not choice or choice["table"] != plot.table_id or not 0 <= choice["row"] < len(plot.table):
        return None  # nothing was clicked, or a point of another table
    return int(choice["row"])
