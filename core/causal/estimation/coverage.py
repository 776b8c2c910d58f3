"""Coverage: how often a 95 % interval contains the truth, on data drawn again and again from a known model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError, Method, Question
from core.causal.scm.model import Model
from core.statistics import wilson_interval

MOST_RUNS = 10_000


@dataclass(frozen=True)
class Coverage:
    """The coverage of an interval.

    Attributes:
        covered: How many intervals contain the truth.
        runs: The number of intervals.
        failed: How many further runs gave no estimate.
        bias: The mean distance of the estimates from the truth.
        width: The mean width of the intervals.
    """

    covered: int
    runs: int
    failed: int
    bias: float
    width: float

    @property
    def share(self) -> float:
        """The share of intervals that contain the truth."""
        return self.covered / self.runs

    @property
    def low(self) -> float:
        """The lower limit of the share's 95 % interval (Wilson 1927)."""
        return wilson_interval(self.covered, self.runs)[0]

    @property
    def high(self) -> float:
        """The upper limit of the share's 95 % interval (Wilson 1927)."""
        return wilson_interval(self.covered, self.runs)[1]


def coverage(
    model: Model,
    question: Question,
    estimate: Method,
    truth: float,
    count: int,
    runs: int,
    rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Coverage:
    """The coverage of a method's 95 % interval in a model. Latent nodes are withheld from the estimate.

    Args:
        estimate: The method, such as ``core.causal.estimation.adjustment.regression``.
        truth: The effect in the model; see ``core.causal.scm.ladder.effect``.
        count: Rows of each run.
        runs: How many times data are drawn.
        report: Receives the share of the work that is done.
        cancelled: Is called before each run; if it returns true, the runs so far count.

    Raises:
        EstimateError: There are too few or too many runs, or none gave an estimate.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise EstimateError(f"The number of runs must be from 1 to {MOST_RUNS:,}, not {runs:,}.")
    found, failed, reason = [], 0, "the calculation was cancelled before the first run"
    for i in range(runs):
        if cancelled():
            break
        try:
            found.append(estimate(_measured(model, count, rng), question))
        except EstimateError as error:
            failed, reason = failed + 1, str(error).rstrip(".")
        report((i + 1) / runs)
    if not found:
        raise EstimateError(f"No run gave an estimate: {reason}.")
    covered = sum(one.low <= truth <= one.high for one in found)
    bias = float(np.mean([one.value for one in found])) - truth
    return Coverage(covered, len(found), failed, bias, float(np.mean([one.high - one.low for one in found])))


def _measured(model: Model, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    values = model.simulate(model.draw_noise(count, rng)).values
    return {node: np.array(column) for node, column in values.items() if node not in model.latent}
