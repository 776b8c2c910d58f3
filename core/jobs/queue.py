"""The queue: submit jobs, list them, and request that one pauses, resumes or stops.

Nothing is kept in the memory of a page, so a reload loses nothing. ``submit`` starts the worker process
(``core.jobs.worker``) if none is at work; it runs one job at a time, in the order in which they came.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from core.jobs.folder import Job, JobFolder
from core.jobs.lock import has_worker
from core.jobs.log import LogContents
from core.jobs.states import ALLOWED, Action, State
from core.paths import jobs_folder

_ROOT = Path(__file__).resolve().parents[2]
_INTERRUPTED = "The process that ran this job was stopped. Resume the job to continue from its last checkpoint."


@dataclass(frozen=True)
class JobStatus:
    """A job and where it stands; ``error`` says why it failed or was interrupted."""

    job: Job
    state: State
    error: str = ""

    def read_log(self) -> LogContents:
        """What the job has reported until now."""
        return JobFolder.of(self.job.name).log.read()


def submit(
    kind: str, spec: Mapping[str, Any], *, name_prefix: str, arrays: Mapping[str, np.ndarray] | None = None
) -> str:
    """Put a job at the end of the queue and start the worker if none is at work.

    Args:
        kind: One of ``core.jobs.kinds.KINDS``.
        spec: What is to be done, as JSON.
        name_prefix: The name of the job is this and a number that was never used before.
        arrays: Arrays ``[...]`` of any shape that the job needs, by name; they are stored in its folder.

    Returns:
        The name of the job.

    Raises:
        OSError: The job cannot be written; nothing of it is left.
    """
    folder = _new_folder(name_prefix)
    try:
        for name, array in (arrays or {}).items():
            folder.save_array(name, array)
        folder.write_state(State.WAITING)
        folder.write_job(Job(folder.path.name, kind, spec, time.time()))
    except OSError:  # such as a full disk
        folder.empty()
        raise
    ensure_worker()
    return folder.path.name


def all_jobs() -> list[JobStatus]:
    """Every job, oldest first. Folders that cannot be read (being made, being removed, damaged) are left out.

    Raises:
        OSError: The system refuses access to the folder of the jobs.
    """
    found = []
    for path in _folders():
        with suppress(ValueError):
            found.append(_status(JobFolder(path)))
    return sorted(found, key=lambda status: status.job.submitted)


def find(name: str) -> JobStatus:
    """The job called ``name``.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        return _status(JobFolder.of(name))
    except ValueError as error:
        raise ValueError(f"There is no job called {name!r} any more.") from error


def request(name: str, action: Action) -> None:
    """Pause, cancel or resume a job. A running job obeys after its current step; an action that the state does not
    allow has no effect.

    Raises:
        ValueError: There is no job of that name any more.
        OSError: The job's folder cannot be written.
    """
    state, folder = find(name).state, JobFolder.of(name)
    if state not in ALLOWED[action]:
        return
    if action is Action.RESUME:
        folder.clear_requests()
        folder.write_state(State.WAITING)
        ensure_worker()
        return
    requested = State.PAUSED if action is Action.PAUSE else State.CANCELLED
    folder.add_request(requested)  # also if it waits: the worker may be about to start it
    if state != State.RUNNING:
        folder.write_state(requested)


def request_of(name: str) -> State | None:
    """The state that a request left for the job asks for; None if there is no request."""
    return JobFolder.of(name).request()


def remove(name: str) -> None:
    """Delete a job and all that it made, unless it is running. Its name is not given again.

    Raises:
        ValueError: There is no job of that name any more.
        OSError: The job's folder cannot be written.
    """
    if find(name).state != State.RUNNING:
        JobFolder.of(name).empty()


def ensure_worker() -> None:
    """Start the worker process if none is at work.

    Raises:
        OSError: The folder of the jobs cannot be written.
    """
    if has_worker():
        return
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(_ROOT), os.environ.get("PYTHONPATH", "")))}
    with (jobs_folder() / "worker.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "core.jobs.worker"],
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )


def _folders() -> list[Path]:
    try:
        return list(jobs_folder().iterdir())
    except FileNotFoundError:  # nothing was ever submitted
        return []


def _new_folder(prefix: str) -> JobFolder:
    """A folder, and with it a name, that no job has or ever had (a page may still remember a removed one)."""
    jobs_folder().mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = jobs_folder() / f"{prefix}-{number}"
        with suppress(FileExistsError):
            path.mkdir()
            return JobFolder(path)
    raise AssertionError("unreachable")


def _status(folder: JobFolder) -> JobStatus:
    """How the job in a folder stands.

    Raises:
        ValueError: There is no job, or its files are damaged.
    """
    job, (state, error) = folder.read_job(), folder.read_state()
    if state == State.RUNNING and not has_worker():
        return JobStatus(job, State.PAUSED, _INTERRUPTED)
    return JobStatus(job, state, error)
