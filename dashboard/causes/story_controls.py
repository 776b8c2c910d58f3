"""The controls of a story: its dials, its presets, the draw of units, and a button that makes a copy to edit."""

from __future__ import annotations

import streamlit as st

from core.causal.stories.shipped import STORIES, shipped_text
from core.causal.stories.story import Dial, Story
from dashboard.causes.intervention_state import copy_interventions
from dashboard.causes.scene import (
    USER_STORY,
    USER_STORY_TITLE,
)
from dashboard.causes.state import STATE
from dashboard.causes.story_editor import replace_text
from dashboard.kit.text import caption


def story_controls(name: str, story: Story | None) -> tuple[dict[str, float], int]:
    """The numbers of the dials, and the seed of the units."""
    dials = {}
    if story:
        cases = [dict(at) for _, at in story.presets]
        for dial in story.dials:
            dials[dial.name] = _dial(name, dial, [at[dial.name] for at in cases if dial.name in at])
        _presets(name, story)
    seed = st.number_input(
        "draw",
        0,
        9999,
        0,
        key=STATE.key("draw"),
        bind="query-params",
        width=110,
        help="Draw other units of the same story.",
    )
    if story and name != USER_STORY and not story.is_real:  # a text describes a model and can't hold real counts
        st.button(
            "edit a copy",
            key=STATE.key("write_on"),
            on_click=_edit_copy,
            args=(name, dials),
            icon=":material/edit:",
        )
    return dials, int(seed)


def _edit_copy(name: str, dials: dict[str, float]) -> None:
    """Make a shipped story, with its dials and interventions, the one that the visitor writes."""
    replace_text(shipped_text(name))
    st.session_state[STATE.key("story")] = USER_STORY
    st.session_state.update({STATE.key(USER_STORY, dial): at for dial, at in dials.items()})
    copy_interventions(name, f"{USER_STORY}.{STORIES[name].exposure}")


def story_title(name: str) -> str:
    """Returns the title of a shipped story, or of the one that the user writes."""
    return STORIES[name].title if name in STORIES else USER_STORY_TITLE


def _dial(story: str, dial: Dial, presets: list[float]) -> float:
    """A slider; ``presets`` are the numbers that presets give it."""
    whole = all(float(number).is_integer() for number in (dial.low, dial.start, dial.step, *presets))
    return st.slider(
        dial.description,
        float(dial.low),
        float(dial.high),
        float(dial.start),
        float(dial.step),
        "%d" if whole else None,
        key=STATE.key(story, dial.name),
        bind="query-params",
        width=270,
    )


def _presets(name: str, story: Story) -> None:
    """Buttons that set the dials to cases worth a look."""
    for preset, dials in story.presets:
        at = {STATE.key(name, dial): float(value) for dial, value in dials}
        st.button(preset, key=STATE.key(f"preset.{name}.{preset}"), on_click=st.session_state.update, args=(at,))
    if story.is_real:
        caption("This story uses real counts, so it has no dials.")
