"""A graph against the same arrows between shuffled names: do the rows speak for it?"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.causal.analysis.analyse import Analysis
from core.causal.analysis.graph_check import whole_rows
from core.causal.discovery.falsify import falsify
from core.causal.estimation.question import EstimateError
from core.causal.tables.rows import Table
from dashboard.causes.state import STATE
from dashboard.figures.shuffled import contradicted
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption


def shuffled_view(analysis: Analysis, table: Table, key: str) -> None:
    """A button, and what comes of it."""
    if not analysis.implications:
        return  # nothing that rows could contradict; the page says so where it lists them
    results = SessionResult(STATE.key("shuffled", key))
    question = analysis.graph, tuple(analysis.mapping.items())
    with st.container(border=True):
        st.markdown("**Does the graph fit better than chance?**")
        caption(
            "The same arrows are put between shuffled names, and the rows asked how often they contradict each graph."
        )
        if st.button("shuffle the names", key=STATE.key(f"shuffle.{key}")):
            rows, _ = whole_rows(table, analysis.mapping)
            work = partial(falsify, analysis.graph, rows, np.random.default_rng(0))
            try:
                run_task(results, question, "shuffling names", work)
            except EstimateError as error:
                st.warning(str(error))
        if result := results.find(question):
            found = result.value
            left, right = st.columns(2, vertical_alignment="center")
            left.markdown(found.told())
            right.plotly_chart(
                contradicted(found.broken, found.shuffled, scheme()), key=STATE.key("shuffled"), config=NO_TOOLBAR,
                alt="Contradicted demands of graphs with shuffled names, and of this graph.",
            )  # fmt: skip
