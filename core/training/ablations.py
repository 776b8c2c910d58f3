"""What each choice in the JEPA's recipe is worth: it is trained again without it, for the same few minutes.

Each variant differs from ``shipped`` in one thing. All are read by a probe fitted in the same way and judged on the
same validation clips, on four cases alike: ``drop`` with one and with three balls, ``wall`` and ``occluder``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.evaluation.forecast import clip_errors, make_clips
from core.evaluation.metrics import interval
from core.evaluation.scoreboard import CASES, store, stored
from core.models.jepa import Jepa
from core.models.learned import JepaModel
from core.models.probe import SEEN, States, displacements, r2_score
from core.models.trunk import Trunk, TrunkConfig
from core.paths import RESULTS, cache_folder
from core.training.clips import Clips, open_clips
from core.training.loop import Moment, fit
from core.training.plans import CHECK, ROLL_OUTS, TRAIN, RollOuts
from core.training.probing import encode_all, fit_probe, pairs
from core.training.recipes import GUARDED, AntiCollapse, JepaRecipe

STEPS = (1, 4, 8, 16)
_STORED = "ablations"
JUDGED_ON = ("drop, one ball", "drop, three balls", "wall", "occluder")  # of the scoreboard's cases
_FIRST_SEED = 1_500_000  # of the validation clips that variants are judged on
_JUDGED, _TAUGHT, _STRIDE = 64, 1500, 10


@dataclass(frozen=True)
class Variant:
    """One thing done otherwise than in the shipped recipe.

    Attributes:
        told: What, for people.
        change: Alters a fresh network, where settings are not enough.
        most_balls: The most balls in the clips of the first third of the minutes (a curriculum); 3 is all.
    """

    told: str
    guard: AntiCollapse = GUARDED
    config: TrunkConfig = TrunkConfig()  # noqa: RUF009 (frozen)
    roll_outs: RollOuts = ROLL_OUTS
    change: Callable[[Jepa], None] = lambda jepa: None
    most_balls: int = 3


class Forgetful(Trunk):
    """A trunk that has no memory but the last latent and its change."""

    def forward(self, latent: torch.Tensor, before: torch.Tensor, memory: torch.Tensor):
        return super().forward(latent, before, self.start(latent))


def _forget(jepa: Jepa) -> None:
    jepa.predictor.trunk = Forgetful(jepa.config)


def _drop_out(jepa: Jepa) -> None:
    jepa.predictor.head = nn.Sequential(nn.Dropout2d(0.1), jepa.predictor.head)


VARIANTS: dict[str, Variant] = {
    "shipped": Variant("the shipped recipe"),
    "vector": Variant("one latent vector of 128 for a frame", config=TrunkConfig(dim=128, memory=256, grid=1)),
    "no-memory": Variant("no memory in the predictor", change=_forget),
    "one-step": Variant("trained one step ahead only", roll_outs=((1.0, 1),)),
    "four-steps": Variant("trained 4 steps ahead at most", roll_outs=((1.0, 4),)),
    "eight-steps": Variant("trained 8 steps ahead at most", roll_outs=((0.1, 4), (1.0, 8))),
    "sigreg": Variant("SIGReg within the clip for variance and covariance", guard=AntiCollapse(0.0, 0.0, 10.0)),
    "weak-decorrelation": Variant("decorrelation weighs 0.1 for 4", guard=replace(GUARDED, correlation=0.1)),
    "dropout": Variant("dropout of a tenth of the predictor's channels", change=_drop_out),
    "context-8": Variant("8 context frames for 4", config=TrunkConfig(context=8)),
    "curriculum": Variant("clips of one ball for the first third", most_balls=1),
    "small-memory": Variant("32 channels of memory for 56", config=TrunkConfig(memory=32)),
}


def measure_variant(
    name: str,
    minutes: float,
    seed: int,
    report: Callable[[Moment], None] = lambda moment: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict | None:
    """Train a variant and judge it; a stopped one goes on when it is asked for again.

    Returns:
        ``name``, ``told``, ``minutes``, ``cpu_minutes``, ``seed``, ``steps`` (of training), ``position_error`` (an
        interval for each of ``STEPS`` over the clips of all cases), the same by ``cases``, ``r2`` and ``velocity_r2``
        on true frames; None if cancelled.

    Raises:
        ValueError: There is no such variant.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no variant called {name!r}; there are {', '.join(VARIANTS)}.")
    variant, clips, check = VARIANTS[name], open_clips(TRAIN), open_clips(CHECK)
    recipe = JepaRecipe(check, seed, variant.guard, variant.config, variant.roll_outs)
    variant.change(recipe.module)
    folder = cache_folder() / "runs" / f"ablation-{name}-seed{seed}-{minutes:g}min"
    settings = {"seed": seed, "report": report, "cancelled": cancelled, "measure_seconds": float("inf")}
    stages = [(minutes, clips)]
    if variant.most_balls < 3:
        stages.insert(0, (minutes / 3, _few_balls(clips, variant.most_balls)))
    for until, shown in stages:
        run = fit(recipe, shown, folder, minutes=until, **settings)
        if run.spent < 60 * until:
            return None
    probe = fit_probe(*_latents(recipe.module, clips), seed)
    model = JepaModel(recipe.module, probe, None, name, variant.told)
    held = Clips(check.frames[-_JUDGED:], States(*(part[-_JUDGED:] for part in vars(check.states).values())))
    places = probe.locate(encode_all(recipe.module.encode, held.frames))
    errors = {case: _errors(model, case) for case in JUDGED_ON}  # each [B, 16]
    shutil.rmtree(folder)
    return {
        "name": name, "told": variant.told, "minutes": minutes, "cpu_minutes": round(run.cpu / 60, 1), "seed": seed,
        "steps": run.step, "position_error": _told(np.concatenate(list(errors.values()))),
        "cases": {case: _told(table) for case, table in errors.items()},
        "r2": r2_score(held.states.positions, places, held.states.visible > SEEN),
        "velocity_r2": r2_score(*displacements(held.states.positions, places, held.states.visible)),
    }  # fmt: skip


def add_run(run: dict, folder: Path = RESULTS) -> Path:
    """Put a run beside the stored ones, in the place of an older one of the same name, minutes and seed."""
    kept = [old for old in (stored(_STORED, folder) or {"runs": []})["runs"] if _key(old) != _key(run)]
    order = list(VARIANTS)
    runs = sorted([*kept, run], key=lambda one: (order.index(one["name"]), one["seed"], one["minutes"]))
    return store(_STORED, {"runs": runs}, folder, command="worldscope evaluate ablations")


def _key(run: dict) -> tuple:
    return run["name"], run["minutes"], run["seed"]


def _latents(jepa: Jepa, clips: Clips) -> tuple[np.ndarray, States]:
    few = pairs(clips, _TAUGHT, _STRIDE)
    return encode_all(jepa.eval().encode, few.frames), few.states


def _errors(model: JepaModel, case: str) -> np.ndarray:
    protocol = replace(CASES[case], seed=_FIRST_SEED, clips=_JUDGED, context=model.context)
    return clip_errors(model, make_clips(protocol, lambda *a: None), protocol.context, protocol.horizon)


def _told(errors: np.ndarray) -> list[dict]:
    return [vars(interval(errors[:, step - 1])) for step in STEPS]


def _few_balls(clips: Clips, most: int) -> Clips:
    chosen = np.flatnonzero(clips.states.visible.max(axis=1).astype(bool).sum(axis=-1) <= most)
    return Clips(clips.frames[chosen], States(*(part[chosen] for part in vars(clips.states).values())))
