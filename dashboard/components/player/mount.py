"""Registers the player with Streamlit, once, when this module is imported."""

from __future__ import annotations

import streamlit as st

from dashboard.components.packing import browser_text

component = st.components.v2.component(
    "worldscope_player",
    html='<div class="player" data-testid="player"></div>',
    css=browser_text("dashboard.components.player", "player.css"),
    js="\n".join(
        (
            browser_text("dashboard.components", "common.js"),
            browser_text("dashboard.components.player", "stage.js", "chart.js", "controls.js", "player.js"),
        )
    ),
)
