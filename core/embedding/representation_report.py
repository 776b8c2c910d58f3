"""Is a representation sane? Measures of it, each with its formula and source, and one plain verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.embedding import rank_metrics as signs
from core.embedding.rank_metrics import DEAD_SHARE, SLOW_SHARE

_CONSTANT, _FAINT = 1e-4, 0.05  # spread as a share of the size: of what says nothing, of what a common mean outweighs
_FEWEST = 10  # rows to judge by
_ONE, _MOSTLY_ONE, _FEW = 1.1, 1.5, 3.0  # directions that share the variance: at 1.1 one has 95 % of it, at 1.5 80 %
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
        state: ``healthy``, ``suspicious``, ``collapsed`` or ``unjudged``, where there is too little to judge by.
        told: A sentence that says why.
        signs: The measures.
        spread: Standard deviation of each dimension, ``[D]``.
        spectrum: Eigenvalues of the covariance, the largest first, ``[D]``.
        constant: Whether nothing varies, but by what is next to nothing beside its size.
    """

    state: str
    told: str
    signs: tuple[Sign, ...]
    spread: np.ndarray
    spectrum: np.ndarray
    constant: bool


def examine(rows: np.ndarray, group: np.ndarray | None = None) -> Sanity:
    """Examine a representation.

    Args:
        rows: ``[N, D]``, at least two.
        group: Which clip each row is of, ``[N]``, rows of a clip in the order of time; None where nobody knows.
    """
    scale = float(np.abs(rows).max()) or 1.0  # squares of very large or small numbers are none
    rows = rows.astype(np.float64) / scale
    spread, values = rows.std(axis=0), signs.spectrum(rows) / max(1, len(rows) - 1)
    size = np.square(rows).mean(axis=0)  # [D]
    relative = _share(values.sum(), size.sum())
    shared = signs.participation_ratio(values)
    moving = None if group is None else signs.moving_share_of_rows(rows, group)
    dead = float((spread < 0.01 * spread.max()).mean()) if spread.max() > 0 else 1.0
    alive = spread > _CONSTANT * np.sqrt(size)
    beside = _share(np.square(spread[alive]).sum(), size[alive].sum())
    first = float(values[0] / values.sum()) if values.sum() > 0 else 0.0
    state, told = _verdict(rows.shape, beside, shared, first, moving, dead)
    found = _signs(rows, group, values, relative, shared, moving, dead)
    return Sanity(state, told, found, scale * spread, scale**2 * values, beside == 0)


def held_against(found: Sanity, null: Sanity) -> Sanity:
    """The verdict on a network, with what was found of its random weights: rows that differ by a small share of their
    length may have a common mean, but where random weights tell them apart better, training has collapsed them."""
    spread, usual = (next(sign.value for sign in one.signs if sign.name == "spread") for one in (found, null))
    if found.state in ("collapsed", "unjudged") or spread >= _FAINT or spread >= usual / 2:
        return found
    told = f"Rows differ by {spread:.1%} of their length, and by {usual:.1%} with random weights"
    return replace(found, state="collapsed", told=f"{told}: training has made it all but a constant encoder.")


def _share(variance: float, size: float) -> float:
    """Root of a variance as a share of the root mean square length; 0 of nothing."""
    return float(np.sqrt(variance / size)) if size > 0 else 0.0


