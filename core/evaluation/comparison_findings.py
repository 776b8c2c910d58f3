"""What a comparison of one clip shows, as values: which arm is closer, by how much, and where the arms diverge."""

from __future__ import annotations

import numpy as np

from core.clip import Clip, Event
from core.evaluation.compare import Arm, Comparison
from core.evaluation.cost import Cost
from core.models.shipped import COPY_LAST
from core.results import Finding

TIE = 0.01  # frame widths; a smaller difference of two position errors counts as none
_TIE_DB, _TIE_SKILL = 0.1, 0.02
_DIVERGED = 3 * TIE
_LATENT, _PIXEL = "the JEPA", "the pixel model"
_EVENTS = {
    "bounce": "at a bounce",
    "contact": "at a contact",
    "hidden": "when a ball is hidden",
    "revealed": "when a ball reappears",
}


def comparison_finding(comparison: Comparison, clip: Clip) -> Finding:
    """Which arm is closer to the truth in this clip, in one to three sentences.

    Args:
        comparison: Of the clip.
        clip: At any size; its events say what happened when the arms diverged.

    Returns:
        Its state is ``latent closer``, ``pixel closer``, ``level`` or ``no ball`` (none is visible after the context);
        without truth ``no truth`` or ``nothing moves``.
    """
    pixel, latent = comparison.pixel, comparison.latent
    if pixel.error is None or latent.error is None:
        return _without_truth(comparison, pixel, latent)
    step = last_counted(pixel.error)
    if step is None:
        return Finding("no ball", "No ball is visible after the context, so there is no position to compare.")
    when = f"After {(step + 1) / comparison.fps:.1f} s"
    if step + 1 < comparison.horizon:
        when += ", the last time that at least half of a ball is visible,"
    a, b = float(latent.error[step]), float(pixel.error[step])
    best_title, best = best_baseline(comparison, step)
    numbers = {"latent": a, "pixel": b, "best baseline": best, "seconds": (step + 1) / comparison.fps}
    state = "level" if abs(a - b) < TIE else "latent closer" if a < b else "pixel closer"
    measured = (
        f"{when} {_LATENT} is {a:.2f} frame widths from the truth, {_PIXEL} {b:.2f} and the best baseline "
        f"({best_title}) {best:.2f}."
    )
    closer_than_both = best_title if best < min(a, b) - TIE else ""
    sentences = (
        measured,
        _closer(state, bool(pixel.found[step].any()), closer_than_both),
        _divergence(comparison, clip, pixel.error, latent.error),
        _lost(pixel, pixel.error),
    )
    return Finding(state, " ".join(filter(None, sentences)), numbers)


def _closer(state: str, pixel_shows_ball: bool, best: str) -> str:
    """Which arm is closer; ``best`` is the title of a baseline that is closer than both, empty if none is."""
    if state == "level":
        text = "The two are level"
    elif state == "pixel closer" and not pixel_shows_ball:
        text = "The pixel model no longer shows a ball, but its last visible position is closer"
    else:
        text = f"{'The JEPA' if state == 'latent closer' else 'The pixel model'} is closer on this clip"
    return f"{text}, but {best} is closer than both." if best else f"{text}."


def _lost(pixel: Arm, error: np.ndarray) -> str:
    """Where the pixel prediction shows no ball, its error says little; the finding must say so."""
    counted = ~np.isnan(error)
    lost = int((counted & ~pixel.found.any(axis=-1)).sum())
    if not lost:
        return ""
    return (
        f"In {lost} of the {int(counted.sum())} predicted frames with a visible ball, the pixel model shows none; its "
        "last visible position counts instead."
    )


def last_counted(error: np.ndarray) -> int | None:
    """The last step at which a ball is visible, from errors ``[horizon]``; None if there is no such step."""
    counted = np.flatnonzero(~np.isnan(error))
    return int(counted[-1]) if len(counted) else None


def best_baseline(comparison: Comparison, step: int) -> tuple[str, float]:
    """Title of the baseline that is closest at a step, and its error in frame widths."""
    baselines = [arm for arm in comparison.arms.values() if arm.is_baseline]
    errors = {arm.title: float(arm.error[step]) for arm in baselines if arm.error is not None}
    return min(errors.items(), key=lambda item: item[1])


def _divergence(comparison: Comparison, clip: Clip, pixel: np.ndarray, latent: np.ndarray) -> str:
    """When the errors of the arms first differ clearly, and what happened just before."""
    diverged = np.flatnonzero(np.abs(pixel - latent) > _DIVERGED)
    if len(diverged) == 0 or clip.truth is None:
        return ""
    step = int(diverged[0])
    frame = comparison.context + step
    before = [event for event in clip.truth.events if frame - 2 <= event.frame <= frame]
    event = f", {_EVENTS[before[-1].kind]}" if before else ""
    return f"They diverge at {(step + 1) / comparison.fps:.1f} s{event}."


def _without_truth(comparison: Comparison, pixel: Arm, latent: Arm) -> Finding:
    copied = comparison.arms[COPY_LAST.name].psnr
    if pixel.psnr is None or copied is None or latent.skill is None:
        return Finding("no truth", "Without the truth, only a JEPA and a model that draws frames can be compared.")
    gain, skill = float(np.mean(pixel.psnr - copied)), latent.skill.overall
    if np.isnan(skill):
        return Finding("nothing moves", "Nothing moves in this clip after the context, so there is nothing to predict.")
    pixel_order = _order(gain, _TIE_DB, "better than", "worse than")
    latent_order = _order(skill, _TIE_SKILL, "better than", "worse than")
    text = (
        f"In pixels, {_PIXEL} is {abs(gain):.1f} dB {pixel_order} repeating the last frame. In its own latent space, "
        f"{_LATENT} is {latent_order} repeating the last latent (skill {skill:+.2f})."
    )
    return Finding("no truth", text, {"pixel gain": gain, "latent skill": skill})


def _order(difference: float, tie: float, above: str, below: str) -> str:
    """``above``, ``below`` or "level with"."""
    return above if difference > tie else below if difference < -tie else "level with"


def cost_finding(pixel: Cost, latent: Cost) -> Finding:
    """Which arm computes less for a predicted frame; the state is ``latent cheaper``, ``pixel cheaper``, or
    ``no network`` if the operations of one of them are not counted."""
    if not pixel.flops or not latent.flops:
        return Finding("no network", "One of these models is not a network, so its operations cannot be counted", {})
    ratio = pixel.flops / latent.flops
    state, shown, order = ("latent cheaper", ratio, "fewer") if ratio > 1 else ("pixel cheaper", 1 / ratio, "more")
    text = f"The JEPA needs {shown:.1f} times {order} operations per predicted second"
    return Finding(state, text, {"ratio": ratio})


def picture_finding(comparison: Comparison) -> Finding | None:
    """Which arm's frames differ more from the true ones; the state is ``pixel worse`` or ``latent worse``. None if one
    of the arms cannot draw."""
    pixel_map, latent_map = comparison.pixel.error_map, comparison.latent.error_map
    if pixel_map is None or latent_map is None:
        return None
    pixel, latent = float(pixel_map.mean()), float(latent_map.mean())
    state, who = ("pixel worse", "pixel model") if pixel >= latent else ("latent worse", "JEPA")
    text = f"The frames of the {who} differ more from the true ones"
    return Finding(state, text, {"pixel": pixel, "latent": latent})


def events_between(clip: Clip, frames: int) -> tuple[Event, ...]:
    """The events of a clip within its first ``frames`` frames."""
    return tuple(event for event in clip.truth.events if event.frame < frames) if clip.truth else ()
