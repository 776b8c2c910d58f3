"""Terms that let a straight model bend: splines of the columns and products of pairs."""

from __future__ import annotations

import itertools

import numpy as np

_MOST_COLUMNS = 8  # of which all pairs are multiplied


def bend_terms(columns: np.ndarray, knots: tuple[float, ...] = (0.25, 0.5, 0.75)) -> np.ndarray:
    """The square of each column that has more than two values, hinges at some of its quantiles, and the products of
    pairs if there are at most eight columns, each standardised ``[rows, terms]``.

    Args:
        columns: ``[rows, columns]``, without a column of ones.
        knots: The quantiles of the hinges.
    """
    scale = columns.std(axis=0)
    varying = columns[:, scale > 0]
    z = (varying - varying.mean(axis=0)) / scale[scale > 0]
    terms = []
    for column in z.T:
        if len(np.unique(column[:10_000])) > 2:
            terms.append(column**2)
            places = np.unique(np.quantile(column, knots))
            terms += [np.maximum(column - place, 0) for place in places]
    if z.shape[1] <= _MOST_COLUMNS:
        terms += [z[:, i] * z[:, j] for i, j in itertools.combinations(range(z.shape[1]), 2)]
    if not terms:
        return np.zeros((len(columns), 0))
    stacked = np.column_stack(terms)
    spread = stacked.std(axis=0)
    kept = spread > 1e-9
    return (stacked[:, kept] - stacked[:, kept].mean(axis=0)) / spread[kept]
