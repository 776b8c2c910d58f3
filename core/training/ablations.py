"""Measures what each choice in the JEPA's recipe is worth: variants are trained for the same few minutes.

Each variant differs from ``base`` in one thing, after which it is named; ``shipped`` combines what helped. All variants
see the same clips in the same order and, except for ``context-8``, the same windows. All are read by a probe fitted in
the same way, and predict the same frames of the same validation clips: those from ``FIRST_PREDICTED`` on, each from as
many frames before as its context has.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from core.evaluation.ablations import AblationProtocol, AblationRun, store_run
from core.evaluation.forecast import make_clips
from core.evaluation.positions import position_errors, predicted_positions, truth_of
from core.evaluation.scoreboard import CASES
from core.models.forecast.models import JepaModel
from core.paths import RESULTS, cache_folder
from core.readouts.protocols import Reader
from core.readouts.states import SEEN, displacements, r2_score
from core.results import provenance
from core.training.ablation_variants import variant_named
from core.training.clip_cache import open_clips
from core.training.loop import Moment, fit
from core.training.plan import CHECK, TRAIN
from core.training.probing import encode_all, fit_probe, known_states, pairs
from core.training.train import check_folder, check_minutes

STEPS = (1, 4, 8, 16)
TEST_CASES = ("drop, one ball", "drop, three balls", "wall", "occluder")  # of the scoreboard
FIRST_PREDICTED = 8  # frame
_FIRST_SEED = 1_500_000  # of the validation clips that variants are tested on
_TEST_CLIPS, _PROBE_CLIPS, _STRIDE = 64, 1500, 10


def run_variant(
    name: str,
    minutes: float,
    seed: int,
    folder: Path = RESULTS,
    report: Callable[[Moment], None] = lambda moment: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> AblationRun | None:
    """Train a variant, test it and store the run. A cancelled training continues with the next call.

    Args:
        name: One of ``VARIANTS``.
        minutes: Training time, in processor minutes.
        seed: Of the first weights and the order of the clips.
        folder: Of the results.
        report: Called after each step.
        cancelled: Whether to stop.

    Returns:
        The run that was stored; None if cancelled.

    Raises:
        ValueError: There is no such variant, the minutes are out of bounds, or the folder can't be written.
    """
    variant = variant_named(name)
    check_minutes(minutes)
    check_folder(folder)
    clips, check = open_clips(TRAIN), open_clips(CHECK)
    recipe = variant.recipe(check, seed, variant.anti_collapse, variant.config, variant.schedule)
    variant.change(recipe.module)
    key = variant.settings_key
    place = cache_folder() / "runs" / f"ablation-{name}-seed{seed}-{minutes:g}min-{key}"
    recipe.draw_batch(clips, seed, 0, 0.0)  # a curriculum copies its clips before the minutes count
    run = fit(
        recipe,
        clips,
        place,
        minutes=minutes,
        seed=seed,
        report=report,
        cancelled=cancelled,
        measure_seconds=None,
        clock=time.process_time,  # other load on the machine must not favour one variant
    )
    if run.spent < 60 * minutes:
        return None
    few = pairs(clips, _PROBE_CLIPS, _STRIDE)
    probe = fit_probe(encode_all(recipe.module.encode, few.frames), few, seed)
    model, held = (
        JepaModel(recipe.module, name, variant.description),
        check.take(np.arange(-_TEST_CLIPS, 0)),
    )
    states, places = known_states(held), probe.read(encode_all(recipe.module.encode, held.frames))
    found = AblationRun(
        protocol=AblationProtocol(name, key, minutes, seed, STEPS),
        description=variant.description,
        steps=run.step,
        cpu_minutes=round(run.cpu / 60, 1),
        threads=torch.get_num_threads(),
        errors={case: _errors(model, probe, case).round(5) for case in TEST_CASES},
        r2=r2_score(states.positions, places, states.visible > SEEN),
        velocity_r2=r2_score(*displacements(states.positions, places, states.visible)),
        provenance=provenance(f"worldscope evaluate ablations {name} --minutes {minutes:g} --seed {seed}"),
    )
    store_run(found, folder)
    shutil.rmtree(place)
    return found


def _errors(model: JepaModel, probe: Reader, case: str) -> np.ndarray:
    """Position errors at ``STEPS`` in frame widths, ``[64, 4]``."""
    horizon = max(STEPS)
    protocol = replace(CASES[case], seed=_FIRST_SEED, clips=_TEST_CLIPS, context=FIRST_PREDICTED, horizon=horizon)
    clips = make_clips(protocol, lambda what, share: None)
    positions, seen = truth_of(clips, FIRST_PREDICTED, horizon)
    frames = np.stack([clip.frames[FIRST_PREDICTED - model.context : FIRST_PREDICTED] for clip in clips])
    predicted = predicted_positions(model, probe, frames, model.predict(frames, horizon))[0]
    return position_errors(predicted, positions, seen)[:, [step - 1 for step in STEPS]]
