"""Measurements on the page, beside the stored ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from core.evaluation.score_findings import robustness_finding
from core.evaluation.scoreboard import Report, measure_robustness
from core.models.protocols import WorldModel
from core.models.registry import forecasters
from dashboard.cached.models import load_model
from dashboard.cached.results import stored_robustness
from dashboard.figures import scoreboard as figures
from dashboard.figures.forecast import drawn_names
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.messages import show_error
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption
from dashboard.scoreboard.state import STATE

QUICK = 32  # clips of a live measurement
Found = TypeVar("Found")
Measure = Callable[[Sequence[WorldModel], Report, int], Found]  # the last is the number of clips


def live(label: str, key: str, measure: Measure[Found], measured: Sequence[str]) -> Found | None:
    """The last measurement of this session, from a button that measures the models named ``measured`` with progress;
    None before the first."""
    results: SessionResult[Found] = SessionResult(f"{key}.found")

    def work(report: Callable[[float], None]) -> Found:
        return measure([load_model(name) for name in measured], lambda _, share: report(share), QUICK)

    if st.button(label, key=key):
        try:
            run_task(results, QUICK, f"measuring {QUICK} clips", work)
        except ValueError as error:  # a model cannot be loaded, or positions cannot be read from it
            show_error(error)
    result = results.find(QUICK)
    return result.value if result else None


def robustness(step: int) -> None:
    """Show how a moving background changes the error of both arms."""
    stored = stored_robustness()
    measured = drawn_names(spec.name for spec in forecasters())
    found = live(f"measure again on {QUICK} clips", STATE.key("again", "robustness"), measure_robustness, measured)
    if found is None and stored is None:
        st.info("Not measured yet for these weights. Run: worldscope evaluate scoreboard")
    for shown in (stored, found):
        if shown is None:
            continue
        when = "stored" if shown is stored else "measured now"
        caption(f"{shown.protocol.clips} unseen drop clips at each strength; {when}")
        st.markdown(finding_markdown(robustness_finding(shown, step)))
        figure = figures.robustness_curves(shown, step, scheme())
        show_chart(
            figure,
            key=STATE.key(f"robust.{shown is stored}"),
            alt="Position error against the strength of the moving background.",
        )
