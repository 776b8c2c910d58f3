"""The graph of a story, whose nodes can be changed, with a caption for each node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.causal.scm.ladder import Mean, category_shares, mean_of
from core.causal.scm.model_text import mechanism_text
from dashboard.causes.intervention_state import intervene, knobs
from dashboard.causes.ladder_text import shares_text, with_interval
from dashboard.causes.scene import Scene
from dashboard.causes.state import STATE
from dashboard.components.causal_graph import GraphPlot, causal_graph
from dashboard.kit.messages import show_error

_MAX_SHARES = 3  # that fit beside a node


def graph_view(scene: Scene) -> None:
    """Show the graph, and the reason if the last intervention was refused."""
    refusal = causal_graph(
        plot_of(scene),
        key=STATE.key(f"graph.{scene.name}"),
        on_act=lambda node, one: intervene(scene.name, scene.model, scene.units, node, one),
    )
    if refusal:
        show_error("{reason}", reason=refusal)


def plot_of(scene: Scene) -> GraphPlot:
    """Returns what the graph shows."""
    mechanisms, order = scene.model.mechanisms, scene.model.order
    changed = frozenset(node for node in order if _is_changed(scene, node))
    texts = {node: _mean_texts(scene, node, node in changed) for node in order}
    return GraphPlot(
        scene.model.graph,
        dict(scene.story.labels),
        {scene.story.exposure: "exposure", scene.story.outcome: "outcome"},
        knobs(scene.model, scene.units),
        {node: mechanism_text(one) for node, one in mechanisms.items()},
        scene.interventions,
        {node: short for node, (short, _) in texts.items()},
        {node: long for node, (_, long) in texts.items()},
        changed,
    )


def _is_changed(scene: Scene, node: str) -> bool:
    before, now = scene.units.values[node], scene.intervened.values[node]
    if count := scene.category_count(node):
        return any(np.sum(before == one) != np.sum(now == one) for one in range(count))
    return abs(now.mean() - before.mean()) > 1e-9


def _mean_texts(scene: Scene, node: str, changed: bool) -> tuple[str, str]:
    """Returns a node's mean or shares twice: short, and at length with intervals. If an intervention changed them, as
    they were and as they are."""
    columns = [scene.units.values[node], *([scene.intervened.values[node]] if changed else [])]
    if count := scene.category_count(node):
        shares = [category_shares(column, count) for column in columns]
        return f"{' → '.join(map(_few, shares))} %", " → ".join(map(shares_text, shares))
    means = [mean_of(column) for column in columns]
    full = " → ".join(with_interval(mean.value, mean.error) for mean in means)
    return f"mean {' → '.join(two_decimals(mean.value) for mean in means)}", f"mean {full}"


def _few(shares: Sequence[Mean]) -> str:
    """Returns shares in percent, or only the largest if there are many."""
    if len(shares) <= _MAX_SHARES:
        return "/".join(f"{100 * share.value:.0f}" for share in shares)
    top = max(range(len(shares)), key=lambda one: shares[one].value)
    return f"{top}: {100 * shares[top].value:.0f}"


def two_decimals(value: float) -> str:
    """Returns a number with two decimals; never -0.00."""
    return f"{round(value, 2) + 0.0:.2f}"
