"""Refuters: what should come out if an estimate were right. None of them can confirm one: with a hidden cause that
nobody drew, placebo and subset pass.

After Sharma and Kiciman 2020 (placebo, random cause, subset, dummy outcome), Cinelli and Hazlett 2020 (robustness
value, contours), VanderWeele and Ding 2017 (E-value).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.causal.least_squares import design_of, inverse_of
from core.causal.question import Columns, Estimate, EstimateError, Question

_ROUNDS = 20
_ROUNDING = 1e-9  # of an effect; less than this is no difference
_SUBSET = 0.8
Method = Callable[[Columns, Question], Estimate]


@dataclass(frozen=True)
class Refutation:
    """One try.

    Attributes:
        name: What was done.
        expected: What should come out, in words.
        value: What came out: the mean over the rounds.
        spread: Its standard deviation over the rounds.
        passed: Whether it came out so.
    """

    name: str
    expected: str
    value: float
    spread: float
    passed: bool


def refute(rows: Columns, question: Question, method: Method, rng: np.random.Generator) -> tuple[Refutation, ...]:
    """Try an estimate in four ways; a way that few rows do not allow is left out.

    Raises:
        EstimateError: Where the estimate itself can't be had.
    """
    found = method(rows, question)
    count, name = len(rows[question.outcome]), _free_name(rows)
    wider = replace(question, covariates=(*question.covariates, name))

    def shuffled() -> float:
        return _z(method(rows | {question.exposure: rng.permutation(rows[question.exposure])}, question))

    def with_random_cause() -> float:
        return method(rows | {name: rng.standard_normal(count)}, wider).value

    def of_subset() -> float:
        some = rng.permutation(count)[: int(_SUBSET * count)]
        return method({one: column[some] for one, column in rows.items()}, question).value

    def of_chance() -> float:
        return _z(method(rows | {question.outcome: rng.standard_normal(count)}, question))

    tries = (
        _near_nothing("exposure shuffled", _rounds(shuffled)),
        _unmoved("a random cause added", _rounds(with_random_cause), found),
        _unmoved("a subset of 80 %", _rounds(of_subset), found),
        _near_nothing("outcome replaced by chance", _rounds(of_chance)),
    )
    return tuple(one for one in tries if one is not None)


def _rounds(once: Callable[[], float]) -> list[float]:
    """What comes of doing it again and again, where it can be done."""
    values = []
    for _ in range(_ROUNDS):
        with contextlib.suppress(EstimateError):  # a draw of few rows may leave nobody to compare
            values.append(once())
    return values


def negative_control(rows: Columns, question: Question, method: Method) -> Refutation:
    """An outcome that the exposure can't move by the graph, with what is adjusted for: there should be no effect
    (Lipsitch, Tchetgen Tchetgen and Cohen 2010)."""
    z = _z(method(rows, question))
    return Refutation(f"{question.outcome} as the outcome", "no effect: 0 standard errors", z, 1.0, bool(abs(z) < 3))


def _near_nothing(name: str, values: list[float]) -> Refutation | None:
    """In standard errors: their mean should be 0, and they should be about 1 apart, or the errors are told too small.
    The limits hold what chance does in 999 of 1,000 tries; None where few rounds could be done."""
    if len(values) < _ROUNDS / 2:
        return None
    from scipy.special import chdtri

    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    freedom = len(values) - 1
    low, high = (float(np.sqrt(chdtri(freedom, share) / freedom)) for share in (0.9995, 0.0005))
    passed = abs(mean) < 3.3 * spread / np.sqrt(len(values)) and low < spread < high
    return Refutation(name, "no effect: 0 standard errors, 1 apart", mean, spread, bool(passed))


def _unmoved(name: str, values: list[float], found: Estimate) -> Refutation | None:
    if len(values) < _ROUNDS / 2:
        return None
    mean = float(np.mean(values))
    passed = bool(abs(mean - found.value) <= found.error + _ROUNDING * abs(found.value))
    return Refutation(name, f"the same effect: {found.value:.3g}", mean, float(np.std(values)), passed)


def robustness_value(rows: Columns, question: Question) -> float:
    """The share of what is left of exposure and of outcome that a hidden cause would have to explain, of both alike, to
    bring the effect to 0 (Cinelli and Hazlett 2020, equation 19). 0: nothing holds; 1: nothing can shake it."""
    ratio, freedom = _t_and_freedom(rows, question)
    f = abs(ratio) / np.sqrt(freedom)
    return float(2 / (1 + np.sqrt(1 + 4 / f**2))) if f > 0 else 0.0  # the same, but for a large f not 0


def with_hidden_cause(
    rows: Columns, question: Question, of_exposure: np.ndarray | float, of_outcome: np.ndarray | float
) -> np.ndarray:
    """What the effect would be with a hidden cause that explains these shares of what is left of both, acting against
    the estimate (Cinelli and Hazlett 2020, equation 12).

    Args:
        of_exposure, of_outcome: Partial R², 0 to 1 (less than 1 for the exposure); of shapes that go together.
    """
    from core.causal.estimate import regression

    found, (ratio, freedom) = regression(rows, question), _t_and_freedom(rows, question)
    error = abs(found.value / ratio) if ratio else found.error
    bias = np.sqrt(of_outcome * of_exposure / (1 - of_exposure)) * error * np.sqrt(freedom)
    return found.value - np.sign(found.value) * bias


def e_value(risk_ratio: float) -> float:
    """How strongly, as a risk ratio, a hidden cause would have to go with exposure and with outcome to explain a risk
    ratio away (VanderWeele and Ding 2017)."""
    ratio = max(risk_ratio, 1 / risk_ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def _t_and_freedom(rows: Columns, question: Question) -> tuple[float, int]:
    """Classical t of the exposure in the regression, and its degrees of freedom."""
    y, design = rows[question.outcome], design_of(rows, question)
    inverse = inverse_of(design, question)
    weights = inverse @ (design.T @ y)
    freedom = len(y) - design.shape[1]
    variance = np.square(y - design @ weights).sum() / freedom
    return float(weights[1] / np.sqrt(variance * inverse[1, 1])), freedom


def _z(found: Estimate) -> float:
    return found.value / max(found.error, 1e-12)


def _free_name(rows: Columns) -> str:
    name = "random"
    while name in rows:
        name += "_"
    return name
