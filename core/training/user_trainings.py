"""Trainings that a user starts: their specifications, their jobs and their reports.

``core.training.job`` runs them. Nothing here imports torch, so that a page can list trainings at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from core.jobs import queue
from core.jobs.folder import JobFolder
from core.jobs.queue import JobStatus
from core.jobs.states import State
from core.models.registry import trainable
from core.models.spec import ModelSpec
from core.results import from_json
from core.worlds import FPS, WORLDS

KIND = "training"
VIDEO = "film"  # the source that is a user's video; stored under this name
MINUTES = (0.5, 240.0)
MIN_VIDEO_FRAMES = 60
WINDOW = 20  # frames of a training window: the context and the steps that are predicted
_HELD_OUT = 0.2  # share of a video, at its end, that is kept for validation
_OLD_NAMES = {"guarded": "anti_collapse", "film": "video"}


TRAINABLE = {spec.name: spec for spec in trainable()}


def sources() -> tuple[str, ...]:
    """What a user's model can learn from: each world, and the user's own video."""
    return (*WORLDS, VIDEO)


@dataclass(frozen=True)
class TrainingSpec:
    """What a user wants to train.

    Attributes:
        arm: Name of a trainable model.
        source: A world, or ``film`` for the user's own video.
        strength: Strength of the moving background, 0 (none) to 1; only in worlds that have one.
        anti_collapse: Whether the anti-collapse terms are on; only for models that can collapse.
        minutes: Training time.
        video: Fingerprint of the video, if ``source`` is ``film``.
        seed: Seed of the initial weights and of the order of the clips.

    Raises:
        ValueError: A value is out of bounds; the message says which values are allowed.
    """

    arm: str
    source: str
    strength: float
    anti_collapse: bool
    minutes: float
    video: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.arm not in TRAINABLE or self.source not in sources():
            raise ValueError(
                f"The model must be {' or '.join(TRAINABLE)}, and the source one of {', '.join(sources())}."
            )
        if not MINUTES[0] <= self.minutes <= MINUTES[1]:
            raise ValueError(
                f"The training time must be {MINUTES[0]:g} to {MINUTES[1]:g} minutes, not {self.minutes:g}."
            )
        if not 0 <= self.strength <= 1:
            raise ValueError(f"The strength of the background must be 0 to 1, not {self.strength:g}.")

    @property
    def model(self) -> ModelSpec:
        """The model that is trained."""
        return TRAINABLE[self.arm]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TrainingSpec:
        """The specification that ``dataclasses.asdict`` has written, by this version or an earlier one.

        Raises:
            ValueError: Fields are missing or unknown, or a value is out of bounds.
        """
        settings = {_OLD_NAMES.get(key, key): value for key, value in stored.items() if key != "name"}
        if not settings.keys() <= {field.name for field in fields(cls)}:
            raise ValueError("The job is not a training of this version.")
        try:
            return cls(**settings)
        except TypeError as error:
            raise ValueError("The job is not a training of this version.") from error


@dataclass(frozen=True)
class TrainingReport:
    """What a training reports while it runs.

    Attributes:
        step: Training step; 0 for the untrained network.
        minutes: Minutes spent.
        left: Minutes to go.
        losses: Parts of the loss by name; none at step 0.
        measures: The newest measures on validation clips, by name.
    """

    step: int
    minutes: float
    left: float
    losses: Mapping[str, float]
    measures: Mapping[str, float]


@dataclass(frozen=True)
class History:
    """The reports of a training, oldest first, and the number of lines of its log that were skipped as unreadable."""

    reports: tuple[TrainingReport, ...]
    unreadable: int = 0


@dataclass(frozen=True)
class Training:
    """A training and where it stands."""

    spec: TrainingSpec
    status: JobStatus

    @property
    def name(self) -> str:
        """Name of the training and of the model that it makes."""
        return self.status.job.name

    @property
    def state(self) -> State:
        """Where the training stands."""
        return self.status.state

    def history(self) -> History:
        """What the training has reported until now."""
        log, reports = self.status.read_log(), []
        for entry in log.entries:
            with suppress(ValueError):  # fields are missing, unknown or of another type
                reports.append(from_json(TrainingReport, entry))
        return History(tuple(reports), log.unreadable + len(log.entries) - len(reports))


def submit_training(spec: TrainingSpec, video: np.ndarray | None = None) -> str:
    """Put a training into the queue.

    Args:
        spec: What is to be trained.
        video: For the source ``film``: its frames at the models' size and rate, ``uint8 [T, H, W, 3]``.

    Returns:
        The name of the training.

    Raises:
        ValueError: The video is missing or too short.
    """
    if spec.source == VIDEO and (video is None or len(video) < MIN_VIDEO_FRAMES):
        raise ValueError(f"A video to learn from must be at least {MIN_VIDEO_FRAMES / FPS:g} s long.")
    arrays = {} if video is None else {VIDEO: video}
    return queue.submit(KIND, asdict(spec), name_prefix=f"my-{spec.arm}", arrays=arrays)


def all_trainings() -> list[Training]:
    """Every training, oldest first, without those that this version cannot read."""
    found = []
    for status in queue.all_jobs():
        with suppress(ValueError):
            found.append(_training(status))
    return found


def find_training(name: str) -> Training:
    """The training called ``name``.

    Raises:
        ValueError: There is none of that name.
    """
    return _training(queue.find(name))


def video_of(name: str) -> np.ndarray | None:
    """The video that a training learns from, ``uint8 [T, H, W, 3]``, memory-mapped; None if it learns from a world."""
    return JobFolder.of(name).open_array(VIDEO)


def held_out_from(frames: int) -> int:
    """The first frame of a video that is kept for validation; both parts are at least a training window long."""
    return max(WINDOW, min(frames - WINDOW, round((1 - _HELD_OUT) * frames)))


def _training(status: JobStatus) -> Training:
    if status.job.kind != KIND:
        raise ValueError(f"{status.job.name} is not a training.")
    return Training(TrainingSpec.from_json(status.job.spec), status)
