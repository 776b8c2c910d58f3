"""The state grid: one ball at every position of a grid, everything else equal. Is its representation a map of the
positions?"""

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
from core.embedding.table import Embeddings, thumbnails_of_rows
from core.models.protocols import frames_per_stretch
from core.results import Finding
from core.worlds.stage.drop import Drop
from core.worlds.stage.simulation import still_balls

SIDE = 17  # positions along each side of the grid
_LOW, _HIGH = 0.2, 0.86  # frame widths; positions of the ball
_FACTORS = Drop(objects=1, background="plain")
_NEIGHBOURS = 8  # of a position, those around it
_CLOSE, _MIXED = 0.95, 0.8  # trustworthiness: above the first neighbours stay neighbours, below the second they mix
_FAR, _ROUGHLY_FAR = 0.9, 0.5  # rank correlation of distances


@dataclass(frozen=True)
class GridFindings:
    """How well a representation of the grid keeps its positions.

    Attributes:
        faithfulness: Trustworthiness and continuity of the representation, taken as a map of the positions.
        linear: R² of the position, read by a linear map that was fitted to other positions.
        far: Rank correlation of the distances between representations with those between positions; NaN if all
            representations are equally far from each other.
    """

    faithfulness: Faithfulness
    linear: float
    far: float


def state_grid(model, side: int = SIDE, report: Callable[[float], None] = lambda share: None) -> Embeddings:
    """The representations of one red ball at every position of a grid, before a plain background.

    Args:
        model: As ``core.embedding.embed.embed`` takes it; one that encodes several frames at once gets the ball at
        rest.
        side: Positions along each side, 2 to 40.
        report: Called with the share of the work that is done.

    Returns:
        A row for each position, from the bottom row of the grid up, with its position in ``x (frame widths)`` and
        ``y (frame widths)``.

    Raises:
        ValueError: The side is out of bounds.
    """
    if not 2 <= side <= 40:
        raise ValueError(f"The grid must have 2 to 40 positions per side, not {side}.")
    places = np.linspace(_LOW, _HIGH, side)
    y, x = (axis.ravel() for axis in np.meshgrid(places, places, indexing="ij"))
    frames = still_balls(_FACTORS, np.column_stack([x, y]))
    at_rest = [Clip(np.repeat(frame[None], frames_per_stretch(model), axis=0), model.fps) for frame in frames]
    rows = []
    for done, clip in enumerate(at_rest):
        report(done / len(at_rest))
        rows.append(represent(model, clip)[0].mean(axis=0).ravel())
    columns = {"x (frame widths)": x, "y (frame widths)": y}
    return Embeddings(np.stack(rows), columns, thumbnails=thumbnails_of_rows(None, frames), source=model.title)


def examine_grid(grid: Embeddings) -> GridFindings:
    """How well the representations that ``state_grid`` made keep the positions."""
    places = np.column_stack([grid.columns["x (frame widths)"], grid.columns["y (frame widths)"]])
    folds = KFold(5, shuffle=True, random_state=0)
    read = cross_val_predict(RidgeCV(np.logspace(-3, 5, 9)), grid.vectors, places, cv=folds)
    missed, spread = np.square(places - read).sum(), np.square(places - places.mean(axis=0)).sum()
    far = spearmanr(pdist(places), pdist(grid.vectors)).statistic
    return GridFindings(faithfulness(places, grid.vectors, _NEIGHBOURS), float(1 - missed / spread), float(far))


def grid_finding(findings: GridFindings) -> Finding:
    """Whether close positions have close representations, far ones far ones, and whether the position can be read.

    Returns:
        Its state is ``map`` (neighbours stay neighbours), ``rough map``, ``mixed`` or ``no distances``.
    """
    if np.isnan(findings.far):
        return Finding("no distances", "All positions are equally far from each other in the representation.")
    near, far = findings.faithfulness.trustworthiness, findings.far
    state = "map" if near > _CLOSE else "mixed" if near < _MIXED else "rough map"
    close = {
        "map": "Neighbouring positions stay neighbours",
        "rough map": "Most neighbouring positions stay neighbours",
        "mixed": "Neighbouring positions are mixed up",
    }
    if far > _FAR:
        distant = "distant positions stay distant"
    elif far > _ROUGHLY_FAR:
        distant = "distant positions stay roughly distant"
    else:
        distant = "distant positions do not stay distant"
    text = (
        f"{close[state]} (trustworthiness {near:.2f}), and {distant} (rank correlation of distances {far:.2f}). "
        f"A linear map reads the position with R² {findings.linear:.2f}."
    )
    numbers = {"trustworthiness": near, "rank correlation": far, "linear R²": findings.linear}
    return Finding(state, text, numbers)
