"""What speaks against an estimate: independences that fail, arms that can't be compared, refuters, hidden causes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.causal.analysis.analyse import Analysis
from core.causal.analysis.refutation import controls_of, refutations
from core.causal.analysis.report import WARNING
from core.causal.estimation.adjustment import overlap
from core.causal.estimation.question import EstimateError
from core.causal.estimation.refuters import Refutation, with_hidden_cause
from core.causal.identification.implications import MOST, Implication, implied
from core.causal.tables.rows import Table
from dashboard.causes.labels import Labels
from dashboard.causes.state import STATE
from dashboard.figures import causes as figures
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption


def doubts_view(analysis: Analysis, table: Table, names: Labels, key: str) -> tuple[Refutation, ...]:
    """All of them; gives what refuting brought, if it was asked for."""
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _implied(analysis, names)
    with right, st.container(border=True, height="stretch"):
        tried = _refuted(analysis, table, names, key)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _hidden(analysis, names)
    with right, st.container(border=True, height="stretch"):
        _overlap(analysis, names)
    return tried


def _implied(analysis: Analysis, names: Labels) -> None:
    found = analysis.implications
    if not found and implied(analysis.graph):
        st.markdown("**What the graph demands could not be held against these rows**")
        caption("The remarks on the estimates say why.")
        return
    if not found:
        st.markdown("**The graph demands nothing that these rows could contradict**")
        caption("By the graph no two measured nodes must be independent, whatever others are given.")
        return
    st.markdown(f"**{analysis.contradicted} of {len(found)} demands of the graph are contradicted at 5 %**")
    caption(
        f"If the graph were right, chance alone would contradict about {analysis.expected:.1f}. "
        "Only straight lines are tested"
        + (f", and the {len(found)} demands with fewest conditions." if len(found) == MOST else ".")
    )
    st.dataframe(
        {
            "independent by the graph": [_pair(one, names) for one in found],
            "partial correlation": [one.correlation for one in found],
            "chance of that": [one.chance for one in found],
        },
        hide_index=True, height=min(300, 38 + 35 * len(found)),
        column_config={"partial correlation": st.column_config.NumberColumn(format="%.3f"),
                       "chance of that": st.column_config.NumberColumn(format="%.2g")},
    )  # fmt: skip


def _pair(one: Implication, names: Labels) -> str:
    given = f", given {', '.join(map(names.label, one.given))}" if one.given else ""
    return f"{names.label(one.one)} and {names.label(one.other)}{given}"


def _refuted(analysis: Analysis, table: Table, names: Labels, key: str) -> tuple[Refutation, ...]:
    st.markdown("**Can it be refuted?**")
    caption(WARNING)
    if analysis.headline is None:
        st.markdown("There is no estimate to refute.")
        return ()
    controls = _controls(analysis, table, names, key)
    results, question = (
        SessionResult(STATE.key("tried", key)),
        (analysis.headline, analysis.adjusted, analysis.graph, controls),
    )
    if st.button("try to refute it", key=STATE.key(f"refute.{key}")):
        try:
            rng = np.random.default_rng(0)
            run_task(results, question, "twenty rounds of each",
                     lambda report: refutations(analysis, table, rng, report, controls))  # fmt: skip
        except EstimateError as error:
            st.warning(names.relabel(str(error)))
    result = results.find(question)
    tried = result.value if result else ()
    if tried:
        st.table({
            "what was done": [names.relabel(one.name) for one in tried],
            "should give": [one.expected for one in tried],
            "gave": [one.gave for one in tried],
            "": ["as it should" if one.passed else "**not as it should**" for one in tried],
        })  # fmt: skip
    return tried


def _controls(analysis: Analysis, table: Table, names: Labels, key: str) -> tuple[str, ...] | None:
    """The outcomes that should not move, of a person's choosing; None for all of them, as at first: those that nobody
    chose may fail."""
    free = controls_of(analysis, table)
    if not free:
        return None
    picked = st.pills(
        "outcomes that should not move (negative controls)", free, format_func=names.label, selection_mode="multi",
        default=free, key=STATE.key(f"controls.{key}.{free}"),
    )  # fmt: skip
    return None if set(picked) == set(free) else tuple(node for node in free if node in picked)


def _hidden(analysis: Analysis, names: Labels) -> None:
    """How strong a hidden cause would have to be."""
    st.markdown("**What if a cause is missing?**")
    if analysis.adjusted is None:
        caption("This is worked out for effects that are found by adjusting.")
        return
    question = analysis.question
    try:
        shares = np.linspace(0, 0.6, 25)
        effects = with_hidden_cause(analysis.data, question, shares, shares[:, None])
    except EstimateError as error:
        caption(names.relabel(str(error)))
        return
    figure = figures.hidden_cause(shares, effects, scheme())
    st.plotly_chart(
        figure, key=STATE.key("hidden"), config=NO_TOOLBAR, alt="Effect against the strength of a hidden cause."
    )
    if missing := analysis.missing_cause:
        caption(missing.told)


def _overlap(analysis: Analysis, names: Labels) -> None:
    st.markdown("**Can the arms be compared?**")
    if analysis.overlap is None:
        caption("This is asked where an exposure of two values is adjusted for something.")
        return
    chances, share = overlap(analysis.data, analysis.question)
    treated = analysis.data[analysis.exposure] > 0.5
    figure = figures.overlap(chances[treated], chances[~treated], names.label(analysis.exposure), scheme())
    st.plotly_chart(figure, key=STATE.key("overlap"), config=NO_TOOLBAR, alt="Chances of the exposure in both arms.")
    caption(f"{share:.1%} of the rows have a chance below 0.05 or above 0.95: for those there is hardly anybody alike.")
