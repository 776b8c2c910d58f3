"""Compare: the prediction of a pixel model and of a JEPA, next to the truth."""

import streamlit as st

from core.evaluation.findings import comparison_finding
from dashboard.cached.films import video_comparison
from dashboard.cached.models import reads_positions
from dashboard.cached.worlds import DISPLAY_SIZE, world_clip, world_comparison
from dashboard.compare import controls as picking
from dashboard.compare import evidence
from dashboard.compare import player_data as films
from dashboard.compare.compute_split import show_compute_split
from dashboard.compare.sharing import about_control, share_control, subtitles
from dashboard.compare.state import STATE
from dashboard.components.player import player
from dashboard.kit.findings import finding_markdown


@st.cache_resource(max_entries=24, show_spinner=False)
def simulated_player_data(factors, seed, context, horizon, pair):
    """The player's film of a simulated clip, with the comparison and the clip at the size for people."""
    comparison = world_comparison(factors, seed, context, horizon, pair)
    shown = world_clip(factors, seed, DISPLAY_SIZE, len(comparison.frames))
    return films.simulated_player_data(comparison, shown, subtitles(pair)), comparison, shown


@st.cache_resource(max_entries=8, show_spinner=False)
def player_data_without_truth(factors, seed, context, horizon, pair):
    """The same for a world in which nothing reads positions."""
    comparison = world_comparison(factors, seed, context, horizon, pair)
    shown = world_clip(factors, seed, DISPLAY_SIZE, len(comparison.frames))
    return films.video_player_data(comparison, shown, subtitles(pair), "simulator"), comparison, shown


@st.cache_resource(max_entries=4, show_spinner=False)
def video_player_data(key, _clip, context, horizon, pair):
    """The same for an uploaded video."""
    comparison = video_comparison(key, _clip, context, horizon, pair)
    return films.video_player_data(comparison, _clip, subtitles(pair)), comparison, _clip


def controls(state, comparison, shown) -> None:
    """The one row of controls."""
    with st.container(horizontal=True):
        picking.span_control()
        if state.source != "upload":
            picking.world_control()
            picking.seed_control()
        picking.models_control()
        st.space("stretch")
        about_control(picking.pair(state))
        share_control(state, comparison, shown)


def state_finding(comparison, shown) -> None:
    """The one sentence, computed from what is on the screen."""
    with st.container(key=STATE.key("finding")):
        st.markdown(finding_markdown(comparison_finding(comparison, shown)))


def simulated(state) -> None:
    """A clip whose truth the simulator knows."""
    factors, seed = state.shown()
    try:
        if blind := [name for name in picking.pair(state) if not reads_positions(name)]:
            controls(state, None, None)
            st.info(
                f"Nothing reads positions of balls from {blind[0]}: it was trained on videos. Open your video instead."
            )
            return
        film, comparison, shown = simulated_player_data(
            factors, seed, state.context, state.horizon, picking.pair(state)
        )
    except ValueError as error:  # weights are missing or damaged
        st.error(str(error))
        return
    controls(state, comparison, shown)
    player(film, key=STATE.key("film"))
    state_finding(comparison, shown)
    left, middle, right = st.columns([1.25, 1, 1])
    with left:
        evidence.many_clips(factors.world, picking.pair(state))
    with middle:
        evidence.error_maps(comparison)
    with right:
        evidence.cost(comparison)
    show_compute_split(factors, seed, state.context, state.horizon, picking.pair(state))
    made_by_simulator(factors, seed)


def simulated_without_truth(state) -> None:
    """A clip of a world in which nothing reads positions: it is judged as a film is."""
    factors, seed = state.shown()
    try:
        shown_film = player_data_without_truth(factors, seed, state.context, state.horizon, picking.pair(state))
    except ValueError as error:  # weights are missing or damaged
        controls(state, None, None)
        st.error(str(error))
        return
    film, comparison, shown = shown_film
    controls(state, comparison, shown)
    player(film, key=STATE.key("film"))
    state_finding(comparison, shown)
    evidence.without_truth(comparison, shown, f"{factors!r} {seed}")
    left, right = st.columns(2)
    with left:
        evidence.error_maps(comparison)
    with right:
        evidence.cost(comparison)


def uploaded(state) -> None:
    """A film of the visitor's: no truth, so no position error."""
    found = picking.upload()
    if found is None:
        controls(state, None, None)
        return
    key, clip = found
    try:
        film, comparison, shown = video_player_data(key, clip, state.context, state.horizon, picking.pair(state))
    except ValueError as error:
        controls(state, None, None)
        st.error(str(error))
        return
    controls(state, comparison, shown)
    player(film, key=STATE.key("film"))
    state_finding(comparison, shown)
    for note in clip.notes:
        st.markdown(f":small[{note}]")
    evidence.without_truth(comparison, clip, key)
    left, right = st.columns(2)
    with left:
        evidence.error_maps(comparison)
    with right:
        evidence.cost(comparison)


def made_by_simulator(factors, seed) -> None:
    """How this was made."""
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


picking.read_address()
title, what_to_watch = st.empty(), st.empty()
chosen = picking.filmstrip()
title.title(f"Which model knows {'where the ball will be' if chosen.readout else 'what comes next'}?")
picking.notice()
BALLS = "Watch where their balls are after the real one bounces, stops or reappears."
VIDEO = "Watch where each prediction departs from the video."
what_to_watch.markdown(f"Both models saw the same first frames. {BALLS if chosen.readout else VIDEO}")
if chosen.source == "upload":
    uploaded(chosen)
elif chosen.readout:
    simulated(chosen)
else:
    simulated_without_truth(chosen)
picking.write_address()
