"""The state grid: one ball in every place of a grid, all else alike. Is what a model makes of it a map of places?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict

from core.clip import Clip
from core.embedding.embed import represent
from core.embedding.projection import Faithfulness, faithfulness
from core.embedding.table import Embeddings, films_of_rows
from core.models.protocols import frames_per_stretch
from core.worlds.stage.drop import Drop
from core.worlds.stage.simulation import still_balls

SIDE = 17  # places along each side of the grid
_LOW, _HIGH = 0.2, 0.86  # widths, where the ball may be
_FACTORS = Drop(objects=1, background="plain")
_NEIGHBOURS = 8  # of a place on the grid, those around it


@dataclass(frozen=True)
class GridFindings:
    """How much of a map it is.

    Attributes:
        faithfulness: Trustworthiness of the representation, taken as a map of the places, and its continuity.
        linear: R² of the place, read by a linear map from representations of other places.
        far: Rank correlation of distances between representations with those between places: whether far is far.
    """

    faithfulness: Faithfulness
    linear: float
    far: float


def state_grid(model, side: int = SIDE, report: Callable[[float], None] = lambda share: None) -> Embeddings:
    """Represent one red ball in every place of a grid, before a plain background.

    Args:
        model: As ``core.embedding.embed.embed`` takes it; one that sees stretches of frames is shown the ball at rest.
        side: Places along each side, 2 to 40.
        report: Called with the share that is done.

    Returns:
        A row for each place, row by row from below; ``x (widths)`` and ``y (widths)`` are known.

    Raises:
        ValueError: A side out of bounds.
    """
    if not 2 <= side <= 40:
        raise ValueError(f"The grid must have 2 to 40 places a side, not {side}.")
    places = np.linspace(_LOW, _HIGH, side)
    y, x = (axis.ravel() for axis in np.meshgrid(places, places, indexing="ij"))
    frames = still_balls(_FACTORS, np.column_stack([x, y]))
    at_rest = [Clip(np.repeat(frame[None], frames_per_stretch(model), axis=0), model.fps) for frame in frames]
    rows = []
    for done, clip in enumerate(at_rest):
        report(done / len(at_rest))
        rows.append(represent(model, clip)[0].mean(axis=0).ravel())
    columns = {"x (widths)": x, "y (widths)": y}
    return Embeddings(np.stack(rows), columns, films=films_of_rows(None, frames), source=model.title)


def examine_grid(grid: Embeddings) -> GridFindings:
    """Judge a grid that ``state_grid`` made."""
    places = np.column_stack([grid.columns["x (widths)"], grid.columns["y (widths)"]])
    folds = KFold(5, shuffle=True, random_state=0)
    read = cross_val_predict(RidgeCV(np.logspace(-3, 5, 9)), grid.vectors, places, cv=folds)
    missed, spread = np.square(places - read).sum(), np.square(places - places.mean(axis=0)).sum()
    far = spearmanr(pdist(places), pdist(grid.vectors)).statistic
    return GridFindings(faithfulness(places, grid.vectors, _NEIGHBOURS), float(1 - missed / spread), float(far))
