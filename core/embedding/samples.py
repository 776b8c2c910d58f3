"""The clips that the map of embeddings opens with."""

from __future__ import annotations

from core.clip import Clip
from core.worlds import WORLDS, sample, simulate

FIRST_SEED = 2_200_000  # test seeds: no model was trained on them
OF_EACH = 16  # clips of each world


def sample_clips() -> list[Clip]:
    """Clips of every world, textured, with one to three balls; called after their world and seed."""
    return [
        simulate(sample(world, seed, background="textured"), seed)
        for index, world in enumerate(WORLDS.values())
        for seed in range(FIRST_SEED + index * OF_EACH, FIRST_SEED + (index + 1) * OF_EACH)
    ]
