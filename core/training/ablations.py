"""What each choice in the JEPA's recipe is worth: it is trained again without it, for the same few minutes.

Each variant differs from ``base`` in what it is called after; ``shipped`` is the recipe that came of them. All see the
same clips in the same order and, but for ``context-8``, the same windows of them. All are read by a probe fitted in the
same way, and are asked for the same frames of the same validation clips: those from ``ASKED_FROM`` on, each from as
many frames before them as it is made for.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from core.evaluation.ablations import BASE, AblationProtocol, AblationRun, store_run
from core.evaluation.forecast import make_clips
from core.evaluation.positions import position_errors, predicted_positions, truth_of
from core.evaluation.scoreboard import CASES
from core.models.forecast.jepa import Jepa
from core.models.forecast.models import JepaModel
from core.models.forecast.trunk import Trunk, TrunkConfig
from core.paths import RESULTS, cache_folder
from core.readouts.balls.probe import SEEN, displacements, r2_score
from core.results import provenance
from core.training.clips import Clips, open_clips, run_key
from core.training.loop import Moment, fit
from core.training.probing import ball_states, encode_all, fit_probe, pairs
from core.training.recipes import JepaRecipe
from core.training.shipped import BALLS, CHECK, GUARDED, PLAIN_GUARD, TRAIN, AntiCollapse, Asked
from core.training.train import check_folder, check_minutes

STEPS = (1, 4, 8, 16)
JUDGED_ON = ("drop, one ball", "drop, three balls", "wall", "occluder")  # of the scoreboard's cases
ASKED_FROM = 8  # frame
_FIRST_SEED = 1_500_000  # of the validation clips that variants are judged on
_JUDGED, _TAUGHT, _STRIDE = 64, 1500, 10
_LONG = Asked(((0.1, 4), (0.6, 8), (1.0, 16)))  # of the base recipe


@dataclass(frozen=True)
class OneBallFirst(Clips):
    """A curriculum: clips of one ball for the first third of a training."""

    @cached_property
    def few(self) -> Clips:
        balls = (self.arrays["visible"].max(axis=1) > 0).sum(axis=-1)  # [B]
        return self.take(np.flatnonzero(balls == 1))

    def at(self, progress: float) -> Clips:
        """The clips shown at a share of the training, 0 to 1."""
        return self.few if progress < 1 / 3 else self


class DroppedOut(JepaRecipe):
    """With a tenth of the predictor's channels dropped, by the step's own generator."""

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        def drop(module, given):
            kept = torch.rand(*given[0].shape[:2], 1, 1, generator=generator) >= 0.1
            return (given[0] * kept / 0.9,)

        hook = self.module.predictor.head.register_forward_pre_hook(drop)
        try:
            return super().losses(frames, progress, generator)
        finally:
            hook.remove()


class Forgetful(Trunk):
    """A trunk that has no memory but the last latent and its change."""

    def forward(self, latent: torch.Tensor, before: torch.Tensor, memory: torch.Tensor):
        return super().forward(latent, before, self.start(latent))


def _forget(jepa: Jepa) -> None:
    jepa.predictor.trunk.__class__ = Forgetful  # the same first weights


@dataclass(frozen=True)
class Variant:
    """One thing done otherwise than in the base recipe.

    Attributes:
        told: What, for people.
        guard, config, asked: As ``JepaRecipe`` takes them.
        recipe: Another recipe than the JEPA's own.
        clips: How the training clips are shown.
        change: Alters a fresh network, where settings are not enough.
    """

    told: str
    guard: AntiCollapse = PLAIN_GUARD
    config: TrunkConfig = TrunkConfig()  # noqa: RUF009 (frozen)
    asked: Asked = _LONG
    recipe: type[JepaRecipe] = JepaRecipe
    clips: type[Clips] = Clips
    change: Callable[[Jepa], None] = lambda jepa: None


VARIANTS: dict[str, Variant] = {
    BASE: Variant("the base recipe: trained 4, then 8, then 16 steps ahead"),
    "shipped": Variant(
        "as shipped: trained 1, then 4, then 8, then 16 steps ahead, and asked to tell colours apart",
        guard=GUARDED,
        asked=BALLS,
    ),
    "vector": Variant(
        "one latent vector of 128 for a frame (its probe is linear)", config=TrunkConfig(dim=128, memory=256, grid=1)
    ),
    "no-memory": Variant("no memory in the predictor", change=_forget),
    "one-step": Variant("trained one step ahead (its guard sees 5 frames)", asked=Asked(((1.0, 1),))),
    "four-steps": Variant("trained 4 steps ahead (its guard sees 8 frames)", asked=Asked(((1.0, 4),))),
    "eight-steps": Variant("trained 8 steps ahead at most", asked=Asked(((0.1, 4), (1.0, 8)))),
    "short-first": Variant("trained 1, then 4, then 8 steps ahead", asked=Asked(((0.3, 1), (0.6, 4), (1.0, 8)))),
    # Of the same weight as the hinge: a constant costs 0.2 x 12.5 here, and 0.5 x 5 there.
    "sigreg": Variant("SIGReg within the clip in place of variance and covariance", guard=AntiCollapse(0, 0, 12.5)),
    "weak-decorrelation": Variant("decorrelation weighs 0.1 for 4", guard=replace(PLAIN_GUARD, correlation=0.1)),
    "colour": Variant("asked to tell colours apart", guard=GUARDED),
    "dropout": Variant("a tenth of the predictor's channels dropped", recipe=DroppedOut),
    "context-8": Variant(
        "8 context frames for 4 (its windows are longer, so they start earlier)", config=TrunkConfig(context=8)
    ),
    "curriculum": Variant("clips of one ball for the first third", clips=OneBallFirst),
    "small-memory": Variant("32 channels of memory for 56", config=TrunkConfig(memory=32)),
}


def variant_named(name: str) -> Variant:
    """Find a variant.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no variant called {name!r}; there are {', '.join(VARIANTS)}.")
    return VARIANTS[name]


