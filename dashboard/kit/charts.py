"""How pages show a figure: the colour scheme of the browser, and Plotly without its toolbar."""

from __future__ import annotations

import streamlit as st

NO_TOOLBAR = {"displayModeBar": False}  # Plotly's own configuration


def scheme() -> str:
    """Returns the visitor's colour scheme: ``light`` or ``dark``."""
    return "dark" if st.context.theme.type == "dark" else "light"
