"""Maps of an embedding: PCA and t-SNE, with what each of them keeps and loses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

PRE = 50  # principal components that t-SNE starts from (van der Maaten and Hinton 2008, section 4)
EARLY, ITERATIONS = 250, 500  # of t-SNE, with early exaggeration and without
_EVERY = 10  # iterations between reports
_SEEKING = 0.2  # of the time that t-SNE takes, about: for the neighbours of every row
_AT_ONCE = 1000  # rows whose neighbours are sought between reports
_MOST_EVALUATED, _NEIGHBOURS = 1000, 12


@dataclass(frozen=True)
class Projection:
    """Rows on a map.

    Attributes:
        points: ``float32 [N, 2 or 3]``.
        explained: Share of the variance along each axis; empty where axes mean nothing (t-SNE).
        description: How it was made.
        axes: What the axes are, where they have a meaning other than a share of the variance.
    """

    points: np.ndarray
    explained: tuple[float, ...]
    description: str
    axes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Faithfulness:
    """How far neighbourhoods on a map can be trusted (Venna and Kaski 2001): about 0.5 by chance, 1 at best.

    Attributes:
        trustworthiness: Low if the map shows distant rows close together.
        continuity: Low if the map separates neighbours.
        evaluated: How many rows it was measured on.
    """

    trustworthiness: float
    continuity: float
    evaluated: int


def pca(rows: np.ndarray, axes: int = 2) -> Projection:
    """Principal components of ``[N, D]``; axes that the rows don't have are 0."""
    points = np.zeros((len(rows), axes), np.float32)
    if (rows == rows[:1]).all():  # one point has no axes
        return Projection(points, (0.0,) * axes, f"PCA of {len(rows):,} rows that are all the same, {axes} axes")
    # The mean is taken off here: scikit-learn takes it off a product in single precision, of which a large one leaves
    # nothing else.
    mean, moved = rows.mean(axis=0, dtype=np.float64), np.empty(rows.shape, np.float32)
    rows = np.subtract(rows, mean, out=moved, casting="same_kind")
    scale = float(np.abs(rows).max())  # squares of very large or small numbers are none in single precision
    rows /= scale
    kept = min(axes, *rows.shape)
    solver = "covariance_eigh" if rows.shape[1] <= 2048 else "randomized"
    fitted = PCA(kept, svd_solver=solver, random_state=0).fit(rows)
    points[:, :kept] = scale * fitted.transform(rows)
    explained = fitted.explained_variance_ratio_.tolist() + [0.0] * (axes - kept)
    return Projection(points, tuple(explained), f"PCA of {len(rows):,} rows, {axes} axes")


def tsne(
    rows: np.ndarray,
    perplexity: float = 30.0,
    seed: int = 0,
    exaggeration: float = 12.0,
    report: Callable[[float], None] = lambda share: None,
) -> Projection:
    """t-SNE of all rows, from their first 50 principal components and started at the first two.

    Args:
        rows: ``[N, D]``.
        perplexity: Roughly the number of neighbours that count; at most a third of the rows.
        seed: Seed of the small noise that is added to the start.
        exaggeration: Early exaggeration.
        report: Called with the share that is done, 0 to 1; it stops the work by raising an exception.

    Raises:
        ValueError: Too few rows, or a setting out of bounds.
    """
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    check_tsne(len(rows), perplexity, exaggeration)
    report(0.0)

    def watch(iteration: int, error: float, embedding: np.ndarray) -> None:
        done[0] += _EVERY
        report(_SEEKING + (1 - _SEEKING) * min(1.0, done[0] / (EARLY + ITERATIONS)))

    done = [0]
    few = pca(rows, PRE).points
    near = all_nearest(few, min(len(few) - 1, int(3 * perplexity)), lambda share: report(_SEEKING * share))
    affinities = PerplexityBasedNN(perplexity=perplexity, knn_index=PrecomputedNeighbors(*near), n_jobs=2)
    start = few[:, :2] / max(float(few[:, 0].std()), 1e-12) * 1e-4
    start = start + np.random.default_rng(seed).normal(0, 1e-6, start.shape)
    model = TSNE(
        early_exaggeration=exaggeration,
        early_exaggeration_iter=EARLY,
        n_iter=ITERATIONS,
        n_jobs=2,
        callbacks=watch,
        callbacks_every_iters=_EVERY,
    )
    points = np.asarray(model.fit(affinities=affinities, initialization=start), np.float32)
    settings = f"perplexity {perplexity:g}, early exaggeration {exaggeration:g}, seed {seed}"
    return Projection(points, (), f"t-SNE of {len(rows):,} rows, {settings}")


