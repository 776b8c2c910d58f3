"""The views of Compare: a simulated clip with truth, a simulated clip without a read-out, and a visitor's video."""

from __future__ import annotations

import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison
from core.evaluation.comparison_findings import comparison_finding
from core.worlds import Factors
from dashboard.cached.models import Pair, reads_positions
from dashboard.cached.videos import video_comparison
from dashboard.cached.worlds import DISPLAY_SIZE, world_clip, world_comparison
from dashboard.compare import controls, evidence
from dashboard.compare.compute_split import show_compute_split
from dashboard.compare.player_data import simulated_player_data, video_player_data
from dashboard.compare.sharing import about_control, share_control, subtitles
from dashboard.compare.state import STATE, CompareState
from dashboard.components.player import PlayerData, player
from dashboard.kit.findings import finding_markdown
from dashboard.kit.messages import show_error, show_info, show_note

Shown = tuple[PlayerData, Comparison, Clip]  # the clip is at the display size


def show_simulated(state: CompareState) -> None:
    """Show a simulated clip whose truth is known, with position errors and the evidence for them."""
    factors, seed = state.shown()
    pair = controls.pair(state)
    try:
        if unread := [name for name in pair if not reads_positions(name)]:
            _show_controls(state, None, None)
            show_info(
                "{model} has no read-out of ball positions, as it was trained on videos. Open a video instead.",
                model=unread[0],
            )
            return
        shown = _simulated(factors, seed, state.context, state.horizon, pair)
    except ValueError as error:  # weights are missing or damaged
        show_error(error)
        return
    comparison = _show_player(state, shown)
    left, middle, right = st.columns([1.25, 1, 1])
    with left:
        evidence.many_clips(factors.world, pair)
    with middle:
        evidence.error_maps(comparison)
    with right:
        evidence.cost(comparison)
    show_compute_split(factors, seed, state.context, state.horizon, pair)
    _explain_simulation(factors, seed)


def show_simulated_without_truth(state: CompareState) -> None:
    """Show a clip of a world without a read-out; it is judged as a video is."""
    factors, seed = state.shown()
    try:
        shown = _simulated_without_truth(factors, seed, state.context, state.horizon, controls.pair(state))
    except ValueError as error:  # weights are missing or damaged
        _show_controls(state, None, None)
        show_error(error)
        return
    _show_player(state, shown)
    _show_evidence_without_truth(shown, f"{factors!r} {seed}")


def show_video(state: CompareState) -> None:
    """Show a visitor's video, which has no truth and therefore no position error."""
    uploaded = controls.upload()
    if uploaded is None:
        _show_controls(state, None, None)
        return
    key, clip = uploaded
    try:
        shown = _video(key, clip, state.context, state.horizon, controls.pair(state))
    except ValueError as error:
        _show_controls(state, None, None)
        show_error(error)
        return
    _show_player(state, shown)
    for note in clip.notes:
        show_note("{note}", note=note)
    _show_evidence_without_truth(shown, key)


@st.cache_resource(max_entries=24, show_spinner=False)
def _simulated(factors: Factors, seed: int, context: int, horizon: int, pair: Pair) -> Shown:
    comparison = world_comparison(factors, seed, context, horizon, pair)
    clip = world_clip(factors, seed, DISPLAY_SIZE, len(comparison.frames))
    return simulated_player_data(comparison, clip, subtitles(pair)), comparison, clip


@st.cache_resource(max_entries=8, show_spinner=False)
def _simulated_without_truth(factors: Factors, seed: int, context: int, horizon: int, pair: Pair) -> Shown:
    comparison = world_comparison(factors, seed, context, horizon, pair)
    clip = world_clip(factors, seed, DISPLAY_SIZE, len(comparison.frames))
    return video_player_data(comparison, clip, subtitles(pair), "simulator"), comparison, clip


@st.cache_resource(max_entries=4, show_spinner=False)
def _video(key: str, _clip: Clip, context: int, horizon: int, pair: Pair) -> Shown:
    comparison = video_comparison(key, _clip, context, horizon, pair)
    return video_player_data(comparison, _clip, subtitles(pair)), comparison, _clip


def _show_controls(state: CompareState, comparison: Comparison | None, clip: Clip | None) -> None:
    with st.container(horizontal=True):
        controls.span_control()
        if state.source != "upload":
            controls.world_control()
            controls.seed_control()
        controls.models_control()
        st.space("stretch")
        about_control(controls.pair(state))
        share_control(state, comparison, clip)


def _show_player(state: CompareState, shown: Shown) -> Comparison:
    """Show controls, player and finding; returns the comparison."""
    data, comparison, clip = shown
    _show_controls(state, comparison, clip)
    player(data, key=STATE.key("film"))
    with st.container(key=STATE.key("finding")):
        st.markdown(finding_markdown(comparison_finding(comparison, clip)))
    return comparison


def _show_evidence_without_truth(shown: Shown, key: str) -> None:
    _, comparison, clip = shown
    evidence.without_truth(comparison, clip, key)
    left, right = st.columns(2)
    with left:
        evidence.error_maps(comparison)
    with right:
        evidence.cost(comparison)


def _explain_simulation(factors: Factors, seed: int) -> None:
    with st.expander("How this was made"):
        st.markdown(
            f"The clip is simulated: world `{factors.world}`, seed {seed}, a test seed that no model was trained on. "
            "Both models see the same context frames at 64 x 64 pixels, 10 per second; the true frames are drawn "
            "larger. An error is the distance between the true centre of a visible ball and its position in the "
            "prediction, which a colour parser reads from pixels and a probe (linear in each token, pooled by "
            "attention) from latents. The *read-out limit* is the probe's error on the true frames. *Best possible* is "
            "the simulator, run again from the state that the parser reads from the context. The decoder shows what "
            "the latents contain and is not part of the JEPA."
        )
