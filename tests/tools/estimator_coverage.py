"""How often the interval of the quoted estimate contains the truth, on data drawn again and again from known models:
`python tests/tools/estimator_coverage.py 200`. The estimate is the one that ``worldscope estimate`` quotes."""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from core.causal.analysis.analyse import analyse
from core.causal.graphs.parsing import parse_graph
from core.causal.tables.rows import table_of
from core.statistics import wilson_interval

_ROWS = 2000
_GRAPH = parse_graph("a -> x; a -> y; b -> x; b -> y; x -> y")


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def _coins(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """Only whether two coins agree moves exposure and outcome."""
    a, b = rng.integers(0, 2, (2, count))
    x = rng.random(count) < 0.2 + 0.6 * (a ^ b)
    return a, b, x, 2.0 * (a ^ b) + x + rng.normal(size=count), np.ones(count)


def _lines(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """Straight lines."""
    a, b = rng.normal(size=(2, count))
    x = rng.random(count) < _sigmoid(a - b)
    return a, b, x, x + a + b + rng.normal(size=count), np.ones(count)


def _rare(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """A rare binary outcome and steep confounding."""
    a, b = rng.normal(size=(2, count))
    x = rng.random(count) < _sigmoid(2.5 * a + 0.5 * b)
    with_it, without = (_sigmoid(-4 + arm + 1.2 * a - 0.3 * b) for arm in (1, 0))
    return a, b, x, (rng.random(count) < np.where(x, with_it, without)).astype(float), with_it - without


def _bends(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """Exposure and outcome follow a square and a wave."""
    a, b = rng.normal(size=(2, count))
    x = rng.random(count) < _sigmoid(a**2 - 1 + np.sin(2 * b))
    return a, b, x, x + a**2 + np.sin(2 * b) + rng.normal(size=count), np.ones(count)


def _binary_bends(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """A binary outcome whose log odds, like the exposure's, follow a square."""
    a, b = rng.normal(size=(2, count))
    x = rng.random(count) < _sigmoid(a**2 - 1 + 0.5 * b)
    with_it, without = (_sigmoid(-2 + arm + a**2 + 0.3 * b) for arm in (1, 0))
    return a, b, x, (rng.random(count) < np.where(x, with_it, without)).astype(float), with_it - without


_MODELS = {one.__name__.strip("_").replace("_", " "): one for one in (_coins, _lines, _rare, _bends, _binary_bends)}


def main() -> None:
    """Print a line for each model: the coverage with its 95 % interval, the mean bias, and what was quoted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", type=int)
    parser.add_argument("--models", nargs="*", default=list(_MODELS))
    chosen = parser.parse_args()
    for name in chosen.models:
        population = _MODELS[name](np.random.default_rng(10**6), 10**6)[4]
        truth, covered, errors, methods = float(population.mean()), 0, [], Counter()
        for seed in range(chosen.runs):
            a, b, x, y, _ = _MODELS[name](np.random.default_rng(seed), _ROWS)
            found = analyse(_GRAPH, table_of({"a": a, "b": b, "x": x, "y": y}), "x", "y").headline
            if found is None:
                methods["none"] += 1
                continue
            covered += found.low <= truth <= found.high
            errors.append(found.value - truth)
            methods[found.method] += 1
        low, high = wilson_interval(covered, len(errors))
        print(
            f"{name}: covered {covered} of {len(errors)} ({low:.0%} to {high:.0%}), truth {truth:.3f}, mean bias "
            f"{np.mean(errors):+.4f}; {dict(methods)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
