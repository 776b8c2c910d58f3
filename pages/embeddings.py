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
from dashboard.kit.messages import show_error
from dashboard.kit.model_card import show_card


@dataclass(frozen=True)
class View:
    """A view of the page.

    Attributes:
        show: Draws the view; takes a model's name and title, or nothing if ``models`` is empty.
        summary: One or two sentences on what the view shows.
        models: Titles of the models that it offers, by name.
    """

    show: Callable
    summary: str
    models: dict[str, str]


MODELS = {spec.name: spec.title for spec in representations()}
CHECKPOINT = {"checkpoint": "V-JEPA 2 (your checkpoint)"}
FILE = {"file": "your own embeddings"}
VIEWS = {
    "map": View(
        map_view,
        "Click a point to see its nearest neighbours. If it belongs to a clip, the clip plays.",
        MODELS | CHECKPOINT | FILE,
    ),
    "patch maps": View(
        patch_view,
        "Colours show how the model represents each patch. Click a patch to find similar ones.",
        MODELS | CHECKPOINT,
    ),
    "state grid": View(
        grid_view,
        "A ball takes every position on a grid: do nearby positions stay close in the representation?",
        MODELS,
    ),
}
if stored_recognition():
    VIEWS["what it knows"] = View(
        labels_view, "How well does a probe recognise events in representations that were learnt without labels?", {}
    )

st.title("What does the model see as similar?")
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = VIEWS[
        st.segmented_control(
            "view", list(VIEWS), default="map", key=STATE.key("view"), required=True, bind="query-params"
        )
    ]
    arguments: tuple[str, ...] = ()
    if view.models:
        model = st.selectbox(
            "model",
            list(view.models),
            format_func=view.models.__getitem__,
            key=STATE.key("model"),
            bind="query-params",
            width=260,
        )
        STATE.follow("model", view.models[model])
        if load_card(model):
            with st.popover("about this model"):
                show_card(model, view.models[model])
        arguments = (model, view.models[model])
st.markdown(view.summary)
try:
    view.show(*arguments)
except ValueError as error:  # weights are missing or damaged, a clip too short, or a perplexity too high
    show_error(error)
