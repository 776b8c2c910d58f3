"""Factors: the causes that can be set in a world, each with its range and unit."""

from __future__ import annotations

import dataclasses
import numbers
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np


@dataclass(frozen=True)
class Range:
    """The values that a factor may take: the bounds of a number or a list of choices."""

    unit: str
    help: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


def number(default: float, low: float, high: float, unit: str, help: str) -> Any:
    """A dataclass field for a number from ``low`` to ``high``; an integer ``default`` makes it a whole number."""
    return field(default=default, metadata={"range": Range(unit, help, low, high)})


def choice(default: str, choices: tuple[str, ...], help: str) -> Any:
    """A dataclass field for one of some choices."""
    return field(default=default, metadata={"range": Range("", help, choices=choices)})


@dataclass(frozen=True)
class Factors:
    """The causes of one clip. Each world has a frozen subclass, whose fields come from ``number`` and ``choice``.

    Attributes:
        world: Name of the world that they belong to.

    Raises:
        ValueError: A factor is outside its range; the sentence names it.
    """

    world: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, allowed in ranges(type(self)).items():
            _check(name, getattr(self, name), allowed, whole=isinstance(getattr(type(self), name), int))

    def without_effect(self) -> frozenset[str]:
        """Names of the factors that change nothing while the others are as they are."""
        return frozenset()


AnyFactors = TypeVar("AnyFactors", bound=Factors)


def ranges(factors: type[Factors]) -> dict[str, Range]:
    """The range of each factor, by name and in order."""
    return {f.name: f.metadata["range"] for f in dataclasses.fields(factors)}


def sample(factors: type[AnyFactors], seed: int, **fixed: object) -> AnyFactors:
    """Factors drawn uniformly from their ranges, except for those that are fixed."""
    rng = np.random.default_rng([seed, 1])
    drawn: dict[str, object] = {}
    for f in dataclasses.fields(factors):
        allowed: Range = f.metadata["range"]
        if allowed.choices:
            drawn[f.name] = allowed.choices[int(rng.integers(len(allowed.choices)))]
        elif isinstance(f.default, int):
            drawn[f.name] = int(rng.integers(int(allowed.low), int(allowed.high) + 1))
        else:
            drawn[f.name] = round(float(rng.uniform(allowed.low, allowed.high)), 4)
    return factors(**{**drawn, **fixed})


def _check(name: str, value: object, allowed: Range, whole: bool) -> None:
    if allowed.choices:
        if value not in allowed.choices:
            raise ValueError(f"{name} must be one of {', '.join(allowed.choices)}, not {value!r}.")
        return
    sort = "a whole number from" if whole else "from"
    kind = numbers.Integral if whole else numbers.Real
    if isinstance(value, bool) or not isinstance(value, kind) or not allowed.low <= float(value) <= allowed.high:
        raise ValueError(f"{name} must be {sort} {allowed.low:g} to {allowed.high:g} {allowed.unit}, not {value!r}.")
