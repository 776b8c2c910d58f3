"""Training jobs that outlive a page: each is a folder, worked off one at a time by a process of its own.

``submit`` writes the folder and wakes the worker (``core.training.worker``); pages look at ``all_jobs`` and leave
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
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.models.store import read_json, write_json
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
_PROGRESS, _STATE, _SPEC, _NAMES = "progress.jsonl", "state.json", "job.json", "names.txt"
_FILM = "film.npy"


@dataclass(frozen=True)
class Job:
    """What is to be learnt.

    Attributes:
        name: Of the model to be; also of the folder.
        arm: ``jepa`` or ``pixel``.
        source: A world, ``leaves``, or ``film`` (a film of the visitor's).
        strength: Of the moving background, 0 for a plain one; worlds only.
        guarded: Whether the anti-collapse terms are on; JEPA only.
        minutes: Training time.
        film: Tells the visitor's films apart, for the source ``film``.
        seed: Of the first weights and the order of the clips.

    Raises:
        ValueError: Something is out of bounds; the sentence says what.
    """

    name: str
    arm: str
    source: str
    strength: float
    guarded: bool
    minutes: float
    film: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.arm not in ARMS or self.source not in SOURCES:
            raise ValueError(f"One can train {' or '.join(ARMS)} on {', '.join(SOURCES)}.")
        if not MINUTES[0] <= self.minutes <= MINUTES[1]:
            raise ValueError(f"Training takes {MINUTES[0]:g} to {MINUTES[1]:g} minutes here, not {self.minutes:g}.")
        if not 0 <= self.strength <= 1:
            raise ValueError(f"The background's strength must be 0 to 1, not {self.strength:g}.")


@dataclass(frozen=True)
class Progress:
    """A job as it stands: ``moments`` are what it has reported, oldest first."""

    job: Job
    state: str
    moments: list[dict]
    error: str = ""


def new_name(arm: str) -> str:
    """A name that no job has or ever had (what a page keeps of a forgotten one must not be taken for it): my-jepa-1,
    my-jepa-2, ..."""
    names = jobs_folder() / _NAMES
    taken = names.read_text(encoding="utf-8").split() if names.exists() else []
    return next(name for name in (f"my-{arm}-{k}" for k in range(1, 10_000)) if name not in taken)


def submit(job: Job, film: np.ndarray | None = None) -> None:
    """Put a job at the end of the queue and see that somebody works.

    Args:
        job: What is to be learnt.
        film: For the source ``film``: its frames at the models' size and rate, ``uint8 [T, H, W, 3]``.

    Raises:
        ValueError: The film is missing or too short.
    """
    place = jobs_folder() / job.name
    if job.source == FILM and (film is None or len(film) < LEAST_FILM):
        raise ValueError(f"To learn from a film, it must have at least {LEAST_FILM / FPS:g} s.")
    place.mkdir()
    with (jobs_folder() / _NAMES).open("a", encoding="utf-8") as names:
        names.write(f"{job.name}\n")
    if film is not None:
        np.save(place / _FILM, film)
    write_json(place / _SPEC, asdict(job) | {"submitted": time.time()})
    set_state(job.name, WAITING)
    wake()


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
        code = "from core.training.jobs import work_off; work_off()"
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
            from core.training.worker import work  # torch takes seconds: only who has the place imports it

            work()


def all_jobs() -> list[Progress]:
    """Every job, oldest first."""
    found = [_progress(path) for path in jobs_folder().iterdir() if (path / _SPEC).exists()]
    return [progress for _, progress in sorted(found, key=lambda pair: pair[0])]


def find(name: str) -> Progress:
    """One job.

    Raises:
        ValueError: There is none of that name.
    """
    path = jobs_folder() / name
    if not (path / _SPEC).exists():
        raise ValueError(f"There is no training called {name!r} any more.")
    return _progress(path)[1]


def ask(name: str, wish: str) -> None:
    """``pause``, ``cancel`` or ``resume`` a job; a running one obeys after its step."""
    state = find(name).state
    if wish == "resume" and state in (PAUSED, FAILED):
        set_state(name, WAITING)
        wake()
    elif wish in ("pause", "cancel"):
        after = PAUSED if wish == "pause" else CANCELLED
        if state == RUNNING:
            (jobs_folder() / name / after).touch()
        elif state in (WAITING, PAUSED):
            set_state(name, after)


def wish_of(name: str) -> str:
    """What was asked of a running job: ``paused``, ``cancelled``, or nothing."""
    return next((wish for wish in (CANCELLED, PAUSED) if (jobs_folder() / name / wish).exists()), "")


def remove(name: str) -> None:
    """Forget a job that is not running, and its model."""
    if find(name).state != RUNNING:
        shutil.rmtree(jobs_folder() / name)


def set_state(name: str, state: str, error: str = "") -> None:
    place = jobs_folder() / name
    for wish in (PAUSED, CANCELLED):
        (place / wish).unlink(missing_ok=True)
    write_json(place / _STATE, {"state": state, "error": error})


def report(name: str, moment: dict) -> None:
    """Add a moment to what a job has reported."""
    with (jobs_folder() / name / _PROGRESS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(moment) + "\n")


@contextmanager
def sole_worker() -> Iterator[bool]:
    """Hold the only worker's place; gives whether it was free."""
    with (jobs_folder() / "worker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _is_busy() -> bool:
    with sole_worker() as free:
        return not free


def _progress(path: Path) -> tuple[float, Progress]:
    spec, state = read_json(path / _SPEC), read_json(path / _STATE)
    submitted = spec.pop("submitted")
    told = state["state"]
    if told == RUNNING and not _is_busy():
        told = PAUSED  # its worker was stopped with the machine or the app
    lines = (path / _PROGRESS).read_text(encoding="utf-8").splitlines() if (path / _PROGRESS).exists() else []
    return submitted, Progress(Job(**spec), told, [json.loads(line) for line in lines], state["error"])
