"""Mechanisms: the value of a node from its parents and its own noise, and the noise from the value (abduction).

Every mechanism is data. Noise is drawn separately, so that association, intervention and counterfactual share it. Given
all parents, abduction is exact for each kind of mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.scm.expressions import Expression

Columns = Mapping[str, np.ndarray]
SHAPES = ("normal", "uniform", "laplace")
MAX_CATEGORIES = 20


class MechanismError(ValueError):
    """One plain sentence: what is wrong with a mechanism."""


@dataclass(frozen=True)
class Additive:
    """value = mean(parents) + scale * noise, where the noise has mean 0 and standard deviation 1 and is ``normal``,
    ``uniform`` or ``laplace``. The noise follows from the value."""

    mean: Expression
    scale: float = 1.0
    shape: str = "normal"

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise MechanismError(f"There is no noise distribution called {self.shape!r}; use {', '.join(SHAPES)}.")
        if not 0 <= self.scale < np.inf:
            raise MechanismError(f"The scale of the noise must be 0 or more, not {self.scale:g}.")

    @property
    def parents(self) -> tuple[str, ...]:
        return self.mean.names

    @property
    def noise_kind(self) -> str:
        return self.shape if self.scale else "none"  # with a scale of 0, the value says nothing of the noise

    @property
    def unbounded(self) -> bool:
        """Whether it can have any value, whatever its parents are."""
        return self.scale > 0 and self.shape != "uniform"

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """The noise ``[count]`` of new units, of mean 0 and deviation 1."""
        if self.shape == "uniform":
            return rng.uniform(-np.sqrt(3), np.sqrt(3), count)
        if self.shape == "laplace":
            return rng.laplace(0, 1 / np.sqrt(2), count)
        return rng.standard_normal(count)

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """The noise below which a share (0 to 1) of all lies; both are ``[N]``."""
        if self.shape == "uniform":
            return np.sqrt(3) * (2 * share - 1)
        if self.shape == "laplace":
            return np.sign(share - 0.5) * -np.log1p(-2 * np.abs(share - 0.5)) / np.sqrt(2)
        from scipy.special import ndtri

        return ndtri(share)

    def value(self, columns: Columns, noise: np.ndarray) -> np.ndarray:
        """The value ``[n]`` that parents and noise lead to."""
        return self.mean(columns) + (noise if self.scale == 1 else self.scale * noise)

    def abduct(self, value: np.ndarray, columns: Columns, rng: np.random.Generator) -> np.ndarray:
        if self.scale == 0:
            return np.zeros(np.shape(value))
        return (value - self.mean(columns)) / self.scale

    def log_density(self, value: np.ndarray, columns: Columns) -> np.ndarray:
        """The log density ``[N]`` of values ``[N]``, given the parents; it weights guesses about what is latent."""
        if self.scale == 0:
            return np.where(np.isclose(value, self.mean(columns)), 0.0, -np.inf)
        mean = self.mean(columns)
        noise = (value - mean) / self.scale
        if self.shape == "uniform":
            rounding = 1e-9 + 1e-12 * (np.abs(value) + np.abs(mean)) / self.scale
            return np.where(np.abs(noise) <= np.sqrt(3) + rounding, -np.log(2 * np.sqrt(3) * self.scale), -np.inf)
        if self.shape == "laplace":
            return -np.sqrt(2) * np.abs(noise) - np.log(np.sqrt(2) * self.scale)
        with np.errstate(over="ignore"):
            return -0.5 * noise**2 - np.log(self.scale * np.sqrt(2 * np.pi))


@dataclass(frozen=True)
class Threshold:
    """1 where a uniform noise lies below chance(parents), else 0. A higher chance turns units from 0 to 1 and none
    back (monotonicity). NaN where the chance is NaN."""

    chance: Expression
    unbounded = False

    @property
    def parents(self) -> tuple[str, ...]:
        return self.chance.names

    @property
    def noise_kind(self) -> str:
        return "share"

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        return rng.random(count)

    def quantile(self, share: np.ndarray) -> np.ndarray:
        return share

    def value(self, columns: Columns, noise: np.ndarray) -> np.ndarray:
        chance = self.expected(columns)
        return np.where(np.isnan(chance), np.nan, noise < chance)

    def abduct(self, value: np.ndarray, columns: Columns, rng: np.random.Generator) -> np.ndarray:
        """A draw ``[N]`` from what the noise can have been: below the chance where the value is 1, above it where it is
        0."""
        chance, part = np.broadcast_to(self.expected(columns), np.shape(value)), rng.random(np.shape(value))
        return np.where(np.asarray(value) > 0.5, part * chance, chance + part * (1 - chance))

    def log_density(self, value: np.ndarray, columns: Columns) -> np.ndarray:
        chance, value = self.expected(columns), np.asarray(value)
        with np.errstate(divide="ignore"):
            return np.where(value == 1, np.log(chance), np.where(value == 0, np.log1p(-chance), -np.inf))

    def expected(self, columns: Columns) -> np.ndarray:
        """The chance of 1 given the parents, ``[N]``: from 0 to 1, or NaN."""
        return np.clip(self.chance(columns), 0.0, 1.0)


@dataclass(frozen=True)
class Categorical:
    """One of several categories 0, 1, 2, ... with weights(parents). The noise holds a Gumbel number for each category,
    and the largest log weight + noise wins (Gumbel-max). This is an assumption: other mechanisms with the same chances
    give other counterfactuals (Oberst and Sontag 2019). NaN where a weight is NaN or negative, or where all are 0."""

    weights: tuple[Expression, ...]
    unbounded = False

    def __post_init__(self) -> None:
        if len(self.weights) < 2:
            raise MechanismError("A choice needs at least two categories.")
        if len(self.weights) > MAX_CATEGORIES:
            raise MechanismError(
                f"A choice has at most {MAX_CATEGORIES} categories, not {len(self.weights)}; drop some."
            )

    @property
    def parents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for weight in self.weights for name in weight.names))

    @property
    def noise_kind(self) -> str:
        return f"Gumbel, {len(self.weights)} categories"

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        return rng.gumbel(size=(count, len(self.weights)))

    def value(self, columns: Columns, noise: np.ndarray) -> np.ndarray:
        weights = self._weights(columns, len(noise))
        sound = (np.isfinite(weights) & (weights >= 0)).all(axis=1) & (weights > 0).any(axis=1)
        return np.where(sound, np.argmax(_logits(weights) + noise, axis=1), np.nan)

    def abduct(self, value: np.ndarray, columns: Columns, rng: np.random.Generator) -> np.ndarray:
        """A draw ``[N, K]`` from what the noise can have been (Maddison and Tarlow 2017): the largest sum first, then
        the others below it."""
        logits, rows = _logits(self._weights(columns, len(value))), np.arange(len(value))
        top = rng.gumbel(size=len(value)) + np.logaddexp.reduce(logits, axis=1)
        free = rng.gumbel(size=logits.shape) + logits
        sums = -np.logaddexp(-free, -top[:, None])
        sums[rows, self._kinds(value)] = top
        return sums - logits

    def log_density(self, value: np.ndarray, columns: Columns) -> np.ndarray:
        weights, kinds = self._weights(columns, len(value)), self._kinds(value)
        own = weights[np.arange(len(value)), kinds]
        with np.errstate(all="ignore"):
            return np.where((kinds == value) & (own > 0), np.log(own / weights.sum(axis=1)), -np.inf)

    def _kinds(self, value: np.ndarray) -> np.ndarray:
        """Each value as a whole kind; where it is none, as the next one."""
        return np.clip(np.nan_to_num(np.asarray(value)), 0, len(self.weights) - 1).astype(int)

    def _weights(self, columns: Columns, count: int) -> np.ndarray:
        """For each unit and kind ``[count, kinds]``."""
        return np.stack([np.broadcast_to(weight(columns), count) for weight in self.weights], axis=1)


def _logits(weights: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(weights, 1e-12))


Mechanism = Additive | Threshold | Categorical
