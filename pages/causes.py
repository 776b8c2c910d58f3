"""Causes: seeing, doing and imagining on stories whose truth is known, and on one's own graph and data."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.causes.discovery_view import discovery_view
from dashboard.causes.problem_view import problem_view
from dashboard.causes.state import STATE
from dashboard.causes.story_view import story_view


@dataclass(frozen=True)
class View:
    """One way to look, and what it is for."""

    show: Callable[[], None]
    told: str


VIEWS = {
    "stories": View(story_view, "Seeing is not doing, and doing is not imagining: three rungs, on the same units."),
    "your own problem": View(problem_view, "Your graph and your table: can the effect be known, and what is it?"),
    "discovery": View(discovery_view, "Can arrows be read off rows? Some can, other units mislead, and doing helps."),
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
st.markdown(view.told)
view.show()
