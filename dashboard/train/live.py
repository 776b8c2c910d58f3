"""What is shown of a training while it runs: where it stands, its curves, and what one can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.evaluation.collapse_status import directions, verdict
from core.jobs import queue as jobs
from core.jobs.queue import CANCELLED, DONE, FAILED, FILM, PAUSED, RUNNING, WAITING, Job, Progress
from core.samples import samples
from core.worlds import FPS, WORLDS
from dashboard.compare.controls import FILM as SHOWN_FILM
from dashboard.figures import training as figures
from dashboard.kit.charts import scheme
from dashboard.kit.text import caption

_QUIET = {"displayModeBar": False}
COMPARE = Path(__file__).resolve().parents[2] / "pages" / "compare.py"
_WORDS = {
    WAITING: "waits for its turn", RUNNING: "is training", PAUSED: "is paused", DONE: "is trained",
    CANCELLED: "was cancelled", FAILED: "broke off",
}  # fmt: skip
_SPREAD = {"largest spread": "baseline", "median spread": "latent", "least spread": "violation"}
_READ = {"position R²": "latent", "velocity R²": "violation", "skill at 4 steps": "baseline", "skill": "pixel"}


def status(progress: Progress) -> None:
    """One line and a bar."""
    job, last = progress.job, progress.moments[-1] if progress.moments else None
    told = f"**{job.name}** {_WORDS[progress.state]}"
    share = 0.0
    if last:
        share = 1.0 if progress.state == DONE else min(1.0, last["minutes"] / job.minutes)
        told += f" · step {last['step']} · {last['minutes']:.1f} of {job.minutes:g} minutes"
        if progress.state == RUNNING and last["left"] > 0:
            told += f" · {last['left']:.1f} minutes to go"
        elif progress.state == RUNNING:
            told += " · its probe and its decoder are fitted now"
    elif progress.state == RUNNING:
        told += " · it gets ready"
    st.progress(share, text=told)
    if progress.error:
        st.error(progress.error)


def buttons(progress: Progress) -> None:
    """Pause, resume, cancel, forget: what the state allows."""
    name, state = progress.job.name, progress.state
    with st.container(horizontal=True):
        if state in (RUNNING, WAITING):
            st.button("pause", on_click=jobs.ask, args=(name, "pause"), key="train.pause")
        if state in (PAUSED, FAILED):
            st.button("resume", on_click=jobs.ask, args=(name, "resume"), key="train.resume")
        if state in (RUNNING, WAITING, PAUSED):
            st.button("cancel", on_click=jobs.ask, args=(name, "cancel"), key="train.cancel")
        if state == DONE and st.button("look at it on Compare", key="train.compare"):
            film = st.session_state.get(SHOWN_FILM)
            if film and film.key != progress.job.film:
                del st.session_state[SHOWN_FILM]  # another one; Compare then shows the film that was learnt
            st.switch_page(COMPARE, query_params=_where_to_look(progress.job))
        if state in (DONE, CANCELLED, FAILED):
            st.button("forget this training", on_click=jobs.remove, args=(name,), key="train.remove")


def _where_to_look(job: Job) -> dict[str, str]:
    """The view of Compare that fits: a clip of the world that was learnt, or the part of the film that was not."""
    arm = {"latent" if job.arm == "jepa" else "pixel": job.name}
    if job.source in WORLDS:
        return arm | {"clip": next(sample.id for sample in samples() if sample.factors.name == job.source)}
    if job.source == FILM:
        return arm | {"source": "upload", "start": f"{jobs.held_out_from(len(jobs.film_of(job.name))) / FPS:g}"}
    return arm | {"source": "upload"}


def curves(progress: Progress) -> None:
    """The sentence and the curves."""
    moments, look = progress.moments, scheme()
    if not any(moment["losses"] for moment in moments):
        if progress.state == WAITING:
            caption("The first numbers come soon after its turn has come.")
        elif progress.state == RUNNING:
            caption("The first numbers come in a few seconds, or in a minute if clips must be simulated for it first.")
        return
    measures = moments[-1]["measures"]
    if progress.job.arm == "jepa":
        with st.container(key="finding"):
            st.markdown(verdict(measures, moments[0]["measures"]))
    left, middle, right = st.columns(3)
    with left, st.container(border=True):
        st.markdown(f"**The loss, over the last steps, is {figures.smoothed(moments, 'loss')[-1]:.2g}**")
        st.plotly_chart(figures.loss_curves(moments, look), config=_QUIET, key="train.loss", alt="Loss over minutes.")
    with middle, st.container(border=True):
        first = next(iter(measures.items()), None)
        st.markdown(f"**{first[0]}: {first[1]:.2f}**" if first else "**Not measured yet**")
        figure = figures.measure_curves(moments, _READ, "R² and skill (1 is perfect)", look)
        figure.update_yaxes(autorangeoptions={"include": [0, 1], "clipmin": -1})
        st.plotly_chart(figure, config=_QUIET, key="train.read", alt="Read-out and skill over minutes.")
    with right, st.container(border=True):
        if progress.job.arm == "pixel":
            st.markdown("**Skill near and far**")
            far = {"skill at 1 step": "pixel", "skill at 8 steps": "baseline"}
            figure = figures.measure_curves(moments, far, "skill against copy-last", look)
        else:
            share = measures.get("moving share")
            st.markdown("**Not measured yet**" if share is None else f"**{share:.0%} of the latents' variance moves**")
            figure = figures.measure_curves(moments, {"moving share": "latent"}, "share of variance that moves", look)
            figure.update_yaxes(range=[0, 1])
        st.plotly_chart(figure, config=_QUIET, key="train.moves", alt="What moves, or skill, over minutes.")
    if progress.job.arm == "jepa":
        _dimensions(moments, measures, look)


def _dimensions(moments: Sequence[Mapping], measures: Mapping[str, float], look: str) -> None:
    """What each dimension of the latents does: its spread, and how many directions there are."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        least = measures.get("least spread")
        st.markdown("**Not measured yet**" if least is None else f"**The quietest dimension spreads by {least:.2f}**")
        figure = figures.measure_curves(moments, _SPREAD, "spread over time, by dimension", look)
        figure.update_yaxes(rangemode="tozero")
        st.plotly_chart(figure, config=_QUIET, key="train.spread", alt="Spread of the dimensions over minutes.")
    with right, st.container(border=True):
        st.markdown(f"**{directions(measures)}**")
        figure = figures.measure_curves(moments, {"effective rank": "latent"}, "effective rank", look)
        figure.update_yaxes(rangemode="tozero")
        st.plotly_chart(figure, config=_QUIET, key="train.rank", alt="Effective rank over minutes.")
