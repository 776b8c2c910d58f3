"""The sample clips that the app opens with: factors and seeds, simulated when they are wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from core.paths import SAMPLE_DATA
from core.worlds import Factors, world_named


@dataclass(frozen=True)
class Sample:
    """A clip worth opening with."""

    id: str
    label: str
    factors: Factors
    seed: int


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, in order. Their seeds are test seeds: no model was trained on them."""
    listed = json.loads((SAMPLE_DATA / "clips.json").read_text(encoding="utf-8"))
    return tuple(Sample(s["id"], s["label"], world_named(s["world"]).factors(**s["factors"]), s["seed"]) for s in listed)


def sample_named(id: str) -> Sample:
    """Find a sample clip.

    Raises:
        ValueError: There is none of that id.
    """
    for sample in samples():
        if sample.id == id:
            return sample
    raise ValueError(f"There is no sample clip called {id!r}; there are {', '.join(s.id for s in samples())}.")
