"""The evidence under the player: many clips, where each arm errs, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison
from dashboard.cached.films import VideoSurprise, video_surprise
from dashboard.cached.models import FILM_PAIR, WORLD_PAIR, Pair, load_card, prediction_cost
from dashboard.cached.results import stored_scores
from dashboard.compare.state import STATE
from dashboard.figures import forecast as figures
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.text import caption

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.out_of_distribution import Distance

TOLD = ("pixels", "latents")  # the two arms, in words


def many_clips(world: str, pair: Pair) -> None:
    """The stored measurement of a world: is this clip typical?"""
    result = stored_scores(world)
    with st.container(border=True, height="stretch"):
        if pair != WORLD_PAIR:
            st.markdown("**One clip is one clip**")
            caption("Many clips are measured for the shipped models alone; choose them to see how typical this one is.")
            return
        if result is None:
            st.markdown("**Not measured yet**")
            caption("Run: worldscope evaluate scoreboard")
            return
        protocol, step = result.protocol, min(8, result.protocol.horizon) - 1
        pixel, latent = (result.models[name].position_error[step].mean for name in WORLD_PAIR)
        lead = result.latent_lead[step]  # of paired differences
        who = "Latents and pixels are level" if lead.low <= 0 <= lead.high else "Latents are closer"
        who = "Pixels are closer" if lead.high < 0 else who
        when = f"{(step + 1) / protocol.fps:.1f} s"
        st.markdown(f"**{who} at {when}: {latent:.2f} against {pixel:.2f} widths**")
        counted = result.models[WORLD_PAIR[1]].position_error[step].n
        caption(
            f"latents against pixels, {counted} unseen {world} clips with a ball in sight at {when}, "
            f"{protocol.background} backgrounds; bands: 95 %"
        )
        alt = "Position error in widths against seconds ahead for every model, over many clips."
        st.plotly_chart(figures.measured_errors(result, scheme()), config=NO_TOOLBAR, alt=alt, key=STATE.key("many"))


def error_maps(comparison: Comparison) -> None:
    """Where each arm's picture differs from the real one."""
    maps = dict(zip(TOLD, (comparison.pixel.error_map, comparison.latent.error_map), strict=True))
    if any(values is None for values in maps.values()):
        caption("One of the arms can't draw, so there are no pictures to compare.")
        return
    top = max(float(np.quantile(values, 0.995)) for values in maps.values())
    worse = max(maps, key=lambda name: maps[name].mean())
    with st.container(border=True, height="stretch"):
        st.markdown(f"**The {worse}' picture is further off overall**")
        caption("mean absolute difference over the horizon, one scale for both; decoded for the latents")
        for (told, values), column in zip(maps.items(), st.columns(2), strict=True):
            with column:
                caption(f"{told}: {100 * values.mean():.1f} %")
                figure = figures.error_map(values, top, scheme())
                st.plotly_chart(
                    figure, config=NO_TOOLBAR, alt=f"Map of where the {told} err.", key=STATE.key(f"map.{told}")
                )


def cost(comparison: Comparison) -> None:
    """Operations and milliseconds of a predicted second, each arm in its own space."""
    arms, fps = (comparison.pixel, comparison.latent), comparison.fps
    costs = [prediction_cost(arm.name, comparison.context, comparison.horizon) for arm in arms]
    ratio = costs[0].flops / costs[1].flops
    with st.container(border=True, height="stretch"):
        less = f"{ratio:.1f} times fewer" if ratio > 1 else f"{1 / ratio:.1f} times more"
        st.markdown(f"**A predicted second costs the latents {less} operations**")
        caption("encoding the context included; drawing the latents for people not")
        values = [c.flops * fps / 1e6 for c in costs]
        figure = figures.cost_bars(TOLD, values, ("pixel", "latent"), scheme())
        st.plotly_chart(
            figure, config=NO_TOOLBAR, alt="Operations of one predicted second for each arm.", key=STATE.key("cost")
        )
        for told, arm, c in zip(TOLD, arms, costs, strict=True):
            minutes = (load_card(arm.name) or {}).get("minutes")
            trained = f", {minutes:.3g} training minutes" if minutes else ""
            caption(f"{told}: {c.milliseconds * fps:.0f} ms here, {c.parameters / 1e6:.2f} M parameters{trained}")


def without_truth(comparison: Comparison, clip: Clip, key: str) -> None:
    """What can be said of a film whose causes nobody wrote down."""
    strange = video_surprise(comparison.latent.name, key, clip)
    own = comparison.latent.name not in FILM_PAIR
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        skill = comparison.latent.skill
        told = "nothing moves" if np.isnan(skill.overall) else f"the JEPA's skill is {skill.overall:+.2f}"
        st.markdown(f"**In its own space {told}**")
        caption("1 is perfect, 0 is no better than repeating the last latent, below 0 is worse")
        alt = "Latent skill against seconds ahead."
        figure = figures.skill_curve(comparison.seconds_ahead, skill.steps, scheme())
        st.plotly_chart(figure, config=NO_TOOLBAR, alt=alt, key=STATE.key("skill"))
    with right, st.container(border=True, height="stretch"):
        _surprise(strange)
    st.markdown(_limits(strange, own))


def _surprise(strange: VideoSurprise | None) -> None:
    if strange is None:
        st.markdown("**Nobody knows what would surprise it**")
        caption("Too little of its film was kept for validation to say what is usual; train on a longer one.")
        return
    peak = int(np.argmax(strange.surprise))
    st.markdown(f"**It is most surprised {strange.seconds[peak]:.1f} s after the start**")
    caption("one-step latent error over the part read, against what is usual on films like those it was trained on")
    figure = figures.surprise_curve(strange.seconds, strange.surprise, scheme())
    st.plotly_chart(figure, config=NO_TOOLBAR, alt="Surprise over time.", key=STATE.key("surprise"))


def _limits(strange: VideoSurprise | None, own: bool) -> str:
    where = _whereabouts(strange.distance) if strange else ""
    learnt = "was trained by you" if own else "was trained on synthetic films of moving leaves, never on a real one"
    return (
        f"**What this can and cannot say.** {where}The JEPA {learnt}. Without truth there is no position "
        "error: dB tell how close the pictures are, "
        "skill and surprise tell how well the latent model predicts its own representation, and neither says that a "
        "model understands what is in the film."
    )


def _whereabouts(distance: Distance) -> str:
    verdict = "It looks much like that to the encoder."
    if distance.beyond > 0.9:
        verdict = "It is out of its depth." if distance.beyond > 0.99 else "It looks unusual to the encoder."
    return (
        f"This clip lies {distance.ratio:.1f} times as far from what the JEPA was trained on as a usual clip of that "
        f"(farther than {100 * distance.beyond:.0f} % of them). {verdict} "
    )
