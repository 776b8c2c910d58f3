"""What takes long is made once for everybody, with progress, a way out and a way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.embeddings.state import STATE
from dashboard.kit.tasks import watched

MOST = 8  # of a kind that are kept
_LEFT = STATE.key("left")  # what this visitor has cancelled
Made = TypeVar("Made")


def made_once(
    kept: dict[tuple, Made],
    key: tuple,
    told: str,
    make: Callable[[Callable[[float], None]], Made],
    on_cancel: Callable[[], None] | None = None,
) -> Made | None:
    """What was made before, or is made now, with progress on the page; None, with a way to go on, where the visitor has
    cancelled it. Not for fragments or cached functions.

    Args:
        kept: What was made before, by its key; the oldest goes where there are more than ``MOST``.
        key: Tells apart what is made.
        told: What is being done.
        make: Called with what is to be told the share that is done.
        on_cancel: What a cancel does instead of waiting for a "go on".
    """
    if key in kept:
        return kept[key]
    if st.session_state.get(_LEFT) == key:
        with st.empty().container(horizontal=True, vertical_alignment="center"):  # where the bar will be
            st.markdown(f"{told}: cancelled.")
            st.button("go on", on_click=lambda: st.session_state.pop(_LEFT, None))
        return None
    with watched(told, on_cancel or (lambda: st.session_state.update({_LEFT: key}))) as report:
        made = make(report)
    while len(kept) >= MOST:
        kept.pop(next(iter(kept)), None)
    kept[key] = made
    return made
