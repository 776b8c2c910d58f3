"""How fast things are on this machine, as one JSON object: `make bench`. Ratios travel, milliseconds do not."""

from __future__ import annotations

import itertools
import json
import time

import numpy as np

from core.causal import identify
from core.causal.graphs.graph import CausalGraph
from core.causal.scm.interventions import Do
from core.causal.scm.model_text import parse_model
from core.embedding.projection import pca, tsne
from core.evaluation.compare import compare
from core.evaluation.cost import measure_cost
from core.models.registry import load
from core.video import read_video, to_mp4
from core.worlds import Drop, Occluder, Wall, sample, simulate
from core.worlds.stage.layout import BACKGROUNDS

MODELS = ("copy-last", "constant-velocity", "nearest", "pixel", "jepa")


def milliseconds(call, times: int = 7) -> float:
    """Median over a few calls, the first one not counted."""
    spent = []
    for _ in range(times + 1):
        began = time.perf_counter()
        call()
        spent.append(1e3 * (time.perf_counter() - began))
    return round(float(np.median(spent[1:])), 2)


def _causes() -> dict[str, float]:
    """Five nodes in straight lines, and random graphs of thirty nodes."""
    model = parse_model(
        "a = normal(0, 1)\nb = 0.5*a + normal(0, 1)\nc = 0.3*a + 0.7*b + normal(0, 1)\n"
        "d = 0.2*c + normal(0, 1)\ne = 0.4*d + 0.1*a + normal(0, 1)"
    )
    rng, do = np.random.default_rng(0), Do("b", 1.0)
    many, some = model.draw_noise(1_000_000, rng), model.simulate(model.draw_noise(100_000, rng))
    spent = []
    for seed in range(30):
        graph, x, y = _hardest_query(seed)
        spent.append(milliseconds(lambda graph=graph, x=x, y=y: identify(graph, x, y, seconds=0.0), 3))
    return {
        "a million units drawn under do(), five nodes (ms)": milliseconds(lambda: model.draw(1_000_000, rng, do)),
        "the same units under another do() (ms)": milliseconds(lambda: model.simulate(many, do)),
        "100,000 counterfactuals, abduction included (ms)": milliseconds(
            lambda: model.counterfactual(model.abduct(some.values, 1, rng), do)
        ),
        "first adjustment set on 30 nodes, median of 30 graphs (ms)": float(np.median(spent)),
        "first adjustment set on 30 nodes, the slowest of them (ms)": max(spent),
    }


def _hardest_query(seed: int, count: int = 30, neighbours: float = 4.0) -> tuple[CausalGraph, str, str]:
    """A random graph, and the two nodes far apart of which one causes the other and adjustment has most to do."""
    rng, nodes = np.random.default_rng(seed), tuple(f"v{i}" for i in range(count))
    chance = neighbours / (count - 1)
    graph = CausalGraph(nodes, tuple(edge for edge in itertools.combinations(nodes, 2) if rng.random() < chance))
    queries = [(x, y) for x in nodes[count // 4 : count // 2] for y in nodes[-5:] if y in graph.descendants([x])]
    return graph, *max(queries, key=lambda ends: len(identify(graph, *ends, seconds=0.0).sets[0]))


def test_speed(capsys):
    results: dict[str, object] = {}
    for world in (Drop, Wall, Occluder):
        for background in BACKGROUNDS:
            factors = sample(world, 1, objects=3, background=background)
            results[f"clip of 32 frames at 64 px, {world.world}, {background} (ms)"] = milliseconds(
                lambda factors=factors: simulate(factors, 1)
            )
    clip = simulate(Drop(objects=2), 3)
    models = [load(name) for name in MODELS]
    results["forecast of one clip, all models, ceiling included (ms)"] = milliseconds(
        lambda: compare(clip, models, 4, 16)
    )
    for model in models:
        cost = measure_cost(model, clip.frames[:4], 16)
        results[f"{model.title}: ms a predicted frame"] = round(cost.milliseconds, 3)
        results[f"{model.title}: MFLOP a predicted frame"] = round(cost.flops / 1e6, 2)
    film = to_mp4(simulate(Drop(objects=2), 3, size=512).frames, 10.0)
    results["read a 3.2 s film of 512 px (ms)"] = milliseconds(lambda: read_video(film, size=256))
    rows = np.random.default_rng(0).normal(size=(10_000, 128)).astype(np.float32)
    results["PCA of 10,000 x 128 (ms)"] = milliseconds(lambda: pca(rows))
    began = time.perf_counter()
    tsne(rows[:5000])
    results["t-SNE of 5,000 x 128 (s)"] = round(time.perf_counter() - began, 2)
    results |= _causes()
    with capsys.disabled():
        print("\n" + json.dumps(results, indent=2))
    assert all(value >= 0 for value in results.values())
