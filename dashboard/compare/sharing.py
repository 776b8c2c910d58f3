"""Links and files that a visitor takes away, and the cards of the two models."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from core.clip import Clip
from core.evaluation.compare import Comparison
from core.models.registry import spec_named
from dashboard.cached.models import WORLD_PAIR, load_card
from dashboard.cached.results import stored_ablations
from dashboard.compare.exports import comparison_mp4, numbers_csv
from dashboard.compare.state import STATE, CompareState
from dashboard.kit.model_card import show_card
from dashboard.scoreboard.table import ablations


def share_control(state: CompareState, comparison: Comparison | None, shown: Clip | None) -> None:
    """Show the link to this view, and buttons that save the comparison as a video and as numbers."""
    with st.popover("share and save", disabled=comparison is None):
        if comparison is None or shown is None:
            return
        st.text("A link to this view (a link cannot contain an uploaded video)")
        base = (st.context.url or "").split("?")[0]
        st.code(f"{base}?{urlencode(STATE.with_prefix(state.to_query()))}", language=None, wrap_lines=True)
        name = f"worldscope-{_shown_name(state)}"
        st.download_button(
            "comparison as MP4",
            lambda: comparison_mp4(comparison, shown.frames),
            f"{name}.mp4",
            "video/mp4",
            key=STATE.key("mp4"),
            on_click="ignore",
        )
        st.download_button(
            "numbers as CSV",
            lambda: numbers_csv(comparison, shown.source),
            f"{name}.csv",
            "text/csv",
            key=STATE.key("csv"),
            on_click="ignore",
        )


def _shown_name(state: CompareState) -> str:
    """Returns the name of what is shown, for files."""
    return {"sample": state.clip, "world": f"{state.factors.world}-{state.seed}", "upload": "video"}[state.source]


def about_control(pair: tuple[str, str]) -> None:
    """Show the cards of the two models."""
    with st.popover("about these models"):
        for name in pair:
            show_card(name, spec_named(name).title)
        if pair[1] == WORLD_PAIR[1] and (variants := stored_ablations()):
            st.text("Variants of its recipe, each trained for a few minutes: position error 8 steps ahead")
            st.dataframe(ablations(variants)[["seeds", "step 8", "difference at 8"]])
        st.text(
            "The JEPA never predicts pixels. A decoder, trained afterwards on its frozen latents, shows what they "
            "contain; a probe that is linear in each token reads the positions of the balls. For the pixel model a "
            "colour parser reads them from its frames."
        )


def subtitles(pair: tuple[str, str]) -> dict[str, str]:
    """Returns a short note for the tile of each model."""
    notes = {}
    for name, family in zip(pair, ("predicts frames", "predicts latents"), strict=True):
        card = load_card(name)
        about = card or {}
        has_term = about.get("anti_collapse", about.get("guarded", True))  # cards of earlier versions say "guarded"
        term = "" if has_term else ", no anti-collapse"
        notes[name] = f"{family}{term} · {card['parameters'] / 1e6:.1f} M" if card else family
    return notes
