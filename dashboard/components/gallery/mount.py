"""Registers the gallery with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.gallery.items import GalleryItem, pack, resolve
from dashboard.components.modules import MODULES, style

component = st.components.v2.component(
    "worldscope_gallery",
    html='<div class="gallery" data-testid="gallery"></div>',
    css=style("gallery", "gallery.css"),
    js=MODULES.loader("gallery/gallery.js"),
)


def show(items: tuple[GalleryItem, ...], selected: str, *, key: str) -> str:
    """Mounts the gallery and returns the selected id; see `dashboard.components.gallery.gallery`."""
    note = f"{key}.memory"
    click = st.session_state.get(key, {}).get("choice")
    memory = resolve(st.session_state.get(note), selected, click, [item.id for item in items])
    st.session_state[note] = memory
    component(data=pack(items, memory.returned, memory.used), key=key, on_choice_change=lambda: None)
    return memory.returned