def all_nearest(rows: np.ndarray, count: int, report: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the nearest of every row and their Euclidean distances, ``[N, count]`` each, without itself.

    All pairs are compared: up to 100,000 rows that takes no longer than an approximate search, and it reports how far
    it is.
    """
    search = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(rows)
    parts = []
    for first in range(0, len(rows), _AT_ONCE):
        distances, places = search.kneighbors(rows[first : first + _AT_ONCE])
        own = places == np.arange(first, first + len(places))[:, None]
        own[~own.any(axis=1), -1] = True  # the row has more duplicates than neighbours are wanted
        parts.append([values[~own].reshape(-1, count) for values in (places, distances)])
        report(min(1.0, (first + _AT_ONCE) / len(rows)))
    places, distances = (np.concatenate(part) for part in zip(*parts, strict=True))
    return places, distances


def check_tsne(count: int, perplexity: float, exaggeration: float) -> None:
    """Refuse what t-SNE can't do.

    Raises:
        ValueError: Says what was wrong.
    """
    if count < 10:
        raise ValueError(f"t-SNE needs at least 10 rows, not {count}; use PCA.")
    if not 2 <= perplexity <= count / 3:
        raise ValueError(f"The perplexity of {count:,} rows must be from 2 to {count // 3:,}, not {perplexity:g}.")
    if not 1 <= exaggeration <= 50:
        raise ValueError(f"Early exaggeration must be from 1 to 50, not {exaggeration:g}.")


def faithfulness(rows: np.ndarray, points: np.ndarray, neighbours: int = _NEIGHBOURS, seed: int = 0) -> Faithfulness:
    """Trustworthiness and continuity of a map ``[N, 2 or 3]`` of rows ``[N, D]``, on at most 1,000 of them drawn at
    random; NaN for fewer than three rows, and for rows that are all the same, which have no neighbourhoods."""
    chosen = np.random.default_rng(seed).permutation(len(rows))[:_MOST_EVALUATED]
    count = len(chosen)
    neighbours = min(neighbours, (count - 1) // 2)
    if neighbours < 1 or not np.ptp(rows[chosen], axis=0).any():
        return Faithfulness(float("nan"), float("nan"), count)
    true, shown = (_ranks(space[chosen]) for space in (rows, points))
    worst = count * neighbours * (2 * count - 3 * neighbours - 1) / 2

    def kept(near: np.ndarray, far: np.ndarray) -> float:
        """1 - how far those that are near in one space are in the other, as a share of the worst."""
        lost = (near <= neighbours) & (far > neighbours)
        return 1.0 - float((far[lost] - neighbours).sum()) / worst

    return Faithfulness(kept(shown, true), kept(true, shown), count)


def nearest(rows: np.ndarray, index: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of ``[N, D]`` nearest to the one at ``index``, which is left out, and their distances: ``[count]``
    each."""
    found = NearestNeighbors(n_neighbors=min(count + 1, len(rows))).fit(rows).kneighbors(rows[index : index + 1])
    distances, places = found[0][0], found[1][0]
    others = places != index
    return places[others][:count], distances[others][:count]


def _ranks(rows: np.ndarray) -> np.ndarray:
    """Rank of every row among the neighbours of every other, ``[n, n]``: 0 is itself, 1 the nearest."""
    squares = np.square(rows, dtype=np.float64).sum(axis=1)
    distances = squares[:, None] + squares - 2 * rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(distances, -1.0)
    return distances.argsort(axis=1).argsort(axis=1)
