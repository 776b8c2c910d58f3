"""NOTEARS: a graph by continuous optimisation (Zheng, Aragam, Ravikumar and Xing 2018); and varsortability, the order
of variances that it exploits (Reisach, Seiler and Weichwald 2021)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.causal.discovery.pc import Pattern, check_columns
from core.causal.graphs.graph import CausalGraph

_PENALTIES, _STEPS, _TOLERANCE = 12, 300, 1e-8


def notears(columns: Mapping[str, np.ndarray], sparsity: float = 0.05, threshold: float = 0.3) -> Pattern:
    """The graph that linear NOTEARS finds: least squares with few arrows and no cycle. All its edges are directed.

    Args:
        columns: By name ``[rows]``, at most 50. They are centred, but not scaled.
        sparsity: The penalty on the weights.
        threshold: The smallest weight of an arrow; it is raised if a cycle remains.

    Raises:
        EstimateError: There are fewer than 2 or more than 50 columns, a constant one, or too few rows.
    """
    check_columns(columns)
    names = tuple(columns)
    data = np.stack([column - column.mean() for column in columns.values()], axis=1)  # [n, d]
    weights = _weights(data.T @ data / len(data), sparsity)
    for limit in sorted({threshold, *np.abs(weights[np.abs(weights) > threshold])}):
        kept = np.abs(weights) > limit if limit > threshold else np.abs(weights) >= threshold
        if _is_acyclic(kept):
            break
    return Pattern(names, frozenset((names[i], names[j]) for i, j in np.argwhere(kept)), frozenset())


def varsortability(columns: Mapping[str, np.ndarray], graph: CausalGraph) -> float:
    """The share of directed paths, among those of each length, along which the variance grows from cause to effect
    (Reisach et al. 2021, equation 1). 1: sorting by variance finds the causal order; 0.5: variances say nothing. NaN
    without arrows. Columns are ``[N]`` each."""
    names = [node for node in graph.nodes if node in columns]
    edges = np.array([[(one, other) in graph.edges for other in names] for one in names], float)
    variance = np.array([np.var(columns[name]) for name in names])
    ratio = variance[None, :] / variance[:, None]
    increases = np.where(np.isclose(ratio, 1, rtol=1e-9), 0.5, ratio > 1)
    paths, sorted_pairs, pairs = edges, 0.0, 0
    while paths.any():
        sorted_pairs, pairs = sorted_pairs + float(increases[paths > 0].sum()), pairs + int((paths > 0).sum())
        paths = np.minimum(paths @ edges, 1)
    return sorted_pairs / pairs if pairs else float("nan")


def _weights(covariance: np.ndarray, sparsity: float) -> np.ndarray:
    """Weights ``[from, to]`` that minimise half the squared error plus ``sparsity`` times their sum, without a cycle:
    by the augmented Lagrangian, with positive and negative parts as separate variables."""
    from scipy.linalg import expm
    from scipy.optimize import minimize

    size = len(covariance)
    multiplier, penalty, before = 0.0, 1.0, np.inf
    bounds = [(0, 0) if i == j else (0, None) for _ in range(2) for i in range(size) for j in range(size)]
    parts = np.zeros(2 * size * size)

    def matrix(parts: np.ndarray) -> np.ndarray:
        return (parts[: size * size] - parts[size * size :]).reshape(size, size)

    def cost(parts: np.ndarray) -> tuple[float, np.ndarray]:
        weights = matrix(parts)
        residual = np.eye(size) - weights
        exponential = expm(weights * weights)
        cycles = np.trace(exponential) - size
        value = 0.5 * np.trace(residual.T @ covariance @ residual) + 0.5 * penalty * cycles**2 + multiplier * cycles
        gradient = -covariance @ residual + (penalty * cycles + multiplier) * exponential.T * weights * 2
        return value + sparsity * parts.sum(), np.concatenate([gradient.ravel(), -gradient.ravel()]) + sparsity

    for _ in range(_PENALTIES):
        parts = minimize(cost, parts, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS}).x
        weights = matrix(parts)
        cycles = float(np.trace(expm(weights * weights)) - size)
        if cycles < _TOLERANCE:
            break
        multiplier += penalty * cycles
        penalty *= 10 if cycles > 0.25 * before else 1
        before = cycles
    return matrix(parts)


def _is_acyclic(kept: np.ndarray) -> bool:
    remaining = list(range(len(kept)))
    while remaining:
        roots = [node for node in remaining if not kept[np.ix_(remaining, [node])].any()]
        if not roots:
            return False
        remaining = [node for node in remaining if node not in roots]
    return True
