"""Discovery and its limits: arrows from rows alone, in other units, and with a few interventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.discovery.discover import (
    Experiment,
    discover,
    intervene,
    linear_model,
    observe,
    score,
    standardised,
)
from core.causal.discovery.notears import notears, varsortability
from core.causal.discovery.pc import Pattern
from core.causal.graphs.graph import CausalGraph
from core.wording import percent
from dashboard.causes.state import STATE
from dashboard.causes.user_discovery import user_discovery
from dashboard.figures.discovery import circle_layout, discovery_figure
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.text import caption

_INTERVENTION_ROWS = 500  # new units under each intervention


@dataclass(frozen=True)
class Discovery:
    """What was discovered of a model.

    Attributes:
        truth: The graph of the model.
        patterns: By method.
        experiments: The interventions, in order.
        varsortability: Of the rows in their own units; standardising removes it.
    """

    truth: CausalGraph
    patterns: dict[str, Pattern]
    experiments: tuple[Experiment, ...]
    varsortability: float


def discovery_view() -> None:
    """Show discovery on a random model, or on the visitor's table. The latter is not a fragment: long work in a
    fragment could not be cancelled."""
    views = {"a random model": _random_model_view, "your table": user_discovery}
    chosen = st.segmented_control(
        "data", list(views), default=next(iter(views)), key=STATE.key("rows_of"), required=True, bind="query-params"
    )
    views[chosen]()


@st.fragment
def _random_model_view() -> None:
    st.markdown(
        "A random graph generates rows, and two well-known methods get the rows without the graph. **PC** tests which "
        "columns are independent given others. **NOTEARS** searches for the arrows that predict the columns best. "
        "Each picture compares what a method finds with the true graph."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        nodes = st.slider("nodes", 3, 12, 6, key=STATE.key("nodes"), bind="query-params", width=220)
        degree = st.slider(
            "arrows per node", 1.0, 4.0, 2.5, 0.5, key=STATE.key("degree"), bind="query-params", width=220
        )
        rows = st.select_slider(
            "rows", [100, 300, 1000, 3000, 10000], 1000, key=STATE.key("rows"), bind="query-params", width=220
        )
        seed = st.number_input(
            "draw",
            0,
            9999,
            16,
            key=STATE.key("model"),
            bind="query-params",
            width=110,
            help="Each number gives another model.",
        )
    found = _discover(nodes, degree, rows, int(seed))
    places, titles = circle_layout(found.truth.nodes), list(found.patterns)
    for row in (titles[:3], titles[3:]):
        for column, title in zip(st.columns(len(row)), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                _card(title, found, places)
    st.markdown(
        "**What this can and cannot show.** Here all assumptions of the methods hold: linear relations, nothing "
        "hidden, independent rows. A real table guarantees none of them. Interventions can direct the lines "
        "that observation leaves undecided; an arrow that is already wrong stays wrong."
    )


def _card(title: str, found: Discovery, places: Mapping[str, tuple[float, float]]) -> None:
    pattern = found.patterns[title]
    result = score(pattern, found.truth)
    errors = {
        "reversed": result.reversed,
        "undecided": result.undecided,
        "missed": result.missed,
        "extra": result.extra,
    }
    parts = [f"**{title}: {result.correct} of {result.edges} arrows correct**"]
    parts += [f"{count} {kind}" for kind, count in errors.items() if count]
    st.markdown(", ".join(parts))
    figure = discovery_figure(pattern, found.truth, places, scheme())
    show_chart(
        figure,
        key=STATE.key(f"found.{title}"),
        alt=f"The arrows of {title} against the true graph.",
    )
    caption(_NOTES[title](found))


def _intervention_note(found: Discovery) -> str:
    if not found.experiments:
        return "Observation left no direction undecided."
    nodes = ", then ".join(f"*{one.node}*" for one in found.experiments)
    return (
        f"Interventions set {nodes}, each in {_INTERVENTION_ROWS} new units: a neighbour that changes is an effect; a "
        "neighbour that does not is a cause."
    )


_NOTES: dict[str, Callable[[Discovery], str]] = {
    "PC": lambda found: "If both directions fit the rows equally well, PC leaves a line.",
    "PC, in other units": lambda found: (
        "The same rows, each column divided by its standard deviation, as if in other units: nothing changes."
    ),
    "NOTEARS": lambda found: (
        f"NOTEARS exploits variances that grow along the arrows: here they do on {percent(found.varsortability)} of "
        "the directed paths, as is common in simulated data (varsortability; at 50 %, variances carry no information)."
    ),
    "NOTEARS, in other units": lambda found: (
        "The same rows, each column divided by its standard deviation, with a threshold of 0.1 instead of 0.3: the "
        "variances no longer reveal the order."
    ),
    "PC and interventions": _intervention_note,
}


@st.cache_resource(max_entries=8, show_spinner="Searching for arrows")
def _discover(nodes: int, degree: float, rows: int, seed: int) -> Discovery:
    rng = np.random.default_rng(seed)
    model = linear_model(nodes, degree, rng)
    data = observe(model, rows, rng)
    scaled = standardised(data)
    first = discover(data)
    experiments = intervene(model, first, data, _INTERVENTION_ROWS, rng)
    patterns = {
        "PC": first,
        "PC, in other units": discover(scaled),
        "PC and interventions": experiments[-1].after if experiments else first,
        "NOTEARS": notears(data),
        "NOTEARS, in other units": notears(scaled, threshold=0.1),
    }
    return Discovery(model.graph, patterns, experiments, varsortability(data, model.graph))
