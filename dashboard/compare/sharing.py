"""What one takes home from the page, and what stands behind it."""

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
from dashboard.kit.model_card import about
from dashboard.scoreboard.table import ablations


def share_control(state: CompareState, comparison: Comparison | None, shown: Clip | None) -> None:
    """Link, film and numbers."""
    with st.popover("share and save", disabled=comparison is None):
        if comparison is None or shown is None:
            return
        st.text("A link to this view (an uploaded video itself cannot be in a link)")
        base = (st.context.url or "").split("?")[0]
        st.code(f"{base}?{urlencode(STATE.with_prefix(state.to_query()))}", language=None, wrap_lines=True)
        name = f"worldscope-{_shown_name(state)}"
        st.download_button(
            "comparison as MP4", lambda: comparison_mp4(comparison, shown.frames), f"{name}.mp4", "video/mp4",
            key=STATE.key("mp4"), on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "numbers as CSV", lambda: numbers_csv(comparison, shown.source), f"{name}.csv", "text/csv",
            key=STATE.key("csv"), on_click="ignore",
        )  # fmt: skip


def _shown_name(state: CompareState) -> str:
    """What is shown, for the name of a file."""
    return {"sample": state.clip, "world": f"{state.factors.world}-{state.seed}", "upload": "film"}[state.source]


def about_control(pair: tuple[str, str]) -> None:
    """The cards of the two arms."""
    with st.popover("about these models"):
        for name in pair:
            about(name, spec_named(name).title)
        if pair[1] == WORLD_PAIR[1] and (tried := stored_ablations()):
            st.text("What was tried while its recipe was made: position error 8 steps ahead, trained for a few minutes")
            st.dataframe(ablations(tried)[["seeds", "step 8", "difference at 8"]])
        st.text(
            "The JEPA never predicts pixels. Its decoder was trained afterwards on frozen latents, so that people "
            "can see what they hold; a probe, linear in each token, reads the balls' places. In the pixel arm a colour "
            "parser does."
        )


def subtitles(pair: tuple[str, str]) -> dict[str, str]:
    """A quiet note for the tile of each arm."""
    notes = {}
    for name, family in zip(pair, ("pixels fed back", "JEPA"), strict=True):
        card = load_card(name)
        about = card or {}
        has_term = about.get("anti_collapse", about.get("guarded", True))  # cards of earlier versions say "guarded"
        guard = "" if has_term else ", no guard"
        notes[name] = f"{family}{guard} · {card['parameters'] / 1e6:.1f} M" if card else family
    return notes
