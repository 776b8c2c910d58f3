"""Maps by UMAP, an optional part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.embedding.projection import Projection, pca

_SEARCHED = 50  # principal components that the neighbours are sought in, as for t-SNE


def check_umap(count: int, neighbours: int) -> None:
    """Refuse what UMAP can't do.

    Raises:
        ValueError: Says what was wrong.
    """
    if count < 10:
        raise ValueError(f"UMAP needs at least 10 rows, not {count}; use PCA.")
    if not 2 <= neighbours < count:
        raise ValueError(f"The neighbours of {count:,} rows must be from 2 to {count - 1:,}, not {neighbours:,}.")


def umap(
    rows: np.ndarray,
    neighbours: int = 15,
    least_distance: float = 0.1,
    seed: int = 0,
    report: Callable[[float], None] = lambda share: None,
) -> Projection:
    """Returns a map by UMAP (McInnes et al. 2018) of all rows, from their first 50 principal components.

    Args:
        rows: ``[N, D]``.
        neighbours: How many neighbours of each row count, at least 2.
        least_distance: How close points may lie on the map, 0 to 0.99.
        seed: Of its random numbers.
        report: Called with 0 before it starts; to stop then, raise from it.

    Raises:
        ValueError: The optional part is not installed, too few rows, or a setting out of bounds.
    """
    check_umap(len(rows), neighbours)
    try:
        from umap import UMAP
    except ImportError as error:
        raise ValueError("UMAP is not installed; run: pip install 'worldscope[umap]'") from error
    report(0.0)
    few = pca(rows, min(_SEARCHED, rows.shape[1])).points
    model = UMAP(n_neighbors=neighbours, min_dist=least_distance, random_state=seed, n_jobs=1)
    points = np.asarray(model.fit_transform(few), np.float32)
    report(1.0)
    settings = f"{neighbours} neighbours, minimum distance {least_distance:g}, seed {seed}"
    return Projection(points, (), f"UMAP of {len(rows):,} rows, {settings}")
