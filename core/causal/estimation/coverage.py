"""How often a 95 % interval holds the truth: draw rows again and again from a model whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError, Question
from core.causal.estimation.refuters import Method
from core.causal.scm.model import Model
from core.statistics import wilson_interval

MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Coverage:
    """What came of the re-runs.

    Attributes:
        held: How many intervals held the truth.
        rounds: Of how many.
        failed: How many more re-runs gave no estimate.
        bias: How far the estimates lie from the truth, in the mean.
        width: How wide the intervals are, in the mean.
        low, high: Wilson's 95 % interval of the share.
    """

    held: int
    rounds: int
    failed: int
    bias: float
    width: float

    @property
    def share(self) -> float:
        return self.held / self.rounds

    @property
    def low(self) -> float:
        return wilson_interval(self.held, self.rounds)[0]

    @property
    def high(self) -> float:
        return wilson_interval(self.held, self.rounds)[1]


def coverage(
    model: Model, question: Question, estimate: Method, truth: float, count: int, rounds: int,
    rng: np.random.Generator, report: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Coverage:  # fmt: skip
    """Share of re-runs whose 95 % interval holds the truth. Latent nodes are kept from the estimate.

    Args:
        estimate: What is tried, such as ``core.causal.estimation.adjustment.regression``.
        truth: The effect in the model; see ``core.causal.scm.ladder.effect``.
        count: Rows of each re-run.
        rounds: How many re-runs.
        report: Is told the share that is done.
        cancelled: Is asked before each re-run; what was done by then counts.

    Raises:
        EstimateError: Too few or too many rounds, or no re-run gave an estimate.
    """
    if not 1 <= rounds <= MOST_ROUNDS:
        raise EstimateError(f"Re-runs must be 1 to {MOST_ROUNDS:,}, not {rounds:,}.")
    found, failed, why = [], 0, "it was cancelled before the first"
    for i in range(rounds):
        if cancelled():
            break
        try:
            found.append(estimate(_seen(model, count, rng), question))
        except EstimateError as error:
            failed, why = failed + 1, str(error).rstrip(".")
        report((i + 1) / rounds)
    if not found:
        raise EstimateError(f"No re-run gave an estimate: {why}.")
    held = sum(one.low <= truth <= one.high for one in found)
    bias = float(np.mean([one.value for one in found])) - truth
    return Coverage(held, len(found), failed, bias, float(np.mean([one.high - one.low for one in found])))


def _seen(model: Model, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    values = model.simulate(model.draw_noise(count, rng)).values
    return {node: np.array(column) for node, column in values.items() if node not in model.latent}
