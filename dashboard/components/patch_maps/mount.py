"""Registers the patch maps with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.packing import browser_text
from dashboard.components.patch_maps.plot import PatchPlot

component = st.components.v2.component(
    "worldscope_patch_maps",
    html='<div class="patches" data-testid="patch-maps"></div>',
    css=browser_text("dashboard.components.patch_maps", "patches.css"),
    js="\n".join(
        (
            browser_text("dashboard.components", "common.js"),
            browser_text("dashboard.components.patch_maps", "picture.js", "patches.js"),
        )
    ),
)


def show(plot: PatchPlot, key: str) -> None:
    """Mounts the maps; see `patch_maps`."""
    component(data=plot.packed, key=key)
