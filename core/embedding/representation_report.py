"""Is a representation sound? Measures of it, each with its formula and source, and one finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.embedding import rank_metrics
from core.embedding.rank_metrics import DEAD_SHARE, SLOW_SHARE
from core.embedding.representation_measures import SEED, KeyNumbers, Measure, measures_of
from core.results import Finding, Floats, Result, provenance
from core.wording import percent

_CONSTANT, _FAINT = 1e-4, 0.05  # spread / size: below the first nothing varies, below the second the mean outweighs it
_LEAST_ROWS = 10
_ONE, _MOSTLY_ONE, _FEW = 1.1, 1.5, 3.0  # directions that share the variance: at 1.1 one has 95 % of it, at 1.5 80 %
_MOST_DEAD = 0.5  # share of the dimensions
_UNCHECKED = (
    " Whether any of it is motion cannot be checked: that needs several clips of several rows each, and the clip of "
    "each row."
)


@dataclass(frozen=True)
class ReportProtocol:
    """What was examined: how many rows, of how many dimensions, whether the clip of each row was known; and the seed of
    the random directions of the comparison with a Gaussian."""

    rows: int
    dimensions: int
    grouped: bool
    seed: int = SEED


@dataclass(frozen=True)
class RepresentationReport(Result):
    """What was found of a representation.

    Attributes:
        finding: Its state is ``healthy``, ``suspicious``, ``collapsed`` or ``unjudged`` (too few rows).
        measures: In the order in which they are shown.
        spread: Standard deviation of each dimension, ``[D]``.
        spectrum: Eigenvalues of the covariance, the largest first, ``[D]``.
        constant: Whether nothing varies by more than rounding.
    """

    kind: ClassVar[str] = "representation report"
    protocol: ReportProtocol
    finding: Finding
    measures: tuple[Measure, ...]
    spread: Floats
    spectrum: Floats
    constant: bool


def examine(rows: np.ndarray, group: np.ndarray | None = None) -> RepresentationReport:
    """The report on a representation.

    Args:
        rows: ``[N, D]``, at least two.
        group: The clip of each row, ``[N]``, the rows of a clip in order of time; None if it is not known.
    """
    scale = float(np.abs(rows).max()) or 1.0  # squares of very large or very small numbers overflow or vanish
    protocol = ReportProtocol(len(rows), rows.shape[1], grouped=group is not None)
    rows = rows.astype(np.float64) / scale
    spread, values = rows.std(axis=0), rank_metrics.spectrum(rows) / max(1, len(rows) - 1)
    size = np.square(rows).mean(axis=0)  # [D]
    varying = spread > _CONSTANT * np.sqrt(size)
    numbers = KeyNumbers(
        rows=len(rows),
        directions=min(rows.shape[1], len(rows) - 1),
        relative=_share(np.square(spread[varying]).sum(), size[varying].sum()),
        shared=rank_metrics.participation_ratio(values),
        first=float(values[0] / values.sum()) if values.sum() > 0 else 0.0,
        moving=None if group is None else rank_metrics.moving_share_of_rows(rows, group),
        dead=float((spread < 0.01 * spread.max()).mean()) if spread.max() > 0 else 1.0,
    )
    return RepresentationReport(
        protocol,
        _finding(numbers, one_dimensional=rows.shape[1] == 1),
        measures_of(rows, group, values, _share(values.sum(), size.sum()), numbers),
        scale * spread,
        scale**2 * values,
        numbers.relative == 0,
        provenance=provenance("core.embedding.representation_report.examine"),
    )


def compare_with_null(report: RepresentationReport, null: RepresentationReport) -> RepresentationReport:
    """The report on a network, judged beside its ``null``: the same network with random weights.

    Rows that differ by a small share of their length may have a common mean; where random weights separate them better,
    training has collapsed them.
    """
    spread, usual = (
        next(one.value for one in found.measures if one.name == "spread") or 0.0 for found in (report, null)
    )
    if report.finding.state in ("collapsed", "unjudged") or spread >= _FAINT or spread >= usual / 2:
        return report
    text = (
        f"Rows differ by {percent(spread, 1)} of their length, and by {percent(usual, 1)} with random weights: "
        "training has made the encoder almost constant."
    )
    return replace(report, finding=Finding("collapsed", text, {"spread": spread, "null spread": usual}))


def spread_finding(report: RepresentationReport) -> Finding:
    """How many dimensions vary; the state is ``constant`` or ``varies``."""
    if report.constant:
        return Finding("constant", "No dimension varies by more than rounding")
    count, most = len(report.spread), report.spread.max()
    still = int((report.spread < 0.01 * most).sum()) if most > 0 else count
    return Finding("varies", f"{count - still:,} of {count:,} dimensions vary", {"varying": count - still})


def spectrum_finding(report: RepresentationReport) -> Finding:
    """How many directions hold most of the variance; the state is ``constant`` or ``varies``."""
    if report.constant:
        return Finding("constant", "There is no variance beyond rounding")
    held = np.cumsum(report.spectrum) / report.spectrum.sum()
    few = int(np.searchsorted(held, 0.9)) + 1
    hold = "direction holds" if few == 1 else "directions hold"
    return Finding("varies", f"{few:,} {hold} 90 % of the variance", {"directions": few})


def _share(variance: float, size: float) -> float:
    """Root of a variance as a share of the root mean square length; 0 of nothing."""
    return float(np.sqrt(variance / size)) if size > 0 else 0.0


def _finding(numbers: KeyNumbers, one_dimensional: bool) -> Finding:
    state, text = _verdict(numbers, one_dimensional)
    shown = {"spread": numbers.relative, "directions": numbers.shared, "dead dimensions": numbers.dead}
    if numbers.moving is not None:
        shown["motion"] = numbers.moving
    return Finding(state, text, shown)


def _verdict(numbers: KeyNumbers, one_dimensional: bool) -> tuple[str, str]:
    """State and sentences."""
    shared, most, moving = numbers.shared, numbers.directions, numbers.moving
    if numbers.rows < _LEAST_ROWS:
        return "unjudged", f"{numbers.rows} rows are too few to judge the representation; it needs {_LEAST_ROWS}."
    if numbers.relative == 0:
        return (
            "collapsed",
            f"All rows are the same to within {percent(_CONSTANT, 2)} of their size: the encoder is constant.",
        )
    one = f"{percent(numbers.first)} of the variance lies along one direction of {most}."
    if shared < _ONE and most > 1:
        return "collapsed", one
    if moving is not None and moving < DEAD_SHARE:
        return "collapsed", (
            f"Only {percent(moving, 1)} of the variance is motion: the representation separates clips by what stays "
            "the same in them, such as the background (slow features)."
        )
    unchecked = _UNCHECKED if moving is None else ""
    if one_dimensional:
        return "suspicious", f"The representation is one-dimensional: a single number for each row.{unchecked}"
    spans = f"{shared:.{0 if shared >= 10 else 1}f} directions of {most:,} share the variance"
    if numbers.relative < _FAINT:
        return "suspicious", (
            f"What all rows have in common outweighs their differences ({percent(numbers.relative, 1)} of their "
            f"length), so all their cosines are near 1. About the mean, {spans}.{unchecked}"
        )
    if shared < _MOSTLY_ONE and most > 1:
        return "suspicious", f"{one}{unchecked}"
    if shared < _FEW < most:
        return "suspicious", f"Only {spans}.{unchecked}"
    if moving is not None and moving < SLOW_SHARE:
        return (
            "suspicious",
            f"Little of the variance ({percent(moving)}) is motion; most of it is constant within a clip.",
        )
    if numbers.dead > _MOST_DEAD:
        return "suspicious", f"{percent(numbers.dead)} of the dimensions hardly vary.{unchecked}"
    motion = "" if moving is None else f", and {percent(moving)} of it is motion"
    return "healthy", f"{spans}{motion}.{unchecked}"
