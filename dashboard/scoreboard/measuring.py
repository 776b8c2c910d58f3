"""Measuring again while one looks on, beside what is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.evaluation.scoreboard import RobustnessResult, measure_robustness
from core.models.registry import default_pair, forecasters
from core.models.spec import Domain
from dashboard.cached.models import load_model
from dashboard.cached.results import stored_robustness
from dashboard.figures import scoreboard as figures
from dashboard.figures.forecast import drawn_names
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.looks import label_of
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption
from dashboard.scoreboard.state import STATE

QUICK = 32  # clips of a live measurement


def live(label: str, key: str, measure: Callable, measured: Sequence[str]) -> Any:
    """A button that measures the models named ``measured`` now, with progress; gives what it found, until it measures
    again."""
    results = SessionResult(f"{key}.found")

    def work(report: Callable[[float], None]) -> Any:
        return measure([load_model(name) for name in measured], lambda _, share: report(share), QUICK)

    if st.button(label, key=key):
        try:
            run_task(results, QUICK, f"measuring {QUICK} clips", work)
        except ValueError as error:  # a model that can't be loaded, or off which nothing reads positions
            st.error(str(error))
    result = results.find(QUICK)
    return result.value if result else None


def rises(result: RobustnessResult, step: int) -> str:
    """What the strongest background adds to each arm's error, by the same clips without it."""
    told = []
    for name in default_pair(Domain.WORLDS):
        rise = result.models[name].rise[step]
        told.append(f"{label_of(name)} {rise.mean:+.3f} ({rise.low:+.3f} to {rise.high:+.3f})")
    when = f"{(step + 1) / result.protocol.fps:.1f} s"
    return f"From none to the strongest, {when} ahead, the error changes by: {', '.join(told)} widths."


def robustness(step: int) -> None:
    """What a moving background does to both arms."""
    stored = stored_robustness()
    measured = drawn_names(spec.name for spec in forecasters())
    found = live(f"measure again on {QUICK} clips", STATE.key("again", "robustness"), measure_robustness, measured)
    if found is None and stored is None:
        st.info("Not measured yet for these weights. Run: worldscope evaluate scoreboard")
    for shown in (stored, found):
        if shown is None:
            continue
        when = "stored" if shown is stored else "measured now"
        caption(f"{shown.protocol.clips} unseen drop clips for each strength, {when}")
        st.markdown(rises(shown, step))
        figure = figures.robustness_curves(shown, step, scheme())
        st.plotly_chart(
            figure, config=NO_TOOLBAR, key=STATE.key(f"robust.{shown is stored}"), alt="Error against strength."
        )
