"""The estimates of an analysis: its verdict, all methods beside one another, the visitor's own choice of covariates,
and estimates on resampled data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from core.causal.analysis.agreement import balance_sentence, bends_sentence
from core.causal.analysis.analyse import question_rows
from core.causal.analysis.result import Analysis
from core.causal.analysis.verdict import (
    effect_scale,
    interval_text,
    means_sentence,
    number_text,
    subgroup_lines,
    verdict,
)
from core.causal.estimation.adjustment import doubly_robust, regression
from core.causal.estimation.bootstrap import bootstrap_interval
from core.causal.estimation.coverage import coverage
from core.causal.estimation.cross_fitting import CROSS_FITTED, PARTIALLY_LINEAR
from core.causal.estimation.plug_in import FORMULA
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.identification.adjustment_sets import is_adjustment_set
from core.causal.scm.model import Model
from core.causal.tables.rows import RowsError
from core.wording import percent
from dashboard.causes.known import Known
from dashboard.causes.state import STATE
from dashboard.figures import effects as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.messages import show_warning
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption

_RUNS, _ROWS = 200, 1_000  # of the coverage
_SAMPLES = 1_000  # of the bootstrap
_NO_BOOTSTRAP = (FORMULA, CROSS_FITTED, PARTIALLY_LINEAR)  # resampled already, or too slow


def estimates_card(analysis: Analysis, known: Known, key: str) -> None:
    """Show the verdict and the estimates, with the one for the visitor's choice of covariates."""
    labels = known.labels
    st.markdown(f"**{labels.relabel(verdict(analysis))}**")
    if means := means_sentence(analysis):
        st.markdown(labels.relabel(means))
    for line in subgroup_lines(analysis):
        st.markdown(labels.relabel(line))
    scale = effect_scale(analysis)
    for one in analysis.effects_on_arms:
        caveat = f"; not reliable: {labels.relabel(one.caveat)}" if one.caveat else ""
        st.markdown(
            f"Effect {one.method}: **{number_text(one.value, scale, 5)}** ({interval_text(one, scale)}){caveat}."
        )
    for one in analysis.direct:
        st.markdown(
            f"{labels.relabel(one.method.capitalize())}: **{one.value:.5g}** ({one.low:.4g} to {one.high:.4g})."
        )
    chosen = _user_choice(analysis, known, key)
    raw = analysis.unadjusted
    rows = [(raw.method, raw, known.truth is not None and not raw.low <= known.truth <= raw.high)]
    rows += [(one.method, one, False) for one in analysis.estimates]
    if chosen is not None:
        rows.append(("your choice", *chosen))
    figure = figures.estimates(rows, known.truth, scheme())
    show_chart(figure, key=STATE.key(f"estimates.{key}"), alt="Estimates with intervals, and the truth.")
    truth = "; the truth: both interventions, simulated on many units" if known.truth is not None else ""
    caption(f"{analysis.rows:,} rows; lines: 95 % intervals{truth}")
    for note in (
        *(f"{one.method}: {one.remarks}" for one in (*analysis.estimates, *analysis.direct) if one.remarks),
        balance_sentence(analysis),
        bends_sentence(analysis),
        *analysis.notes,
    ):
        if note:
            caption(labels.relabel(note))
    _resampled(analysis, known, key)


def _user_choice(analysis: Analysis, known: Known, key: str) -> tuple[Estimate, bool] | None:
    """The estimate for the covariates that the visitor picks, and whether they are wrong by the graph; None if they are
    those of the estimates above, or there is no estimate."""
    free = [node for node in analysis.mapping if node not in (analysis.exposure, analysis.outcome)]
    if not free:
        return None
    picked = _picked(analysis, known, key, free)
    if set(picked) == set(analysis.adjusted or ()):
        return None
    question = Question(analysis.exposure, analysis.outcome, tuple(picked))
    valid = is_adjustment_set(analysis.graph, analysis.exposure, analysis.outcome, picked)
    try:
        found = (doubly_robust if analysis.binary else regression)(*question_rows(analysis, known.table, question))
    except (EstimateError, RowsError) as error:
        show_warning(known.labels.rename(error))
        return None
    judgement = (
        "according to the graph, this adjustment is valid"
        if valid
        else "according to the graph, this adjustment is not valid"
    )
    distance = "" if known.truth is None else f", {found.value - known.truth:+.3f} from the truth"
    st.markdown(f"Your choice: {found.value:.3f} ({found.low:.3f} to {found.high:.3f}){distance}; **{judgement}**.")
    return replace(found, method="your choice"), not valid


