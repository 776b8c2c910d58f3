"""Is a representation sane? Measures of it, each with its formula and source, and one plain verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.embedding import diagnostics as signs

DEAD_SHARE, SLOW_SHARE = 0.03, 0.15  # of what moves within clips: collapsed, suspicious
_CONSTANT, _FAINT = 0.01, 0.05  # spread as a share of the rows' length: collapsed, suspicious
_ONE, _FEW = 1.5, 3.0  # directions that share the variance
_MOST_DEAD = 0.5  # of the dimensions


@dataclass(frozen=True)
class Sign:
    """A measure: its ``value`` (None where it can't be had, then ``why`` says so), ``formula`` and ``source``."""

    name: str
    value: float | None
    formula: str
    source: str
    why: str = ""


@dataclass(frozen=True)
class Sanity:
    """What was found.

    Attributes:
        state: ``healthy``, ``suspicious`` or ``collapsed``.
        told: A sentence that says why.
        signs: The measures.
        spread: Standard deviation of each dimension, ``[D]``.
        spectrum: Eigenvalues of the covariance, the largest first, ``[D]``.
    """

    state: str
    told: str
    signs: tuple[Sign, ...]
    spread: np.ndarray
    spectrum: np.ndarray


def examine(rows: np.ndarray, group: np.ndarray | None = None) -> Sanity:
    """Examine a representation.

    Args:
        rows: ``[N, D]``, at least two.
        group: Which clip each row is of, ``[N]``, rows of a clip in the order of time; None where nobody knows.
    """
    spread, values = rows.std(axis=0), signs.spectrum(rows) / max(1, len(rows) - 1)
    length = float(np.sqrt(np.square(rows, dtype=np.float64).sum(axis=1).mean()))
    relative = float(np.sqrt(values.sum())) / max(length, 1e-12)
    shared, moving = signs.participation_ratio(values), None
    if group is not None:
        moving = signs.moving_share_of_rows(rows, group)
    dead = float((spread < 0.01 * spread.max()).mean()) if spread.max() > 0 else 1.0
    state, told = _verdict(relative, shared, moving, dead, min(rows.shape[1], len(rows) - 1))
    return Sanity(state, told, _signs(rows, group, values, relative, shared, moving, dead), spread, values)


def _verdict(relative: float, shared: float, moving: float | None, dead: float, most: int) -> tuple[str, str]:
    if relative < _CONSTANT:
        return (
            "collapsed",
            f"It says nearly the same of everything (rows differ by {relative:.1%}): a constant encoder.",
        )
    if shared < _ONE and most > 1:
        return "collapsed", f"All its variance lies along one direction ({shared:.1f} of {most})."
    if moving is not None and moving < DEAD_SHARE:
        return "collapsed", (
            f"Only {moving:.1%} of its variance is motion: it tells clips apart by what stays the same in them, such "
            "as the background (slow features)."
        )
    if relative < _FAINT:
        return "suspicious", f"It says nearly the same of everything: rows differ by {relative:.1%} of their length."
    if shared < _FEW < most:
        return "suspicious", f"Its variance lies along {shared:.1f} directions of {most}."
    if moving is not None and moving < SLOW_SHARE:
        return "suspicious", f"Little of its variance is motion ({moving:.0%}); most is what stays the same in a clip."
    if dead > _MOST_DEAD:
        return "suspicious", f"{dead:.0%} of its dimensions hardly vary."
    motion = "" if moving is None else f", and {moving:.0%} of it is motion"
    return "healthy", f"Its variance is shared by {shared:.1f} directions of {most}{motion}."


def _signs(rows, group, values, relative, shared, moving, dead) -> tuple[Sign, ...]:
    unknown = "needs several clips of several rows, and to know which rows are of one"
    straight = None if group is None else signs.straightness(rows, group)
    decay = signs.spectral_decay(values)
    return (
        Sign("spread", relative, "√(sum of variances) / root mean square length", "VICReg, Bardes et al. 2022"),
        Sign("dead dimensions", dead, "share with a deviation below 1 % of the largest", "VICReg, Bardes et al. 2022"),
        Sign(
            "effective rank", signs.effective_rank(rows), "exp(-Σ p log p), p = singular values / their sum, centred",
            "RankMe, Garrido et al. 2023",
        ),
        Sign(
            "effective rank, not centred", signs.effective_rank(rows, centred=False),
            "the same without taking the mean off: about 1 where a common mean outweighs the rest",
            "RankMe, Garrido et al. 2023",
        ),
        Sign("participation ratio", shared, "(Σ λ)² / Σ λ², λ = eigenvalues of the covariance", "standard"),
        Sign(
            "spectral decay", decay, "α of λ_k ~ k^-α, fitted on both logarithms", "alpha-ReQ, Agrawal et al. 2022",
            "" if decay is not None else "needs 100 dimensions or more",
        ),
        Sign(
            "share that moves", moving, "variance within clips / all variance", "after PLDM, Sobal et al. 2025",
            "" if moving is not None else unknown,
        ),
        Sign(
            "straightness", straight, "mean cos(z(t+1) - z(t), z(t+2) - z(t+1))", "Henaff et al. 2019",
            "" if straight is not None else unknown,
        ),
        Sign(
            "distance from a Gaussian", signs.gaussianity(rows), "Epps-Pulley along 64 random directions",
            "SIGReg, Balestriero and LeCun 2025",
        ),
    )  # fmt: skip
