"""The graph of a story, to act on, with what each node is beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.causal.scm.ladder import Mean, mean_of, shares_of
from core.causal.scm.model_text import mechanism_text
from dashboard.causes.intervention_state import act, knobs
from dashboard.causes.ladder_text import between, shares_told
from dashboard.causes.scene import Scene
from dashboard.causes.state import STATE
from dashboard.components.causal_graph import GraphPlot, causal_graph
from dashboard.kit.text import escape_markdown

_MOST_KINDS = 3  # whose shares fit beside a node


def graph_view(stage: Scene) -> None:
    """The graph, and why what was last done to it was not taken."""
    refusal = causal_graph(
        plot_of(stage),
        key=STATE.key(f"graph.{stage.name}"),
        on_act=lambda node, one: act(stage.name, stage.model, stage.units, node, one),
    )
    if refusal:
        st.error(escape_markdown(refusal))


def plot_of(stage: Scene) -> GraphPlot:
    """What the graph shows."""
    mechanisms, order = stage.model.mechanisms, stage.model.order
    changed = frozenset(node for node in order if _is_changed(stage, node))
    beside = {node: _beside(stage, node, node in changed) for node in order}
    return GraphPlot(
        stage.model.graph,
        dict(stage.story.labels),
        {stage.story.exposure: "exposure", stage.story.outcome: "outcome"},
        knobs(stage.model, stage.units),
        {node: mechanism_text(one) for node, one in mechanisms.items()},
        stage.doing,
        {node: short for node, (short, _) in beside.items()},
        {node: long for node, (_, long) in beside.items()},
        changed,
    )


def _is_changed(stage: Scene, node: str) -> bool:
    before, now = stage.units.values[node], stage.done.values[node]
    if kinds := stage.kinds(node):
        return any(np.sum(before == kind) != np.sum(now == kind) for kind in range(kinds))
    return abs(now.mean() - before.mean()) > 1e-9


def _beside(stage: Scene, node: str, changed: bool) -> tuple[str, str]:
    """What a node is: in the few letters that stand in it, and at length with intervals. Once something is done, what
    it was and what it is."""
    columns = [stage.units.values[node], *([stage.done.values[node]] if changed else [])]
    if kinds := stage.kinds(node):
        shares = [shares_of(column, kinds) for column in columns]
        return f"{' → '.join(map(_few, shares))} %", " → ".join(map(shares_told, shares))
    means = [mean_of(column) for column in columns]
    told = " → ".join(between(mean.value, mean.error) for mean in means)
    return f"mean {' → '.join(two(mean.value) for mean in means)}", f"mean {told}"


def _few(shares: Sequence[Mean]) -> str:
    """Shares in percent, or the largest alone where they are many."""
    if len(shares) <= _MOST_KINDS:
        return "/".join(f"{100 * share.value:.0f}" for share in shares)
    top = max(range(len(shares)), key=lambda kind: shares[kind].value)
    return f"{top}: {100 * shares[top].value:.0f}"


def two(value: float) -> str:
    """Two digits; never a minus before nought."""
    return f"{round(value, 2) + 0.0:.2f}"
