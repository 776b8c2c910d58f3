"""What is measured of a model during its training: does it know where things are, and is it collapsing?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from core.embedding.rank_metrics import effective_rank, moving_share
from core.evaluation.positions import position_errors, predicted_positions
from core.metrics import persistence_skill
from core.models.forecast.jepa import Jepa
from core.models.forecast.models import JepaModel
from core.models.protocols import WorldModel
from core.models.tensors import grid, tokens
from core.readouts.protocols import Reader
from core.readouts.states import SEEN, displacements, r2_score
from core.training.clip_cache import Clips
from core.training.probing import encode_all, fit_probe, known_states, pairs

_PROBE_CLIPS, _TEST_CLIPS = 240, 48  # validation clips that the quick probe learns from and is tested on
_STRIDE = 8  # frames between the pairs of frames that it learns from
_STEPS = (1, 4, 8)
_SPREADS: dict[str, Callable[[np.ndarray], float]] = {
    "least": np.min,
    "median": np.median,
    "largest": np.max,
}  # over the dimensions


def jepa_measures(jepa: Jepa, check: Clips, context: int) -> dict[str, float]:
    """Quick scores on validation clips, the most important one first.

    R² of positions and of velocities (over one frame) if they have a read-out; skill of the latent forecast against
    copying the last latent; and signs of collapse: the share of the latents that moves within a clip, the effective
    rank of what moves, and the standard deviation over time of the least, the median and the most variable dimension.
    """
    held = slice(-_TEST_CLIPS, None)
    latents = encode_all(jepa.encode, check.frames[held])  # [B, T, N, D]
    scores = _probe_scores(jepa, check, latents) if check.readout is not None else {}
    future = slice(context, context + max(_STEPS))
    with torch.inference_mode():
        predicted = tokens(jepa.predictor(grid(latents[:, :context]), max(_STEPS)))
    skill = persistence_skill(predicted, latents[:, future], latents[:, context - 1 : context]).steps
    scores |= {f"skill at {_steps(step)}": float(skill[step - 1]) for step in _STEPS}
    moving = latents - latents.mean(axis=1, keepdims=True)
    rank = effective_rank(moving.reshape(-1, latents.shape[-1]))
    spread = moving.std(axis=(0, 1, 2))  # [D]
    scores |= {f"{which} spread": float(of(spread)) for which, of in _SPREADS.items()}
    return scores | {"moving share": float(moving_share(latents).mean()), "effective rank": rank}


def forecast_errors(model: WorldModel, reader: Reader, check: Clips) -> dict[str, float]:
    """Position errors some steps ahead, in frame widths, on the validation clips that the quick probe is tested on."""
    states = known_states(check.take(slice(-_TEST_CLIPS, None)))
    c = model.context
    context, future = check.frames[-_TEST_CLIPS:, :c], slice(c, c + max(_STEPS))
    positions, _ = predicted_positions(model, reader, context, model.predict(context, max(_STEPS)))
    seen = states.visible[:, future] > SEEN
    errors = np.nanmean(position_errors(positions, states.positions[:, future], seen), axis=0)
    return {f"error at {_steps(step)}": float(errors[step - 1]) for step in _STEPS}


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _probe_scores(jepa: Jepa, check: Clips, latents: np.ndarray) -> dict[str, float]:
    few = pairs(check, _PROBE_CLIPS, _STRIDE)
    held = known_states(check.take(slice(-_TEST_CLIPS, None)))
    encoded = encode_all(jepa.encode, few.frames)
    with torch.enable_grad(), torch.inference_mode(False):
        probe = fit_probe(encoded, few, steps=400)
    places = probe.read(latents)
    return {
        "position R²": r2_score(held.positions, places, held.visible > SEEN),
        "velocity R²": r2_score(*displacements(held.positions, places, held.visible)),
    } | forecast_errors(JepaModel(jepa, "checked", "checked"), probe, check)
