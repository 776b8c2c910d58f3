"""Registers the player with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.modules import MODULES, style

component = st.components.v2.component(
    "worldscope_player",
    html='<div class="player" data-testid="player"></div>',
    css=style("player", "player.css"),
    js=MODULES.loader("player/player.js"),
)
