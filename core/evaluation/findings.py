"""The sentence over a comparison: computed from its numbers, plain, and fair to both arms."""

from __future__ import annotations

import numpy as np

from core.clip import Clip, Event
from core.evaluation.compare import Arm, Comparison
from core.models.shipped import COPY_LAST

_TIE = 0.01  # widths; smaller differences are not called differences
_MOMENTS = {
    "bounce": "at a bounce", "contact": "at a contact", "hidden": "as a ball is hidden",
    "revealed": "as a ball comes out again",
}  # fmt: skip


def finding(comparison: Comparison, clip: Clip) -> str:
    """One or two sentences on what this clip shows."""
    pixel, latent = comparison.pixel, comparison.latent
    if pixel.error is None or latent.error is None:
        return _without_truth(comparison, pixel, latent)
    step = last_counted(pixel.error)
    if step is None:
        return "No ball is in sight after the context, so there is no position to compare."
    when = f"After {(step + 1) / comparison.fps:.1f} s"
    if step + 1 < comparison.horizon:
        when += ", the last time a ball is half in sight,"
    a, b = float(latent.error[step]), float(pixel.error[step])
    numbers = f"the latent prediction is {a:.2f} widths off, the pixel prediction {b:.2f}"
    best_name, best = best_baseline(comparison, step)
    versus = f"the best baseline ({best_name}) {best:.2f}"
    part = _parting(comparison, clip, pixel.error, latent.error)
    if abs(a - b) < _TIE:
        verdict = "the two are level"
    elif b < a and not pixel.found[step].any():
        verdict = "the pixel arm shows no ball any more, but where it last showed one is closer"
    else:
        verdict = f"the {'latent' if a < b else 'pixel'} arm is closer on this clip"
    if best < min(a, b) - _TIE:
        verdict += f", but {best_name} beats both"
    return f"{when} {numbers}; {versus}: {verdict}.{part}{_lost(pixel)}"


def _lost(pixel: Arm) -> str:
    """Where the pixel prediction has no ball to be found, its error says little; that must be said."""
    drawn = ~np.isnan(pixel.error)
    lost = int((drawn & ~pixel.found.any(axis=-1)).sum())
    if not lost:
        return ""
    return (
        f" In {lost} of the {int(drawn.sum())} predicted frames with a ball half in sight the pixel prediction shows "
        "none that could be found; there its last place counts."
    )


def last_counted(error: np.ndarray) -> int | None:
    """The last step at which some ball is in sight."""
    counted = np.flatnonzero(~np.isnan(error))
    return int(counted[-1]) if len(counted) else None


def best_baseline(comparison: Comparison, step: int) -> tuple[str, float]:
    """The baseline that is nearest at a step, and its error in widths."""
    baselines = [arm for arm in comparison.arms.values() if arm.is_baseline]
    best = min(baselines, key=lambda arm: arm.error[step])
    return best.title, float(best.error[step])


def _parting(comparison: Comparison, clip: Clip, pixel: np.ndarray, latent: np.ndarray) -> str:
    """Where the two arms part for the first time, and what happened just before."""
    apart = np.flatnonzero(np.abs(pixel - latent) > 3 * _TIE)
    if len(apart) == 0 or clip.truth is None:
        return ""
    step = int(apart[0])
    frame = comparison.context + step
    before = [e for e in clip.truth.events if frame - 2 <= e.frame <= frame]
    when = (step + 1) / comparison.fps
    return f" They part at {when:.1f} s{', ' + _MOMENTS[before[-1].kind] if before else ''}."


def _without_truth(comparison: Comparison, pixel: Arm, latent: Arm) -> str:
    copy = comparison.arms[COPY_LAST.name]
    gain = float(np.mean(pixel.psnr - copy.psnr))
    skill = latent.skill.overall
    better = "better than" if gain > 0.1 else "worse than" if gain < -0.1 else "level with"
    if np.isnan(skill):
        return "Nothing moves in this clip after the context, so there is nothing to predict."
    sense = "ahead of" if skill > 0.02 else "behind" if skill < -0.02 else "level with"
    return (
        f"In pixels, the pixel prediction is {abs(gain):.1f} dB {better} repeating the last frame; in its own "
        f"latent space the JEPA is {sense} repeating the last latent (skill {skill:+.2f})."
    )


def events_between(clip: Clip, frames: int) -> tuple[Event, ...]:
    """The events of a clip within its first frames."""
    return tuple(e for e in clip.truth.events if e.frame < frames) if clip.truth else ()
