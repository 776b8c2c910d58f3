"""The clips that the map of embeddings opens with."""

from __future__ import annotations

from core.clip import Clip
from core.worlds import sample, simulate, world_named

# Test seeds, no model was trained on them: the first from 2,200,000 on of which this is what happens in 32 frames.
SAMPLES = {
    "collides": ("drop", (5, 37, 72, 107, 127, 203, 236, 248, 271, 299)),
    "bounces": ("drop", (7, 8, 10, 12, 13, 15, 16, 24, 29, 40)),
    "falls": ("drop", (58, 59, 73, 96, 101, 125, 148, 151, 154, 169)),
    "stops": ("wall", (0, 1, 2, 3, 4, 5, 6, 7, 8)),
    "hides": ("occluder", (0, 1, 2, 3, 4, 5, 6, 8, 9)),
}
_FIRST_SEED = 2_200_000


def sample_clips() -> list[Clip]:
    """Clips of the ball worlds, textured, with one to three balls and about as many of each event; named after their
    world and seed."""
    return [
        simulate(sample(world_named(world).factors, _FIRST_SEED + place, background="textured"), _FIRST_SEED + place)
        for world, places in SAMPLES.values()
        for place in places
    ]
