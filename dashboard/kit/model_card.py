"""What a model's card says: how large it is, how long it has learnt and from what, and the command that makes it."""

from __future__ import annotations

import streamlit as st

from dashboard.cached.models import load_card


def about(name: str, title: str) -> None:
    """A model's card; its title alone where it has none, as what has learnt nothing."""
    st.markdown(f"**{title}**")
    card = load_card(name)
    if card and not card.get("steps"):
        st.text("It has learnt nothing: its weights are random.")
    elif card:
        seeds = card["data_seeds"]
        learnt = f" · training seeds {seeds[0]} to {seeds[1] - 1}" if seeds else ""
        st.text(f"{effort(card)} on {card['machine']} ({card['cpu_minutes']:g} CPU minutes) · {card['date']}{learnt}")
        st.code(card["recipe"], language=None)


def effort(card: dict) -> str:
    """Parameters, minutes and steps."""
    learnt = f"{card['minutes']:.3g} training minutes, {card['steps']:,} steps of {card['batch']} clips"
    return f"{card['parameters'] / 1e6:.2f} M parameters · {learnt}"
