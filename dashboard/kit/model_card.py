"""A model's card: its size, its training and the command that trains it."""

from __future__ import annotations

import streamlit as st

from core.models.registry import find_spec
from dashboard.cached.models import load_card


def show_card(name: str, title: str) -> None:
    """Show a model's card; its title and what it does, if it has none."""
    st.markdown(f"**{title}**")
    spec, card = find_spec(name), load_card(name)
    if spec and spec.description:
        st.text(f"{spec.description[0].upper()}{spec.description[1:]}.")
    if card is None:
        return
    if card.get("steps"):
        seeds = card["data_seeds"]
        trained_on = f" · training seeds {seeds[0]} to {seeds[1] - 1}" if seeds else ""
        machine = f"{card['machine']} ({card['cpu_minutes']:g} CPU minutes)"
        st.text(f"{training_text(card)} on {machine} · {card['date']}{trained_on}")
    elif "entries" in card:
        st.text(f"It remembers {card['entries']:,} training clips · {card['machine']} · {card['date']}")
    else:
        st.text(f"It is not trained: its weights are drawn at random, from seed {card.get('seed', 0)}.")
        return
    st.code(card["recipe"], language=None)


def training_text(card: dict) -> str:
    """Returns the number of parameters, the training minutes and the steps."""
    training = f"{card['minutes']:.3g} training minutes, {card['steps']:,} steps of {card['batch']} clips"
    return f"{card['parameters'] / 1e6:.2f} M parameters · {training}"
