"""NOTEARS (Zheng, Aragam, Ravikumar and Xing 2018): a graph by smooth optimisation; and what it lives on, the order of
variances (Reisach, Seiler and Weichwald 2021)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.causal.discovery.pc import Pattern, check_columns
from core.causal.graphs.graph import CausalGraph

_PENALTIES, _STEPS, _ENOUGH = 12, 300, 1e-8


def notears(columns: Mapping[str, np.ndarray], sparsity: float = 0.05, threshold: float = 0.3) -> Pattern:
    """Linear NOTEARS: least squares, few arrows, no cycle. All that it finds is directed.

    Args:
        columns: For each name ``[n]``, at most 50; their means are taken off, their variances are left.
        sparsity: What an arrow's weight costs.
        threshold: Arrows of less weight are left out; more is left out if a cycle remains.

    Raises:
        EstimateError: Fewer than two columns or more than 50, a constant one, or too few rows.
    """
    check_columns(columns)
    names = tuple(columns)
    data = np.stack([column - column.mean() for column in columns.values()], axis=1)  # [n, d]
    weights = _weights(data.T @ data / len(data), sparsity)
    for limit in sorted({threshold, *np.abs(weights[np.abs(weights) > threshold])}):
        kept = np.abs(weights) > limit if limit > threshold else np.abs(weights) >= threshold
        if _has_no_cycle(kept):
            break
    return Pattern(names, frozenset((names[i], names[j]) for i, j in np.argwhere(kept)), frozenset())


def varsortability(columns: Mapping[str, np.ndarray], graph: CausalGraph) -> float:
    """Among ends of directed paths of each length, the share where the variance grows from cause to effect (Reisach et
    al. 2021, equation 1). 1: sorting by variance finds the order; 0.5: it tells nothing. NaN without arrows."""
    names = [node for node in graph.nodes if node in columns]
    edges = np.array([[(one, other) in graph.edges for other in names] for one in names], float)
    variance = np.array([np.var(columns[name]) for name in names])
    ratio = variance[None, :] / variance[:, None]
    grows = np.where(np.isclose(ratio, 1, rtol=1e-9), 0.5, ratio > 1)
    paths, good, whole = edges, 0.0, 0
    while paths.any():
        good, whole = good + float(grows[paths > 0].sum()), whole + int((paths > 0).sum())
        paths = np.minimum(paths @ edges, 1)
    return good / whole if whole else float("nan")


def _weights(covariance: np.ndarray, sparsity: float) -> np.ndarray:
    """Weights ``[from, to]`` that minimise half the squared error plus ``sparsity`` times their sum, without a cycle:
    by the augmented Lagrangian, positive and negative parts apart."""
    from scipy.linalg import expm
    from scipy.optimize import minimize

    size = len(covariance)
    price, penalty, before = 0.0, 1.0, np.inf
    bounds = [(0, 0) if i == j else (0, None) for _ in range(2) for i in range(size) for j in range(size)]
    parts = np.zeros(2 * size * size)

    def matrix(parts: np.ndarray) -> np.ndarray:
        return (parts[: size * size] - parts[size * size :]).reshape(size, size)

    def cost(parts: np.ndarray) -> tuple[float, np.ndarray]:
        weights = matrix(parts)
        left = np.eye(size) - weights
        around = expm(weights * weights)
        cycles = np.trace(around) - size
        value = 0.5 * np.trace(left.T @ covariance @ left) + 0.5 * penalty * cycles**2 + price * cycles
        slope = -covariance @ left + (penalty * cycles + price) * around.T * weights * 2
        return value + sparsity * parts.sum(), np.concatenate([slope.ravel(), -slope.ravel()]) + sparsity

    for _ in range(_PENALTIES):
        parts = minimize(cost, parts, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS}).x
        weights = matrix(parts)
        cycles = float(np.trace(expm(weights * weights)) - size)
        if cycles < _ENOUGH:
            break
        price += penalty * cycles
        penalty *= 10 if cycles > 0.25 * before else 1
        before = cycles
    return matrix(parts)


def _has_no_cycle(kept: np.ndarray) -> bool:
    left = list(range(len(kept)))
    while left:
        free = [node for node in left if not kept[np.ix_(left, [node])].any()]
        if not free:
            return False
        left = [node for node in left if node not in free]
    return True
