"""Tasks that take a while: a bar with the time left, a button that cancels, and what came of them.

Not for fragments or cached functions: a click inside a fragment waits until the fragment's work is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, Protocol, TypeVar

import streamlit as st

from core.wording import percent

_PAUSE = 0.1  # seconds between two updates of the bar
Value = TypeVar("Value")
Report = Callable[[float], None]  # takes the share that is done


@dataclass(frozen=True)
class TaskResult(Generic[Value]):
    """What a task found, and the question that this answers."""

    question: Hashable
    value: Value


class Results(Protocol[Value]):
    """Where the results of a kind of task are kept."""

    @property
    def key(self) -> str:
        """The key in the session's state."""

    def find(self, question: Hashable) -> TaskResult[Value] | None:
        """Returns the kept result that answers a question; None if there is none."""

    def keep(self, result: TaskResult[Value]) -> None:
        """Keep a result."""

    def cancel(self, question: Hashable) -> Callable[[], None]:
        """Returns what to do if the visitor cancels the task, however late the click comes."""

    def is_cancelled(self, question: Hashable) -> bool:
        """Returns whether the visitor cancelled the task and has to ask for it again."""


@dataclass(frozen=True)
class SessionResult(Generic[Value]):
    """The latest result of a task that the visitor starts; cancelling brings back the one before."""

    key: str

    def find(self, question: Hashable) -> TaskResult[Value] | None:
        """Returns the latest result if it answers the question."""
        result = st.session_state.get(self.key)
        return result if result is not None and result.question == question else None

    def keep(self, result: TaskResult[Value]) -> None:
        """Keep a result instead of the one before."""
        st.session_state[self.key] = result

    def cancel(self, question: Hashable) -> Callable[[], None]:
        """Returns what brings back the result that is kept now."""
        before = st.session_state.get(self.key)
        return lambda: st.session_state.update({self.key: before})

    def is_cancelled(self, question: Hashable) -> bool:
        """Returns False: a click starts the task, and another click starts it again."""
        return False


@dataclass(frozen=True)
class SharedResults(Generic[Value]):
    """Results of a task that a page starts by itself, kept for all visitors; whoever cancels it may go on later.

    Attributes:
        key: Where the session keeps what the visitor has cancelled.
        most: How many results are kept; the one that nobody has looked at for longest goes first.
    """

    key: str
    most: int = 8
    _kept: dict[Hashable, TaskResult[Value]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)  # visitors' pages run in threads

    def find(self, question: Hashable) -> TaskResult[Value] | None:
        """Returns the kept result that answers a question."""
        with self._lock:
            result = self._kept.pop(question, None)
            if result is not None:
                self._kept[question] = result  # the newest again
        return result

    def keep(self, result: TaskResult[Value]) -> None:
        """Keep a result; the one unused for longest goes if there are too many."""
        with self._lock:
            self._kept.pop(result.question, None)  # another visitor may have asked the same
            while len(self._kept) >= self.most:
                del self._kept[next(iter(self._kept))]
            self._kept[result.question] = result

    def cancel(self, question: Hashable) -> Callable[[], None]:
        """Returns what remembers that the visitor cancelled the task."""
        return lambda: st.session_state.update({self.key: question})

    def is_cancelled(self, question: Hashable) -> bool:
        """Returns whether the visitor cancelled the task and has not asked to go on."""
        return st.session_state.get(self.key) == question


def run_task(
    results: Results[Value],
    question: Hashable,
    label: str,
    work: Callable[[Report], Value],
    on_cancel: Callable[[], None] | None = None,
) -> TaskResult[Value] | None:
    """Returns what came of a task: the kept result, or that of ``work``, which runs now with its progress on the page.

    Args:
        results: Where results are kept.
        question: What the result answers; equal questions have equal answers.
        label: What is being done, for the visitor.
        work: Computes the value; it calls its argument with the share that is done, as often as it likes.
        on_cancel: What a click on cancel does instead of what ``results`` would do.

    Returns:
        None if the visitor has cancelled the task; a button that continues it is then on the page.
    """
    if (kept := results.find(question)) is not None:
        return kept
    if results.is_cancelled(question):
        with st.empty().container(horizontal=True, vertical_alignment="center"):  # where the bar will be
            st.markdown(f"{label}: cancelled.")
            st.button(
                "continue",
                key=f"{results.key}.resume.{label}",
                on_click=lambda: st.session_state.pop(results.key, None),
            )
        return None
    with progress_bar(label, f"{results.key}.cancel.{label}", on_cancel or results.cancel(question)) as report:
        result = TaskResult(question, work(report))
    results.keep(result)
    return result


@contextmanager
def progress_bar(label: str, key: str, on_cancel: Callable[[], None]) -> Iterator[Report]:
    """Show a bar while the work lasts, and a button that ends it: a click runs the page again, and the next report does
    not return.

    Args:
        label: What is being done.
        key: Of the button.
        on_cancel: What a click on the button does besides.

    Yields:
        A function that takes the share that is done.
    """
    place, began = st.empty(), time.monotonic()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, label)
        st.button("cancel", key=key, on_click=on_cancel)
    shown = began

    def report(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= _PAUSE:
            left = (now - began) * (1 - share) / max(share, 1e-3)
            bar.progress(share, f"{label}: {percent(share)}, about {format_duration(left)} left")
            shown = now

    try:
        yield report
    finally:
        place.empty()


def format_duration(seconds: float) -> str:
    """Returns a time that people wait, in seconds or minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
