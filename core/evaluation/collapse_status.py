"""Is a representation alive while it learns? One plain sentence from what is watched of it."""

from __future__ import annotations

from collections.abc import Mapping

from core.embedding.rank_metrics import DEAD_SHARE, SLOW_SHARE

READ, UNREAD = 0.8, 0.4  # of the position R²


def directions(measures: Mapping[str, float]) -> str:
    """How many directions of the latents what moves uses, where that means anything."""
    if "effective rank" not in measures:
        return "Not measured yet"
    if measures["moving share"] < DEAD_SHARE:
        return "Hardly anything moves: its directions are noise"
    return f"What moves uses {measures['effective rank']:.1f} directions"


def verdict(measures: Mapping[str, float], untrained: Mapping[str, float]) -> str:
    """What the last measures of a JEPA say.

    Args:
        measures: As ``core.training.monitoring.watch_jepa`` gives them; empty before the first.
        untrained: The same before any training: the null of the read-out.
    """
    if "moving share" not in measures:
        return "Nothing has been measured yet."
    share, position = measures["moving share"], measures.get("position R²")
    null = untrained.get("position R²")
    before = "" if null is None else f", {null:.2f} before any training"
    read = "" if position is None else f" A probe reads the balls' places with R² {position:.2f}{before}."
    if share < DEAD_SHARE:
        return (
            "**Collapsed.** Hardly anything in the latents moves while the film does "
            f"({share:.1%} of their variance): the loss is small because there is nothing left to predict.{read}"
        )
    if share < SLOW_SHARE or (position is not None and position < UNREAD):
        return f"**Suspicious.** Little of what moves in the film is in the latents ({share:.0%} of variance).{read}"
    rank = measures["effective rank"]
    sound = "**Healthy.**" if position is not None and position >= READ else "**Alive.**"
    return f"{sound} The latents move with the film ({share:.0%} of variance) and use {rank:.0f} directions.{read}"
