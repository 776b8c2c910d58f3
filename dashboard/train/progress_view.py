"""Where a training stands: a progress bar, its curves, and the buttons that its state allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.evaluation.collapse_status import collapse_finding, directions_finding
from core.jobs import queue
from core.jobs.states import Action, State
from core.samples import samples
from core.training.user_trainings import VIDEO, History, Training, TrainingReport, TrainingSpec, held_out_from, video_of
from core.wording import percent
from core.worlds import FPS, WORLDS
from dashboard.compare.controls import VIDEO as COMPARED_VIDEO
from dashboard.compare.state import STATE as COMPARE_STATE
from dashboard.figures import training as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.messages import show_error, show_info, show_warning
from dashboard.kit.text import caption
from dashboard.train.state import STATE

_COMPARE = Path(__file__).resolve().parents[2] / "pages" / "compare.py"
_STATE_TEXT = {
    State.WAITING: "is waiting for its turn",
    State.RUNNING: "is training",
    State.PAUSED: "is paused",
    State.DONE: "is trained",
    State.CANCELLED: "was cancelled",
    State.FAILED: "failed",
}
_REQUEST_TEXT = {
    State.CANCELLED: "is being cancelled and stops within about a second",
    State.PAUSED: "pauses after its current step",
}
_REFUSED = STATE.key("refused")
_SPREADS = {"largest spread": "baseline", "median spread": "latent", "least spread": "violation"}
_SCORES = {"position R²": "latent", "velocity R²": "violation", "skill at 4 steps": "baseline", "skill": "pixel"}


def show_training(training: Training) -> None:
    """Draw a training as it stands."""
    history = training.history()
    _status(training, history)
    _buttons(training)
    _curves(training, history.reports)


def _status(training: Training, history: History) -> None:
    """A progress bar with one line of text; the error below it, if there is one."""
    spec, state, last = training.spec, training.state, history.reports[-1] if history.reports else None
    requested = _pending_request(training)
    parts, share = [f"**{training.name}** {_REQUEST_TEXT[requested] if requested else _STATE_TEXT[state]}"], 0.0
    if last:
        share = 1.0 if state == State.DONE else min(1.0, last.minutes / spec.minutes)
        parts += [f"step {last.step}", f"{last.minutes:.1f} of {spec.minutes:g} minutes"]
        if state == State.RUNNING and not requested:
            parts.append(f"{last.left:.1f} minutes to go" if last.left > 0 else "fitting its probe and its decoder")
    elif state == State.RUNNING and not requested:
        parts.append("getting ready")
    st.progress(share, text=" · ".join(parts))
    if training.status.error:
        (show_error if state == State.FAILED else show_info)("{reason}", reason=training.status.error)
    if refused := st.session_state.get(_REFUSED):
        show_error("{reason}", reason=refused)
    if history.unreadable:
        show_warning(
            "Unreadable lines in the log of this training: {count}. The curves omit them.", count=history.unreadable
        )


def _buttons(training: Training) -> None:
    """Pause, resume, cancel, open, delete: what the state allows."""
    name, state, requested = training.name, training.state, _pending_request(training)
    with st.container(horizontal=True):
        if state in (State.RUNNING, State.WAITING) and not requested:
            st.button("pause", on_click=_act, args=(queue.request, name, Action.PAUSE), key="train.pause")
        if state in (State.PAUSED, State.FAILED):
            st.button("resume", on_click=_act, args=(queue.request, name, Action.RESUME), key="train.resume")
        if state in (State.RUNNING, State.WAITING, State.PAUSED) and requested != State.CANCELLED:
            st.button("cancel", on_click=_act, args=(queue.request, name, Action.CANCEL), key="train.cancel")
        if state == State.DONE and st.button("open on Compare", key="train.compare"):
            _open_on_compare(training)
        if state in (State.DONE, State.CANCELLED, State.FAILED):
            st.button("delete this training", on_click=_act, args=(queue.remove, name), key="train.remove")


def _pending_request(training: Training) -> State | None:
    """The state that a running training is about to be in because somebody asked for it."""
    return queue.request_of(training.name) if training.state == State.RUNNING else None


def _act(action: Callable[..., None], *arguments: object) -> None:
    """Do what a button says; if it cannot be done, keep the sentence that says why."""
    st.session_state.pop(_REFUSED, None)
    try:
        action(*arguments)
    except (ValueError, OSError) as error:
        st.session_state[_REFUSED] = error


def _open_on_compare(training: Training) -> None:
    uploaded = st.session_state.get(COMPARED_VIDEO)
    if uploaded and uploaded.key != training.spec.video:
        del st.session_state[COMPARED_VIDEO]  # another video; Compare then shows the one that was learnt from
    st.switch_page(_COMPARE, query_params=COMPARE_STATE.with_prefix(_compare_query(training.name, training.spec)))


def _compare_query(name: str, spec: TrainingSpec) -> dict[str, str]:
    """The view of Compare that fits: a clip of the world that was learnt, or the held-out part of the video."""
    query = {"pixel" if spec.model.is_pixel else "latent": name}
    shown = next((sample.id for sample in samples() if sample.factors.world == spec.source), None)
    if shown:
        return query | {"clip": shown}
    if spec.source in WORLDS:
        return query | {"source": "world", "world": spec.source}
    frames = video_of(name) if spec.source == VIDEO else None
    start = {} if frames is None else {"start": f"{held_out_from(len(frames)) / FPS:g}"}
    return query | {"source": "upload"} | start


def _curves(training: Training, reports: Sequence[TrainingReport]) -> None:
    """The verdict and the curves."""
    if not any(report.losses for report in reports):
        if training.state == State.WAITING:
            caption("The first numbers appear soon after it starts.")
        elif training.state == State.RUNNING:
            caption("The first numbers appear within seconds, or within a minute if clips must be simulated first.")
        return
    measures, look, can_collapse = reports[-1].measures, scheme(), training.spec.model.can_collapse
    if can_collapse:
        with st.container(key="train.finding"):
            st.markdown(finding_markdown(collapse_finding(measures, reports[0].measures)))
    left, middle, right = st.columns(3)
    with left, st.container(border=True):
        st.markdown(f"**Loss over the last steps: {figures.smoothed(reports, 'loss')[-1]:.2g}**")
        show_chart(figures.loss_curves(reports, look), key="train.loss", alt="Loss over training time.")
    with middle, st.container(border=True):
        _scores(reports, measures, look)
    with right, st.container(border=True):
        if can_collapse:
            _moving_share(reports, measures, look)
        else:
            _skill(reports, look)
    if can_collapse:
        _dimensions(reports, measures, look)


def _scores(reports: Sequence[TrainingReport], measures: Mapping[str, float], look: str) -> None:
    first = next(iter(measures.items()), None)
    st.markdown(f"**{first[0]}: {first[1]:.2f}**" if first else "**Not measured yet**")
    figure = figures.measure_curves(reports, _SCORES, "R² and skill (1 is perfect)", look)
    figure.update_yaxes(autorangeoptions={"include": [0, 1], "clipmin": -1})
    show_chart(figure, key="train.read", alt="R² and skill over training time.")


def _moving_share(reports: Sequence[TrainingReport], measures: Mapping[str, float], look: str) -> None:
    share = measures.get("moving share")
    st.markdown("**Not measured yet**" if share is None else f"**{percent(share)} of the latents' variance is motion**")
    figure = figures.measure_curves(reports, {"moving share": "latent"}, "share of the variance that is motion", look)
    figure.update_yaxes(range=[0, 1])
    show_chart(figure, key="train.moves", alt="Share of the variance that is motion, over training time.")


def _skill(reports: Sequence[TrainingReport], look: str) -> None:
    st.markdown("**Skill at 1 step and at 8 steps**")
    roles = {"skill at 1 step": "pixel", "skill at 8 steps": "baseline"}
    figure = figures.measure_curves(reports, roles, "skill against copy-last", look)
    show_chart(figure, key="train.moves", alt="Skill over training time.")


def _dimensions(reports: Sequence[TrainingReport], measures: Mapping[str, float], look: str) -> None:
    """The spread of the latents' dimensions, and how many directions they use."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        least = measures.get("least spread")
        st.markdown("**Not measured yet**" if least is None else f"**Smallest spread of a dimension: {least:.2f}**")
        figure = figures.measure_curves(reports, _SPREADS, "standard deviation", look)
        figure.update_yaxes(rangemode="tozero")
        show_chart(figure, key="train.spread", alt="Spread of the dimensions over training time.")
    with right, st.container(border=True):
        st.markdown(f"**{directions_finding(measures).text}**")
        figure = figures.measure_curves(reports, {"effective rank": "latent"}, "effective rank", look)
        figure.update_yaxes(rangemode="tozero")
        show_chart(figure, key="train.rank", alt="Effective rank over training time.")
