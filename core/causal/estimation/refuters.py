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

from core.causal.estimation.least_squares import design_of, inverse_of, length
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns

_ROUNDS = 20
TRIES = 4 * _ROUNDS  # estimates that ``refute`` makes
_ROUNDING = 1e-9  # of an effect, or of what it could be by the spreads; less than this is no difference
_NO_ERROR = 1e-12  # of the same; a smaller error is that of rounding
_SUBSET = 0.8
_ERRORS = "standard errors"
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
        unit: In which both are; empty where that is the effect's own.
    """

    name: str
    expected: str
    value: float
    spread: float
    passed: bool
    unit: str = ""

    @property
    def gave(self) -> str:
        """What came out, in words."""
        return f"{self.value:.3g} ± {self.spread:.2g} {self.unit}".rstrip()


def refute(
    rows: Columns, question: Question, method: Method, rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
) -> tuple[Refutation, ...]:  # fmt: skip
    """Try an estimate in four ways; a way that few rows do not allow is left out.

    Args:
        report: Is told the share that is done after each round; what it raises ends the tries.

    Raises:
        EstimateError: Where the estimate itself can't be had.
    """
    found = method(rows, question)
    count, name = len(rows[question.outcome]), _free_name(rows)
    wider = replace(question, covariates=(*question.covariates, name))

    def shuffled() -> float:
        return _z(rows | {question.exposure: rng.permutation(rows[question.exposure])}, question, method)

    def with_random_cause() -> float:
        return method(rows | {name: rng.standard_normal(count)}, wider).value

    def of_subset() -> float:
        some = rng.permutation(count)[: int(_SUBSET * count)]
        return method({one: column[some] for one, column in rows.items()}, question).value

    def of_chance() -> float:
        return _z(rows | {question.outcome: rng.standard_normal(count)}, question, method)

    def rounds(number: int, once: Callable[[], float]) -> list[float]:
        values = []
        for i in range(_ROUNDS):
            with contextlib.suppress(EstimateError):  # a draw of few rows may leave nobody to compare
                values.append(once())
            report((number * _ROUNDS + i + 1) / TRIES)
        return values

    rounding = _ROUNDING * (abs(found.value) + _steepest(rows, question))

    tries = (
        _near_nothing("exposure shuffled", rounds(0, shuffled)),
        _unmoved("a random cause added", rounds(1, with_random_cause), found, rounding),
        _unmoved("a subset of 80 %", rounds(2, of_subset), found, rounding),
        _near_nothing("outcome replaced by chance", rounds(3, of_chance)),
    )
    return tuple(one for one in tries if one is not None)


def negative_control(rows: Columns, question: Question, method: Method) -> Refutation:
    """An outcome that the exposure can't move by the graph, with what is adjusted for: there should be no effect
    (Lipsitch, Tchetgen Tchetgen and Cohen 2010)."""
    z = _z(rows, question, method)
    passed = bool(abs(z) < 3)
    return Refutation(f"{question.outcome} as the outcome", f"no effect: 0 {_ERRORS}", z, 1.0, passed, _ERRORS)


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
    return Refutation(name, f"no effect: 0 ± 1 {_ERRORS}", mean, spread, bool(passed), _ERRORS)


def _unmoved(name: str, values: list[float], found: Estimate, rounding: float) -> Refutation | None:
    if len(values) < _ROUNDS / 2:
        return None
    mean = float(np.mean(values))
    passed = bool(abs(mean - found.value) <= found.error + rounding)
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
    from core.causal.estimation.adjustment import regression

    found, (ratio, freedom) = regression(rows, question), _t_and_freedom(rows, question)
    error = abs(found.value / ratio) if ratio else found.error
    bias = np.sqrt(of_outcome * of_exposure / (1 - of_exposure)) * error * np.sqrt(freedom)
    return found.value - np.sign(found.value) * bias


def e_value(risk_ratio: float) -> float:
    """How strongly, as a risk ratio, a hidden cause would have to go with exposure and with outcome to explain a risk
    ratio away (VanderWeele and Ding 2017)."""
    ratio = max(risk_ratio, 1 / risk_ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


@dataclass(frozen=True)
class MissingCause:
    """How strong a cause that nobody thought of would have to be.

    Attributes:
        robustness: The robustness value.
        e_value: Of the ratio of both arms' means; None unless the outcome is 0 or 1 and both are known.
        e_value_limit: Of the limit of the ratio's interval that is nearest to 1; 1 where the interval holds 1.
    """

    robustness: float
    e_value: float | None
    e_value_limit: float | None

    @property
    def told(self) -> str:
        """In words."""
        risks = "" if self.e_value is None else f" As risk ratios: {self.e_value:.2f} with both"
        if self.e_value_limit is not None:
            moved = f"{self.e_value_limit:.2f} for the ratio's interval to hold no effect"
            held = "nothing for the ratio's interval, which holds no effect"
            risks += f", and {moved if self.e_value_limit > 1 else held}"
        return (
            f"A hidden cause that explains {self.robustness:.1%} of what is left of the exposure and as much of the "
            f"outcome brings the regression's effect to 0 (robustness value, Cinelli and Hazlett 2020)."
            + (f"{risks} (E-values, VanderWeele and Ding 2017)." if risks else "")
        )


def missing_cause(rows: Columns, question: Question, quoted: Estimate | None) -> MissingCause:
    """How strong a hidden cause would have to be to explain an effect away that is found by adjusting.

    Args:
        quoted: The estimate that is quoted; None where none is.

    Raises:
        EstimateError: The regression can't be had.
    """
    means, ratio = (None, None) if quoted is None else (quoted.means, quoted.ratio)
    risks = means is not None and min(means) > 0 and bool(np.isin(rows[question.outcome], (0, 1)).all())
    if not risks:
        return MissingCause(robustness_value(rows, question), None, None)
    limit = None if ratio is None else e_value(min(max(1.0, ratio[0]), ratio[1]))
    return MissingCause(robustness_value(rows, question), e_value(means[1] / means[0]), limit)


def _t_and_freedom(rows: Columns, question: Question) -> tuple[float, int]:
    """Classical t of the exposure in the regression, and its degrees of freedom."""
    y, design = rows[question.outcome], design_of(rows, question)
    inverse = inverse_of(design, question)
    weights = inverse @ (design.T @ y)
    freedom = len(y) - design.shape[1]
    error = length(y - design @ weights) / np.sqrt(freedom) * np.sqrt(inverse[1, 1])
    return float(weights[1] / error), freedom


def _z(rows: Columns, question: Question, method: Method) -> float:
    """The estimate in standard errors, these no smaller than rounding can tell."""
    found = method(rows, question)
    return found.value / max(found.error, _NO_ERROR * _steepest(rows, question))


def _steepest(rows: Columns, question: Question) -> float:
    """The effect that would explain all of the outcome: what counts as small is told by it, in any units."""
    return float(rows[question.outcome].std() / rows[question.exposure].std())


def _free_name(rows: Columns) -> str:
    name = "random"
    while name in rows:
        name += "_"
    return name
