"""Events in words: what happens in a part of a simulated clip, and what a ball does at each moment.

Representations are tested on whether these can be read off them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.clip import Event
from core.worlds.stage.physics import FLOOR
from core.worlds.stage.truth import BallTruth

EVENTS = {
    "hides": "passes behind a screen",
    "stops": "is stopped by a wall",
    "collides": "collides with another ball",
    "bounces": "bounces off the floor",
    "falls": "falls and stays down",
    "rolls": "rolls along the floor",
}
_TOUCHES = {("bounce", 1): "touches the floor", ("contact", 1): "touches a wall", ("contact", 2): "touches a ball"}
_BOUNCE_HEIGHT, _FLAT = 0.06, 0.025  # frame widths above the floor: a bounce that counts, and one that is invisible
_MIN_DISTANCE = 0.12  # frame widths; anything shorter is neither a fall nor a roll
_MIN_PUSH = 0.3  # frame widths per second; a softer touch of two balls changes nothing that one could see
_AT_REST = 0.05  # frame widths per second; a slower ball is at rest
_TOUCH_FRAMES = 1  # before and after a touch in which it can be seen
_MARGIN = 2  # frames at both ends of a part; an event there can't be recognised


def main_event(truth: BallTruth, start: int, frames: int) -> str | None:
    """The first of ``EVENTS`` that happens in a part of a clip.

    Args:
        truth: Of the clip.
        start: First frame of the part.
        frames: Length of the part.

    Returns:
        None if none of them happens, or if it can't be distinguished from another one.
    """
    end = start + frames
    events = [event for event in truth.events if start < event.frame < end]
    kinds = _kinds(events)
    if kinds != _kinds(event for event in events if start + _MARGIN <= event.frame < end - _MARGIN):
        return None
    if ("hidden", 1) in kinds:
        return "hides"
    if ("contact", 1) in kinds:
        return "stops" if _has_wall(truth) else None
    pushes = [_push(truth, event) for event in events if (event.kind, len(event.objects)) == ("contact", 2)]
    if pushes:
        return "collides" if max(pushes) > _MIN_PUSH else None
    height = truth.y[start:end] - truth.radius[start:end] - FLOOR  # [T, K], of the lowest point
    bounces = [height[event.frame - start :, event.objects[0]].max() for event in events if event.kind == "bounce"]
    if any(bounce > _BOUNCE_HEIGHT for bounce in bounces):
        return "bounces"
    if any(bounce > _FLAT for bounce in bounces):
        return None
    if ("bounce", 1) in kinds:
        return "falls" if (height[0] - height.min(axis=0)).max() > _MIN_DISTANCE else None
    rolled = abs(truth.x[end - 1] - truth.x[start]).max() > _MIN_DISTANCE
    return "rolls" if rolled and height.max() < _FLAT else None


def ball_activity(truth: BallTruth, ball: int = 0) -> np.ndarray:
    """What one ball does at each frame, in words, ``[T]``: whether it is hidden or at rest, else what it touches, else
    how it moves."""
    low = truth.y[:, ball] - truth.radius[:, ball] - FLOOR < _FLAT
    slow = np.hypot(truth.vx, truth.vy)[:, ball] < _AT_REST
    hidden = truth.visible[:, ball] < 0.5
    words = np.where(low, "rolls", "is in the air").astype("U20")
    for event in truth.events:
        kind = event.kind, len(event.objects)
        if ball in event.objects and kind in _TOUCHES and (kind != ("contact", 1) or _has_wall(truth)):
            words[max(0, event.frame - _TOUCH_FRAMES) : event.frame + _TOUCH_FRAMES + 1] = _TOUCHES[kind]
    words[slow & low] = "is at rest"
    words[hidden] = "is hidden"
    return words


def _has_wall(truth: BallTruth) -> bool:
    """Whether there is a wall; else a contact of one ball is with the edge of the picture, which is invisible."""
    return bool(truth.layout.arena.obstacles)


def _kinds(events: Iterable[Event]) -> set[tuple[str, int]]:
    """Kinds of events, each with its number of balls."""
    return {(event.kind, len(event.objects)) for event in events}


def _push(truth: BallTruth, event: Event) -> float:
    """How much a touch changes the relative velocity of two balls, in frame widths per second; gravity doesn't."""
    one, other = event.objects
    velocity = np.stack([truth.vx, truth.vy])  # [2, T, K]
    relative = velocity[..., one] - velocity[..., other]
    return float(np.hypot(*(relative[:, event.frame] - relative[:, event.frame - 1])))
