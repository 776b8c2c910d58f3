"""Embeddings: what is near what in a representation, how a clip moves through it, and what it holds of each place."""

import streamlit as st

from core.models.catalog import added_names, own_names
from dashboard.embeddings.grid_view import grid_view
from dashboard.embeddings.map_view import map_view
from dashboard.embeddings.patch_view import patch_view

KNOWN = {
    "jepa": "JEPA predictor",
    "random": "random weights",
    "pixel-hidden": "pixel predictor's features",
    "unguarded": "JEPA without its guard",
}
MODELS = KNOWN | {name: name for name in (*added_names(), *own_names("jepa"))}
CHECKPOINT = {"checkpoint": "V-JEPA 2 (your checkpoint)"}
FILE = {"file": "your own embeddings"}  # it has no model that one could ask
MAP, PATCHES, GRID = "map", "patches", "state grid"
VIEWS = {
    MAP: (
        map_view,
        "Click a point: its clip plays, and the point travels its path. Colour by what is known.",
    ),
    PATCHES: (
        patch_view,
        "What a model holds of each place, as colours; click a patch for what is like it.",
    ),
    GRID: (grid_view, "One ball in every place of a grid: does the model keep near things near?"),
}


st.title("What lies near what, inside a model?")
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = st.segmented_control("look at", list(VIEWS), default=MAP, key="view", required=True, bind="query-params")
    offered = {MAP: MODELS | CHECKPOINT | FILE, PATCHES: MODELS | CHECKPOINT, GRID: MODELS}[view]
    model = st.selectbox("model", list(offered), format_func=offered.get, key="of", bind="query-params", width=260)
shown, told = VIEWS[view]
st.markdown(told)
try:
    shown(model, offered[model])
except ValueError as error:  # weights are missing or damaged, a clip too short, or a perplexity too high
    st.error(str(error))
