"""What a representation knows of the truth, and whether it can be foretold: signs that need more than its rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solve
from sklearn.model_selection import GroupKFold

from core.clip import Clip
from core.embedding.embed import resized
from core.embedding.sanity import Sign
from core.embedding.table import Embeddings
from core.evaluation.metrics import persistence_skill

PLACE = ("x (widths)", "y (widths)")
_STRENGTHS = (1.0, 10.0, 100.0, 1000.0)  # of the ridge
_FOLDS = 5
_SHOWN, _AHEAD = 4, 8  # frames


def probe_signs(table: Embeddings) -> tuple[Sign, Sign]:
    """What a linear map reads of the red ball's place from a frame, and of its velocity from two, in clips that it was
    not fitted to: R², 1 at best."""
    known = table.group is not None and set(PLACE) <= set(table.columns) and len(np.unique(table.group)) >= _FOLDS
    place = velocity = None
    if known:
        goal = np.column_stack([table.columns[name] for name in PLACE])
        place = linear_r2(table.vectors, goal, table.group)
        follows = np.flatnonzero(table.group[1:] == table.group[:-1]) + 1
        moved = (part[follows] - part[follows - 1] for part in (table.vectors, goal))
        velocity = linear_r2(*moved, table.group[follows]) if len(follows) else None
    why = "needs simulated clips, whose truth is known"
    return (
        Sign("place, read linearly", place, "R² of x and y by ridge regression, five folds of whole clips",
             "linear probe, Alain and Bengio 2016", why),
        Sign("velocity, read linearly", velocity, "the same of how far the ball moves, from z(t) - z(t-1)",
             "linear probe, Alain and Bengio 2016", why),
    )  # fmt: skip


def skill_sign(model, clips: Sequence[Clip]) -> Sign:
    """How much nearer a model's own forecast of its representation is than standing still, 8 frames ahead."""
    value, why = None, "needs a model that foretells, and clips of 12 frames or more"
    long = [clip.frames[: _SHOWN + _AHEAD] for clip in clips if len(clip) >= _SHOWN + _AHEAD]
    if hasattr(model, "predict") and len(long) > 1:
        frames = np.stack([resized(few, model.size) for few in long])
        truth = model.encode(frames)  # [B, 12, N, D]
        guesses = model.predict(frames[:, :_SHOWN], _AHEAD)
        value = persistence_skill(guesses, truth[:, _SHOWN:], truth[:, _SHOWN - 1 : _SHOWN]).overall
        value = None if np.isnan(value) else value
        why = "nothing moved in it, so there is nothing to foretell"
    return Sign(
        "persistence skill", value, "1 - Σ|forecast - z|² / Σ|last z - z|², 8 frames ahead from 4",
        "after Mathieu et al. 2016", "" if value is not None else why,
    )  # fmt: skip


def linear_r2(rows: np.ndarray, goals: np.ndarray, group: np.ndarray) -> float:
    """R² of ``goals [N, A]`` read by ridge regression from ``rows [N, D]``; each clip by a map fitted to others, its
    strength chosen on others again. Worked out from the rows' products, which are the same for every fold."""
    moved = (rows - rows.mean(axis=0)).astype(np.float64) / max(float(rows.std()), 1e-12)
    products, read = moved @ moved.T, np.empty_like(goals, dtype=float)

    def fitted(strength: float, learn: np.ndarray, ask: np.ndarray) -> np.ndarray:
        mean = goals[learn].mean(axis=0)
        among = products[np.ix_(learn, learn)] + strength * np.eye(len(learn))
        weights = solve(among, goals[learn] - mean, assume_a="pos")
        return products[np.ix_(ask, learn)] @ weights + mean

    for learn, ask in GroupKFold(_FOLDS).split(moved, groups=group):
        fit, check = (learn[part] for part in next(GroupKFold(_FOLDS - 1).split(learn, groups=group[learn])))
        missed = [np.square(fitted(strength, fit, check) - goals[check]).sum() for strength in _STRENGTHS]
        read[ask] = fitted(_STRENGTHS[int(np.argmin(missed))], learn, ask)
    return float(1 - np.square(goals - read).sum() / np.square(goals - goals.mean(axis=0)).sum())
