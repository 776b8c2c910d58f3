"""Work that takes a while: how far it is, how long it will still take, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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


def work_out(slot: str, asked: Any, told: str, work: Callable[[Callable[[float], None]], Any]) -> None:
    """Work that is watched, and what comes of it kept for ``worked_out``. A click on cancel brings back what was kept
    before, however late it comes: also when the work was done by then.

    Args:
        slot: Where in the session's state it is kept.
        asked: What the answer is to.
        told: What is being done.
        work: Is given what is to be told the share that is done.
    """
    before = st.session_state.get(slot)
    with watched(told, on_cancel=lambda: st.session_state.update({slot: before})) as report:
        st.session_state[slot] = asked, work(report)


def worked_out(slot: str, asked: Any) -> Any:
    """What came of work that was asked for; None where it was not, or was cancelled, or the answer is to other."""
    of, found = st.session_state.get(slot) or (None, None)
    return found if of == asked else None


def spoken(seconds: float) -> str:
    """A time that people wait, in seconds or minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
