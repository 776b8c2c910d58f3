"""Bootstrap intervals: the estimate again on resampled rows (Efron 1979)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np

from core.causal.estimation.question import Estimate, EstimateError
from core.causal.tables.rows import Columns


def bootstrap_interval(
    rows: Columns,
    estimate: Callable[[Columns], Estimate],
    rounds: int,
    rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
) -> tuple[float, float]:
    """The 95 % percentile interval of an estimate over resampled rows.

    Args:
        report: Receives the share of the work that is done after each round; an exception that it raises ends the work.

    Raises:
        EstimateError: Less than half of the samples allow an estimate.
    """
    count = len(next(iter(rows.values())))
    values = []
    for i in range(rounds):
        sample = rng.integers(count, size=count)
        with contextlib.suppress(EstimateError):  # a sample without one of the arms
            values.append(estimate({name: column[sample] for name, column in rows.items()}).value)
        report((i + 1) / rounds)
    if len(values) < rounds / 2:
        raise EstimateError("Most bootstrap samples allow no estimate; there are too few rows.")
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
