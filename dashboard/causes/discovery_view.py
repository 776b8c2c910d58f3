"""Discovery and its limits: arrows from rows alone, in other units, and with a few interventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.discovery import Experiment, discover, intervene, linear_model, score, seen, standardised
from core.causal.graph import CausalGraph
from core.causal.notears import notears, varsortability
from core.causal.pc import Pattern
from dashboard.compare.evidence import QUIET, quiet, scheme
from dashboard.figures.discovery import discovered, in_a_circle

_UNDER_DO = 500  # units of each intervention


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


@st.fragment
def discovery_view() -> None:
    """A model that is drawn by chance, and what can be found of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        nodes = st.slider("nodes", 3, 12, 6, key="nodes", bind="query-params", width=220)
        degree = st.slider("arrows at a node", 1.0, 4.0, 2.5, 0.5, key="degree", bind="query-params", width=220)
        rows = st.select_slider("rows", [100, 300, 1000, 3000, 10000], 1000, key="rows", bind="query-params", width=220)
        seed = st.number_input("draw", 0, 9999, 16, key="model", bind="query-params", width=110, help="Another model.")
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
    st.markdown(f"**{title}: {result.right} of {result.edges} arrows right, {result.wrong} wrong, "
                f"{result.undecided} undecided**")  # fmt: skip
    figure = discovered(pattern, found.truth, places, scheme())
    st.plotly_chart(figure, key=f"found.{title}", config=QUIET, alt=f"{title}: arrows over the truth.")
    quiet(_NOTES[title](found))


def _told_interventions(found: Found) -> str:
    if not found.experiments:
        return "Seeing left nothing open."
    told = ", then ".join(one.node for one in found.experiments)
    return (
        f"Set were {told} ({_UNDER_DO} new units each): a neighbour that moves listens, one that stays is listened to."
    )


_NOTES = {
    "PC": lambda found: "Independence tests on what was seen; arrows that they leave open stay lines.",
    "PC, in other units": lambda found: "The same rows standardised: correlations do not change, nor does the result.",
    "NOTEARS": lambda found: (
        f"One smooth optimisation. It lives on variances that grow along the arrows: here in {found.sortable:.0%} of "
        "the pairs (varsortability; 50 % would tell nothing)."
    ),
    "NOTEARS, in other units": lambda found: "The same rows standardised: variances tell nothing any more.",
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