def _verdict(
    shape: tuple[int, int], beside: float, shared: float, first: float, moving: float | None, dead: float
) -> tuple[str, str]:
    """State and sentence; ``beside`` is the spread of the dimensions that vary at all as a share of their size, and
    ``first`` the share of the variance along the first of all directions."""
    count, most = shape[0], min(shape[1], shape[0] - 1)
    if count < _FEWEST:
        return "unjudged", f"{count} rows are too few to judge it by; {_FEWEST} or more would do."
    if beside == 0:
        return "collapsed", f"It says the same of everything, to {_CONSTANT:.2%} of its size: a constant encoder."
    if shared < _ONE and most > 1:
        return "collapsed", f"{first:.0%} of its variance lies along one direction of {most}."
    if moving is not None and moving < DEAD_SHARE:
        return "collapsed", (
            f"Only {moving:.1%} of its variance is motion: it tells clips apart by what stays the same in them, such "
            "as the background (slow features)."
        )
    unasked = "" if moving is not None else (
        " Whether any of it is motion can't be checked: that needs several clips of several rows, and to know which "
        "rows are of one."
    )  # fmt: skip
    if shape[1] == 1:
        return "suspicious", f"It is one-dimensional: a single number for each row.{unasked}"
    spans = f"its variance is shared by {shared:.1f} directions of {most}"
    if beside < _FAINT:
        return "suspicious", (
            f"What is common to all rows outweighs what tells them apart ({beside:.1%} of their length), so that their "
            f"cosines are all near 1; with the mean taken off, {spans}.{unasked}"
        )
    if shared < _MOSTLY_ONE and most > 1:
        return "suspicious", f"{first:.0%} of its variance lies along one direction of {most}.{unasked}"
    if shared < _FEW < most:
        return "suspicious", f"Its variance lies along {shared:.1f} directions of {most}.{unasked}"
    if moving is not None and moving < SLOW_SHARE:
        return "suspicious", f"Little of its variance is motion ({moving:.0%}); most is what stays the same in a clip."
    if dead > _MOST_DEAD:
        return "suspicious", f"{dead:.0%} of its dimensions hardly vary.{unasked}"
    motion = "" if moving is None else f", and {moving:.0%} of it is motion"
    return "healthy", f"{spans[0].upper()}{spans[1:]}{motion}.{unasked}"


def _signs(rows, group, values, relative, shared, moving, dead) -> tuple[Sign, ...]:
    clips = "not defined without several clips of several rows, one after the other, and knowing which rows are of one"
    steps = "not defined where no clip takes two steps" if group is not None else clips
    still = "not defined for rows that never differ"
    straight = None if group is None else signs.straightness(rows, group)
    return (
        _sign("spread", relative, "√(sum of variances) / root mean square length", "VICReg, Bardes et al. 2022"),
        _sign("dead dimensions", dead, "share with a deviation below 1 % of the largest", "VICReg, Bardes et al. 2022"),
        _sign(
            "effective rank", signs.rank_of(values * max(1, len(rows) - 1), min(rows.shape)),
            "exp(-Σ p log p), p = singular values / their sum + 1e-7, centred", "RankMe, Garrido et al. 2023",
        ),
        _sign(
            "effective rank, not centred", signs.effective_rank(rows, centred=False),
            "the same without taking the mean off: about 1 where a common mean outweighs the rest",
            "RankMe, Garrido et al. 2023",
        ),
        _sign("participation ratio", shared, "(Σ λ)² / Σ λ², λ = eigenvalues of the covariance", "standard"),
        _sign(
            "spectral decay", signs.spectral_decay(values),
            "α of λ_k ~ k^-α, fitted on both logarithms without the tenth at each end",
            "alpha-ReQ, Agrawal et al. 2022", "not defined for fewer than 100 directions that vary",
        ),
        _sign(
            "share that moves", moving, "variance within clips / all variance", "after PLDM, Sobal et al. 2025", clips,
        ),
        _sign(
            "straightness", straight, "mean cos(z(t+1) - z(t), z(t+2) - z(t+1))", "Henaff et al. 2019", steps,
        ),
        _sign(
            "distance from a Gaussian", signs.gaussianity(rows),
            "Epps-Pulley along 64 random directions, each dimension at mean 0 and deviation 1",
            "SIGReg, Balestriero and LeCun 2025", still,
        ),
    )  # fmt: skip


def _sign(name: str, value: float | None, formula: str, source: str, why: str = "") -> Sign:
    """A measure; ``why`` is told only where there is no number."""
    known = value is not None and not np.isnan(value)
    return Sign(name, value if known else None, formula, source, "" if known else why)
