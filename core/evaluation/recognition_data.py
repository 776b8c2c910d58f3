"""Clips with what is asked of them: what happens in them, which way it goes, and how fast."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.worlds import factors_of, sample, simulate, world_named
from core.worlds.stage.events import HAPPENINGS, happening
from core.worlds.stage.simulation import simulate_truth
from core.worlds.stage.truth import BallTruth

FRAMES = 16  # of a clip
BALLS = 2  # in every clip, so that their number tells nothing
_STARTS = (0, 4, 8, 12, 16)
_PLACES = {  # the worlds that a happening is looked for in
    "hides": ("occluder",),
    "stops": ("wall",),
    "collides": ("drop", "wall"),
    "bounces": ("drop",),
    "falls": ("drop",),
    "rolls": ("drop", "wall", "occluder"),
}
_APART = 100_000  # seeds between the happenings


@dataclass(frozen=True)
class Questions:
    """Clips with what is asked of them.

    Attributes:
        frames: ``uint8 [B, 16, 64, 64, 3]``.
        happens: Index into ``HAPPENINGS``, ``int64 [B]``; each as often as the others.
        motion: Of the red ball over the clip: mean velocity to the right and mean speed, ``float32 [B, 2]``, widths/s.
    """

    frames: np.ndarray
    happens: np.ndarray
    motion: np.ndarray


def draw_questions(first_seed: int, of_each: int, report: Callable[[float], None] = lambda share: None) -> Questions:
    """Draw clips with textured backgrounds, ``of_each`` of every happening. Same seed, same bytes."""
    frames, happens, motion, wanted = [], [], [], of_each * len(HAPPENINGS)
    for index, name in enumerate(HAPPENINGS):
        for truth, start in itertools.islice(_found(name, first_seed + index * _APART), of_each):
            part = slice(start, start + FRAMES)
            frames.append(simulate(factors_of(truth), truth.seed).frames[part])
            happens.append(index)
            motion.append((truth.vx[part, 0].mean(), np.hypot(truth.vx[part, 0], truth.vy[part, 0]).mean()))
            report(len(frames) / wanted)
    return Questions(np.stack(frames), np.array(happens, np.int64), np.array(motion, np.float32))


def _found(name: str, first_seed: int) -> Iterator[tuple[BallTruth, int]]:
    """Clips in which a happening takes place, with the frame that it is looked at from; the worlds take turns."""
    places = itertools.cycle(_PLACES[name])
    world = next(places)
    for seed in itertools.count(first_seed):
        factors = sample(world_named(world).factors, seed, objects=BALLS, background="textured")
        truth = simulate_truth(factors, seed)
        starts = np.random.default_rng([seed, 4]).permutation(_STARTS)
        start = next((int(start) for start in starts if happening(truth, start, FRAMES) == name), None)
        if start is not None:
            yield truth, start
            world = next(places)
