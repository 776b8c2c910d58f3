"""Second opinions on causal graphs, slow, plain and written from the definitions alone; and random graphs and models to
hold them against."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.estimand import Expression as Formula
from core.causal.identification.estimand import Joint
from core.causal.scm.expressions import Expression
from core.causal.scm.mechanisms import Additive, Categorical, Threshold
from core.causal.scm.model import Model


def random_graph(rng: np.random.Generator, most: int = 8) -> CausalGraph:
    """A random graph of 3 to ``most`` nodes, of any density. Latent nodes are any of them, or hidden common causes."""
    count = int(rng.integers(3, most + 1))
    names = [f"v{i}" for i in range(count)]
    density = rng.uniform(0.2, 0.8)
    if rng.random() < 0.3:
        hidden = [name for name in names if rng.random() < 0.25][: count - 2]
        edges = [pair for pair in itertools.combinations(names, 2) if rng.random() < density]
    else:
        hidden = names[: int(rng.integers(0, count // 2 + 1))]
        seen = names[len(hidden) :]
        chained = set(itertools.pairwise(seen)) if rng.random() < 0.6 else set()
        chance = 0.15 if chained else density
        edges = [pair for pair in itertools.combinations(seen, 2) if pair in chained or rng.random() < chance]
        unlinked = [pair for pair in itertools.combinations(seen, 2) if pair not in chained] or [tuple(seen[:2])]
        edges += [(one, node) for one in hidden for node in unlinked[rng.integers(len(unlinked))]]
    order = tuple(names[i] for i in rng.permutation(count))
    return CausalGraph(order, tuple(edges), frozenset(hidden))


def random_model(seed):
    """A model of all kinds of mechanisms on a random graph."""
    draw = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(int(draw.integers(2, 7)))]
    mechanisms = {}
    for i, name in enumerate(names):
        parents = [parent for parent in names[:i] if draw.random() < 0.5]
        line = " + ".join([f"{draw.normal():.2f}*{parent}" for parent in parents] + [f"{draw.normal():.2f}"])
        mechanisms[name] = [
            Additive(Expression(line), float(draw.uniform(0.1, 2)), str(draw.choice(["normal", "uniform", "laplace"]))),
            Additive(Expression(f"tanh({line})"), 0.5),
            Threshold(Expression(f"sigmoid({line})")),
            Categorical((Expression("1"), Expression(f"exp(tanh({line}))"), Expression("0.5"))),
            Additive(Expression(f"if_({line} > 0, {line}, ({line})**2)"), 0.0),
        ][draw.integers(5)]
    return Model(mechanisms)


def drawn(model: Model, count: int = 500, seed: int = 0) -> dict[str, np.ndarray]:
    """The columns of units of a model."""
    return dict(model.simulate(model.draw_noise(count, np.random.default_rng(seed))).values)


def simple_paths(graph: CausalGraph, one: str, other: str):
    """Every path without repetition, whichever way its arrows point."""
    near = {node: [] for node in graph.nodes}
    for cause, effect in graph.edges:
        near[cause].append(effect)
        near[effect].append(cause)

    def walk(path):
        if path[-1] == other:
            yield path
            return
        for node in near[path[-1]]:
            if node not in path:
                yield from walk([*path, node])

    yield from walk([one])


def below(graph: CausalGraph, node: str) -> set[str]:
    """A node and all that it leads to."""
    found, waiting = {node}, [node]
    while waiting:
        at = waiting.pop()
        for cause, effect in graph.edges:
            if cause == at and effect not in found:
                found.add(effect)
                waiting.append(effect)
    return found


def is_open(graph: CausalGraph, path: list[str], given: set[str]) -> bool:
    """Whether information flows along a path (Pearl's definition of d-connection)."""
    edges = set(graph.edges)
    for before, at, after in zip(path, path[1:], path[2:], strict=False):
        collider = (before, at) in edges and (after, at) in edges
        if collider != bool(below(graph, at) & given if collider else at in given) and collider:
            return False
        if not collider and at in given:
            return False
    return True


def adjustment_sets(graph: CausalGraph, x: str, y: str) -> set[frozenset[str]]:
    """Every valid adjustment set, by trying all: nothing forbidden in it, and it blocks every path from x to y but the
    causal ones (Shpitser, VanderWeele and Robins 2010)."""
    edges, paths = set(graph.edges), list(simple_paths(graph, x, y))
    causal = [path for path in paths if all(step in edges for step in itertools.pairwise(path))]
    rest = [path for path in paths if path not in causal]
    on_the_way = set(itertools.chain(*causal)) - {x}
    forbidden = set().union(*(below(graph, node) for node in on_the_way)) | {x, y}
    free = [node for node in graph.nodes if node not in forbidden | graph.latent]
    return {
        frozenset(chosen)
        for size in range(len(free) + 1)
        for chosen in itertools.combinations(free, size)
        if not any(is_open(graph, path, set(chosen)) for path in rest)
    }


def front_door_sets(graph: CausalGraph, x: str, y: str) -> set[frozenset[str]]:
    """Every set of measured nodes that meets the front-door criterion (Pearl 2009, definition 3.3.3), by trying all."""
    edges = set(graph.edges)
    causal = [path for path in simple_paths(graph, x, y) if all(step in edges for step in itertools.pairwise(path))]
    between = sorted(set(itertools.chain(*causal)) - {x, y} - graph.latent)

    def back_door(start, end, given, chosen):
        ways = (way for way in simple_paths(graph, start, end) if (way[1], start) in edges)
        left = (
            way
            for way in ways
            if not any(
                way[i] in chosen and (way[i], way[j]) in edges
                for i in range(len(way))
                for j in (i - 1, i + 1)
                if 0 <= j < len(way)
            )
        )
        return any(is_open(graph, way, given) for way in left)  # from the set as a whole: by no arrow out of it

    return {
        frozenset(chosen)
        for size in range(1, len(between) + 1)
        for chosen in itertools.combinations(between, size)
        if all(set(path) & set(chosen) for path in causal)
        and not any(back_door(x, node, set(), ()) for node in chosen)
        and not any(back_door(node, y, {x}, chosen) for node in chosen)
    }


def instruments(graph: CausalGraph, x: str, y: str) -> dict[str, set[frozenset[str]]]:
    """By node, every set of controls that makes it an instrument, by trying all: none of them comes after the exposure;
    they leave the node connected with the exposure, and block every path to the outcome that begins otherwise than
    through the exposure's arrows on causal paths."""
    causal = below(graph, x) & {node for node in graph.nodes if y in below(graph, node)} - {x}
    cut = graph.without((x, node) for node in causal)
    late = below(graph, x) | below(graph, y)
    free = [node for node in graph.nodes if node not in late | graph.latent]
    found: dict[str, set[frozenset[str]]] = {}
    for node in free:
        others = [one for one in free if one != node]
        for size in range(len(others) + 1):
            for given in map(set, itertools.combinations(others, size)):
                if any(is_open(cut, path, given) for path in simple_paths(cut, node, y)):
                    continue
                if any(is_open(graph, path, given) for path in simple_paths(graph, node, x)):
                    found.setdefault(node, set()).add(frozenset(given))
    return found


def minimal(sets: set[frozenset[str]]) -> set[frozenset[str]]:
    return {one for one in sets if not any(other < one for other in sets)}


def can_be_identified(graph: CausalGraph, x: str, y: str) -> bool:
    """By Tian's factors and Huang and Valtorta's proof that they are all there is: another way than ID's."""
    hidden = graph.latent
    reach = {node: _through_hidden(graph, node) for node in graph.nodes}
    seen = [node for node in graph.nodes if node not in hidden]
    arrows = {(a, b) for a in seen for b in reach[a]}
    ties = {frozenset((a, b)) for h in hidden for a in reach[h] for b in reach[h] if a != b}

    def ancestors(nodes, within):
        found = set(nodes)
        while more := {a for a, b in arrows if b in found and a in within} - found:
            found |= more
        return found

    def districts(within):
        left, parts = set(within), []
        while left:
            part = {left.pop()}
            while more := {n for tie in ties if tie <= within and tie & part for n in tie} - part:
                part |= more
            left -= part
            parts.append(part)
        return parts

    def from_district(wanted, district):
        up = ancestors(wanted, district)
        if up == wanted:
            return True
        if up == district:
            return False
        return from_district(wanted, next(part for part in districts(up) if wanted <= part))

    whole = districts(set(seen))
    needed = ancestors({y}, set(seen) - {x})
    return all(from_district(part, next(one for one in whole if part <= one)) for part in districts(needed))


def _through_hidden(graph: CausalGraph, start: str) -> set[str]:
    found, seen, waiting = set(), set(), [b for a, b in graph.edges if a == start]
    while waiting:
        node = waiting.pop()
        if node in graph.latent and node not in seen:
            waiting += [b for a, b in graph.edges if a == node]
        elif node not in graph.latent:
            found.add(node)
        seen.add(node)
    return found


class Tables:
    """A binary model of a graph with random tables: what it says under observation and under do(), by enumeration."""

    def __init__(self, graph: CausalGraph, rng: np.random.Generator) -> None:
        self.graph = graph
        self.parents = {node: sorted(a for a, b in graph.edges if b == node) for node in graph.nodes}
        self.chance = {node: rng.uniform(0.1, 0.9, (2,) * len(self.parents[node])) for node in graph.nodes}

    def joint(self, do: dict[str, int]) -> np.ndarray:
        """An axis for each node, in the order of the graph."""
        nodes, table = self.graph.nodes, np.zeros((2,) * len(self.graph.nodes))
        for values in itertools.product((0, 1), repeat=len(nodes)):
            at, chance = dict(zip(nodes, values, strict=True)), 1.0
            for node in nodes:
                one = self.chance[node][tuple(at[parent] for parent in self.parents[node])]
                likelihood = float(at[node] == do[node]) if node in do else (one if at[node] else 1 - one)
                chance *= likelihood
            table[values] = chance
        return table


def mean_at(expression: Formula, joint: Joint, outcome: str, fixed: Mapping[str, int]) -> float:
    """The mean of an outcome with the values 0, 1, ... by a formula for P(outcome | do(...)).

    Args:
        fixed: The values of the other free variables.
    """
    values = expression.evaluate(joint)
    index = tuple(slice(None) if name == outcome else fixed[name] for name in values.names)
    return float(values.array[index] @ np.arange(values.array.shape[values.names.index(outcome)]))
