"""The result of checking what somebody's own model predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.metrics import Interval
from core.results import Finding, Result


@dataclass(frozen=True)
class CheckProtocol:
    """What was checked: ``form`` is ``frames`` or ``latents``; ``world`` names the read-out of positions, if any."""

    form: str
    clips: int
    context: int
    steps: int
    world: str | None = None


@dataclass(frozen=True)
class StepScores:
    """A measure at each step, with 95 % intervals over clips.

    Attributes:
        measure: What is measured.
        unit: Its unit; empty for a pure number.
        model: The predictions, ``[T]``.
        copy_last: Repeating the last frame of the context, ``[T]``.
        constant_velocity: Moving on in a straight line, ``[T]``; None where no read-out fits.
    """

    measure: str
    unit: str
    model: tuple[Interval, ...]
    copy_last: tuple[Interval, ...]
    constant_velocity: tuple[Interval, ...] | None = None


@dataclass(frozen=True)
class ClipError:
    """The error of one clip: root mean square in grey levels 0 to 1, or for latents error over that of copy-last."""

    clip: int
    error: float


@dataclass(frozen=True)
class PredictionCheck(Result):
    """What was found of predictions.

    Attributes:
        scores: One for each measure.
        overall: Skill over all steps: 1 is perfect, 0 no better than copy-last.
        collapse: Verdict on predicted latents; None for frames.
        worst: The worst clips first; clips count from 0.
        notes: What was guessed, in sentences.
    """

    kind: ClassVar[str] = "prediction check"
    protocol: CheckProtocol
    scores: tuple[StepScores, ...]
    overall: Interval
    collapse: Finding | None
    worst: tuple[ClipError, ...]
    notes: tuple[str, ...]
