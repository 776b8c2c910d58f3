"""The states of a job, and what one can request of it."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job stands. The values are stored on disk."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Action(StrEnum):
    """What a person can request of a job."""

    PAUSE = "pause"
    CANCEL = "cancel"
    RESUME = "resume"


ALLOWED: dict[Action, tuple[State, ...]] = {
    Action.PAUSE: (State.RUNNING, State.WAITING, State.PAUSED),
    Action.CANCEL: (State.RUNNING, State.WAITING, State.PAUSED),
    Action.RESUME: (State.PAUSED, State.FAILED),
}
"""The states in which each action has an effect."""
