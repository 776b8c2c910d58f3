"""The sample clips that the app opens with: factors and seeds; a clip is simulated when somebody looks at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from core.paths import SAMPLE_DATA
from core.worlds import Factors, world_named


@dataclass(frozen=True)
class Sample:
    """A sample clip.

    Attributes:
        id: Short name, unique among the samples; it stands in links.
        label: For people.
        factors: Causes of the clip.
        seed: A test seed: no model was trained on it.
    """

    id: str
    label: str
    factors: Factors
    seed: int


@cache
def samples() -> tuple[Sample, ...]:
    """All sample clips, in order."""
    listed = json.loads((SAMPLE_DATA / "clips.json").read_text(encoding="utf-8"))
    return tuple(_sample(**entry) for entry in listed)


def sample_named(id: str) -> Sample:
    """The sample clip of an id.

    Raises:
        ValueError: There is none of that id.
    """
    for sample in samples():
        if sample.id == id:
            return sample
    raise ValueError(f"There is no sample clip called {id!r}; choose one of {', '.join(s.id for s in samples())}.")


def _sample(id: str, label: str, world: str, factors: dict[str, object], seed: int) -> Sample:
    return Sample(id, label, world_named(world).factors(**factors), seed)
