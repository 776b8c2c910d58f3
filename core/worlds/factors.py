"""Factors: the causes that a world lets one set, each with its range and unit."""

from __future__ import annotations

import dataclasses
import numbers
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from core.worlds.stage.physics import Arena, Bodies, Box

BACKGROUNDS = ("plain", "textured", "moving")


@dataclass(frozen=True)
class Range:
    """What a factor may be: the bounds of a number or a list of choices."""

    unit: str
    help: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


def number(default: float, low: float, high: float, unit: str, help: str):
    return field(default=default, metadata={"range": Range(unit, help, low, high)})


def choice(default: str, choices: tuple[str, ...], help: str):
    return field(default=default, metadata={"range": Range("", help, choices=choices)})


@dataclass(frozen=True)
class Layout:
    """What a world hands to physics and to the stage."""

    arena: Arena
    bodies: Bodies
    screen: Box | None = None


@dataclass(frozen=True)
class Factors:
    """The factors that every stage world shares. A world is a subclass with a name and a ``layout``.

    Raises:
        ValueError: A factor is outside its range; the sentence names it.
    """

    name: ClassVar[str] = ""
    summary: ClassVar[str] = ""

    objects: int = number(1, 1, 3, "balls", "How many balls there are: red, then blue, then green.")
    gravity: float = number(2.0, 1.0, 3.0, "widths/s²", "How fast falling gets faster.")
    elasticity: float = number(0.7, 0.2, 0.95, "share", "Share of the speed that a bounce gives back.")
    radius: float = number(0.075, 0.05, 0.1, "widths", "Radius of the balls, before their small differences.")
    lamp: float = number(0.3, 0.1, 0.9, "widths", "Where the lamp hangs, from the left.")
    background: str = choice("textured", BACKGROUNDS, "Plain, textured, or a moving texture (the distractor).")
    strength: float = number(0.5, 0.0, 1.0, "share", "How strong the texture is.")

    def __post_init__(self) -> None:
        check_factors(self)

    def layout(self, rng: np.random.Generator) -> Layout:
        """Place things for these factors. Draws from ``rng`` in a fixed order, whatever the factors are, so that
        changing one factor under one seed leaves everything else as it was (but for a row of balls that needs room:
        more or larger ones shift it)."""
        raise TypeError("Use one of the worlds in core.worlds.WORLDS.")


def ranges(world: type) -> dict[str, Range]:
    """The range of every factor of a world, in order."""
    return {f.name: f.metadata["range"] for f in dataclasses.fields(world)}


def sample(world: type, seed: int, **fixed: object):
    """Draw every factor of a world uniformly from its range, but for those that are fixed."""
    rng = np.random.default_rng([seed, 1])
    drawn: dict[str, object] = {}
    for f in dataclasses.fields(world):
        allowed: Range = f.metadata["range"]
        if allowed.choices:
            drawn[f.name] = allowed.choices[int(rng.integers(len(allowed.choices)))]
        elif isinstance(f.default, int):
            drawn[f.name] = int(rng.integers(int(allowed.low), int(allowed.high) + 1))
        else:
            drawn[f.name] = round(float(rng.uniform(allowed.low, allowed.high)), 4)
    return world(**{**drawn, **fixed})


def check_factors(factors: object) -> None:
    """Refuse a factor outside its range.

    Raises:
        ValueError: The sentence names it.
    """
    for name, allowed in ranges(type(factors)).items():
        _check(name, getattr(factors, name), allowed, whole=isinstance(getattr(type(factors), name), int))


def _check(name: str, value: object, allowed: Range, whole: bool) -> None:
    if allowed.choices:
        if value not in allowed.choices:
            raise ValueError(f"{name} must be one of {', '.join(allowed.choices)}, not {value!r}.")
        return
    sort = "a whole number from" if whole else "from"
    kind = numbers.Integral if whole else numbers.Real
    if isinstance(value, bool) or not isinstance(value, kind) or not allowed.low <= value <= allowed.high:
        raise ValueError(f"{name} must be {sort} {allowed.low:g} to {allowed.high:g} {allowed.unit}, not {value!r}.")
