"""Estimands: formulas of observed probabilities, with products, quotients and sums, to print and to evaluate.

A probability that conditions on values that never occur is unknown: NaN, unless the formula multiplies it by 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Joint:
    """Joint distributions of categorical variables.

    Attributes:
        names: The variables.
        table: Probabilities: the last axes belong to ``names``, any axes before them to several distributions.
    """

    names: tuple[str, ...]
    table: np.ndarray

    def marginal(self, kept: frozenset[str]) -> Values:
        """The distribution of some of the variables."""
        return Values(self.names, self.table).without(frozenset(self.names) - kept)


@dataclass(frozen=True)
class Values:
    """A number for each combination of values of some variables.

    Attributes:
        names: The variables.
        array: The last axes belong to ``names``, any axes before them to several distributions.
    """

    names: tuple[str, ...]
    array: np.ndarray

    def along(self, names: tuple[str, ...]) -> np.ndarray:
        """The array ``[..., *names]``: an axis for each of ``names``, of length 1 for variables that it does not depend
        on."""
        kept, axes = [name for name in names if name in self.names], len(self.names)
        moved = np.moveaxis(self.array, [self.names.index(name) - axes for name in kept], range(-len(kept), 0))
        first = moved.ndim - axes
        shape = iter(moved.shape[first:])
        return moved.reshape(moved.shape[:first] + tuple(next(shape) if name in self.names else 1 for name in names))

    def without(self, summed_out: frozenset[str]) -> Values:
        """Summed over all values of some variables."""
        axes = tuple(axis - len(self.names) for axis, name in enumerate(self.names) if name in summed_out)
        return Values(tuple(name for name in self.names if name not in summed_out), self.array.sum(axis=axes))


@dataclass(frozen=True)
class Probability:
    """An observed probability P(variables | given)."""

    variables: frozenset[str]
    given: frozenset[str] = frozenset()

    def __str__(self) -> str:
        variables = ", ".join(sorted(self.variables))
        return f"P({variables} | {', '.join(sorted(self.given))})" if self.given else f"P({variables})"

    def evaluate(self, joint: Joint) -> Values:
        """The value of the expression under a joint distribution, for each value of its variables."""
        both = joint.marginal(self.variables | self.given)
        return _divided(both, joint.marginal(self.given)) if self.given else both


@dataclass(frozen=True)
class Product:
    """A product."""

    factors: tuple[Expression, ...]

    def __str__(self) -> str:
        return " ".join(f"[{factor}]" if isinstance(factor, Sum) else str(factor) for factor in self.factors)

    def evaluate(self, joint: Joint) -> Values:
        parts = [factor.evaluate(joint) for factor in self.factors]
        names = tuple(dict.fromkeys(name for part in parts for name in part.names))
        array = np.ones(())
        for part in parts:
            factor = part.along(names)
            array = np.where((array == 0) | (factor == 0), 0.0, array * factor)
        return Values(names, array)


@dataclass(frozen=True)
class Sum:
    """A sum over all values of some variables."""

    over: frozenset[str]
    inner: Expression

    def __str__(self) -> str:
        return f"Σ_{{{', '.join(sorted(self.over))}}} {self.inner}"

    def evaluate(self, joint: Joint) -> Values:
        return self.inner.evaluate(joint).without(self.over)


@dataclass(frozen=True)
class Quotient:
    """A quotient."""

    numerator: Expression
    denominator: Expression

    def __str__(self) -> str:
        return f"({self.numerator}) / ({self.denominator})"

    def evaluate(self, joint: Joint) -> Values:
        return _divided(self.numerator.evaluate(joint), self.denominator.evaluate(joint))


Expression = Probability | Product | Sum | Quotient


def product(factors: list[Expression]) -> Expression:
    """The product of some factors, without nesting; a single factor is returned as it is."""
    flat = [part for factor in factors for part in (factor.factors if isinstance(factor, Product) else (factor,))]
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def summed(over: frozenset[str], inner: Expression) -> Expression:
    """The sum of an expression over some variables, in its simplest form: an unconditional probability becomes a
    marginal one."""
    if not over:
        return inner
    if isinstance(inner, Probability) and not inner.given and over < inner.variables:
        return Probability(inner.variables - over)
    return Sum(inner.over | over, inner.inner) if isinstance(inner, Sum) else Sum(over, inner)


def adjustment_formula(exposure: str, outcome: str, covariates: frozenset[str]) -> Expression:
    """The adjustment formula: P(outcome | do(exposure)) by some covariates."""
    arms = Probability(frozenset([outcome]), covariates | {exposure})
    return summed(covariates, product([Probability(covariates), arms])) if covariates else arms


def equation(expression: Expression, exposure: str, outcome: str) -> str:
    """An equation with P(outcome | do(exposure)) on the left and the formula on the right.

    A summation variable that also occurs outside its sum, such as the exposure, gets a prime. Free variables are named:
    the equation holds for any of their values.
    """
    free = names_in(expression) - {exposure, outcome}
    right = _primed(expression, frozenset((exposure, outcome)) | free)
    condition = f", for any value of {' and '.join(sorted(free))}" if free else ""
    return f"P({outcome} | do({exposure})) = {right}{condition}"


def names_in(expression: Expression, bound: bool = False) -> frozenset[str]:
    """The free variables of a formula; with its summation variables if ``bound``."""
    match expression:
        case Probability(variables, given):
            return variables | given
        case Product(factors):
            return frozenset().union(*(names_in(factor, bound) for factor in factors))
        case Quotient(numerator, denominator):
            return names_in(numerator, bound) | names_in(denominator, bound)
        case Sum(over, inner):
            return names_in(inner, bound) - (frozenset() if bound else over)
    raise TypeError(expression)


def _primed(expression: Expression, outside: frozenset[str]) -> Expression:
    match expression:
        case Product(factors):
            return Product(tuple(_primed(factor, outside) for factor in factors))
        case Quotient(numerator, denominator):
            return Quotient(_primed(numerator, outside), _primed(denominator, outside))
        case Sum(over, inner):
            names = {name: f"{name}′" if name in outside else name for name in over}
            inner = _primed(inner, outside | over)
            return Sum(frozenset(names.values()), _renamed(inner, names))
    return expression


def _renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    """The formula with its free variables renamed."""

    def new(old: frozenset[str]) -> frozenset[str]:
        return frozenset(names.get(name, name) for name in old)

    match expression:
        case Probability(variables, given):
            return Probability(new(variables), new(given))
        case Product(factors):
            return Product(tuple(_renamed(factor, names) for factor in factors))
        case Quotient(numerator, denominator):
            return Quotient(_renamed(numerator, names), _renamed(denominator, names))
        case Sum(over, inner):
            return Sum(over, _renamed(inner, {old: name for old, name in names.items() if old not in over}))
    raise TypeError(expression)


def _divided(numerator: Values, denominator: Values) -> Values:
    names = tuple(dict.fromkeys((*numerator.names, *denominator.names)))
    low = denominator.along(names)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Values(names, np.where(low > 0, numerator.along(names) / low, np.nan))
