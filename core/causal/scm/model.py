"""Structural causal models: seeing, doing and imagining the same units (Pearl 2009, chapter 7)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift, by_node
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError

MAX_UNITS = 2_000_000
_LARGEST = 1e12
_MANY = 200_000  # units from which it pays to draw two nodes' noise at once


@dataclass(frozen=True)
class Units:
    """Some units: for each node a column of ``noise`` and one of ``values``, row by row the same units. ``weights`` say
    how likely each is where they were guessed; None where all count alike."""

    values: Mapping[str, np.ndarray]
    noise: Mapping[str, np.ndarray]
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    @property
    def effective(self) -> float:
        """How many equally likely units the weights are worth (Kish 1965)."""
        if self.weights is None:
            return float(len(self))
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum()) if self.weights.any() else 0.0

    def mean(self, node: str) -> float:
        return float(np.average(self.values[node], weights=self.weights))


@dataclass(frozen=True)
class Model:
    """A structural causal model: a mechanism for each node, in any order.

    Raises:
        MechanismError: A mechanism listens to a node that has none.
        GraphError: The arrows run in a circle.
    """

    mechanisms: Mapping[str, Mechanism]
    latent: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for node, mechanism in self.mechanisms.items():
            for parent in mechanism.parents:
                if parent not in self.mechanisms:
                    raise MechanismError(f"{node} listens to {parent}, which has no mechanism of its own.")
        _ = self.order

    @cached_property
    def graph(self) -> CausalGraph:
        edges = [(parent, node) for node, one in self.mechanisms.items() for parent in one.parents]
        return CausalGraph(tuple(self.mechanisms), tuple(edges), self.latent)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Causes before what listens to them."""
        left, done = dict.fromkeys(self.mechanisms), []
        graph = self.graph
        while left:
            ready = [node for node in left if not graph.parents(node) & set(left)]
            done += ready
            left = dict.fromkeys(node for node in left if node not in ready)
        return tuple(done)

    def draw_noise(self, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """The noise of new units, drawn once and used for everything that is asked of them.

        Raises:
            MechanismError: No units, or too many.
        """
        if not 1 <= count <= MAX_UNITS:
            raise MechanismError(f"Units must be 1 to {MAX_UNITS:,}, not {count:,}.")
        streams = rng.spawn(len(self.mechanisms))  # one for each node, so that they can be drawn side by side
        with ThreadPoolExecutor(2 if count >= _MANY else 1) as pool:
            drawn = pool.map(lambda one, own: one.draw(count, own), self.mechanisms.values(), streams)
            return dict(zip(self.mechanisms, drawn, strict=True))

    def simulate(self, noise: Mapping[str, np.ndarray], *interventions: Intervention) -> Units:
        """What becomes of units with this noise: seeing, or with interventions doing. The same noise gives the same
        units, so that rows can be compared.

        Raises:
            GraphError: An intervention is on no node, or makes the arrows run in a circle.
            MechanismError: An intervention makes no sense, or listens to a node that is not there.
        """
        doing, values = by_node(self.graph, interventions), {}
        count = len(next(iter(noise.values())))
        for node in self.order_under(doing):
            values[node] = np.broadcast_to(self._value(node, values, noise, doing.get(node)), count)
        return Units(values, noise)

    def abduct(self, seen: Mapping[str, np.ndarray], count: int, rng: np.random.Generator) -> Units:
        """Units that are like what was seen: their noise, and how likely each is.

        Args:
            seen: Values ``[n]`` of some nodes. Where all are there, the noise of each of the n units is worked out
                exactly (with one draw where it can have been several), and ``count`` does not matter.
            count: Where n is 1 and some nodes were not seen: how many guesses, weighed by how likely they make what was
                seen.

        Raises:
            GraphError: What was seen is of no node.
            MechanismError: Something is missing from more than one unit, columns are not equally long, or everything
                was seen and can't have been.
        """
        for name in seen:
            self.graph.check_node(name)
        values = {node: np.atleast_1d(np.asarray(column, np.float64)) for node, column in seen.items()}
        _check_lengths(values)
        missing = [node for node in self.order if node not in values]
        if not missing:
            self._check_possible(values)
            noise = {node: one.abduct(values[node], values, rng) for node, one in self.mechanisms.items()}
            return Units(values, noise)
        if any(len(column) > 1 for column in values.values()):
            raise MechanismError(f"Of several units everything must be seen; {missing[0]} is not.")
        return self._guess({node: column[0] for node, column in values.items()}, count, rng)

    def counterfactual(self, units: Units, *interventions: Intervention) -> Units:
        """What would have become of these very units under interventions: their own noise, played again."""
        return replace(self.simulate(units.noise, *interventions), weights=units.weights)

    def order_under(self, doing: Mapping[str, Intervention]) -> tuple[str, ...]:
        """Causes before what listens to them, while some nodes may listen to others than before.

        Raises:
            GraphError: The arrows run in a circle.
            MechanismError: A node listens to one that is not there.
        """
        if not any(isinstance(one, ReplaceMechanism) for one in doing.values()):
            return self.order
        alone = Additive(Expression("0"))  # stands for what listens to nothing
        new = {
            node: one.mechanism if isinstance(one, ReplaceMechanism) else alone
            for node, one in doing.items()
            if not isinstance(one, Shift)
        }
        return Model({**self.mechanisms, **new}).order

    def _value(
        self, node: str, values: Mapping[str, np.ndarray], noise: Mapping[str, np.ndarray], doing: Intervention | None
    ) -> np.ndarray:
        own = self.mechanisms[node]
        match doing:
            case Do(value=value):
                return np.float64(value)
            case Shift(by=by):
                return own.value(values, noise[node]) + by
            case ReplaceMechanism(mechanism=new) if new.noise_kind == own.noise_kind:
                return new.value(values, noise[node])
            case ReplaceMechanism(mechanism=Categorical()):
                raise MechanismError("Only a choice of as many kinds can be replaced by a choice.")
            case ReplaceMechanism(mechanism=new):
                return new.value(values, new.quantile(_lots(node, len(noise[node]))))
            case Randomise(chance=chance):
                return (_lots(node, len(noise[node])) < chance).astype(np.float64)
        return own.value(values, noise[node])

    def _check_possible(self, values: Mapping[str, np.ndarray]) -> None:
        """Refuse what could never have been seen."""
        for node, mechanism in self.mechanisms.items():
            told = values[node] if mechanism.unbounded else mechanism.log_density(values[node], values)
            never = ~np.isfinite(told)
            if never.any():
                raise MechanismError(
                    f"{node} can't have been {values[node][never.argmax()]:g}, as the rest was; change what was seen."
                )

    def _guess(self, seen: Mapping[str, float], count: int, rng: np.random.Generator) -> Units:
        """Likelihood weighting: what was not seen is drawn from its causes, what was is weighed."""
        values, noise, logs = {}, {}, np.zeros(count)
        for node in self.order:
            mechanism = self.mechanisms[node]
            if node in seen:
                values[node] = np.full(count, seen[node])
                logs = logs + mechanism.log_density(values[node], values)  # not a number: no guess that fits
                noise[node] = mechanism.abduct(values[node], values, rng)
            else:
                noise[node] = mechanism.draw(count, rng)
                values[node] = np.broadcast_to(mechanism.value(values, noise[node]), count)
        logs = np.where(np.isnan(logs), -np.inf, logs)
        weights = np.exp(logs - logs.max()) if np.isfinite(logs.max()) else np.zeros(count)
        return Units(values, noise, weights)


def check_numbers(units: Units) -> None:
    """Refuse units whose values are no numbers to work with.

    Raises:
        MechanismError: Names the node and how many units it is about.
    """
    for node, values in units.values.items():
        wrong = ~(np.abs(values) < _LARGEST)  # also what is not a number
        if wrong.any():
            raise MechanismError(
                f"{node} is not a number, or a huge one, in {int(wrong.sum()):,} of {len(values):,} units; look for a "
                "logarithm or root of something negative, a division by 0, a weight below 0, or too large a factor."
            )


def _check_lengths(values: Mapping[str, np.ndarray]) -> None:
    """Refuse columns that are none, or not of the same units."""
    count = {node: len(column) for node, column in values.items()}
    for node, column in values.items():
        if column.ndim > 1:
            raise MechanismError(f"What was seen of {node} must be a number for each unit, not a table.")
        if count[node] != (most := max(count.values())):
            raise MechanismError(
                f"{node} was seen of {count[node]:,} units and others of {most:,}; give as many of each."
            )


def _lots(node: str, count: int) -> np.ndarray:
    """A number from 0 to 1 for each unit that has nothing to do with its noise, for when a node is left to chance:
    always the same, so that it falls alike in doing and in imagining."""
    return np.random.default_rng(zlib.crc32(node.encode())).random(count)
