"""Measures that need more than the rows of a representation: linear probes of the truth, and skill of prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solve
from sklearn.model_selection import GroupKFold

from core.clip import Clip
from core.embedding.embed import resized
from core.embedding.representation_measures import Measure
from core.embedding.table import Embeddings
from core.metrics import persistence_skill
from core.models.protocols import Predictor, WorldModel

_STRENGTHS = (1.0, 10.0, 100.0, 1000.0)  # of the ridge
_FOLDS = 5
_CONTEXT, _AHEAD = 4, 8  # frames
_MOST_ROWS, _MOST_CLIPS = 2000, 100  # for a linear map
_NO_POSITION = "needs x and y of each row: simulated clips, whose truth is known, or a file with these two columns"
_NO_CLIPS = (
    f"needs at least {_FOLDS} clips of several rows each, in order of time, and the clip of each row (a column group)"
)


def probe_measures(table: Embeddings) -> tuple[Measure, Measure]:
    """R² of a position (that of the red ball, or ``x`` and ``y`` of a file), read by a linear map from one row, and of
    its velocity, read from two; in clips that the map was not fitted to."""
    position = velocity = None
    goal, reason = position_of(table), _NO_POSITION
    if goal is not None:
        few, reason = _few(table.group), _NO_CLIPS
        rows, goal = table.vectors[few], goal[few]
        group = None if table.group is None else table.group[few]
        known = np.isfinite(goal).all(axis=1)
        if known.any() and not np.ptp(goal[known], axis=0).any():
            reason = "not defined: the position never changes"
        position = linear_r2(rows[known], goal[known], None if group is None else group[known])
        if table.path is not None and group is not None:
            at = np.flatnonzero((group[1:] == group[:-1]) & known[1:] & known[:-1]) + 1
            velocity = linear_r2(rows[at] - rows[at - 1], goal[at] - goal[at - 1], group[at])
    formula = "R² of x and y by ridge regression, strength chosen within the folds, five folds of whole clips"
    return (
        Measure(
            "position, read linearly",
            position,
            formula,
            "linear probe, Alain and Bengio 2016",
            _reason(position, reason),
        ),
        Measure(
            "velocity, read linearly",
            velocity,
            "the same for the change of position, from z(t) - z(t-1)",
            "linear probe, Alain and Bengio 2016",
            _reason(velocity, reason),
        ),
    )


def position_of(table: Embeddings) -> np.ndarray | None:
    """Columns ``x`` and ``y``, with any unit after their names, ``[N, 2]``; None unless both are numbers."""
    named = {name.split(" (")[0].strip().lower(): column for name, column in table.columns.items()}
    found = [named[axis] for axis in ("x", "y") if axis in named and named[axis].dtype.kind == "f"]
    return np.column_stack(found) if len(found) == 2 else None


def linear_skill_measure(table: Embeddings) -> Measure:
    """Skill of a linear forecast of the next row of a clip from the two rows before it, against repeating the last one:
    for rows that come without a model."""
    value, reason = None, _NO_CLIPS
    if table.path is not None:
        few = _few(table.path)
        rows, group = table.vectors[few].astype(np.float64), table.path[few]
        at = np.flatnonzero((group[2:] == group[1:-1]) & (group[1:-1] == group[:-2])) + 1
        change, goal = rows[at] - rows[at - 1], rows[at + 1] - rows[at]
        if len(at):
            value = _explained(_gram(rows[at]) + _gram(change), goal, np.square(goal).sum(), group[at])
        reason = "not defined: nothing moves" if len(at) and not goal.any() else reason
    return Measure(
        "persistence skill, linear",
        value,
        "1 - Σ|forecast - z(t+1)|² / Σ|z(t) - z(t+1)|², forecast by ridge regression from z(t) and z(t) - z(t-1), "
        "five folds of whole clips",
        "after Mathieu et al. 2016",
        _reason(value, reason),
    )


def _reason(value: float | None, reason: str) -> str:
    return reason if value is None else ""


def _few(group: np.ndarray | None) -> np.ndarray:
    """Indices of rows for a linear map: all, or the beginnings of some clips drawn at random (seed 0)."""
    if group is None or len(group) <= _MOST_ROWS:
        return np.arange(0 if group is None else len(group))
    clips, starts, counts = np.unique(group, return_index=True, return_counts=True)
    chosen = np.sort(np.random.default_rng(0).permutation(len(clips))[:_MOST_CLIPS])
    each = _MOST_ROWS // len(chosen)
    return np.concatenate([starts[clip] + np.arange(min(each, counts[clip])) for clip in chosen])


def skill_measure(model, clips: Sequence[Clip]) -> Measure:
    """Skill of a model's own prediction of its representation 8 frames ahead, against repeating the last latent."""
    shown = max(_CONTEXT, model.context) if isinstance(model, Predictor) else _CONTEXT
    value, reason = None, f"needs a model that predicts, and clips of at least {shown + _AHEAD} frames"
    long = [clip.frames[: shown + _AHEAD] for clip in clips if len(clip) >= shown + _AHEAD]
    if isinstance(model, WorldModel) and len(long) > 1:
        frames = np.stack([resized(few, model.size) for few in long])
        truth = model.encode(frames)  # [B, shown + 8, N, D]
        guesses = model.predict(frames[:, :shown], _AHEAD)
        value = persistence_skill(guesses, truth[:, shown:], truth[:, shown - 1 : shown]).overall
        value = None if np.isnan(value) else value
        reason = "not defined: nothing moves"
    return Measure(
        "persistence skill",
        value,
        f"1 - Σ|forecast - z|² / Σ|last z - z|², {_AHEAD} frames ahead from {shown}",
        "after Mathieu et al. 2016",
        _reason(value, reason),
    )


def linear_r2(rows: np.ndarray, goals: np.ndarray, group: np.ndarray | None) -> float | None:
    """R² of ``goals [N, A]``, read by ridge regression from ``rows [N, D]`` in clips that the map was not fitted to;
    None for fewer than five clips or constant goals."""
    if group is None or not len(goals):
        return None
    return _explained(_gram(rows), goals, np.square(goals - goals.mean(axis=0)).sum(), group)


def _gram(rows: np.ndarray) -> np.ndarray:
    """Inner products of the rows about their mean, scaled to deviation 1: ``[N, N]``."""
    moved = (rows - rows.mean(axis=0)).astype(np.float64) / max(float(rows.std()), 1e-12)
    return moved @ moved.T


def _explained(products: np.ndarray, goals: np.ndarray, total: float, group: np.ndarray) -> float | None:
    """1 - squared error / ``total``, of goals read in clips that the map was not fitted to; the strength of the ridge
    is chosen on other clips again. Computed from the inner products of the rows, which all folds share."""
    if len(np.unique(group)) < _FOLDS or not total > 0:
        return None
    missed = 0.0

    def fitted(strength: float, learn: np.ndarray, test: np.ndarray) -> np.ndarray:
        mean = goals[learn].mean(axis=0)
        among = products[np.ix_(learn, learn)] + strength * np.eye(len(learn))
        weights = solve(among, goals[learn] - mean, assume_a="pos")
        return products[np.ix_(test, learn)] @ weights + mean

    for learn, test in GroupKFold(_FOLDS).split(goals, groups=group):
        fit, check = (learn[part] for part in next(GroupKFold(_FOLDS - 1).split(learn, groups=group[learn])))
        errors = [np.square(fitted(strength, fit, check) - goals[check]).sum() for strength in _STRENGTHS]
        missed += np.square(fitted(_STRENGTHS[int(np.argmin(errors))], learn, test) - goals[test]).sum()
    return float(1 - missed / total)
