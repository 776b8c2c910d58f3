"""Embeddings: what is near what in a representation, and how a clip moves through it."""

import time

import streamlit as st

from core.embedding.embed import UNITS
from core.embedding.export import to_parquet, to_projector
from dashboard.compare.evidence import quiet
from dashboard.components.embedding_map import embedding_map, neighbour_strip
from dashboard.embeddings import tables
from dashboard.embeddings.own import own_file
from dashboard.embeddings.sanity import sanity_panel

MODELS = {
    "jepa": "JEPA predictor",
    "random": "random weights",
    "pixel-hidden": "pixel predictor's features",
    "unguarded": "JEPA without its guard",
    "file": "your own embeddings",
}


def made_map(key: tables.Key, table, kind: str):
    """The map that is asked for; t-SNE shows how far it is, and can be cancelled."""
    if kind == "PCA":
        return tables.pca_map(key, table)
    place, began = st.empty(), time.monotonic()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "t-SNE: finding neighbours")
        st.button("cancel", on_click=lambda: st.session_state.update(map_by="PCA"))

    def report(share: float) -> None:
        left = (time.monotonic() - began) * (1 - share) / max(share, 1e-3)
        bar.progress(share, f"t-SNE: {share:.0%}, about {left:.0f} s to go")

    plot = tables.tsne_map(key, table, float(st.session_state.perplexity), int(st.session_state.tsne_seed), report)
    place.empty()
    return plot


def near(key: tables.Key, table, row: int | None, trusted) -> None:
    """The chosen point's neighbours where nothing is projected, and how far the map may be trusted."""
    with st.container(border=True):
        st.markdown("**Nearest in the original space** (distance between representations; click one to go there)")
        if row is None:
            st.markdown("Click a point on the map to see what the model itself holds to be near it.")
        else:
            neighbour_strip(*tables.neighbours(key, row, table), key="near")
        quiet(
            f"neighbourhoods on the map: trustworthiness {trusted.trustworthiness:.2f}, continuity "
            f"{trusted.continuity:.2f} (1 is best, 0.5 is chance; on {trusted.judged:,} points)"
        )


def save_control(table, points) -> None:
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
            st.download_button(label, made, name, key=name, on_click="ignore")


def explained(table, projection, own: bool) -> None:
    """How this was made."""
    whence = "from your file."
    if not own:
        whence = (
            "from 48 simulated clips (16 of each world, test seeds that no model was trained on) as the "
            f"{table.source} represents them. A frame is all its tokens, one after the other; a clip is their mean "
            "over time; a patch is one token. Colours that name one ball mean the red one."
        )
    with st.expander("How this was made"):
        st.markdown(
            f"{len(table):,} points of {table.vectors.shape[1]:,} numbers each, {whence} {projection.told}: it shows "
            "two directions of many, and what lies together here may lie apart there. *Trustworthiness* is low where "
            "a map shows things together that are far apart, *continuity* where it tears neighbours apart (Venna and "
            "Kaski 2001)."
        )


st.title("What lies near what, inside a model?")
st.markdown("Click a point: its clip plays, and the point travels its path. Colour by what the simulator knows.")
controls = st.container(horizontal=True, vertical_alignment="bottom")
with controls:
    model = st.selectbox("model", list(MODELS), format_func=MODELS.get, key="of", bind="query-params", width=280)
    unit = "frames"
    if model != "file":
        unit = st.segmented_control(
            "points", list(UNITS), default="frames", key="unit", required=True, bind="query-params"
        )
    kind = st.segmented_control(
        "map by", ["PCA", "t-SNE"], default="PCA", key="map_by", required=True, bind="query-params"
    )
    if kind == "t-SNE":
        st.slider("perplexity", 5, 100, 30, key="perplexity", bind="query-params", width=200)
        st.number_input("seed", 0, 9999, 0, key="tsne_seed", bind="query-params", width=120)
try:
    found = own_file() if model == "file" else ((model, unit), tables.sample_table(model, unit))
    if found is None:
        st.stop()
    key, table = found
    plot = made_map(key, table, kind)
except ValueError as error:  # weights are missing or damaged, or a perplexity that is too high
    st.error(str(error))
    st.stop()
with controls:
    st.space("stretch")
    save_control(table, plot.projection.points)
row = embedding_map(plot, key="map")
for note in table.notes:
    quiet(note)
near(key, table, row, tables.trust(key, plot.projection.told, plot))
if model == "file":
    sanity_panel(tables.sanity(key, table), None, MODELS[model])
else:
    frames, null = ((name, "frames") for name in (model, "random"))
    sanity_panel(*(tables.sanity(one, tables.sample_table(*one)) for one in (frames, null)), MODELS[model])
explained(table, plot.projection, model == "file")
