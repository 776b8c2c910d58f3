"""Falsification of a graph: does it fit better than the same arrows between permuted nodes?"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.causal.analysis.graph_check import complete_rows
from core.causal.analysis.result import Analysis
from core.causal.discovery.falsify import Falsification, falsify
from core.causal.estimation.question import EstimateError
from core.causal.tables.rows import Table
from dashboard.causes.state import STATE
from dashboard.figures.shuffled import contradictions
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.messages import show_warning
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption


def shuffled_view(analysis: Analysis, table: Table, key: str) -> None:
    """Show a button, and the result of the test. ``key`` distinguishes analyses."""
    if not analysis.implications:
        return  # nothing to contradict, as the view of implications says
    results: SessionResult[Falsification] = SessionResult(STATE.key("shuffled", key))
    question = analysis.graph, tuple(analysis.mapping.items())
    with st.container(border=True):
        st.markdown("**Does the graph fit better than chance?**")
        caption(
            "The test compares the graph with graphs that have the same arrows between permuted nodes: how many "
            "implications of each do the rows contradict?"
        )
        if st.button("permute the nodes", key=STATE.key(f"shuffle.{key}")):
            rows, _ = complete_rows(table, analysis.mapping)
            work = partial(falsify, analysis.graph, rows, np.random.default_rng(0))
            try:
                run_task(results, question, "permuting nodes", work)
            except EstimateError as error:
                show_warning(error)
        if result := results.find(question):
            found = result.value
            left, right = st.columns(2, vertical_alignment="center")
            left.markdown(found.summary)
            with right:
                show_chart(
                    contradictions(found.contradicted, found.permuted, scheme()),
                    key=STATE.key("shuffled"),
                    alt="Contradicted implications of graphs with permuted nodes, and of this graph.",
                )
