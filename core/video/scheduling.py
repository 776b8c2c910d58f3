"""Keeps video encoders from changing how the operating system schedules this process.

SVT-AV1, run with the right to do so (as root), puts the thread that calls it under ``SCHED_FIFO`` at the highest
priority. Every process that is started afterwards inherits the policy and can starve a small machine for ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_scheduling() -> Iterator[None]:
    """Restore the scheduling policy of the calling thread when the block ends. No effect where there are no policies
    (macOS, Windows)."""
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, parameters)
