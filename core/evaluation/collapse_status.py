"""Does a representation collapse while it learns? One finding from what is measured of it during training."""

from __future__ import annotations

from collections.abc import Mapping

from core.embedding.rank_metrics import DEAD_SHARE, SLOW_SHARE
from core.results import Finding
from core.wording import percent

READ, UNREAD = 0.8, 0.4  # R² of positions: above the first healthy, below the second suspicious


def directions_finding(measures: Mapping[str, float]) -> Finding:
    """How many directions of the latents the motion uses; the state is ``unmeasured``, ``noise`` or ``measured``."""
    if "effective rank" not in measures:
        return Finding("unmeasured", "Not measured yet")
    if measures["moving share"] < DEAD_SHARE:
        return Finding("noise", "Hardly anything moves: the directions are noise")
    rank = measures["effective rank"]
    return Finding("measured", f"Motion uses {rank:.1f} directions", {"effective rank": rank})


def collapse_finding(measures: Mapping[str, float], untrained: Mapping[str, float]) -> Finding:
    """What the last measures say.

    Args:
        measures: As ``core.training.monitoring.watch_jepa`` gives them; empty before the first.
        untrained: The same before any training: the null of the read-out.

    Returns:
        Its state is ``unmeasured``, ``collapsed``, ``suspicious``, ``alive`` (positions were not read, or not well) or
        ``healthy``.
    """
    if "moving share" not in measures:
        return Finding("unmeasured", "Nothing has been measured yet.")
    share, position = measures["moving share"], measures.get("position R²")
    null = untrained.get("position R²")
    before = "" if null is None else f", {null:.2f} before any training"
    read = "" if position is None else f" A probe reads the positions of the balls with R² {position:.2f}{before}."
    if share < DEAD_SHARE:
        text = (
            f"Hardly anything in the latents moves with the clip ({percent(share, 1)} of their variance): the loss "
            f"is small because there is nothing left to predict.{read}"
        )
        return Finding("collapsed", text, measures)
    if share < SLOW_SHARE or (position is not None and position < UNREAD):
        text = f"The latents hold little of what moves in the clip ({percent(share)} of their variance).{read}"
        return Finding("suspicious", text, measures)
    rank = measures["effective rank"]
    state = "healthy" if position is not None and position >= READ else "alive"
    text = f"The latents move with the clip ({percent(share)} of their variance) and use {rank:.0f} directions.{read}"
    return Finding(state, text, measures)
