"""Serving the app."""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
import threading
from pathlib import Path

import streamlit as st

from dashboard import index_page
from dashboard.components.modules import MODULES

SCRIPT = Path(__file__).resolve().parent / "app.py"


def serve(config: dict[str, object]) -> None:
    """Serve the app until it is stopped.

    Args:
        config: Options of Streamlit, which take precedence over ``.streamlit/config.toml``.
    """
    # Streamlit looks for .streamlit/ beside argv[0]. For the installed command that is the environment's bin/, and
    # theme, allowed hosts and the switched-off telemetry would be lost without a word.
    sys.argv = [str(SCRIPT.with_name("server.py"))]
    threading.Thread(target=_warm, daemon=True).start()
    st.App(SCRIPT, routes=[*MODULES.routes(), *index_page.routes()]).run(config=config)


def _warm() -> None:
    """Load torch and the models while the visitor opens the browser."""
    from dashboard.cached.worlds import world_comparison
    from dashboard.compare.state import CompareState

    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    with contextlib.suppress(ValueError):  # missing weights: the page says so
        first = CompareState()
        world_comparison(*first.shown(), first.context, first.horizon)
    # Streamlit collects garbage after every run and would go through all of torch each time: half of what a click took.
    gc.collect()
    gc.freeze()
