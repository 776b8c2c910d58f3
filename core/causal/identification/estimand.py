"""Formulas of what is observed: probabilities, products, quotients and sums, to be read and to be worked out.

What is conditioned on and was never seen is not known: NaN, unless the formula multiplies it by 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Joint:
    """A joint distribution of categorical variables: the last axes of ``table`` are those of ``names``; any before them
    tell several distributions apart."""

    names: tuple[str, ...]
    table: np.ndarray

    def marginal(self, kept: frozenset[str]) -> Values:
        """The distribution of some of them."""
        return Values(self.names, self.table).without(frozenset(self.names) - kept)


@dataclass(frozen=True)
class Values:
    """A number for each combination of some variables: the last axes of ``array`` are those of ``names``, those before
    them of the joint distributions."""

    names: tuple[str, ...]
    array: np.ndarray

    def along(self, names: tuple[str, ...]) -> np.ndarray:
        """The same with an axis for each of ``names``, of length 1 where it does not matter."""
        kept, axes = [name for name in names if name in self.names], len(self.names)
        moved = np.moveaxis(self.array, [self.names.index(name) - axes for name in kept], range(-len(kept), 0))
        first = moved.ndim - axes
        shape = iter(moved.shape[first:])
        return moved.reshape(moved.shape[:first] + tuple(next(shape) if name in self.names else 1 for name in names))

    def without(self, gone: frozenset[str]) -> Values:
        """Summed over all values of some variables."""
        axes = tuple(axis - len(self.names) for axis, name in enumerate(self.names) if name in gone)
        return Values(tuple(name for name in self.names if name not in gone), self.array.sum(axis=axes))


@dataclass(frozen=True)
class Probability:
    """P(variables | given), of what is observed."""

    variables: frozenset[str]
    given: frozenset[str] = frozenset()

    def __str__(self) -> str:
        told = ", ".join(sorted(self.variables))
        return f"P({told} | {', '.join(sorted(self.given))})" if self.given else f"P({told})"

    def evaluate(self, joint: Joint) -> Values:
        whole = joint.marginal(self.variables | self.given)
        return _divided(whole, joint.marginal(self.given)) if self.given else whole


@dataclass(frozen=True)
class Product:
    """The product of some factors."""

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
    """The sum of a formula over all values of some variables."""

    over: frozenset[str]
    inner: Expression

    def __str__(self) -> str:
        return f"Σ_{{{', '.join(sorted(self.over))}}} {self.inner}"

    def evaluate(self, joint: Joint) -> Values:
        return self.inner.evaluate(joint).without(self.over)


@dataclass(frozen=True)
class Quotient:
    """One formula over another."""

    above: Expression
    below: Expression

    def __str__(self) -> str:
        return f"({self.above}) / ({self.below})"

    def evaluate(self, joint: Joint) -> Values:
        return _divided(self.above.evaluate(joint), self.below.evaluate(joint))


Expression = Probability | Product | Sum | Quotient


def product(factors: list[Expression]) -> Expression:
    """A product; a single factor stands for itself."""
    flat = [part for factor in factors for part in (factor.factors if isinstance(factor, Product) else (factor,))]
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def summed(over: frozenset[str], inner: Expression) -> Expression:
    """A sum; over nothing it is what it sums, and of an unconditional probability it is a marginal one."""
    if not over:
        return inner
    if isinstance(inner, Probability) and not inner.given and over < inner.variables:
        return Probability(inner.variables - over)
    return Sum(inner.over | over, inner.inner) if isinstance(inner, Sum) else Sum(over, inner)


def adjusted(exposure: str, outcome: str, covariates: frozenset[str]) -> Expression:
    """P(outcome | do(exposure)) by adjusting for some covariates."""
    arms = Probability(frozenset([outcome]), covariates | {exposure})
    return summed(covariates, product([Probability(covariates), arms])) if covariates else arms


def told(expression: Expression, exposure: str, outcome: str) -> str:
    """The formula of P(outcome | do(exposure)). A sum over values of something that also stands outside of it, such as
    the exposure, has a prime. What else it leaves open is named: it may have any value."""
    free = names_in(expression) - {exposure, outcome}
    shown = _primed(expression, frozenset((exposure, outcome)) | free)
    left = f", for any value of {' and '.join(sorted(free))}" if free else ""
    return f"P({outcome} | do({exposure})) = {shown}{left}"


def names_in(expression: Expression, bound: bool = False) -> frozenset[str]:
    """The variables that a formula leaves open; with those that it sums over, if ``bound``."""
    match expression:
        case Probability(variables, given):
            return variables | given
        case Product(factors):
            return frozenset().union(*(names_in(factor, bound) for factor in factors))
        case Quotient(above, below):
            return names_in(above, bound) | names_in(below, bound)
        case Sum(over, inner):
            return names_in(inner, bound) - (frozenset() if bound else over)
    raise TypeError(expression)


def _primed(expression: Expression, outside: frozenset[str]) -> Expression:
    match expression:
        case Product(factors):
            return Product(tuple(_primed(factor, outside) for factor in factors))
        case Quotient(above, below):
            return Quotient(_primed(above, outside), _primed(below, outside))
        case Sum(over, inner):
            names = {name: f"{name}′" if name in outside else name for name in over}
            inner = _primed(inner, outside | over)
            return Sum(frozenset(names.values()), _renamed(inner, names))
    return expression


def _renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    """With other names, but not of what a sum further inside runs over."""

    def new(old: frozenset[str]) -> frozenset[str]:
        return frozenset(names.get(name, name) for name in old)

    match expression:
        case Probability(variables, given):
            return Probability(new(variables), new(given))
        case Product(factors):
            return Product(tuple(_renamed(factor, names) for factor in factors))
        case Quotient(above, below):
            return Quotient(_renamed(above, names), _renamed(below, names))
        case Sum(over, inner):
            return Sum(over, _renamed(inner, {old: name for old, name in names.items() if old not in over}))
    raise TypeError(expression)


def mean_at(expression: Expression, joint: Joint, outcome: str, fixed: Mapping[str, int]) -> float:
    """The mean of a numerical outcome (0, 1, ...) by a formula for P(outcome | do(...)), where other variables that it
    mentions are at the ``fixed`` values."""
    found = expression.evaluate(joint)
    index = tuple(slice(None) if name == outcome else fixed[name] for name in found.names)
    return float(found.array[index] @ np.arange(found.array.shape[found.names.index(outcome)]))


def _divided(above: Values, below: Values) -> Values:
    names = tuple(dict.fromkeys((*above.names, *below.names)))
    low = below.along(names)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Values(names, np.where(low > 0, above.along(names) / low, np.nan))
