"""The lock that lets one worker at a time work on the queue, across processes and platforms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from core.paths import jobs_folder

_GATE_SECONDS, _POLL_SECONDS = 10.0, 0.005


@contextmanager
def sole_worker() -> Iterator[bool]:
    """Hold the place of the only worker; yields whether it was free. The place is given up when the process dies."""
    jobs_folder().mkdir(parents=True, exist_ok=True)
    lock = _worker_lock()
    is_sole = _try_acquire(lock)
    try:
        yield is_sole
    finally:
        if is_sole:
            lock.release()


def has_worker() -> bool:
    """Whether a worker is at work, in this process or another; there is none where no file can be written."""
    lock = _worker_lock()
    try:
        with _gate():
            if not _acquired(lock):
                return True
            lock.release()
    except OSError:
        pass
    return False


def _try_acquire(lock: FileLock) -> bool:
    with _gate():
        return _acquired(lock)


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _worker_lock() -> FileLock:
    return FileLock(jobs_folder() / "worker.lock")


def _gate() -> FileLock:
    """Held for the moment in which the worker's lock is tried: those who only look must not take each other for the
    worker, nor keep it out."""
    return FileLock(jobs_folder() / "worker-gate.lock", timeout=_GATE_SECONDS, poll_interval=_POLL_SECONDS)
