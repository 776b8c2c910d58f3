"""How a job that does not obey a request to cancel is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.jobs.folder import JobFolder
from core.jobs.states import State

_POLL_SECONDS, _GRACE_SECONDS = 0.2, 1.0


@contextmanager
def interrupted_on_cancel(folder: JobFolder, restart: Callable[[], None]) -> Iterator[None]:
    """While this context lasts, a request to cancel the job is obeyed within 1.2 s, whatever the job is doing.

    A job that is cancelled needs nothing of what it was doing, so that it may be interrupted anywhere.

    Args:
        folder: Of the job.
        restart: Replaces this process by a new one. The job counts as cancelled by then.
    """
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(folder, restart, is_over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _watch(folder: JobFolder, restart: Callable[[], None], is_over: threading.Event) -> None:
    while not is_over.wait(_POLL_SECONDS):
        if folder.request() is State.CANCELLED and not is_over.wait(_GRACE_SECONDS):
            folder.write_state(State.CANCELLED)
            restart()
            return
