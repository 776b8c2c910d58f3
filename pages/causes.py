"""Causes: the three rungs of the ladder on stories whose truth is known, and on a visitor's graph and data."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.causes.discovery_view import discovery_view
from dashboard.causes.problem_view import problem_view
from dashboard.causes.state import STATE
from dashboard.causes.story_view import story_view


@dataclass(frozen=True)
class View:
    """One view of the page, and a sentence on what it shows."""

    show: Callable[[], None]
    description: str


VIEWS = {
    "stories": View(story_view, "Seeing, doing and imagining: the three rungs of Pearl's ladder on the same units."),
    "your own problem": View(problem_view, "Your graph and your table: is the effect identified, and how large is it?"),
    "discovery": View(
        discovery_view,
        "Which arrows can be learned from data? Some; units of measurement can mislead, and interventions help.",
    ),
}

st.title("What if I change it myself?")
view = VIEWS[
    st.segmented_control(
        "look at",
        list(VIEWS),
        default="stories",
        key=STATE.key("view"),
        required=True,
        bind="query-params",
        label_visibility="collapsed",
    )
]
st.markdown(view.description)
view.show()
