"""The question of a story beside its graph, its true answer, and what a recommender observes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.wording import percent
from dashboard.causes.scene import (
    Scene,
    true_clicks,
    true_effect,
    true_shares,
)
from dashboard.causes.state import STATE
from dashboard.kit.text import caption


def clicks(scene: Scene, dials: dict[str, float]) -> None:
    """The click-through that a recommender observes, beside what it gets once it acts."""
    found, cause = true_clicks(scene.story, tuple(dials.items())), f"*{scene.label(scene.story.exposure)}*"
    overlooked = scene.label(scene.story.overlooked)
    with st.container(border=True):
        st.markdown(
            f"**The recommender observes a click-through rate of {percent(found.seen, 1)} and gets "
            f"{percent(found.acting, 1)} when it acts**"
        )
        with st.container(horizontal=True):
            for label, share, group in (
                ("observed click-through rate", found.seen, f"of those with {cause} = 1, without intervention"),
                (
                    "rate under its intervention",
                    found.acting,
                    f"if it sets {cause} to 1 for everybody; otherwise {percent(found.everybody, 1)} of all click",
                ),
                (
                    "rate among those it changes",
                    found.pushed,
                    f"of those with {cause} = 0 without intervention; {percent(found.without, 1)} click "
                    f"without {overlooked}",
                ),
            ):
                with st.container(width=300, gap=None):
                    st.metric(label, percent(share, 1))
                    caption(group)
        caption("Computed from the model with the dials as they are now; interventions on the graph are ignored here.")


def show_question(scene: Scene, dials: dict[str, float]) -> None:
    """Show what the story asks, what a click on the graph does, and the true answer in a box to open."""
    story = scene.story
    st.markdown(f"{story.description} **{story.question}**")
    then = ""
    if story.wrong_adjustment:
        named = " and ".join(scene.label(node) for node in story.wrong_adjustment)
        then = f" Then press *adjust for {named} (wrong)* further down."
    st.markdown(
        "Click a node to set its value: the arrows into it are cut, and the pictures show the same units under "
        "this intervention; ✕ removes it. Below the graph, choose another kind of intervention: shift the node, draw "
        f"it at random, or replace its mechanism.{then}"
    )
    with st.expander("The true answer", key=STATE.key(f"answer.{scene.name}")):
        moved = any(dials[dial.name] != dial.start for dial in story.dials)
        truth = _truth_text(scene, tuple(dials.items()))
        if story.is_real:  # nobody knows the truth about real people
            st.markdown(story.answer)
        elif truth:
            st.markdown(
                f"With the dials as they started: {story.answer} "
                f"With the dials as they are now: {truth[0].lower()}{truth[1:]}."
                if moved and story.answer
                else f"{story.answer} {truth}."
            )
        else:
            st.markdown("The effect of 1 instead of 0 is not finite in this model.")
    caption("A unit is one day or one person of the story. ± marks 95 % intervals.")


def _truth_text(scene: Scene, dials: tuple[tuple[str, float], ...]) -> str:
    """Returns a sentence with the true effect; empty if it is not finite."""
    if scene.category_count(scene.story.outcome):
        moved = true_shares(scene.story, dials)
        points = ", ".join(f"category {one}: {100 * by + 0.0:+.1f}" for one, by in enumerate(moved))
        return (
            f"In this model, 1 instead of 0 changes the shares of the categories (percentage points): **{points}**"
            if np.isfinite(moved).all()
            else ""
        )
    true = true_effect(scene.story, dials)
    return f"In this model, the effect of 1 instead of 0 is **{true + 0.0:.3f}**" if np.isfinite(true) else ""
