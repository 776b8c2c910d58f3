"""What happens in a part of a simulated clip, in one word: for asking a representation whether it can tell."""

from __future__ import annotations

from core.clip import Truth
from core.worlds.physics import FLOOR

HAPPENINGS = {
    "hides": "passes behind a screen",
    "stops": "is stopped by a wall",
    "collides": "collides with another ball",
    "bounces": "bounces off the floor",
    "falls": "falls and stays down",
    "rolls": "rolls along the floor",
}
_HIGH, _FLAT = 0.06, 0.025  # widths above the floor: a rebound that counts, and one that nobody sees
_FAR = 0.12  # widths; less is neither a fall nor a roll


def happening(truth: Truth, start: int, frames: int) -> str | None:
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
    kinds = {event.kind for event in events}
    if "hidden" in kinds:
        return "hides"
    touched = [len(event.objects) for event in events if event.kind == "contact"]
    if 1 in touched:  # in the other worlds that is the edge of the picture, which no one sees
        return "stops" if truth.world == "wall" else None
    if 2 in touched:
        return "collides"
    height = truth.y[start:end] - truth.radius[start:end] - FLOOR  # [T, K], of the lowest point
    rebounds = [height[event.frame - start :, event.objects[0]].max() for event in events if event.kind == "bounce"]
    if any(rebound > _HIGH for rebound in rebounds):
        return "bounces"
    if any(rebound > _FLAT for rebound in rebounds):
        return None
    if "bounce" in kinds:
        return "falls" if (height[0] - height.min(axis=0)).max() > _FAR else None
    rolled = abs(truth.x[end - 1] - truth.x[start]).max() > _FAR
    return "rolls" if rolled and height.max() < _FLAT else None
