"""Embeddings: what is near what in a representation, and how a clip moves through it."""

import streamlit as st

from core.embedding.embed import UNITS
from dashboard.components.embedding_map import embedding_map
from dashboard.embeddings import tables
from dashboard.embeddings.sanity import sanity_panel

MODELS = {"jepa": "JEPA predictor", "random": "random weights", "pixel-hidden": "pixel predictor's features",
          "unguarded": "JEPA without its guard"}  # fmt: skip


def explained(table, projection) -> None:
    """How this was made."""
    with st.expander("How this was made"):
        st.markdown(
            f"{len(table):,} points of {table.vectors.shape[1]} numbers each, from 48 simulated clips (16 of each "
            f"world, test seeds that no model was trained on) as the {table.source} represents them: {projection.told}."
            " A frame is all its tokens, one after the other; a clip is their mean over time; a patch is one token. "
            "Colours that name one ball mean the red one. A projection shows two directions of many: what lies "
            "together here may lie apart there."
        )


st.title("What lies near what, inside a model?")
st.markdown("Click a point: its clip plays, and the point travels its path. Colour by what the simulator knows.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    model = st.selectbox("model", list(MODELS), format_func=MODELS.get, key="of", bind="query-params", width=280)
    unit = st.segmented_control("points", list(UNITS), default="frames", key="unit", required=True, bind="query-params")
try:
    plot = tables.sample_map(model, unit)
except ValueError as error:  # weights are missing or damaged
    st.error(str(error))
    st.stop()
embedding_map(plot, key="map")
sanity_panel(tables.sample_sanity(model), tables.sample_sanity("random"), MODELS[model])
explained(plot.table, plot.projection)
