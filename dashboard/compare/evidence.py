"""The evidence below the player: many clips, where the frames of each arm differ from the true ones, and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison
from core.evaluation.comparison_findings import cost_finding, picture_finding
from core.evaluation.score_findings import lead_finding
from dashboard.cached.models import FILM_PAIR, WORLD_PAIR, Pair, load_card, prediction_cost
from dashboard.cached.results import stored_scores
from dashboard.cached.videos import video_surprise
from dashboard.compare.state import STATE
from dashboard.figures import forecast as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.text import caption

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.surprise import OutOfDistribution

ARM_NAMES = ("pixel model", "JEPA")


def many_clips(world: str, pair: Pair) -> None:
    """Show the stored measurement of a world: is this clip typical?"""
    result = stored_scores(world)
    with st.container(border=True, height="stretch"):
        if pair != WORLD_PAIR:
            st.markdown("**One clip is not enough to rank models**")
            caption("Only the shipped models are measured on many clips; choose them to see how typical this clip is.")
            return
        if result is None:
            st.markdown("**Not measured yet**")
            caption("Run: worldscope evaluate scoreboard")
            return
        protocol, step = result.protocol, min(8, result.protocol.horizon) - 1
        when = f"{(step + 1) / protocol.fps:.1f} s"
        st.markdown(f"**{lead_finding(result, step).text} {when} ahead**")
        counted = result.models[WORLD_PAIR[1]].position_error[step].n
        caption(
            f"{counted} unseen {world} clips with a visible ball at {when}, {protocol.background} backgrounds; bands: "
            "95 % intervals"
        )
        alt = "Position error in frame widths against seconds ahead for every model, over many clips."
        show_chart(figures.measured_errors(result, scheme()), alt=alt, key=STATE.key("many"))


def error_maps(comparison: Comparison) -> None:
    """Show where the frames of each arm differ from the true ones."""
    pixel, latent, finding = comparison.pixel.error_map, comparison.latent.error_map, picture_finding(comparison)
    if pixel is None or latent is None or finding is None:
        caption("One of the models cannot draw, so there are no frames to compare.")
        return
    maps = dict(zip(ARM_NAMES, (pixel, latent), strict=True))
    top = max(float(np.quantile(values, 0.995)) for values in maps.values())
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{finding.text}**")
        caption("mean absolute difference over the horizon, on a shared scale; the JEPA's latents are decoded")
        for (name, values), column in zip(maps.items(), st.columns(2), strict=True):
            with column:
                caption(f"{name}: {100 * values.mean():.1f} %")
                figure = figures.error_map(values, top, scheme())
                alt = f"Map of where the frames of the {name} differ from the true ones."
                show_chart(figure, alt=alt, key=STATE.key(f"map.{name}"))


def cost(comparison: Comparison) -> None:
    """Show operations and milliseconds of a predicted second, each arm in its own space."""
    arms, fps = (comparison.pixel, comparison.latent), comparison.fps
    costs = [prediction_cost(arm.name, comparison.context, comparison.horizon) for arm in arms]
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{cost_finding(*costs).text}**")
        caption("including the encoding of the context, excluding the decoder that draws the JEPA's latents")
        values = [c.flops * fps / 1e6 for c in costs]
        figure = figures.cost_bars(ARM_NAMES, values, ("pixel", "latent"), scheme())
        alt = "Operations of one predicted second for each model."
        show_chart(figure, alt=alt, key=STATE.key("cost"))
        for name, arm, c in zip(ARM_NAMES, arms, costs, strict=True):
            minutes = (load_card(arm.name) or {}).get("minutes")
            trained = f", {minutes:.3g} training minutes" if minutes else ""
            caption(f"{name}: {c.milliseconds * fps:.0f} ms here, {c.parameters / 1e6:.2f} M parameters{trained}")


def without_truth(comparison: Comparison, clip: Clip, key: str) -> None:
    """Show what can be measured on a video without truth."""
    unusual = video_surprise(comparison.latent.name, key, clip)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _skill(comparison)
    with right, st.container(border=True, height="stretch"):
        _surprise(unusual)
    st.markdown(_limits(unusual, is_user_model=comparison.latent.name not in FILM_PAIR))


def _skill(comparison: Comparison) -> None:
    skill = comparison.latent.skill
    if skill is None:
        st.markdown("**The JEPA's skill is not measured on this video**")
        return
    still = np.isnan(skill.overall)
    st.markdown("**Nothing moves**" if still else f"**The JEPA's skill in its latent space is {skill.overall:+.2f}**")
    caption("1 is perfect, 0 is no better than repeating the last latent, below 0 is worse")
    alt = "Latent skill against seconds ahead."
    figure = figures.skill_curve(comparison.seconds_ahead, skill.steps, scheme())
    show_chart(figure, alt=alt, key=STATE.key("skill"))


def _surprise(unusual: OutOfDistribution | None) -> None:
    if unusual is None:
        st.markdown("**The JEPA's usual surprise is unknown**")
        caption("The validation part of its training video is too short to measure it; train on a longer video.")
        return
    from core.evaluation.surprise import peak_finding  # imports torch

    st.markdown(f"**{peak_finding(unusual).text}**")
    caption(
        "one-step latent error over this part of the video, in standard deviations (SD) above the mean of videos like "
        "the training videos; below 0 is less surprised than usual"
    )
    figure = figures.surprise_curve(unusual.seconds, unusual.surprise, scheme())
    show_chart(figure, alt="Surprise over time.", key=STATE.key("surprise"))


def _limits(unusual: OutOfDistribution | None, is_user_model: bool) -> str:
    distance = ""
    if unusual is not None:
        from core.evaluation.surprise import distance_finding  # imports torch

        distance = f"{distance_finding(unusual.distance).text} "
    training = "on your video" if is_user_model else "on synthetic videos of moving leaves, never on a real one"
    return (
        f"**What this can and cannot say.** {distance}The JEPA was trained {training}. Without truth there is no "
        "position error: dB says how close the frames are; skill and surprise say how well the JEPA predicts its own "
        "representation. Neither says that a model understands what is in the video."
    )
