"""Structural causal models: association, intervention and counterfactual on the same units (Pearl 2009, chapter 7)."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift, by_node
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold

MAX_UNITS = 2_000_000
_LARGEST = 1e12
_MANY = 200_000  # units from which drawing the noise of two nodes in parallel is faster


@dataclass(frozen=True)
class Units:
    """Some units: for each node a column of ``noise`` and one of ``values``; a row is a unit. ``weights`` are the
    likelihoods of units that were sampled to fit an observation; None if all count equally."""

    values: Mapping[str, np.ndarray]
    noise: Mapping[str, np.ndarray]
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    @property
    def effective(self) -> float:
        """The effective sample size of the weights (Kish 1965)."""
        if self.weights is None:
            return float(len(self))
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum()) if self.weights.any() else 0.0

    def mean(self, node: str) -> float:
        return float(np.average(self.values[node], weights=self.weights))


@dataclass(frozen=True)
class Model:
    """A structural causal model: a mechanism for each node, in any order.

    Raises:
        MechanismError: A mechanism depends on a node that has none.
        GraphError: The arrows form a cycle.
    """

    mechanisms: Mapping[str, Mechanism]
    latent: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for node, mechanism in self.mechanisms.items():
            for parent in mechanism.parents:
                if parent not in self.mechanisms:
                    raise MechanismError(f"{node} depends on {parent}, which has no mechanism of its own.")
        _ = self.order

    @cached_property
    def graph(self) -> CausalGraph:
        edges = [(parent, node) for node, one in self.mechanisms.items() for parent in one.parents]
        return CausalGraph(tuple(self.mechanisms), tuple(edges), self.latent)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes, causes before effects."""
        left, done = dict.fromkeys(self.mechanisms), []
        graph = self.graph
        while left:
            ready = [node for node in left if not graph.parents(node) & set(left)]
            done += ready
            left = dict.fromkeys(node for node in left if node not in ready)
        return tuple(done)

    def draw(self, count: int, rng: np.random.Generator, *interventions: Intervention) -> Units:
        """Returns new units under interventions: the same as ``simulate`` with ``draw_noise`` gives, but without the
        noise of nodes whose value is set, which is not drawn.

        Raises:
            GraphError, MechanismError: As ``draw_noise`` and ``simulate``.
        """
        unused = {one.node for one in interventions if isinstance(one, Do)}
        noise = self.draw_noise(count, rng, unused if len(unused) < len(self.mechanisms) else ())
        return self.simulate(noise, *interventions)

    def draw_noise(self, count: int, rng: np.random.Generator, without: Collection[str] = ()) -> dict[str, np.ndarray]:
        """Returns the noise of new units, for each node a column ``[count]`` (a table for a choice).

        Args:
            count: The number of units.
            rng: For the draws; each node has a stream of its own.
            without: Nodes whose noise is not needed.

        Raises:
            MechanismError: The count is 0, or too large.
        """
        if not 1 <= count <= MAX_UNITS:
            raise MechanismError(f"The number of units must be from 1 to {MAX_UNITS:,}, not {count:,}.")
        streams = rng.spawn(len(self.mechanisms))  # one for each node, so that they can be drawn in parallel
        wanted = {
            node: (one, own)
            for (node, one), own in zip(self.mechanisms.items(), streams, strict=True)
            if node not in without
        }
        with ThreadPoolExecutor(2 if count >= _MANY else 1) as pool:
            drawn = pool.map(lambda pair: pair[0].draw(count, pair[1]), wanted.values())
            return dict(zip(wanted, drawn, strict=True))

    def simulate(self, noise: Mapping[str, np.ndarray], *interventions: Intervention) -> Units:
        """Returns the units with this noise, under interventions if there are any. The same noise gives the same units,
        so that rows can be compared.

        Args:
            noise: Noise of each node, ``[N]``; ``[N, K]`` for a choice among K.
            interventions: What is set; at most one for each node.

        Raises:
            GraphError: An intervention names no node, or makes the arrows form a cycle.
            MechanismError: An intervention is not possible, or depends on an unknown node.
        """
        changes = by_node(self.graph, interventions)
        values: dict[str, np.ndarray] = {}
        count = len(next(iter(noise.values())))
        for node in self.order_under(changes):
            values[node] = np.broadcast_to(self._value(node, values, noise, changes.get(node)), count)
        return Units(values, noise)

    def abduct(self, seen: Mapping[str, np.ndarray], count: int, rng: np.random.Generator) -> Units:
        """Returns units that agree with an observation: their noise, and their weights.

        Args:
            seen: Observed values ``[n]`` of some nodes. If all nodes are observed, the noise of each of the n units is
                exact (drawn once where several values are possible), and ``count`` is not used.
            count: If n is 1 and some nodes are not observed: the number of samples, weighted by their likelihood.
            rng: For the draws.

        Raises:
            GraphError: An observation names no node.
            MechanismError: Several units are not observed completely, columns differ in length, or the observation is
                impossible.
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
            raise MechanismError(f"Several units must be observed completely; {missing[0]} is missing.")
        return self._sample({node: column[0] for node, column in values.items()}, count, rng)

    def counterfactual(self, units: Units, *interventions: Intervention) -> Units:
        """Returns the counterfactual of these very units under interventions: their own noise, simulated again."""
        return replace(self.simulate(units.noise, *interventions), weights=units.weights)

    def order_under(self, changes: Mapping[str, Intervention]) -> tuple[str, ...]:
        """Returns the nodes, causes before effects, under interventions that may change the causes of nodes.

        Args:
            changes: The interventions by node.

        Raises:
            GraphError: The arrows form a cycle.
            MechanismError: A node depends on an unknown one.
        """
        if not any(isinstance(one, ReplaceMechanism) for one in changes.values()):
            return self.order
        alone = Additive(Expression("0"))  # stands for a node without causes
        new = {
            node: one.mechanism if isinstance(one, ReplaceMechanism) else alone
            for node, one in changes.items()
            if not isinstance(one, Shift)
        }
        return Model({**self.mechanisms, **new}).order

    def _value(
        self, node: str, values: Mapping[str, np.ndarray], noise: Mapping[str, np.ndarray], change: Intervention | None
    ) -> np.ndarray:
        own = self.mechanisms[node]
        match change:
            case Do(value=value):
                return np.asarray(value, np.float64)
            case Shift(by=by):
                return own.value(values, noise[node]) + by
            case ReplaceMechanism(mechanism=new) if new.noise_kind == own.noise_kind:
                return new.value(values, noise[node])
            case ReplaceMechanism(mechanism=Categorical()):
                raise MechanismError("A choice can only replace a choice with the same number of categories.")
            case ReplaceMechanism(mechanism=Additive() | Threshold() as new):
                return new.value(values, new.quantile(_independent_uniform(node, len(noise[node]))))
            case Randomise(chance=chance):
                return (_independent_uniform(node, len(noise[node])) < chance).astype(np.float64)
        return own.value(values, noise[node])

    def _check_possible(self, values: Mapping[str, np.ndarray]) -> None:
        """Refuse an observation that is impossible."""
        for node, mechanism in self.mechanisms.items():
            possible = values[node] if mechanism.unbounded else mechanism.log_density(values[node], values)
            never = ~np.isfinite(possible)
            if never.any():
                raise MechanismError(
                    f"{node} can't have been {values[node][never.argmax()]:g}, given the other values; change it."
                )

    def _sample(self, seen: Mapping[str, float], count: int, rng: np.random.Generator) -> Units:
        """Likelihood weighting: unobserved nodes are drawn from their causes, observed ones give the weights."""
        values, noise, logs = {}, {}, np.zeros(count)
        for node in self.order:
            mechanism = self.mechanisms[node]
            if node in seen:
                values[node] = np.full(count, seen[node])
                logs = logs + mechanism.log_density(values[node], values)  # NaN: the sample does not fit
                noise[node] = mechanism.abduct(values[node], values, rng)
            else:
                noise[node] = mechanism.draw(count, rng)
                values[node] = np.broadcast_to(mechanism.value(values, noise[node]), count)
        logs = np.where(np.isnan(logs), -np.inf, logs)
        weights = np.exp(logs - logs.max()) if np.isfinite(logs.max()) else np.zeros(count)
        return Units(values, noise, weights)


def check_numbers(units: Units) -> None:
    """Refuse units whose values are not finite, or huge.

    Raises:
        MechanismError: Names the node and the number of such units.
    """
    for node, values in units.values.items():
        wrong = ~(np.abs(values) < _LARGEST)  # also NaN
        if wrong.any():
            raise MechanismError(
                f"{node} is not a number, or is huge, in {int(wrong.sum()):,} of {len(values):,} units; look for a "
                "logarithm or root of something negative, a division by 0, a weight below 0, or too large a factor."
            )


def _check_lengths(values: Mapping[str, np.ndarray]) -> None:
    """Refuse columns that are tables or differ in length."""
    count = {node: len(column) for node, column in values.items()}
    for node, column in values.items():
        if column.ndim > 1:
            raise MechanismError(f"The observation of {node} must hold one number for each unit, not a table.")
        if count[node] != (most := max(count.values())):
            raise MechanismError(
                f"{node} was observed in {count[node]:,} units and others in {most:,}; give as many of each."
            )


def _independent_uniform(node: str, count: int) -> np.ndarray:
    """Returns a number from 0 to 1 for each unit, independent of its noise, for nodes that are randomised. Always the
    same for a node, so that interventions and counterfactuals agree."""
    return np.random.default_rng(zlib.crc32(node.encode())).random(count)
