"""Training jobs that outlive a page: each is a folder, worked off one at a time by a process of its own.

``submit`` writes the folder and wakes the worker (``core.jobs.worker``); pages look at ``all_jobs`` and leave
requests (``pause``, ``cancel``) as files. Nothing is kept in the page's memory, so a reload loses nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import IO

import numpy as np

from core.files import read_json, write_json
from core.paths import jobs_folder
from core.worlds import FPS, WORLDS

ARMS = ("jepa", "pixel")
FILM = "film"
SOURCES = (*WORLDS, "leaves", FILM)
MINUTES = (0.5, 240.0)
LEAST_FILM = 60  # frames
HELD_OUT = 0.2  # share of a film, at its end, that is kept for validation
_WINDOW = 20  # frames: what is shown and what is asked in training
WAITING, RUNNING, PAUSED, DONE, CANCELLED, FAILED = "waiting", "running", "paused", "done", "cancelled", "failed"
_PROGRESS, _STATE, _SPEC, _FILM = "progress.jsonl", "state.json", "job.json", "film.npy"
_TRIES, _PAUSE = 20, 0.05  # for the only worker's place; seconds


@dataclass(frozen=True)
class Job:
    """What is to be learnt.

    Attributes:
        arm: ``jepa`` or ``pixel``.
        source: A world, ``leaves``, or ``film`` (a film of the visitor's).
        strength: Of the moving background, 0 for a plain one; worlds only.
        guarded: Whether the anti-collapse terms are on; JEPA only.
        minutes: Training time.
        film: Tells the visitor's films apart, for the source ``film``.
        seed: Of the first weights and the order of the clips.
        name: Of the model to be; also of the folder. ``submit`` gives it.

    Raises:
        ValueError: Something is out of bounds; the sentence says what.
    """

    arm: str
    source: str
    strength: float
    guarded: bool
    minutes: float
    film: str = ""
    seed: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if self.arm not in ARMS or self.source not in SOURCES:
            raise ValueError(f"One can train {' or '.join(ARMS)} on {', '.join(SOURCES)}.")
        if not MINUTES[0] <= self.minutes <= MINUTES[1]:
            raise ValueError(f"Training takes {MINUTES[0]:g} to {MINUTES[1]:g} minutes here, not {self.minutes:g}.")
        if not 0 <= self.strength <= 1:
            raise ValueError(f"The background's strength must be 0 to 1, not {self.strength:g}.")


@dataclass(frozen=True)
class Progress:
    """A job as it stands."""

    job: Job
    state: str
    error: str = ""

    @cached_property
    def moments(self) -> list[dict]:
        """What it has reported, oldest first; read only when asked for, as most jobs are only listed."""
        try:
            lines = (jobs_folder() / self.job.name / _PROGRESS).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]


def submit(job: Job, film: np.ndarray | None = None) -> str:
    """Put a job at the end of the queue and see that somebody works.

    Args:
        job: What is to be learnt.
        film: For the source ``film``: its frames at the models' size and rate, ``uint8 [T, H, W, 3]``.

    Returns:
        The name that it was given.

    Raises:
        ValueError: The film is missing or too short.
    """
    if job.source == FILM and (film is None or len(film) < LEAST_FILM):
        raise ValueError(f"To learn from a film, it must have at least {LEAST_FILM / FPS:g} s.")
    place = _new_place(job.arm)
    if film is not None:
        np.save(place / _FILM, film)
    set_state(place.name, WAITING)
    spec = asdict(replace(job, name=place.name))
    write_json(place / _SPEC, spec | {"submitted": time.time()})  # last: with it, it is a job
    wake()
    return place.name


def _new_place(arm: str) -> Path:
    """A folder, and with it a name, that no job has or ever had (what a page keeps of a forgotten one must not be taken
    for it): my-jepa-1, my-jepa-2, ..."""
    for k in count(1):
        place = jobs_folder() / f"my-{arm}-{k}"
        with suppress(FileExistsError):
            place.mkdir()
            return place


def film_of(name: str) -> np.ndarray | None:
    """The film that a job learns from, ``uint8 [T, H, W, 3]``, memory-mapped; None if it learns from a world."""
    path = jobs_folder() / name / _FILM
    return np.load(path, mmap_mode="r") if path.exists() else None


def held_out_from(frames: int) -> int:
    """First frame of a film that is kept for validation; both parts are at least a training window long."""
    return max(_WINDOW, min(frames - _WINDOW, round((1 - HELD_OUT) * frames)))


def wake() -> None:
    """Start the worker if none is at work."""
    if not _is_busy():
        code = "from core.jobs.queue import work_off; work_off()"
        root = str(Path(__file__).resolve().parents[2])
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((root, os.environ.get("PYTHONPATH", "")))}
        log = (jobs_folder() / "worker.log").open("ab")
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )


def work_off() -> None:
    """Work off what waits, in this process; does nothing if another one is at it."""
    with sole_worker() as free:
        if free:
            from core.jobs.worker import work  # torch takes seconds: only who has the place imports it

            work()


def all_jobs() -> list[Progress]:
    """Every job, oldest first; without those that cannot be read, as they are being made or removed, or damaged."""
    found = []
    for path in jobs_folder().iterdir():
        with suppress(ValueError):
            found.append(_progress(path))
    return [progress for _, progress in sorted(found, key=lambda pair: pair[0])]


def find(name: str) -> Progress:
    """One job.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        return _progress(jobs_folder() / name)[1]
    except ValueError as error:
        raise ValueError(f"There is no training called {name!r} any more.") from error


def ask(name: str, wish: str) -> None:
    """``pause``, ``cancel`` or ``resume`` a job; a running one obeys after its step."""
    state, place = find(name).state, jobs_folder() / name
    if wish == "resume" and state in (PAUSED, FAILED):
        for old in (PAUSED, CANCELLED):
            (place / old).unlink(missing_ok=True)
        set_state(name, WAITING)
        wake()
    elif wish in ("pause", "cancel") and state in (RUNNING, WAITING, PAUSED):
        after = PAUSED if wish == "pause" else CANCELLED
        (place / after).touch()  # also if it waits: the worker may be just taking it up
        if state != RUNNING:
            set_state(name, after)


def wish_of(name: str) -> str:
    """What was asked of a job since it was put into the queue: ``paused``, ``cancelled``, or nothing."""
    return next((wish for wish in (CANCELLED, PAUSED) if (jobs_folder() / name / wish).exists()), "")


def remove(name: str) -> None:
    """Forget a job that is not running, and its model; its empty folder stays, so that the name is not given again."""
    if find(name).state != RUNNING:
        place = jobs_folder() / name
        (place / _SPEC).unlink(missing_ok=True)  # first: without it, it is no job
        for path in place.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def set_state(name: str, state: str, error: str = "") -> None:
    write_json(jobs_folder() / name / _STATE, {"state": state, "error": error})


def report(name: str, moment: dict) -> None:
    """Add a moment to what a job has reported."""
    with (jobs_folder() / name / _PROGRESS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(moment) + "\n")


@contextmanager
def sole_worker() -> Iterator[bool]:
    """Hold the only worker's place; gives whether it was free."""
    with _lock_file() as file:
        for _ in range(_TRIES):
            if free := _lock(file, fcntl.LOCK_EX):
                break
            time.sleep(_PAUSE)  # it may be only somebody who looks (``_is_busy``)
        yield free


def _is_busy() -> bool:
    with _lock_file() as file:
        return not _lock(file, fcntl.LOCK_SH)  # shared: those who look must not take each other for the worker


def _lock_file() -> IO[str]:
    return (jobs_folder() / "worker.lock").open("w")


def _lock(file: IO[str], kind: int) -> bool:
    """Take a lock, until the file is closed; gives whether it was to be had."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _progress(path: Path) -> tuple[float, Progress]:
    """When a job was submitted, and how it stands.

    Raises:
        ValueError: There is no job, or its files are damaged.
    """
    spec, state = read_json(path / _SPEC), read_json(path / _STATE)
    try:
        submitted, told, error = spec.pop("submitted"), state["state"], state["error"]
        job = Job(**spec)
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{path.name} is not a training of this version.") from problem
    if told == RUNNING and not _is_busy():
        told = PAUSED  # its worker was stopped with the machine or the app
    return submitted, Progress(job, told, error)