def _picked(analysis: Analysis, known: Known, key: str, free: list[str]) -> list[str]:
    """The covariates that the visitor picks; at first the set that the graph marks, else that of the analysis."""
    start = sorted(analysis.graph.adjusted) or analysis.adjusted or ()
    slot = STATE.key(f"adjust.{(key, analysis.exposure, analysis.outcome, start)}")  # another question starts afresh
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.pills(
            "adjust for",
            free,
            format_func=known.labels.label,
            selection_mode="multi",
            key=slot,
            default=[node for node in start if node in free],
        )
        if known.wrong:
            wrong = sorted({*(analysis.adjusted or ()), *known.wrong} & set(free))
            named = " and ".join(map(known.labels.label, known.wrong))
            st.button(
                f"adjust for {named} (wrong)",
                key=STATE.key(f"wrong.{key}"),
                on_click=lambda: st.session_state.update({slot: wrong}),
            )
    return picked


def _resampled(analysis: Analysis, known: Known, key: str) -> None:
    """Offer the bootstrap, and if the model is known the coverage of the interval. Results stay as long as the analysis
    does."""
    headline = analysis.headline
    if headline is None:
        if known.no_estimate:
            caption(known.no_estimate)
        return
    covered: SessionResult[str] = SessionResult(STATE.key("covered", key))
    drawn: SessionResult[str] = SessionResult(STATE.key("drawn", key))
    with st.container(horizontal=True):
        has_truth = known.model is not None and known.truth is not None
        wants_coverage = has_truth and st.button(f"coverage over {_RUNS} runs", key=STATE.key(f"cover.{key}"))
        wants_bootstrap = headline.method not in _NO_BOOTSTRAP and st.button(
            f"bootstrap ({_SAMPLES:,} samples)", key=STATE.key(f"boot.{key}")
        )
    try:
        if wants_coverage and known.model is not None and known.truth is not None:
            work = partial(_coverage_text, analysis, known.model, known.truth)
            run_task(covered, headline, "estimating on new units", work)
        if wants_bootstrap:
            run_task(drawn, headline, "estimating on resampled rows", partial(_bootstrap_text, analysis))
    except EstimateError as error:  # too few samples allow an estimate
        show_warning(known.labels.rename(error))
    for results in (covered, drawn):
        if result := results.find(headline):
            st.markdown(result.value)


def _bootstrap_text(analysis: Analysis, report: Callable[[float], None]) -> str:
    method, question = analysis.headline_method
    rng = np.random.default_rng(0)
    low, high = bootstrap_interval(analysis.data, lambda rows: method(rows, question), _SAMPLES, rng, report)
    return f"Bootstrap interval ({_headline_name(analysis)}): **{low:.3f} to {high:.3f}** (95 %)."


def _coverage_text(analysis: Analysis, model: Model, truth: float, report: Callable[[float], None]) -> str:
    method, question = analysis.headline_method
    rng = np.random.default_rng(0)
    found = coverage(model, question, method, truth, _ROWS, _RUNS, rng, report)
    failed = f" {found.failed} further runs gave no estimate." if found.failed else ""
    return (
        f"In {found.covered} of {found.runs} runs with {_ROWS:,} new units each, the 95 % interval "
        f"({_headline_name(analysis)}) contained the truth: **{percent(found.share)}** ({percent(found.low)} to "
        f"{percent(found.high)}); mean bias {found.bias:+.3f}.{failed}"
    )


def _headline_name(analysis: Analysis) -> str:
    return analysis.headline.method if analysis.headline else ""
