"""What is said of a node holds: of every set of the graph, by the definitions."""

import re

import numpy as np
from oracles import adjustment_sets, below, is_open, minimal, random_graph

from core.causal import identify, parse_graph
from core.causal.graphs.graph import CausalGraph

OPENS = "opens a path that is otherwise closed"


def questions(count: int, most: int = 8):
    """Random graphs with an exposure, an outcome, and every valid adjustment set."""
    rng = np.random.default_rng(11)
    while count:
        graph = random_graph(rng, most)
        seen = sorted(graph.observed)
        if len(seen) < 2:
            continue
        x, y = sorted(map(str, rng.choice(seen, 2, replace=False)))
        if y in below(graph, x):
            yield graph, x, y, adjustment_sets(graph, x, y)
            count -= 1


def test_a_node_is_said_to_open_a_path_if_it_breaks_a_set_and_only_then():
    harmful = 0
    for graph, x, y, valid in questions(3000):
        least = minimal(valid)
        for node, why in identify(graph, x, y).reasons.items():
            if not valid or any(words in why for words in ("was not measured", "causal path", "descendant of the out")):
                continue
            broken = [one for one in least if one | {node} not in valid]
            assert (OPENS in why) == bool(broken), (graph, x, y, node, why)
            harmful += bool(broken)
            if broken:
                besides = re.search(r"adjusting for it (?:besides (.+)|alone) opens", why)
                assert frozenset((besides[1] or "").split(", ")) - {""} in broken, (graph, x, y, node, why)
                _check_collider(graph, node, why)
    assert harmful > 60


def _check_collider(graph: CausalGraph, node: str, why: str) -> None:
    """The collider that is named is one, and the node or what it listens to."""
    output = re.search(r"(?:it is|it is a descendant of (\S+),) a collider between (\S+) and (\S+):", why)
    collider = output[1] or node
    assert node in below(graph, collider) and {(output[2], collider), (output[3], collider)} <= set(graph.edges), (
        graph,
        why,
    )
    assert output[2] != output[3]


def test_what_is_needed_is_in_every_set_and_what_is_not_needed_is_not():
    for graph, x, y, valid in questions(600):
        for node, why in identify(graph, x, y).reasons.items():
            if why.startswith("it is required"):
                assert all(node in one for one in valid), (graph, x, y, node)
            if "others do not" in why:
                assert 0 < sum(node in one for one in minimal(valid)) < len(minimal(valid)), (graph, x, y, node)
            assert ("no adjustment set identifies" in why) <= (not valid), (graph, x, y, node, why)


def test_what_makes_an_estimate_more_or_less_precise():
    """Of straight lines with unit noises, the error of the adjusted slope grows with what is left of the outcome and
    falls with what is left of the exposure."""
    words = {"more precise": 0, "only costs precision": 0}
    for graph, x, y, valid in questions(400, most=7):
        found = identify(graph, x, y)
        for node, why in found.reasons.items():
            for word in words:
                if word not in why:
                    continue
                change = [_error(graph, x, y, one | {node}) - _error(graph, x, y, one) for one in minimal(valid)]
                better = word == "more precise"
                assert (min(change) < -1e-9) if better else (min(change) > -1e-9), (graph, x, y, node, why)
                words[word] += 1
    assert min(words.values()) > 30, words


def _error(graph: CausalGraph, x: str, y: str, given: frozenset[str]) -> float:
    """The variance of the slope for one row, by the covariance of a model with coefficients of its own."""
    nodes = list(graph.nodes)
    rng = np.random.default_rng(sum(map(ord, "".join(nodes))) + len(graph.edges))
    lines = np.zeros((len(nodes),) * 2)
    for cause, effect in graph.edges:
        lines[nodes.index(effect), nodes.index(cause)] = rng.uniform(0.5, 1.5)
    spread = np.linalg.inv(np.eye(len(nodes)) - lines)
    covariance = spread @ spread.T

    def left(node: str, by: list[str]) -> float:
        at, others = nodes.index(node), [nodes.index(name) for name in by]
        cross = covariance[others, at]
        return covariance[at, at] - (cross @ np.linalg.solve(covariance[np.ix_(others, others)], cross) if by else 0.0)

    return left(y, [x, *sorted(given)]) / left(x, sorted(given))


