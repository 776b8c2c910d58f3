"""How pages show a figure: in the colour scheme of the browser, without Plotly's toolbar, and with a text for those who
do not see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import plotly.graph_objects as go
import streamlit as st

_NO_TOOLBAR: Mapping[str, object] = {"displayModeBar": False}  # Plotly's own configuration


def scheme() -> str:
    """Returns the visitor's colour scheme: ``light`` or ``dark``."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show_chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    config: Mapping[str, object] = _NO_TOOLBAR,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Show a figure.

    Args:
        figure: The figure.
        key: Of the chart, from the page's name space.
        alt: What the figure shows, in words.
        config: Plotly's configuration; without it there is no toolbar.
        on_select: What a click on a point does; the session keeps the point under ``key``.
    """
    if on_select is None:
        st.plotly_chart(figure, config=dict(config), key=key, alt=alt)
    else:
        st.plotly_chart(figure, config=dict(config), key=key, alt=alt, on_select=on_select, selection_mode="points")
