"""Is the representation sane? The verdict, and the measures behind it beside those of random weights."""

from __future__ import annotations

import streamlit as st

from core.embedding.representation_report import Sanity, held_against
from core.models.spec import Null
from dashboard.embeddings.state import STATE
from dashboard.figures import representation as figures
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.text import caption, escape_markdown

_SIGNS = {
    "healthy": "Healthy", "suspicious": "Suspicious", "collapsed": "Collapsed", "unjudged": "Too little to judge by",
}  # fmt: skip


def sanity_panel(title: str, found: Sanity, null: Null | None = None, held: Sanity | None = None) -> None:
    """The panel.

    Args:
        title: The representation's name.
        found: Of the representation that is shown.
        null: What it is held against; None where there is nothing.
        held: What was found of the null, on the same clips.
    """
    if null is not None and null.is_own:
        found = held_against(found, held)
    with st.container(border=True):
        st.markdown(f"**Is it sane?** {_SIGNS[found.state]}. {found.told}")
        measures = {"measure": [one.name for one in found.signs], title: _values(found)}
        if held is not None:
            measures |= {null.title: _values(held)}
        _curves(found, held, title, null.title if null else "")
        st.table(measures)
        caption(
            "What its network reaches with random weights can't be known from a file." if null is None else
            f"Of frames. Random weights reach some of it too: {told_of_null(null)}"
        )  # fmt: skip
        with st.expander("How each is worked out, and by whom"):
            st.table({name: [escape_markdown(getattr(one, of)) for one in found.signs]
                      for name, of in (("measure", "name"), ("formula", "formula"), ("source", "source"))})  # fmt: skip


def told_of_null(null: Null) -> str:
    """What a comparison with random weights can say, by whose they are."""
    if null.is_own:
        return "what training adds is the difference."
    return (
        "these are the JEPA's and not this model's own: the difference is that of two networks as much "
        "as what training adds."
    )


def _curves(found: Sanity, held: Sanity | None, title: str, beside: str) -> None:
    """``beside`` is what the null that was ``held`` against it is called."""
    told = "" if held is None else f" and of {beside}"
    spread, spectrum = st.columns(2)
    with spread:
        st.markdown(f"**{figures.spread_finding(found)}**")
        st.plotly_chart(
            figures.spread_curve(found, held, title, beside, scheme()), config=NO_TOOLBAR, key=STATE.key("spread"),
            alt=f"Standard deviation of each dimension of {title}{told}, the largest first.",
        )  # fmt: skip
    with spectrum:
        st.markdown(f"**{figures.spectrum_finding(found)}**")
        st.plotly_chart(
            figures.spectrum_curve(found, held, title, beside, scheme()), config=NO_TOOLBAR, key=STATE.key("spectrum"),
            alt=f"Share of the variance along each direction of {title}{told}, the largest first.",
        )  # fmt: skip


def _values(found: Sanity) -> list[str]:
    return [one.why if one.value is None else f"{one.value:.3g}" for one in found.signs]
