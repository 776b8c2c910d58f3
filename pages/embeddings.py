"""Embeddings: what is near what in a representation, how a clip moves through it, and what it holds of each place."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.models.registry import representations
from dashboard.cached.models import load_card
from dashboard.cached.results import stored_recognition
from dashboard.embeddings.grid_view import grid_view
from dashboard.embeddings.labels_view import labels_view
from dashboard.embeddings.map_view import map_view
from dashboard.embeddings.patch_view import patch_view
from dashboard.embeddings.state import STATE
from dashboard.kit.model_card import show_card


@dataclass(frozen=True)
class View:
    """One way to look: what is called with a model's name and title, what it is for, and the models it is for; with
    none it is called alone."""

    show: Callable
    told: str
    models: dict[str, str]


MODELS = {spec.name: spec.title for spec in representations()}
CHECKPOINT = {"checkpoint": "V-JEPA 2 (your checkpoint)"}
FILE = {"file": "your own embeddings"}
VIEWS = {
    "map": View(
        map_view,
        "Click a point for what is near it; where it is of a clip, that plays, and the point travels its path.",
        MODELS | CHECKPOINT | FILE,
    ),
    "patch maps": View(
        patch_view,
        "What a model holds of each place, as colours; click a patch for what is like it.",
        MODELS | CHECKPOINT,
    ),
    "state grid": View(grid_view, "One ball in every place of a grid: does the model keep near things near?", MODELS),
}
if stored_recognition():
    VIEWS["what it knows"] = View(
        labels_view, "What happens in a clip? Asked of representations that saw no label.", {}
    )

st.title("What lies near what, inside a model?")
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = VIEWS[
        st.segmented_control(
            "look at", list(VIEWS), default="map", key=STATE.key("view"), required=True, bind="query-params"
        )
    ]
    asked = ()
    if view.models:
        model = st.selectbox(
            "model",
            list(view.models),
            format_func=view.models.get,
            key=STATE.key("model"),
            bind="query-params",
            width=260,
        )
        if load_card(model):
            with st.popover("about this model"):
                show_card(model, view.models[model])
        asked = (model, view.models[model])
st.markdown(view.told)
try:
    view.show(*asked)
except ValueError as error:  # weights are missing or damaged, a clip too short, or a perplexity too high
    st.error(str(error))
