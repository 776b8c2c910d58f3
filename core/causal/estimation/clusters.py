"""Errors of rows that belong together, such as pupils of a school (Liang and Zeger 1986)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.causal.estimation.least_squares import norm
from core.causal.estimation.question import Estimate, EstimateError

FEW_CLUSTERS = 30


def check_clusters(clusters: np.ndarray) -> None:
    """Refuse clusters ``[N]`` from which no standard error can be computed.

    Raises:
        EstimateError: There is only one.
    """
    if len(np.unique(clusters)) < 2:
        raise EstimateError("Clustered errors need at least two clusters; choose another column.")


def clustered(estimate: Estimate, clusters: np.ndarray) -> Estimate:
    """The estimate with an error that allows for clusters, by the t distribution with one degree of freedom less than
    there are clusters; with a note if the method does not allow for them.

    Args:
        clusters: The cluster of each row ``[rows]``.
    """
    if estimate.influence is None:
        note = "; ".join(filter(None, [estimate.note, "its interval does not allow for the clusters"]))
        return replace(estimate, note=note)
    index = np.unique(clusters, return_inverse=True)[1].reshape(-1)
    count = int(index.max()) + 1
    error = norm(np.bincount(index, estimate.influence)) * np.sqrt(count / (count - 1))
    return replace(estimate, error=float(error), freedom=float(count - 1), ratio=None)
