"""What each choice in the JEPA's recipe is worth: the stored runs of its variants, summarised over training seeds.

``core.training.ablations`` trains the variants and measures them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.evaluation.upgrades import upgrade_ablation
from core.metrics import Interval, interval
from core.paths import RESULTS
from core.results import Floats, Result, load_result, save_result

FOLDER, BASE = "ablations", "base"


@dataclass(frozen=True)
class AblationProtocol:
    """What is fixed before a run.

    Attributes:
        variant: Name of the variant of the recipe.
        settings: Digest of its settings and of the training clips.
        minutes: Of training.
        seed: Of the first weights and of the order of the clips.
        steps_ahead: The steps at which it is judged.
    """

    variant: str
    settings: str
    minutes: float
    seed: int
    steps_ahead: tuple[int, ...]


@dataclass(frozen=True)
class AblationRun(Result):
    """One training of a variant.

    Attributes:
        description: What the variant does differently.
        steps: Of training.
        cpu_minutes: Of training, on ``threads`` threads.
        errors: Position error in frame widths by the name of the case, ``[clips, steps ahead]``; NaN where no ball is
            visible.
        r2, velocity_r2: On true frames, of the positions and of the velocity over one frame.
    """

    kind: ClassVar[str] = "ablation"
    protocol: AblationProtocol
    description: str
    steps: int
    cpu_minutes: float
    threads: int
    errors: dict[str, Floats]
    r2: float
    velocity_r2: float

    @classmethod
    def upgrade(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2."""
        return upgrade_ablation(data)


@dataclass(frozen=True)
class Ablation:
    """One variant, trained for some minutes from one seed or from several.

    Attributes:
        description: What the variant does differently.
        minutes: Of training, for each seed.
        seeds: Of the first weights and of the order of the clips.
        steps_ahead: The steps that the following are for.
        errors: Position error in frame widths, the mean over seeds; its interval is over clips.
        excess: The error minus that of the base recipe from the same seeds on the same clips; empty if the base recipe
            was not run with these seeds and minutes.
        seed_spread: Mean error of the worst seed minus that of the best; 0 with a single seed.
        r2, velocity_r2: On true frames, of positions and of their change, the mean over seeds.
        steps, cpu_minutes: Of training, the mean over seeds.
    """

    description: str
    minutes: float
    seeds: tuple[int, ...]
    steps_ahead: tuple[int, ...]
    errors: tuple[Interval, ...]
    excess: tuple[Interval, ...]
    seed_spread: tuple[float, ...]
    r2: float
    velocity_r2: float
    steps: float
    cpu_minutes: float


def store_run(run: AblationRun, folder: Path = RESULTS) -> Path:
    """Write a run among the others; returns the file."""
    fixed = run.protocol
    path = folder / FOLDER / f"{fixed.variant}-seed{fixed.seed}-{fixed.minutes:g}min.json"
    save_result(run, path)
    return path


def stored_runs(folder: Path = RESULTS) -> list[AblationRun]:
    """Every stored run.

    Raises:
        ValueError: A file is damaged; names file and field.
    """
    return [load_result(AblationRun, path) for path in sorted((folder / FOLDER).glob("*.json"))]


def summarise(runs: Sequence[AblationRun]) -> list[Ablation]:
    """The base recipe first, then its variants, the one with the least error at the farthest step first."""
    alike: dict[tuple[str, float], dict[int, AblationRun]] = {}
    for run in runs:
        alike.setdefault((run.protocol.variant, run.protocol.minutes), {})[run.protocol.seed] = run
    found = {key: _summary(seeds, alike.get((BASE, key[1]), {})) for key, seeds in alike.items()}
    order = sorted(found, key=lambda key: (key[0] != BASE, found[key].errors[-1].mean))
    return [found[key] for key in order]


def errors_by_clip(run: AblationRun) -> np.ndarray:
    """Mean over the cases of a run for each clip seed, ``[64, 4]`` in frame widths: clips with the same seed share
    their factors, so they are not independent samples."""
    cases = np.stack(list(run.errors.values()))  # [C, 64, 4]
    counted = (~np.isnan(cases)).sum(axis=0)
    return np.where(counted > 0, np.nansum(cases, axis=0) / np.maximum(counted, 1), np.nan)


def _summary(seeds: Mapping[int, AblationRun], base: Mapping[int, AblationRun]) -> Ablation:
    runs = list(seeds.values())
    fixed, errors = runs[0].protocol, np.stack([errors_by_clip(run) for run in runs])  # [S, 64, 4]
    excess: tuple[Interval, ...] = ()
    if fixed.variant != BASE and set(seeds) <= set(base):
        excess = _by_step(errors - np.stack([errors_by_clip(base[seed]) for seed in seeds]))
    spread = np.ptp(np.nanmean(errors, axis=1), axis=0)  # [4]
    return Ablation(
        description=runs[0].description,
        minutes=fixed.minutes,
        seeds=tuple(seeds),
        steps_ahead=fixed.steps_ahead,
        errors=_by_step(errors),
        excess=excess,
        seed_spread=tuple(spread.tolist()),
        r2=float(np.mean([run.r2 for run in runs])),
        velocity_r2=float(np.mean([run.velocity_r2 for run in runs])),
        steps=float(np.mean([run.steps for run in runs])),
        cpu_minutes=float(np.mean([run.cpu_minutes for run in runs])),
    )


def _by_step(values: np.ndarray) -> tuple[Interval, ...]:
    """Intervals of ``[S, B, 4]`` for each of 4 steps: all seeds meet the same clips, so a clip with all its seeds is
    one sample."""
    return tuple(interval(column) for column in values.mean(axis=0).T)
