"""What each choice in the JEPA's recipe was found to be worth: the stored runs of its variants, seeds taken together.

``core.training.ablations`` trains and judges them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.files import read_json
from core.metrics import Interval, interval
from core.paths import RESULTS

FOLDER, BASE = "ablations", "base"


@dataclass(frozen=True)
class Ablation:
    """One variant, trained for some minutes from one seed or from several.

    Attributes:
        told: What is done otherwise.
        minutes: Of training, for each seed.
        seeds: Of the first weights and of the order of the clips.
        judged: The steps ahead that the following are for.
        errors: Position error in frame widths, the mean over seeds; its interval is over clips.
        more: By how much that is more than the base recipe's, from the same seeds on the same clips; empty where that
            was not run alike.
        apart: How far the best seed's mean error is from the worst one's; 0 with a single seed.
        r2, velocity_r2: What a probe explains of places and of their change on true frames, the mean over seeds.
        steps, cpu_minutes: Of training, the mean over seeds.
    """

    told: str
    minutes: float
    seeds: tuple[int, ...]
    judged: tuple[int, ...]
    errors: tuple[Interval, ...]
    more: tuple[Interval, ...]
    apart: tuple[float, ...]
    r2: float
    velocity_r2: float
    steps: float
    cpu_minutes: float


def stored_runs(folder: Path = RESULTS) -> list[dict]:
    """Every run that was stored: its ``name``, what it is (``told``), the ``key`` of its settings, ``minutes``,
    ``seed``, training ``steps``, the position ``errors`` of the ``judged`` steps, clip by clip for each case,
    ``[64, 4]`` with None where no ball counts; ``r2`` and ``velocity_r2`` on true frames; where and when."""
    return [read_json(path) for path in sorted((folder / FOLDER).glob("*.json"))]


def summarise(runs: Sequence[Mapping]) -> list[Ablation]:
    """The base recipe first, then its variants, the best at the farthest step first."""
    alike: dict[tuple, dict[int, Mapping]] = {}
    for run in runs:
        alike.setdefault((run["name"], run["minutes"]), {})[run["seed"]] = run
    found = {key: _summary(seeds, alike.get((BASE, key[1]), {})) for key, seeds in alike.items()}
    order = sorted(found, key=lambda key: (key[0] != BASE, found[key].errors[-1].mean))
    return [found[key] for key in order]


def errors_by_clip(run: Mapping) -> np.ndarray:
    """The mean over a run's cases for each seed of a clip, ``[64, 4]``: clips of one seed share their factors, so they
    are no independent samples."""
    cases = np.array(list(run["errors"].values()), float)  # [C, 64, 4], None becomes NaN
    counted = (~np.isnan(cases)).sum(axis=0)
    return np.where(counted > 0, np.nansum(cases, axis=0) / np.maximum(counted, 1), np.nan)


def _summary(seeds: Mapping[int, Mapping], base: Mapping[int, Mapping]) -> Ablation:
    one, errors = next(iter(seeds.values())), np.stack([errors_by_clip(run) for run in seeds.values()])  # [S, 64, 4]
    more = ()
    if one["name"] != BASE and set(seeds) <= set(base):
        more = _by_step(errors - np.stack([errors_by_clip(base[seed]) for seed in seeds]))
    means = np.nanmean(errors, axis=1)  # [S, 4]
    told = (np.mean([run[key] for run in seeds.values()]) for key in ("r2", "velocity_r2", "steps", "cpu_minutes"))
    return Ablation(
        one["told"], one["minutes"], tuple(seeds), tuple(one["judged"]), _by_step(errors), more,
        tuple(np.ptp(means, axis=0).tolist()), *map(float, told),
    )  # fmt: skip


def _by_step(values: np.ndarray) -> tuple[Interval, ...]:
    """``[S, B, 4]``: seeds meet the same clips, so a clip with all its seeds is one sample."""
    return tuple(interval(column) for column in values.mean(axis=0).T)
