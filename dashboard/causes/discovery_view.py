"""Discovery and its limits: arrows from rows alone, in other units, and with a few interventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.discovery.discover import Experiment, discover, intervene, linear_model, score, seen, standardised
from core.causal.discovery.notears import notears, varsortability
from core.causal.discovery.pc import Pattern
from core.causal.graphs.graph import CausalGraph
from dashboard.causes.state import STATE
from dashboard.causes.user_discovery import own_discovery
from dashboard.figures.discovery import discovered, in_a_circle
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.text import caption

_UNDER_DO = 500  # units of each intervention
_KINDS = {"turned": "turned round", "undecided": "undecided", "missed": "missed", "invented": "invented"}


@dataclass(frozen=True)
class Found:
    """What was discovered of a model.

    Attributes:
        truth: The graph that the rows came from.
        patterns: By what was done.
        experiments: The interventions, one after the other.
        sortable: Varsortability of the rows as they are; after standardising there is none left to use.
    """

    truth: CausalGraph
    patterns: dict[str, Pattern]
    experiments: tuple[Experiment, ...]
    sortable: float


def discovery_view() -> None:
    """What can be found of a model that is drawn by chance, or of one's own table (that in no fragment: what takes long
    could not be cancelled in one)."""
    views = {"a model drawn by chance": _of_a_model, "your table": own_discovery}
    chosen = st.segmented_control(
        "rows of", list(views), default=next(iter(views)), key=STATE.key("rows_of"), required=True, bind="query-params"
    )
    views[chosen]()


@st.fragment
def _of_a_model() -> None:
    st.markdown(
        "A graph is drawn by chance, rows are drawn from it, and two "
        "well-known methods get the rows without the graph. **PC** asks which columns are independent of which, given "
        "others. **NOTEARS** looks for the arrows by which each column is best predicted from others. Each picture "
        "shows what was found, coloured by the graph that the rows truly came from."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        nodes = st.slider("nodes", 3, 12, 6, key=STATE.key("nodes"), bind="query-params", width=220)
        degree = st.slider(
            "arrows at a node", 1.0, 4.0, 2.5, 0.5, key=STATE.key("degree"), bind="query-params", width=220
        )
        rows = st.select_slider(
            "rows", [100, 300, 1000, 3000, 10000], 1000, key=STATE.key("rows"), bind="query-params", width=220
        )
        seed = st.number_input(
            "draw", 0, 9999, 16, key=STATE.key("model"), bind="query-params", width=110, help="Another model."
        )
    found = _found(nodes, degree, rows, int(seed))
    places, titles = in_a_circle(found.truth.nodes), list(found.patterns)
    for row in (titles[:3], titles[3:]):
        for column, title in zip(st.columns(len(row)), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                _card(title, found, places)
    st.markdown(
        "**What this can and cannot say.** Here every condition of the methods holds: straight lines, nothing hidden, "
        "independent rows. Real tables keep none of that for sure. Lines that seeing leaves open can be directed by "
        "doing; arrows that are wrong already stay wrong."
    )


def _card(title: str, found: Found, places: Mapping[str, tuple[float, float]]) -> None:
    pattern = found.patterns[title]
    result = score(pattern, found.truth)
    parts = [f"**{title}: {result.right} of {result.edges} arrows right**"]
    parts += [f"{count} {told}" for kind, told in _KINDS.items() if (count := getattr(result, kind))]
    st.markdown(", ".join(parts))
    figure = discovered(pattern, found.truth, places, scheme())
    st.plotly_chart(figure, key=STATE.key(f"found.{title}"), config=NO_TOOLBAR, alt=f"{title}: arrows over the truth.")
    caption(_NOTES[title](found))


def _told_interventions(found: Found) -> str:
    if not found.experiments:
        return "Seeing left nothing open."
    told = ", then ".join(f"*{one.node}*" for one in found.experiments)
    return (
        f"{told} was set from outside, in {_UNDER_DO} new units: a neighbour that then moves is an effect, one that "
        "stays is a cause."
    )


_NOTES = {
    "PC": lambda found: "Where both directions fit the rows equally well, it leaves a line.",
    "PC, in other units": lambda found: (
        "The same rows, each column divided by its spread, as if measured in other units: nothing changes."
    ),
    "NOTEARS": lambda found: (
        f"It profits from spreads that grow along the arrows: here from cause to effect in {found.sortable:.0%} of the "
        "pairs, a property of made-up data (called varsortability; 50 % would tell nothing)."
    ),
    "NOTEARS, in other units": lambda found: (
        "The same rows, each column divided by its spread, and arrows from 0.1 up instead of 0.3: the hint is gone."
    ),
    "PC and interventions": _told_interventions,
}


@st.cache_resource(max_entries=8, show_spinner="Looking for arrows")
def _found(nodes: int, degree: float, rows: int, seed: int) -> Found:
    rng = np.random.default_rng(seed)
    model = linear_model(nodes, degree, rng)
    data = seen(model, rows, rng)
    other = standardised(data)
    first = discover(data)
    experiments = intervene(model, first, data, _UNDER_DO, rng)
    patterns = {
        "PC": first, "PC, in other units": discover(other),
        "PC and interventions": experiments[-1].after if experiments else first,
        "NOTEARS": notears(data), "NOTEARS, in other units": notears(other, threshold=0.1),
    }  # fmt: skip
    return Found(model.graph, patterns, experiments, varsortability(data, model.graph))
