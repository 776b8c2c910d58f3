"""The ASGI app: Streamlit plus the WebSocket routes of live worlds."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).resolve().parent / "app.py"
ROUTES = ()  # worlds that one can act in will have theirs here


def make_app() -> st.App:
    """The app; make one in a process."""
    return st.App(SCRIPT, routes=list(ROUTES))
