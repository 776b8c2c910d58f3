"""Refuters: tests that a right estimate passes. None of them can confirm an estimate: with an unmeasured confounder,
placebo and subset pass too. Sharma and Kiciman 2020 (placebo, random common cause, subset, dummy outcome); Lipsitch,
Tchetgen Tchetgen and Cohen 2010 (negative controls)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.causal.estimation.question import Estimate, EstimateError, Method, Question
from core.causal.tables.rows import Columns

WARNING = (
    "A refuter can show that an estimate is wrong. None can confirm one: all can pass despite a hidden confounder."
)
_ROUNDS = 20
TOTAL_ROUNDS = 4 * _ROUNDS  # estimates that ``refute`` makes
_ROUNDING = 1e-9  # of an effect, or of the largest possible effect: a smaller difference is none
_NO_ERROR = 1e-12  # of the same: a smaller error is due to rounding
_SUBSET = 0.8
_ERRORS = "standard errors"


@dataclass(frozen=True)
class Refutation:
    """The result of one refuter.

    Attributes:
        name: The refuter.
        expected: What a right estimate gives, in words.
        value, spread: The mean of the rounds and their standard deviation.
        passed: Whether the result is as expected.
        unit: The unit of ``value`` and ``spread``; empty if it is that of the effect.
    """

    name: str
    expected: str
    value: float
    spread: float
    passed: bool
    unit: str = ""

    @property
    def result(self) -> str:
        """The mean and its spread with the unit."""
        return f"{self.value:.3g} ± {self.spread:.2g} {self.unit}".rstrip()


def refute(
    rows: Columns,
    question: Question,
    method: Method,
    rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
) -> tuple[Refutation, ...]:
    """The results of four refuters; one that the rows do not allow is left out.

    Args:
        report: Receives the share of the work that is done after each round; an exception that it raises ends the work.

    Raises:
        EstimateError: There is no estimate by this method.
    """
    estimate = method(rows, question)
    count, name = len(rows[question.outcome]), _unused_name(rows)
    with_random = replace(question, covariates=(*question.covariates, name))

    def placebo() -> float:
        return _z({**rows, question.exposure: rng.permutation(rows[question.exposure])}, question, method)

    def random_common_cause() -> float:
        return method({**rows, name: rng.standard_normal(count)}, with_random).value

    def random_subset() -> float:
        chosen = rng.permutation(count)[: int(_SUBSET * count)]
        return method({one: column[chosen] for one, column in rows.items()}, question).value

    def dummy_outcome() -> float:
        return _z({**rows, question.outcome: rng.standard_normal(count)}, question, method)

    def rounds(number: int, once: Callable[[], float]) -> list[float]:
        values = []
        for i in range(_ROUNDS):
            with contextlib.suppress(EstimateError):  # a sample of few rows may lack an arm
                values.append(once())
            report((number * _ROUNDS + i + 1) / TOTAL_ROUNDS)
        return values

    rounding = _ROUNDING * (abs(estimate.value) + _largest_effect(rows, question))
    results = (
        _expect_no_effect("placebo exposure (shuffled)", rounds(0, placebo)),
        _expect_same_effect("random common cause added", rounds(1, random_common_cause), estimate, rounding),
        _expect_same_effect("random subset of 80 %", rounds(2, random_subset), estimate, rounding),
        _expect_no_effect("dummy outcome (random)", rounds(3, dummy_outcome)),
    )
    return tuple(result for result in results if result is not None)


def negative_control(rows: Columns, question: Question, method: Method) -> Refutation:
    """The estimate for an outcome that the exposure can't affect by the graph: there should be no effect.

    Raises:
        EstimateError: There is no estimate by this method.
    """
    z = _z(rows, question, method)
    name = f"{question.outcome} as negative control"
    return Refutation(name, f"no effect: 0 {_ERRORS}", z, 1.0, bool(abs(z) < 3), _ERRORS)


def _expect_no_effect(name: str, values: list[float]) -> Refutation | None:
    """Passes if the mean of the standardised effects is 0 and their standard deviation 1; else there is an effect, or
    the standard errors are wrong. The limits hold in 999 of 1,000 cases. None if few rounds gave a value."""
    if len(values) < _ROUNDS / 2:
        return None
    from scipy.special import chdtri

    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    freedom = len(values) - 1
    low, high = (float(np.sqrt(chdtri(freedom, share) / freedom)) for share in (0.9995, 0.0005))
    passed = abs(mean) < 3.3 * spread / np.sqrt(len(values)) and low < spread < high
    return Refutation(name, f"no effect: 0 ± 1 {_ERRORS}", mean, spread, bool(passed), _ERRORS)


def _expect_same_effect(name: str, values: list[float], estimate: Estimate, rounding: float) -> Refutation | None:
    """Passes if the mean effect stays within a standard error. None if few rounds gave a value."""
    if len(values) < _ROUNDS / 2:
        return None
    mean = float(np.mean(values))
    passed = bool(abs(mean - estimate.value) <= estimate.error + rounding)
    return Refutation(name, f"the same effect: {estimate.value:.3g}", mean, float(np.std(values)), passed)


def _z(rows: Columns, question: Question, method: Method) -> float:
    """The estimate in standard errors, the latter no smaller than rounding error."""
    estimate = method(rows, question)
    return estimate.value / max(estimate.error, _NO_ERROR * _largest_effect(rows, question))


def _largest_effect(rows: Columns, question: Question) -> float:
    """The effect that would explain all of the outcome: the scale for what counts as small, in any units."""
    return float(rows[question.outcome].std() / rows[question.exposure].std())


def _unused_name(rows: Columns) -> str:
    name = "random"
    while name in rows:
        name += "_"
    return name