def run_variant(
    name: str,
    minutes: float,
    seed: int,
    folder: Path = RESULTS,
    report: Callable[[Moment], None] = lambda moment: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> AblationRun | None:
    """Train a variant, judge it and store what was found; a stopped one goes on when it is asked for again.

    Returns:
        The run that was stored; None if cancelled.

    Raises:
        ValueError: There is no such variant, minutes out of bounds, or a folder that can't be written.
    """
    variant = variant_named(name)
    check_minutes(minutes)
    check_folder(folder)
    clips, check = open_clips(TRAIN), open_clips(CHECK)
    recipe = variant.recipe(check, seed, variant.guard, variant.config, variant.asked)
    variant.change(recipe.module)
    key = run_key(TRAIN, (variant.guard, variant.config, variant.asked))
    place = cache_folder() / "runs" / f"ablation-{name}-seed{seed}-{minutes:g}min-{key}"
    settings = {"seed": seed, "report": report, "cancelled": cancelled, "measure_seconds": None}
    # Of the processor, on one thread: what else the machine does must not take from one variant and not from another.
    settings["clock"] = time.process_time
    shown = variant.clips(**vars(clips))
    shown.at(0.0)  # what has to be copied is copied before the minutes count
    run = fit(recipe, shown, place, minutes=minutes, **settings)
    if run.spent < 60 * minutes:
        return None
    few = pairs(clips, _TAUGHT, _STRIDE)
    probe = fit_probe(encode_all(recipe.module.encode, few.frames), ball_states(few), seed)
    model, held = JepaModel(recipe.module, probe, None, name, variant.told), check.take(np.arange(-_JUDGED, 0))
    states, places = ball_states(held), probe.locate(encode_all(recipe.module.encode, held.frames))
    found = AblationRun(
        protocol=AblationProtocol(name, key, minutes, seed, STEPS),
        description=variant.told,
        steps=run.step,
        cpu_minutes=round(run.cpu / 60, 1),
        threads=torch.get_num_threads(),
        errors={case: _errors(model, case).round(5) for case in JUDGED_ON},
        r2=r2_score(states.positions, places, states.visible > SEEN),
        velocity_r2=r2_score(*displacements(states.positions, places, states.visible)),
        provenance=provenance(f"worldscope evaluate ablations {name} --minutes {minutes:g} --seed {seed}"),
    )
    store_run(found, folder)
    shutil.rmtree(place)
    return found


def _errors(model: JepaModel, case: str) -> np.ndarray:
    """Position errors at ``STEPS``, ``[64, 4]``."""
    horizon = max(STEPS)
    protocol = replace(CASES[case], seed=_FIRST_SEED, clips=_JUDGED, context=ASKED_FROM, horizon=horizon)
    clips = make_clips(protocol, lambda what, share: None)
    positions, seen = truth_of(clips, ASKED_FROM, horizon)
    frames = np.stack([clip.frames[ASKED_FROM - model.context : ASKED_FROM] for clip in clips])
    guesses = predicted_positions(model, frames, model.predict(frames, horizon))[0]
    return position_errors(guesses, positions, seen)[:, [step - 1 for step in STEPS]]
