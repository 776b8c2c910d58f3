"""Terms that let a straight model bend: splines of the columns and products of pairs."""

from __future__ import annotations

import itertools

import numpy as np

_MOST_COLUMNS = 8  # of which all pairs are multiplied


def bend_terms(columns: np.ndarray, pieces: int = 4) -> np.ndarray:
    """The square of each column that has more than two values, hinges between pieces of equal count, and the products
    of pairs if there are at most eight columns, each standardised ``[rows, terms]``.

    Args:
        columns: ``[rows, columns]``, without a column of ones.
        pieces: Into how many pieces the hinges cut a column.
    """
    scale = columns.std(axis=0)
    varying = columns[:, scale > 0]
    z = (varying - varying.mean(axis=0)) / scale[scale > 0]
    terms = []
    for column in z.T:
        if len(np.unique(column[:10_000])) > 2:
            terms.append(column**2)
            knots = np.unique(np.quantile(column, np.arange(1, pieces) / pieces))
            terms += [np.maximum(column - knot, 0) for knot in knots]
    if z.shape[1] <= _MOST_COLUMNS:
        terms += [z[:, i] * z[:, j] for i, j in itertools.combinations(range(z.shape[1]), 2)]
    if not terms:
        return np.zeros((len(columns), 0))
    stacked = np.column_stack(terms)
    spread = stacked.std(axis=0)
    kept = spread > 1e-9
    return (stacked[:, kept] - stacked[:, kept].mean(axis=0)) / spread[kept]
