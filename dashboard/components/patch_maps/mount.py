"""Registers the patch maps with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.modules import MODULES, style
from dashboard.components.patch_maps.plot import PatchPlot

component = st.components.v2.component(
    "worldscope_patch_maps",
    html='<div class="patches" data-testid="patch-maps"></div>',
    css=style("patch_maps", "patches.css"),
    js=MODULES.loader("patch_maps/patches.js"),
)


def show(plot: PatchPlot, key: str) -> None:
    """Mounts the maps; see `patch_maps`."""
    component(data=plot.packed, key=key)
