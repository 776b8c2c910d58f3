"""Kinds that nobody named: k-means of a representation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from core.embedding.projection import PRE, pca
from core.embedding.table import Embeddings

MOST = 24
COLUMN = "k-means"


def with_clusters(table: Embeddings, count: int, seed: int = 0) -> Embeddings:
    """The same rows with a column that says which of ``count`` clusters each is in: k-means of the first 50 principal
    components, the largest cluster first. No column of the rows' own is lost.

    Raises:
        ValueError: Fewer than two clusters, more than 24 or more than there are rows.
    """
    most = min(MOST, len(table))
    if not 2 <= count <= most:
        raise ValueError(f"The number of clusters of {len(table):,} rows must be from 2 to {most}, not {count}.")
    few = pca(table.vectors, min(PRE, table.vectors.shape[1])).points
    found = MiniBatchKMeans(count, random_state=seed, n_init=3, batch_size=4096).fit_predict(few)
    order = np.argsort(-np.bincount(found, minlength=count), kind="stable")
    place = np.empty(count, int)
    place[order] = np.arange(count)
    names = np.array([f"cluster {i + 1}" for i in range(count)])
    free = COLUMN if COLUMN not in table.columns else f"{COLUMN} (computed here)"
    return replace(table, columns={**table.columns, free: names[place[found]]})
