"""What a representation knows of the truth, and whether it can be foretold: signs that need more than its rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solve
from sklearn.model_selection import GroupKFold

from core.clip import Clip
from core.embedding.embed import resized
from core.embedding.representation_report import Sign
from core.embedding.table import Embeddings
from core.metrics import persistence_skill

_STRENGTHS = (1.0, 10.0, 100.0, 1000.0)  # of the ridge
_FOLDS = 5
_SHOWN, _AHEAD = 4, 8  # frames
_MOST_ROWS, _MOST_CLIPS = 2000, 100  # that a linear map is fitted to
_NO_PLACE = "needs x and y of each row: simulated clips, whose truth is known, or a file with these two columns"
_NO_CLIPS = (
    f"needs {_FOLDS} clips or more of several rows each, one after the other in time, and to know which rows are of "
    "one (a column group)"
)


def probe_signs(table: Embeddings) -> tuple[Sign, Sign]:
    """What a linear map reads of a place (the red ball's, or what a file calls x and y) from a row, and of its velocity
    from two, in clips that it was not fitted to: R², 1 at best."""
    place = velocity = None
    goal, why = place_of(table), _NO_PLACE
    if goal is not None:
        few, why = _few(table.group), _NO_CLIPS
        rows, goal = table.vectors[few], goal[few]
        group = None if table.group is None else table.group[few]
        known = np.isfinite(goal).all(axis=1)
        if known.any() and not np.ptp(goal[known], axis=0).any():
            why = "not defined for a place that never changes"
        place = linear_r2(rows[known], goal[known], None if group is None else group[known])
        if table.path is not None:
            at = np.flatnonzero((group[1:] == group[:-1]) & known[1:] & known[:-1]) + 1
            velocity = linear_r2(rows[at] - rows[at - 1], goal[at] - goal[at - 1], group[at])
    formula = "R² of x and y by ridge regression, its strength chosen inside, five folds of whole clips"
    return (
        Sign("place, read linearly", place, formula, "linear probe, Alain and Bengio 2016", _unless(place, why)),
        Sign("velocity, read linearly", velocity, "the same of how far it moves, from z(t) - z(t-1)",
             "linear probe, Alain and Bengio 2016", _unless(velocity, why)),
    )  # fmt: skip


def place_of(table: Embeddings) -> np.ndarray | None:
    """Columns ``x`` and ``y``, whatever unit stands behind their names: ``[N, 2]``; None unless both are numbers."""
    named = {name.split(" (")[0].strip().lower(): column for name, column in table.columns.items()}
    found = [named[axis] for axis in ("x", "y") if axis in named and named[axis].dtype.kind == "f"]
    return np.column_stack(found) if len(found) == 2 else None


def linear_skill_sign(table: Embeddings) -> Sign:
    """How much nearer the next row of a clip is to a linear forecast from the two before it than to the last: for rows
    that come without a model to foretell them."""
    value, why = None, _NO_CLIPS
    if table.path is not None:
        few = _few(table.path)
        rows, group = table.vectors[few].astype(np.float64), table.path[few]
        at = np.flatnonzero((group[2:] == group[1:-1]) & (group[1:-1] == group[:-2])) + 1
        change, goal = rows[at] - rows[at - 1], rows[at + 1] - rows[at]
        value = _explained(_gram(rows[at]) + _gram(change), goal, np.square(goal).sum(), group[at])
        why = "nothing moves in it, so there is nothing to foretell" if len(at) and not goal.any() else why
    return Sign(
        "persistence skill, linear", value,
        "1 - Σ|forecast - z(t+1)|² / Σ|z(t) - z(t+1)|², forecast by ridge regression from z(t) and z(t) - z(t-1), "
        "five folds of whole clips", "after Mathieu et al. 2016", _unless(value, why),
    )  # fmt: skip


def _unless(value: float | None, why: str) -> str:
    return why if value is None else ""


def _few(group: np.ndarray | None) -> np.ndarray:
    """Rows that a linear map can be fitted to: all, or the beginnings of some clips drawn by chance (seed 0)."""
    if group is None or len(group) <= _MOST_ROWS:
        return np.arange(0 if group is None else len(group))
    clips, starts, counts = np.unique(group, return_index=True, return_counts=True)
    chosen = np.sort(np.random.default_rng(0).permutation(len(clips))[:_MOST_CLIPS])
    each = _MOST_ROWS // len(chosen)
    return np.concatenate([starts[clip] + np.arange(min(each, counts[clip])) for clip in chosen])


def skill_sign(model, clips: Sequence[Clip]) -> Sign:
    """How much nearer a model's own forecast of its representation is than standing still, 8 frames ahead."""
    shown = max(_SHOWN, getattr(model, "context", 0))
    value, why = None, f"needs a model that foretells, and clips of {shown + _AHEAD} frames or more"
    long = [clip.frames[: shown + _AHEAD] for clip in clips if len(clip) >= shown + _AHEAD]
    if hasattr(model, "predict") and len(long) > 1:
        frames = np.stack([resized(few, model.size) for few in long])
        truth = model.encode(frames)  # [B, shown + 8, N, D]
        guesses = model.predict(frames[:, :shown], _AHEAD)
        value = persistence_skill(guesses, truth[:, shown:], truth[:, shown - 1 : shown]).overall
        value = None if np.isnan(value) else value
        why = "nothing moved in it, so there is nothing to foretell"
    return Sign(
        "persistence skill", value, f"1 - Σ|forecast - z|² / Σ|last z - z|², {_AHEAD} frames ahead from {shown}",
        "after Mathieu et al. 2016", "" if value is not None else why,
    )  # fmt: skip


def linear_r2(rows: np.ndarray, goals: np.ndarray, group: np.ndarray | None) -> float | None:
    """R² of ``goals [N, A]`` read by ridge regression from ``rows [N, D]``; each clip by a map fitted to others. None
    for fewer than five clips, or goals that are all the same."""
    if group is None or not len(goals):
        return None
    return _explained(_gram(rows), goals, np.square(goals - goals.mean(axis=0)).sum(), group)


def _gram(rows: np.ndarray) -> np.ndarray:
    """Products of rows with one another, about their mean and at deviation 1: ``[N, N]``."""
    moved = (rows - rows.mean(axis=0)).astype(np.float64) / max(float(rows.std()), 1e-12)
    return moved @ moved.T


def _explained(products: np.ndarray, goals: np.ndarray, total: float, group: np.ndarray) -> float | None:
    """1 - squared error as a share of ``total``, of goals read in clips that the map was not fitted to; its strength is
    chosen on others again. Worked out from the rows' products, which are the same for every fold."""
    if len(np.unique(group)) < _FOLDS or not total > 0:
        return None
    missed = 0.0

    def fitted(strength: float, learn: np.ndarray, ask: np.ndarray) -> np.ndarray:
        mean = goals[learn].mean(axis=0)
        among = products[np.ix_(learn, learn)] + strength * np.eye(len(learn))
        weights = solve(among, goals[learn] - mean, assume_a="pos")
        return products[np.ix_(ask, learn)] @ weights + mean

    for learn, ask in GroupKFold(_FOLDS).split(goals, groups=group):
        fit, check = (learn[part] for part in next(GroupKFold(_FOLDS - 1).split(learn, groups=group[learn])))
        errors = [np.square(fitted(strength, fit, check) - goals[check]).sum() for strength in _STRENGTHS]
        missed += np.square(fitted(_STRENGTHS[int(np.argmin(errors))], learn, ask) - goals[ask]).sum()
    return float(1 - missed / total)
