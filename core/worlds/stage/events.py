"""What happens in a part of a simulated clip, in one word: for asking a representation whether it can tell."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.clip import Event
from core.worlds.stage.physics import FLOOR
from core.worlds.stage.truth import BallTruth

HAPPENINGS = {
    "hides": "passes behind a screen",
    "stops": "is stopped by a wall",
    "collides": "collides with another ball",
    "bounces": "bounces off the floor",
    "falls": "falls and stays down",
    "rolls": "rolls along the floor",
}
_TOUCHES = {("bounce", 1): "touches the floor", ("contact", 1): "touches a wall", ("contact", 2): "touches a ball"}
_WALLED = "wall"  # the world with a wall; in the others a contact of one ball is with the picture's edge, unseen
_HIGH, _FLAT = 0.06, 0.025  # widths above the floor: a rebound that counts, and one that nobody sees
_FAR = 0.12  # widths; less is neither a fall nor a roll
_PUSH = 0.3  # widths/s; a softer touch of two balls changes nothing that one could see
_STILL = 0.05  # widths/s; who moves less is at rest
_SHORT = 1  # frames before and after an event that it can be seen in
_AROUND = 2  # frames before and after an event, without which nobody could tell that it took place


def happening(truth: BallTruth, start: int, frames: int) -> str | None:
    """The one of ``HAPPENINGS`` that a part of a clip is called after: the first in their order that takes place.

    Args:
        truth: Of the clip.
        start: First frame of the part.
        frames: Its length.

    Returns:
        None where it is none of them, or can't be told from another.
    """
    end = start + frames
    events = [event for event in truth.events if start < event.frame < end]
    kinds = _kinds(events)
    if kinds != _kinds(event for event in events if start + _AROUND <= event.frame < end - _AROUND):
        return None
    if ("hidden", 1) in kinds:
        return "hides"
    if ("contact", 1) in kinds:
        return "stops" if truth.world == _WALLED else None
    pushes = [_push(truth, event) for event in events if (event.kind, len(event.objects)) == ("contact", 2)]
    if pushes:
        return "collides" if max(pushes) > _PUSH else None
    height = truth.y[start:end] - truth.radius[start:end] - FLOOR  # [T, K], of the lowest point
    rebounds = [height[event.frame - start :, event.objects[0]].max() for event in events if event.kind == "bounce"]
    if any(rebound > _HIGH for rebound in rebounds):
        return "bounces"
    if any(rebound > _FLAT for rebound in rebounds):
        return None
    if ("bounce", 1) in kinds:
        return "falls" if (height[0] - height.min(axis=0)).max() > _FAR else None
    rolled = abs(truth.x[end - 1] - truth.x[start]).max() > _FAR
    return "rolls" if rolled and height.max() < _FLAT else None


def moments(truth: BallTruth, ball: int = 0) -> np.ndarray:
    """What one ball is about at each moment, in words, ``[T]``: whether it is hidden or at rest, else what it touches,
    else how it moves."""
    low = truth.y[:, ball] - truth.radius[:, ball] - FLOOR < _FLAT
    still = np.hypot(truth.vx, truth.vy)[:, ball] < _STILL
    hidden = truth.visible[:, ball] < 0.5
    words = np.where(low, "rolls", "is in the air").astype("U20")
    for event in truth.events:
        kind = event.kind, len(event.objects)
        if ball in event.objects and kind in _TOUCHES and (kind != ("contact", 1) or truth.world == _WALLED):
            words[max(0, event.frame - _SHORT) : event.frame + _SHORT + 1] = _TOUCHES[kind]
    words[still & low] = "is at rest"
    words[hidden] = "is hidden"
    return words


def _kinds(events: Iterable[Event]) -> set[tuple[str, int]]:
    """What takes place, and with how many balls."""
    return {(event.kind, len(event.objects)) for event in events}


def _push(truth: BallTruth, event: Event) -> float:
    """By how much a touch changes the velocity of two balls relative to one another, in widths/s; gravity moves both
    alike."""
    one, other = event.objects
    velocity = np.stack([truth.vx, truth.vy])  # [2, T, K]
    apart = velocity[..., one] - velocity[..., other]
    return float(np.hypot(*(apart[:, event.frame] - apart[:, event.frame - 1])))
