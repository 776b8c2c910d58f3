"""Work that takes a while: how far it is, how long it will still take, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

_PAUSE = 0.1  # seconds between two pictures of the bar


@contextmanager
def watched(told: str, on_cancel: Callable[[], None] | None = None) -> Iterator[Callable[[float], None]]:
    """A bar while the work lasts, and a button that ends it: a click runs the page again, so that the next report never
    returns. Gives what is to be told the share that is done, as often as one likes. Not for fragments of a page: clicks
    in one wait until its work is done.

    Args:
        told: What is being done.
        on_cancel: What a click on the button does besides.
    """
    place, began = st.empty(), time.monotonic()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, told)
        st.button("cancel", key=f"cancel.{told}", on_click=on_cancel)
    shown = began

    def report(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= _PAUSE:
            left = (now - began) * (1 - share) / max(share, 1e-3)
            bar.progress(share, f"{told}: {share:.0%}, about {spoken(left)} to go")
            shown = now

    try:
        yield report
    finally:
        place.empty()


def spoken(seconds: float) -> str:
    """A time that people wait, in seconds or minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