def test_a_collider_is_reported_whatever_else_is_adjusted_for():
    graph = parse_graph("z->x; z->y; a->x; a->m; b->m; b->y; x->y; m->k")
    assert identify(graph, "x", "y").reasons == {
        "z": "it is required: every adjustment set contains it",
        "a": "it affects y only through x, if at all: adjusting for it only costs precision",
        "m": f"it is a collider between a and b: adjusting for it besides z {OPENS}",
        "b": "it is a cause of y: not required, but it can make the estimate more precise",
        "k": f"it is a descendant of m, a collider between a and b: adjusting for it besides z {OPENS}",
    }


def test_where_no_adjustment_helps_what_a_node_is_good_for_is_reported_instead():
    front = identify(parse_graph("x -> m; m -> y; x <-> y; w -> m; q"), "x", "y").reasons
    assert front["m"].endswith("part of the effect; a front door leads through it; it appears in the formula")
    stays = "no adjustment set identifies the effect: even if one adjusts for all nodes, x <- U(x,y) -> y stays open"
    assert front["q"] == stays and front["U(x,y)"].endswith("can't be adjusted for: x <- U(x,y) -> y stays open")
    none = identify(parse_graph("z -> x; x <-> y; y -> w"), "x", "y").reasons
    assert (
        none["z"]
        == none["w"]
        == "no adjustment set makes the association of x and y 0, although the graph says that the effect is 0"
    )
    reasons = identify(parse_graph("z -> x; z -> y; y -> w"), "x", "y").reasons
    assert reasons["z"] == "it is required: every adjustment set contains it"


def test_the_path_that_is_said_to_stay_open_does():
    """By the definition, and it is none of the causal paths; no set closes it with the node that it is told of."""
    output = 0
    for graph, x, y, valid in questions(1500, most=7):
        if valid:
            continue
        for node, why in identify(graph, x, y).reasons.items():
            found = re.search(r"(?:all nodes, |adjusted for: )(.+?) stays open(?:;|$)", why)
            if "no adjustment set identifies" in why:
                assert found and node not in graph.latent, (graph, x, y, node, why)
            if not found:
                continue
            path, ways = found[1].split(" ")[::2], found[1].split(" ")[1::2]
            steps = list(zip(path, ways, path[1:], strict=False))
            assert all(((a, b) if way == "->" else (b, a)) in graph.edges for a, way, b in steps), (graph, why)
            assert (path[0], path[-1]) == (x, y) and len(set(path)) == len(path) and "<-" in ways, (graph, why)
            if node in graph.latent:
                assert node in path
                continue
            late = set().union(
                *(below(graph, one) for one in graph.nodes if one in below(graph, x) - {x} and y in below(graph, one))
            )
            before = {one for one in graph.nodes if {x, y} & below(graph, one)}
            assert is_open(graph, path, (before - late - graph.latent - {x, y}) | {node}), (graph, x, y, node, why)
            output += 1
    assert output > 100


def test_a_path_that_adjusting_itself_opens_is_reported():
    """m must be adjusted for, as it is a common cause, and then it is a collider that is open."""
    graph = parse_graph("dag { u [latent] v [latent] u -> x; u -> m; v -> m; v -> y; m -> x; m -> y; x -> y }")
    why = identify(graph, "x", "y").reasons
    assert why["m"].endswith("x <- u -> m <- v -> y stays open")
    assert why["u"] == "it was not measured, so it can't be adjusted for: x <- u -> m <- v -> y stays open"


def test_of_what_nobody_measured_no_path_is_reported_where_sets_help():
    why = identify(parse_graph("dag { u [latent] u -> x; u -> z; z -> y; x -> y }"), "x", "y").reasons
    assert why["u"] == "it was not measured, so it can't be adjusted for"
    why = identify(parse_graph("dag { u [latent] u -> x; u -> y; z -> x }"), "x", "y").reasons
    assert why["u"] == "it was not measured, so it can't be adjusted for", "there is nothing to adjust for"
