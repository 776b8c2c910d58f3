"""Clips with labels: the event in each, and the direction and speed of its red ball."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.worlds import factors_of, sample, simulate, world_named
from core.worlds.stage.events import EVENTS, main_event
from core.worlds.stage.simulation import simulate_truth
from core.worlds.stage.truth import BallTruth

FRAMES = 16  # of a clip
BALLS = 2  # in every clip, so that their number says nothing about the event
_STARTS = (0, 4, 8, 12, 16)
_WORLDS_OF = {  # the worlds in which an event is looked for
    "hides": ("occluder",),
    "stops": ("wall",),
    "collides": ("drop", "wall"),
    "bounces": ("drop",),
    "falls": ("drop",),
    "rolls": ("drop", "wall", "occluder"),
}
_SEEDS_OF_EVENT = 100_000  # distance between the first seeds of two events


@dataclass(frozen=True)
class LabelledClips:
    """Clips with their labels.

    Attributes:
        frames: ``uint8 [B, 16, 64, 64, 3]``.
        events: Index into ``EVENTS``, ``int64 [B]``; each as often as the others.
        motion: Of the red ball over the clip: mean velocity to the right and mean speed, ``float32 [B, 2]`` in frame
            widths per second.
    """

    frames: np.ndarray
    events: np.ndarray
    motion: np.ndarray


def draw_labelled(first_seed: int, of_each: int, report: Callable[[float], None] = lambda share: None) -> LabelledClips:
    """Clips with textured backgrounds, ``of_each`` for every event. The same seed gives the same bytes."""
    frames, events, motion, wanted = [], [], [], of_each * len(EVENTS)
    for index, name in enumerate(EVENTS):
        for truth, start in itertools.islice(_clips_with(name, first_seed + index * _SEEDS_OF_EVENT), of_each):
            part = slice(start, start + FRAMES)
            frames.append(simulate(factors_of(truth), truth.seed).frames[part])
            events.append(index)
            motion.append((truth.vx[part, 0].mean(), np.hypot(truth.vx[part, 0], truth.vy[part, 0]).mean()))
            report(len(frames) / wanted)
    return LabelledClips(np.stack(frames), np.array(events, np.int64), np.array(motion, np.float32))


def _clips_with(name: str, first_seed: int) -> Iterator[tuple[BallTruth, int]]:
    """Clips in which an event happens, each with its first frame; the worlds take turns."""
    worlds = itertools.cycle(_WORLDS_OF[name])
    world = next(worlds)
    for seed in itertools.count(first_seed):
        factors = sample(world_named(world).factors, seed, objects=BALLS, background="textured")
        truth = simulate_truth(factors, seed)
        starts = np.random.default_rng([seed, 4]).permutation(_STARTS)
        start = next((int(start) for start in starts if main_event(truth, start, FRAMES) == name), None)
        if start is not None:
            yield truth, start
            world = next(worlds)
