"""Patch by patch: what a model holds of each place in a clip, beside the same networks before any training."""

from __future__ import annotations

import streamlit as st

from core.embedding.patches import patch_maps
from core.models.spec import Null
from dashboard.cached.models import load_model
from dashboard.components.patch_maps import PatchPlot, Tile
from dashboard.components.patch_maps import patch_maps as show
from dashboard.embeddings import clips
from dashboard.embeddings.checkpoint import encode_clips
from dashboard.embeddings.report_view import explain_null
from dashboard.embeddings.state import STATE
from dashboard.kit.text import caption


def patch_view(model: str, title: str) -> None:
    """A clip and its patch maps.

    Raises:
        ValueError: Weights are missing or damaged, or the clip is too short for the model.
    """
    controls = st.container(horizontal=True, vertical_alignment="bottom")
    with controls:
        of = clips.source_control()
    source = clips.load_source(of)
    if source is None or (done := encode_clips(model, source)) is None:
        return
    source = done.source
    with controls:
        names = [clip.source for clip in source.clips]
        index = st.selectbox(
            "clip",
            range(len(names)),
            format_func=names.__getitem__,
            key=STATE.key(f"patch.clip.{source.key}"),
            width=280,
        )
    show(_plot(done.model, title, done.null, source.key, index, source), key=STATE.key("patches"))
    caption(
        "Each patch is one token. A colour means the same in every frame of the clip; colours of two models cannot be "
        "compared. Random weights also encode position and colour: " + explain_null(done.null)
    )


@st.cache_resource(max_entries=8, show_spinner="Mapping patches")
def _plot(model: str, title: str, null: Null, key: str, index: int, _source: clips.Source) -> PatchPlot:
    clip, large = _source.clips[index], _source.large(index)
    named = {model: title} | {null.name: null.title}
    tiles = tuple(Tile(heading, patch_maps(load_model(name), clip)) for name, heading in named.items())
    return PatchPlot(large.frames, clip.fps, tiles)
