"""What speaks against an estimate: contradicted implications, refuters, unmeasured confounders, poor overlap."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.causal.analysis.refutation import negative_controls, refutations
from core.causal.analysis.result import Analysis
from core.causal.analysis.verdict import overlap_sentence
from core.causal.estimation.adjustment import overlap
from core.causal.estimation.question import EstimateError
from core.causal.estimation.refuters import WARNING, Refutation
from core.causal.estimation.sensitivity import with_hidden_confounder
from core.causal.identification.implications import MOST_IMPLICATIONS, Implication, implied_independences
from core.causal.tables.rows import Table
from core.wording import count_of
from dashboard.causes.labels import Labels
from dashboard.causes.state import STATE
from dashboard.figures import effects as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.messages import show_note, show_warning
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption


def refutation_view(analysis: Analysis, table: Table, labels: Labels, key: str) -> tuple[Refutation, ...]:
    """Show all that speaks against the estimate, and return the results of the refuters, if they were run."""
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _implications(analysis, labels)
    with right, st.container(border=True, height="stretch"):
        results = _refuters(analysis, table, labels, key)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _hidden_confounder(analysis, labels)
    with right, st.container(border=True, height="stretch"):
        _overlap(analysis, labels)
    return results


def _implications(analysis: Analysis, labels: Labels) -> None:
    found = analysis.implications
    if not found and implied_independences(analysis.graph):
        st.markdown("**The implications of the graph could not be tested on these rows**")
        caption("The notes on the estimates say why.")
        return
    if not found:
        st.markdown("**The graph has no testable implications**")
        caption("It implies no independence between measured nodes, marginal or conditional.")
        return
    st.markdown(f"**The rows contradict {analysis.contradicted} of {count_of(len(found), 'implication')} (5 % level)**")
    limit = f" The {len(found)} with the smallest conditioning sets are tested." * (len(found) == MOST_IMPLICATIONS)
    caption(
        f"If the graph were right, the rows would contradict about {analysis.expected_by_chance:.1f} by chance alone. "
        f"The tests assume linear relations.{limit}"
    )
    st.dataframe(
        {
            "implied independence": [_independence(one, labels) for one in found],
            "partial correlation": [one.correlation for one in found],
            "p-value": [one.p_value for one in found],
        },
        hide_index=True,
        height=min(300, 38 + 35 * len(found)),
        column_config={
            "partial correlation": st.column_config.NumberColumn(format="%.3f"),
            "p-value": st.column_config.NumberColumn(format="%.2g"),
        },
    )


def _independence(one: Implication, labels: Labels) -> str:
    given = f", given {', '.join(map(labels.label, one.given))}" if one.given else ""
    return f"{labels.label(one.first)} and {labels.label(one.second)}{given}"


def _refuters(analysis: Analysis, table: Table, labels: Labels, key: str) -> tuple[Refutation, ...]:
    st.markdown("**Can the estimate be refuted?**")
    caption(WARNING)
    if analysis.headline is None:
        st.markdown("There is no estimate to refute.")
        return ()
    controls = _controls(analysis, table, labels, key)
    kept: SessionResult[tuple[Refutation, ...]] = SessionResult(STATE.key("tried", key))
    question = analysis.headline, analysis.adjusted, analysis.graph, controls
    if st.button("run the refuters", key=STATE.key(f"refute.{key}")):
        rng = np.random.default_rng(0)
        try:
            run_task(
                kept,
                question,
                "running twenty rounds of each refuter",
                lambda report: refutations(analysis, table, rng, report, controls),
            )
        except EstimateError as error:
            show_warning(labels.rename(error))
    result = kept.find(question)
    results = result.value if result else ()
    if results:
        st.table(
            {
                "refuter": [labels.relabel(one.name) for one in results],
                "expected": [one.expected for one in results],
                "result": [one.result for one in results],
                "": ["as expected" if one.passed else "**not as expected**" for one in results],
            }
        )
    return results


def _controls(analysis: Analysis, table: Table, labels: Labels, key: str) -> tuple[str, ...] | None:
    """The negative controls that the visitor picks; None for all of them, as at first: one that nobody picked may
    fail."""
    available = negative_controls(analysis, table)
    if not available:
        return None
    picked = st.pills(
        "negative controls: outcomes that the exposure does not affect",
        available,
        format_func=labels.label,
        selection_mode="multi",
        default=available,
        key=STATE.key(f"controls.{key}.{available}"),
    )
    return None if set(picked) == set(available) else tuple(node for node in available if node in picked)


def _hidden_confounder(analysis: Analysis, labels: Labels) -> None:
    """Show how strong an unmeasured confounder would have to be."""
    st.markdown("**What if a confounder was not measured?**")
    if analysis.adjusted is None:
        caption("This analysis needs an effect that is identified by adjustment.")
        return
    try:
        shares = np.linspace(0, 0.6, 25)
        effects = with_hidden_confounder(analysis.data, analysis.question, shares, shares[:, None])
    except EstimateError as error:
        show_note(labels.rename(error))
        return
    figure = figures.hidden_confounder(shares, effects, scheme())
    alt = "The effect against the strength of an unmeasured confounder."
    show_chart(figure, key=STATE.key("hidden"), alt=alt)
    if sensitivity := analysis.sensitivity:
        caption(sensitivity.summary)


def _overlap(analysis: Analysis, labels: Labels) -> None:
    st.markdown("**Are the arms comparable?**")
    if analysis.poor_overlap is None:
        caption("Overlap matters only if the exposure is binary and the estimate is adjusted.")
        return
    scores, _ = overlap(analysis.data, analysis.question)
    arm, names = analysis.data[analysis.exposure], (analysis.arms[0], analysis.arms[1])
    figure = figures.overlap(scores[arm == 1], scores[arm == 0], labels.label(analysis.exposure), names, scheme())
    show_chart(figure, key=STATE.key("overlap"), alt="Propensity scores in both arms.")
    caption(overlap_sentence(analysis))
