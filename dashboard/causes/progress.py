"""Work that takes a while: how far it is, how long it will still take, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

_PAUSE = 0.1  # seconds between two pictures of the bar


@contextmanager
def watched(told: str, cancel: bool = True) -> Iterator[Callable[[float], None]]:
    """A bar while the work lasts, and a button that ends it: a click runs the page again, so that the next report never
    returns. Gives what is to be told the share that is done, as often as one likes.

    Args:
        cancel: False inside a fragment of the page, whose clicks wait until its work is done.
    """
    place, began = st.empty(), time.monotonic()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, told)
        if cancel:
            st.button("cancel", key=f"cancel.{told}")
    shown = began

    def report(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= _PAUSE:
            left = (now - began) * (1 - share) / max(share, 1e-3)
            bar.progress(share, f"{told}: {share:.0%}, about {left:.0f} s to go")
            shown = now

    try:
        yield report
    finally:
        place.empty()
