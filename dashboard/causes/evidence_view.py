"""What can be known without the truth: identification, estimates beside it, and tries to refute them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from core.causal.analysis.analyse import Analysis, question_rows
from core.causal.analysis.estimators import BY_FORMULA
from core.causal.analysis.report import answer, means_told, on_arms
from core.causal.estimation.adjustment import bootstrap, doubly_robust, regression
from core.causal.estimation.bounds import Bounds
from core.causal.estimation.coverage import coverage
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.estimation.refuters import Method
from core.causal.identification.estimand import told as formula
from core.causal.identification.identify import Identification, is_adjustment_set
from core.causal.scm.model import Model
from core.causal.tables.rows import RowsError, Table
from dashboard.causes.labels import Labels
from dashboard.causes.state import STATE
from dashboard.figures import causes as figures
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption

_RERUNS, _ROWS = 200, 1_000  # of the coverage
_DRAWS = 1_000  # of the bootstrap
_LISTED, _HIGH = 12, 320  # sets; where there are more, they scroll in so many pixels


@dataclass(frozen=True)
class Known:
    """What is known beyond the analysis.

    Attributes:
        table: The rows.
        names: What nodes are called.
        truth: The true effect; None for people's own data.
        model: That the rows were drawn from; None likewise.
        wrong: What a newcomer might adjust for, and should not.
        unquoted: Why there is nothing to try again, where no number is quoted.
        list_more: What a click does that asks for more sets, where the time was up.
    """

    table: Table
    names: Labels
    truth: float | None = None
    model: Model | None = None
    wrong: tuple[str, ...] = ()
    unquoted: str = ""
    list_more: Callable[[], None] | None = None


def evidence_view(analysis: Analysis, known: Known, key: str) -> None:
    """Identification and estimates of an analysis. ``key`` tells analyses apart."""
    left, right = st.columns((2, 3))
    with left, st.container(border=True, height="stretch"):
        identified(analysis.identification, known.names, analysis.bounds, known.list_more)
    with right, st.container(border=True, height="stretch"):
        _estimated(analysis, known, key)
    _blamed(analysis, known.names)
    reasons(analysis.identification, known.names)


def identified(
    found: Identification, names: Labels, bounds: Sequence[Bounds] = (), list_more: Callable[[], None] | None = None
) -> None:
    """What the graph says: whether and how the effect can be known. ``list_more`` is what a click on a button does that
    is there where the time was up."""
    x, y = names.label(found.exposure), names.label(found.outcome)
    told = {
        "no causal path": f"**No arrows lead from {x} to {y}: the graph says that the effect is 0**",
        "nothing needed": f"**Nothing needs to be adjusted for: what is seen of {x} and {y} is the effect**",
        "adjustment": f"**The effect of {x} on {y} is found by adjusting for one of these sets**",
        "formula": f"**No adjustment gives the effect of {x} on {y}, but there is another way**",
        "not identifiable": f"**From what was measured, the effect of {x} on {y} can't be worked out in general**",
    }
    st.markdown(told[found.kind])
    if found.kind == "adjustment":
        with st.container(height=_HIGH if len(found.sets) > _LISTED else "content", border=False):
            st.markdown("\n".join(f"- {names.set_text(one)}" + _best(one, found.optimal) for one in found.sets))
        if not found.complete:
            caption(f"These are {len(found.sets):,}. There may be more sets: the time was up.")
        if found.optimal is not None and found.optimal not in found.sets:
            st.markdown(f"Least variance: {names.set_text(found.optimal)}")
    if found.front_door:
        st.markdown("By the front door: " + ", ".join(map(names.set_text, found.front_door)))
        if not (found.complete or found.sets):
            caption("There may be more front doors: the time was up.")
    if list_more is not None and not found.complete:
        st.button("list more sets", key=STATE.key("list_more"), on_click=list_more)
    for one in found.instruments:
        tool = f"{names.label(one.node)} as an instrument" + (
            f" given {names.set_text(one.given)}" if one.given else ""
        )
        st.markdown(f"With one more assumption (the same effect for everybody): {tool}")
    if found.hedge is not None:
        st.markdown("In the way: what nobody measured ties " + names.set_text(found.hedge.nodes) + " together.")
    for one in bounds:
        believed = names.relabel(one.believes)
        st.markdown(f"It lies from **{one.low:.3f} to {one.high:.3f}** if {believed} ({one.method}).")
    if found.formula is not None:
        caption("in terms of what was measured:")
        st.code(formula(found.formula, found.exposure, found.outcome), language=None, wrap_lines=True)


def reasons(found: Identification, names: Labels) -> None:
    """For every node, what adjusting for it would do."""
    if found.reasons:
        with st.expander("For every node: why it should be adjusted for, or should not"):
            st.table({
                "node": [names.label(node) for node in found.reasons],
                "because": [names.relabel(why) for why in found.reasons.values()],
            })  # fmt: skip


def _blamed(analysis: Analysis, names: Labels) -> None:
    """How probable it is that the exposure is what did it."""
    found = analysis.attribution
    if found is None:
        return
    x, y = names.label(found.exposure), names.label(found.outcome)
    with st.expander(f"Was it {x} that did it?"):
        asked, bounds, monotone = zip(*found.rows(), strict=True)
        st.table({"share": [names.relabel(told) for told in asked], "lies from": bounds,
                  f"if {x} never prevents {y}": monotone})  # fmt: skip
        caption(names.relabel(found.assumed))


def _best(one: frozenset[str], optimal: frozenset[str] | None) -> str:
    return " (least variance)" if one == optimal else ""


def _estimated(analysis: Analysis, known: Known, key: str) -> None:
    """The estimates, one of a person's own choosing among them."""
    names = known.names
    st.markdown(f"**{names.relabel(answer(analysis))}**")
    if analysis.headline is not None and analysis.headline.means is not None:
        ends = names.label(analysis.exposure), names.label(analysis.outcome)
        st.markdown(means_told(*ends, analysis.headline.means))
    for one in on_arms(analysis):
        doubt = f"; not to be quoted: {names.relabel(one.doubt)}" if one.doubt else ""
        st.markdown(f"Effect {one.method}: **{one.value:.5g}** ({one.low:.4g} to {one.high:.4g}){doubt}.")
    chosen = _chosen(analysis, known, key)
    rows = [(analysis.raw.method, analysis.raw, known.truth is not None and not _holds(analysis.raw, known.truth))]
    rows += [(one.method, one, False) for one in analysis.estimates]
    believed = [f"{one.method}: {one.note}" for one in analysis.estimates if one.note]
    if chosen is not None:
        rows.append(("your choice", *chosen))
    figure = figures.estimates(rows, known.truth, scheme())
    st.plotly_chart(
        figure, key=STATE.key(f"estimates.{key}"), config=NO_TOOLBAR, alt="Estimates with intervals, and the truth."
    )
    counted = f"{analysis.rows:,} rows; lines: 95 % intervals"
    caption(counted + ("; the truth by doing both to many units" if known.truth is not None else ""))
    for note in (*believed, *analysis.notes):
        caption(names.relabel(note))
    _again(analysis, known, key)


