"""A job on disk: a folder with its specification, its state, its log and the requests that people left."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.files import read_json, write_json
from core.jobs.kinds import FIRST_KIND
from core.jobs.log import JobLog
from core.jobs.states import State
from core.paths import jobs_folder

_JOB, _STATE, _LOG = "job.json", "state.json", "progress.jsonl"
_REQUESTS = (State.CANCELLED, State.PAUSED)  # a request is an empty file with the name of the state that it leads to


@dataclass(frozen=True)
class Job:
    """A job as it was submitted.

    Attributes:
        name: Name of the job and of its folder.
        kind: One of ``core.jobs.kinds.KINDS``.
        spec: What is to be done, as JSON.
        submitted: Seconds since 1970.
    """

    name: str
    kind: str
    spec: Mapping[str, Any]
    submitted: float


@dataclass(frozen=True)
class JobFolder:
    """The folder ``path`` of a job."""

    path: Path

    @classmethod
    def of(cls, name: str) -> JobFolder:
        """The folder of the job called ``name``."""
        return cls(jobs_folder() / name)

    @property
    def log(self) -> JobLog:
        """What the job has reported."""
        return JobLog(self.path / _LOG)

    def write_job(self, job: Job) -> None:
        """Store what was submitted. Call it last: from now on the folder counts as a job."""
        write_json(self.path / _JOB, {"kind": job.kind, "spec": job.spec, "submitted": job.submitted})

    def read_job(self) -> Job:
        """What was submitted.

        Raises:
            ValueError: There is no job in the folder, or its file is damaged.
        """
        stored = read_json(self.path / _JOB)
        try:
            submitted = float(stored.pop("submitted"))
            if "kind" not in stored:  # from before there were kinds: the specification was not nested
                return Job(self.path.name, FIRST_KIND, stored, submitted)
            return Job(self.path.name, str(stored["kind"]), dict(stored["spec"]), submitted)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path.name}/{_JOB} is not a job of this version.") from error

    def write_state(self, state: State, error: str = "") -> None:
        """Store where the job stands, and why it failed."""
        write_json(self.path / _STATE, {"state": state, "error": error})

    def read_state(self) -> tuple[State, str]:
        """Where the job stands, and why it failed.

        Raises:
            ValueError: The file is missing or damaged.
        """
        stored = read_json(self.path / _STATE)
        try:
            return State(stored["state"]), str(stored["error"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path.name}/{_STATE} is damaged.") from error

    def add_request(self, request: State) -> None:
        """Leave a request; a running job obeys after its current step."""
        (self.path / request).touch()

    def clear_requests(self) -> None:
        """Withdraw all requests."""
        for request in _REQUESTS:
            (self.path / request).unlink(missing_ok=True)

    def request(self) -> State | None:
        """The state that a request asks for, ``CANCELLED`` before ``PAUSED``; None if there is no request."""
        return next((request for request in _REQUESTS if (self.path / request).exists()), None)

    def save_array(self, name: str, array: np.ndarray) -> None:
        """Store an array ``[...]`` of any shape that the job needs."""
        np.save(self.path / f"{name}.npy", array)

    def open_array(self, name: str) -> np.ndarray | None:
        """A stored array, ``[...]`` of any shape, memory-mapped; None if there is none of that name."""
        path = self.path / f"{name}.npy"
        return np.load(path, mmap_mode="r") if path.exists() else None

    def empty(self) -> None:
        """Delete all that is in the folder. The empty folder stays, so that its name is not given again."""
        (self.path / _JOB).unlink(missing_ok=True)  # first: without it, it is no job
        for path in self.path.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
