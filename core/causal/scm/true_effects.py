"""True effects of a model, computed from units whose noise is stratified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.scm.interventions import Do
from core.causal.scm.mechanisms import Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model


@dataclass(frozen=True)
class ClickThrough:
    """The share of people, from 0 to 1, who click a recommender's advert.

    The recommender takes the exposure for the cause of clicks.

    Attributes:
        seen: Among those whose exposure is 1 by itself.
        everybody: Among all, without intervention.
        acting: Among all, once the recommender sets the exposure to 1.
        pushed: Among those of them whose exposure would have been 0.
        without: Among all, once the recommender acts, if what it overlooks is 0.
    """

    seen: float
    everybody: float
    acting: float
    pushed: float
    without: float


def stratified_noise(model: Model, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Returns noise by Latin hypercube sampling (McKay, Beckman and Conover 1979), whose means are closer to the truth
    than those of random noise: ``[count]`` for each node. The noise of a choice among K is random, ``[count, K]``.

    Args:
        model: The model.
        count: The number of units, at least 1.
        rng: For the order, and for choices.
    """
    return {node: _stratified(mechanism, count, rng) for node, mechanism in model.mechanisms.items()}


def click_through(
    model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str, overlooked: str
) -> ClickThrough:
    """Returns the click-through of a recommender that takes the exposure for the cause of clicks, as it sees it and
    once it sets the exposure to 1. The chances of exposure and outcome are averaged, not their draws.

    Args:
        model: The model.
        noise: The noise of its units, ``[N]`` for each node; ``[N, K]`` for a choice among K.
        exposure, outcome: Nodes of 0 or 1.
        overlooked: The common cause of both.

    Raises:
        MechanismError: Exposure or outcome is not 0 or 1.
    """
    exposed, clicks = (_threshold_of(model, node) for node in (exposure, outcome))
    alone, acting = model.simulate(noise), model.simulate(noise, Do(exposure, 1.0))
    away = model.simulate(noise, Do(exposure, 1.0), Do(overlooked, 0.0))
    chance = np.broadcast_to(exposed.expected(alone.values), len(alone))
    clicked = np.broadcast_to(clicks.expected(acting.values), len(alone))
    return ClickThrough(
        _mean(clicked, chance),
        _mean(clicks.expected(alone.values)),
        _mean(clicked),
        _mean(clicked, 1 - chance),
        _mean(clicks.expected(away.values)),
    )


def _threshold_of(model: Model, node: str) -> Threshold:
    mechanism = model.mechanisms[node]
    if not isinstance(mechanism, Threshold):
        raise MechanismError(f"{node} must be 0 or 1, such as {node} = bernoulli(0.2).")
    return mechanism


def _mean(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns a mean; NaN if all weights are 0."""
    if weights is not None and not weights.sum() > 0:
        return float("nan")
    return float(np.average(values, weights=weights))


def _stratified(mechanism: Mechanism, count: int, rng: np.random.Generator) -> np.ndarray:
    if isinstance(mechanism, Categorical):
        return mechanism.draw(count, rng)
    return mechanism.quantile((rng.permutation(count) + 0.5) / count)
