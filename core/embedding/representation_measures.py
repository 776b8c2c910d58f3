"""Measures of a representation, each with its formula and its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.embedding import rank_metrics

SEED = 0  # of the directions along which the distribution is compared with a Gaussian


@dataclass(frozen=True)
class Measure:
    """One measure of a representation, with its formula and its source.

    Attributes:
        name: For people.
        value: None if it is not defined for these rows.
        formula: How it is computed.
        source: The paper it is from.
        reason: Why it is not defined; empty if it is.
    """

    name: str
    value: float | None
    formula: str
    source: str
    reason: str = ""


@dataclass(frozen=True)
class KeyNumbers:
    """What the finding follows from.

    Attributes:
        rows, directions: How many rows there are, and the most directions that they can use.
        relative: Spread as a share of the size, of the dimensions that vary.
        shared: How many directions share the variance.
        first: Share of the variance along the first direction.
        moving: Share of the variance within clips; None where the clips are not known.
        dead: Share of the dimensions that hardly vary.
    """

    rows: int
    directions: int
    relative: float
    shared: float
    first: float
    moving: float | None
    dead: float


def measures_of(
    rows: np.ndarray, group: np.ndarray | None, values: np.ndarray, relative: float, numbers: KeyNumbers
) -> tuple[Measure, ...]:
    """All measures of a representation, in the order in which they are shown.

    Args:
        rows: ``[N, D]``.
        group: The clip of each row, ``[N]``; None if it is not known.
        values: Eigenvalues of the covariance, the largest first, ``[D]``.
        relative: Spread as a share of the size, of all dimensions.
        numbers: What was measured for the finding.
    """
    clips = "not defined: it needs several clips of several rows each, in order of time, and the clip of each row"
    steps = "not defined: no clip has three rows" if group is not None else clips
    still = "not defined: the rows never differ"
    straight = None if group is None else rank_metrics.straightness(rows, group)
    return (
        _measure("spread", relative, "√(sum of variances) / root mean square length", "VICReg, Bardes et al. 2022"),
        _measure(
            "dead dimensions",
            numbers.dead,
            "share with a deviation below 1 % of the largest",
            "VICReg, Bardes et al. 2022",
        ),
        _measure(
            "effective rank",
            rank_metrics.rank_of(values * max(1, len(rows) - 1), min(rows.shape)),
            "exp(-Σ p log p), p = singular values / their sum + 1e-7, centred",
            "RankMe, Garrido et al. 2023",
        ),
        _measure(
            "effective rank, not centred",
            rank_metrics.effective_rank(rows, centred=False),
            "the same without centring: about 1 where a common mean outweighs the rest",
            "RankMe, Garrido et al. 2023",
        ),
        _measure(
            "participation ratio",
            numbers.shared,
            "(Σ λ)² / Σ λ², λ = eigenvalues of the covariance",
            "standard",
        ),
        _measure(
            "spectral decay",
            rank_metrics.spectral_decay(values),
            "α of λ_k ~ k^-α, a line through the logarithms without a tenth of the values at each end",
            "alpha-ReQ, Agrawal et al. 2022",
            "not defined: fewer than 100 directions vary",
        ),
        _measure(
            "moving share",
            numbers.moving,
            "variance within clips / all variance",
            "after PLDM, Sobal et al. 2025",
            clips,
        ),
        _measure(
            "straightness",
            straight,
            "mean cos(z(t+1) - z(t), z(t+2) - z(t+1))",
            "Henaff et al. 2019",
            steps,
        ),
        _measure(
            "distance from a Gaussian",
            rank_metrics.gaussianity(rows, SEED),
            "Epps-Pulley along 64 random directions, each dimension with mean 0 and deviation 1",
            "SIGReg, Balestriero and LeCun 2025",
            still,
        ),
    )


def _measure(name: str, value: float | None, formula: str, source: str, reason: str = "") -> Measure:
    """A measure; ``reason`` is kept only where there is no number."""
    known = value is not None and not np.isnan(value)
    return Measure(name, value if known else None, formula, source, "" if known else reason)
