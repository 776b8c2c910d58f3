"""Embeddings: what is near what in a representation, and how a clip moves through it."""

import time

import streamlit as st

from core.embedding.embed import UNITS
from dashboard.compare.evidence import quiet
from dashboard.components.embedding_map import embedding_map, neighbour_strip
from dashboard.embeddings import tables
from dashboard.embeddings.sanity import sanity_panel

MODELS = {
    "jepa": "JEPA predictor",
    "random": "random weights",
    "pixel-hidden": "pixel predictor's features",
    "unguarded": "JEPA without its guard",
}


def made_map(model: str, unit: str, kind: str):
    """The map that is asked for, and what tells it from others; t-SNE shows how far it is, and can be cancelled."""
    if kind == "PCA":
        return tables.pca_map(model, unit), (model, unit, kind)
    made = (model, unit, float(st.session_state.perplexity), int(st.session_state.tsne_seed))
    place, began = st.empty(), time.monotonic()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "t-SNE")
        st.button("cancel", on_click=lambda: st.session_state.update(map_by="PCA"))

    def report(share: float) -> None:
        left = (time.monotonic() - began) * (1 - share) / max(share, 1e-3)
        bar.progress(share, f"t-SNE: {share:.0%}, about {left:.0f} s to go")

    plot = tables.tsne_map(made, report)
    place.empty()
    return plot, made


def near(model: str, unit: str, row: int | None, trusted) -> None:
    """The chosen point's neighbours where nothing is projected, and how far the map may be trusted."""
    with st.container(border=True):
        st.markdown("**Nearest in the original space** (distance between representations; click one to go there)")
        if row is None:
            st.markdown("Click a point on the map to see what the model itself holds to be near it.")
        else:
            neighbour_strip(*tables.neighbours(model, unit, row), key="near")
        quiet(
            f"neighbourhoods on the map: trustworthiness {trusted.trustworthiness:.2f}, continuity "
            f"{trusted.continuity:.2f} (1 is best, 0.5 is chance; on {trusted.judged:,} points)"
        )


def explained(table, projection) -> None:
    """How this was made."""
    with st.expander("How this was made"):
        st.markdown(
            f"{len(table):,} points of {table.vectors.shape[1]:,} numbers each, from 48 simulated clips (16 of each "
            f"world, test seeds that no model was trained on) as the {table.source} represents them: {projection.told}."
            " A frame is all its tokens, one after the other; a clip is their mean over time; a patch is one token. "
            "Colours that name one ball mean the red one. A projection shows two directions of many: what lies "
            "together here may lie apart there. *Trustworthiness* is low where a map shows things together that are "
            "far apart, *continuity* where it tears neighbours apart (Venna and Kaski 2001)."
        )


st.title("What lies near what, inside a model?")
st.markdown("Click a point: its clip plays, and the point travels its path. Colour by what the simulator knows.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    model = st.selectbox("model", list(MODELS), format_func=MODELS.get, key="of", bind="query-params", width=280)
    unit = st.segmented_control("points", list(UNITS), default="frames", key="unit", required=True, bind="query-params")
    kind = st.segmented_control(
        "map by", ["PCA", "t-SNE"], default="PCA", key="map_by", required=True, bind="query-params"
    )
    if kind == "t-SNE":
        st.slider("perplexity", 5, 100, 30, key="perplexity", bind="query-params", width=200)
        st.number_input("seed", 0, 9999, 0, key="tsne_seed", bind="query-params", width=120)
try:
    plot, which = made_map(model, unit, kind)
except ValueError as error:  # weights are missing or damaged, or a perplexity that is too high
    st.error(str(error))
    st.stop()
row = embedding_map(plot, key="map")
near(model, unit, row, tables.trust(which, plot))
sanity_panel(tables.sample_sanity(model), tables.sample_sanity("random"), MODELS[model])
explained(plot.table, plot.projection)
