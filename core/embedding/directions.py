"""A map by a meaning: how far each row lies on the way from some rows to others."""

from __future__ import annotations

import numpy as np

from core.embedding.projection import Projection, pca
from core.wording import percent


def from_to(rows: np.ndarray, start: np.ndarray, end: np.ndarray, names: tuple[str, str]) -> Projection:
    """Returns a map whose first axis leads from the mean of some rows (0) to that of others (1); the second is the
    direction of the largest variance at right angles to it, in the same unit.

    Args:
        rows: ``[N, D]``.
        start, end: Places of the rows at both ends, ``int64 [n]``.
        names: What the ends are called.

    Raises:
        ValueError: Both ends are at the same place.
    """
    exact = rows.astype(np.float64)
    first, last = exact[start].mean(axis=0), exact[end].mean(axis=0)
    way = last - first
    length = float(np.linalg.norm(way))
    if length <= 1e-9 * max(float(np.abs(exact).max()), 1e-300):
        raise ValueError(f"{names[0]} and {names[1]} are at the same place; choose two ends that differ.")
    unit = way / length
    along = (exact - first) @ unit
    rest = exact - first - along[:, None] * unit
    beside = pca((rest / length).astype(np.float32), 1).points[:, 0]
    total = float(np.square(exact - exact.mean(axis=0)).sum())
    share = float(np.square(along - along.mean()).sum()) / total if total > 0 else 0.0
    axes = (f"from {names[0]} (0) to {names[1]} (1)", "largest variance at right angles to it")
    description = (
        f"{len(rows):,} rows along the line from the mean of {names[0]} ({len(start):,}) to that of {names[1]} "
        f"({len(end):,}), which holds {percent(share)} of the variance"
    )
    return Projection(np.column_stack([along / length, beside]).astype(np.float32), (), description, axes)
