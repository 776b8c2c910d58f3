"""The kinds of jobs: each is a plain function, listed here by name, so that this room imports none of them.

A function takes the job's specification (as it was submitted: JSON) and a ``JobContext``. It returns whether it
finished; if it returns False because ``should_stop`` said so, it is called again with the same folder when the job is
resumed. A ``ValueError`` or ``OSError`` that it raises is shown to people as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from core.jobs.log import JobLog

KINDS = {
    "training": "core.training.job:run",
}
"""Where the function of each kind is, as ``module:function``. A new kind is one line."""
FIRST_KIND = "training"
"""The kind of the jobs that were stored before kinds had names."""


@dataclass(frozen=True)
class JobContext:
    """What a running job may use besides its specification.

    Attributes:
        name: Name of the job.
        folder: Its folder, for checkpoints and results.
        log: Where it reports its progress.
        should_stop: Whether it should stop now; cheap enough to ask at every step.
    """

    name: str
    folder: Path
    log: JobLog
    should_stop: Callable[[], bool]


JobFunction = Callable[[Mapping[str, Any], JobContext], bool]


def function_of(kind: str) -> JobFunction:
    """The function that runs a kind of job; its module is imported now.

    Raises:
        ValueError: This version knows no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"This version of worldscope cannot run jobs of the kind {kind!r}.")
    module, _, function = KINDS[kind].partition(":")
    return getattr(import_module(module), function)