def _holds(found: Estimate, truth: float) -> bool:
    return found.low <= truth <= found.high


def _chosen(analysis: Analysis, known: Known, key: str) -> tuple[Estimate, bool] | None:
    """The estimate for what a person adjusts for, and whether that is a mistake."""
    free = [node for node in analysis.mapping if node not in (analysis.exposure, analysis.outcome)]
    if not free:
        return None
    start = sorted(analysis.graph.adjusted) or analysis.adjusted or ()  # as the graph is marked, if it is
    asked = (key, analysis.exposure, analysis.outcome, start)
    slot = STATE.key(f"adjust.{asked}")  # another question, another choice
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.pills(
            "adjust for", free, format_func=known.names.label, selection_mode="multi", key=slot,
            default=[node for node in start if node in free],
        )  # fmt: skip
        if known.wrong:
            wrong = sorted({*(analysis.adjusted or ()), *known.wrong} & set(free))
            named = " and ".join(map(known.names.label, known.wrong))
            st.button(
                f"adjust for {named} (wrong)", key=STATE.key(f"wrong.{key}"),
                on_click=lambda: st.session_state.update({slot: wrong}),
            )  # fmt: skip
    if set(picked) == set(analysis.adjusted or ()):
        return None  # that is what the estimates above are
    question = Question(analysis.exposure, analysis.outcome, tuple(picked))
    valid = is_adjustment_set(analysis.graph, analysis.exposure, analysis.outcome, picked)
    try:
        found = (doubly_robust if analysis.binary else regression)(*question_rows(analysis, known.table, question))
    except (EstimateError, RowsError) as error:
        st.warning(known.names.relabel(str(error)))
        return None
    told = "this adjustment is right by the graph" if valid else "this adjustment is wrong by the graph"
    off = "" if known.truth is None else f", {found.value - known.truth:+.3f} from the truth"
    st.markdown(f"Your choice: {found.value:.3f} ({found.low:.3f} to {found.high:.3f}){off}; **{told}**.")
    return replace(found, method="your choice"), not valid


def _again(analysis: Analysis, known: Known, key: str) -> None:
    """Estimates again: on rows drawn from the rows, and where the truth is known on new units. What came of it stays
    while the analysis does."""
    headline = analysis.headline
    if headline is None:
        if known.unquoted:
            caption(known.unquoted)
        return
    name, (method, question) = headline.method, analysis.quoted
    covered, drawn = SessionResult(STATE.key("covered", key)), SessionResult(STATE.key("drawn", key))
    with st.container(horizontal=True):
        cover = known.model is not None and st.button(f"coverage over {_RERUNS} re-runs", key=STATE.key(f"cover.{key}"))
        boot = name != BY_FORMULA and st.button(f"bootstrap ({_DRAWS:,} draws)", key=STATE.key(f"boot.{key}"))
    try:
        if cover:
            run_task(covered, headline, "drawing units again", partial(_covered, known, question, method, name))
        if boot:
            run_task(drawn, headline, "drawing rows again", partial(_drawn, analysis, question, method, name))
    except EstimateError as error:  # too few of the draws allow an estimate
        st.warning(known.names.relabel(str(error)))
    for results in (covered, drawn):
        if result := results.find(headline):
            st.markdown(result.value)


def _drawn(analysis: Analysis, question: Question, method: Method, name: str, report: Callable[[float], None]) -> str:
    rng = np.random.default_rng(0)
    low, high = bootstrap(analysis.data, lambda rows: method(rows, question), _DRAWS, rng, report)
    return f"Bootstrap of {name}: **{low:.3f} to {high:.3f}** (95 %)."


def _covered(known: Known, question: Question, method: Method, name: str, report: Callable[[float], None]) -> str:
    rng = np.random.default_rng(0)
    found = coverage(known.model, question, method, known.truth, _ROWS, _RERUNS, rng, report)
    failed = f" {found.failed} more gave no estimate." if found.failed else ""
    return (
        f"In {found.held} of {found.rounds} re-runs of {_ROWS:,} new units each, the 95 % interval by {name} held the "
        f"truth: **{found.share:.0%}** ({found.low:.0%} to {found.high:.0%}); mean bias {found.bias:+.3f}." + failed
    )
