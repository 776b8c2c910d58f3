"""What is true of a model, as nearly as can be had without formulas: units whose noise is spread evenly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.scm.interventions import Do
from core.causal.scm.mechanisms import Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model


@dataclass(frozen=True)
class ClickThrough:
    """How often a recommender's advert is clicked; shares from 0 to 1.

    Attributes:
        seen: By those who do by themselves what it takes for the cause.
        everybody: By all, left alone.
        acting: By all, once it makes them do it.
        pushed: By those among them who would not have done it by themselves.
        without: By all, once it makes them do it, while what it overlooks is away.
    """

    seen: float
    everybody: float
    acting: float
    pushed: float
    without: float


def stratified_noise(model: Model, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Noise that has each node's own distribution evenly, with nodes shuffled against one another (McKay, Beckman and
    Conover 1979): means of it are nearer the truth than those of noise that is drawn. A choice's is drawn.

    Args:
        count: How many units, at least 1.
    """
    return {node: _even(mechanism, count, rng) for node, mechanism in model.mechanisms.items()}


def click_through(
    model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str, overlooked: str
) -> ClickThrough:
    """Click-through of a recommender that takes the exposure for the cause of clicks: as it sees it, and once it sets
    the exposure to 1 itself. Exposure and outcome are 0 or 1; their chances count, not their draws.

    Args:
        overlooked: The node that moves both.

    Raises:
        MechanismError: Exposure or outcome is not 0 or 1.
    """
    does, clicks = model.mechanisms[exposure], model.mechanisms[outcome]
    for node, mechanism in ((exposure, does), (outcome, clicks)):
        if not isinstance(mechanism, Threshold):
            raise MechanismError(f"{node} must be 0 or 1 by chance, as in {node} = bernoulli(0.2).")
    alone, acting = model.simulate(noise), model.simulate(noise, Do(exposure, 1.0))
    away = model.simulate(noise, Do(exposure, 1.0), Do(overlooked, 0.0))
    chance = np.broadcast_to(does.expected(alone.values), len(alone))
    clicked = np.broadcast_to(clicks.expected(acting.values), len(alone))
    return ClickThrough(
        _mean(clicked, chance),
        _mean(clicks.expected(alone.values)),
        _mean(clicked),
        _mean(clicked, 1 - chance),
        _mean(clicks.expected(away.values)),
    )


def _mean(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Not a number where nobody counts."""
    if weights is not None and not weights.sum() > 0:
        return float("nan")
    return float(np.average(values, weights=weights))


def _even(mechanism: Mechanism, count: int, rng: np.random.Generator) -> np.ndarray:
    if isinstance(mechanism, Categorical):
        return mechanism.draw(count, rng)
    return mechanism.quantile((rng.permutation(count) + 0.5) / count)
