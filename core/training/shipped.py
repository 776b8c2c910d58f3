"""What each shipped model is trained on, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from core.training.clips import ClipSet

TRAIN = ClipSet(first_seed=0, clips=8000)
CHECK = ClipSet(first_seed=1_000_000, clips=640)
LEAVES = (("leaves", 1.0),)
TRAIN_LEAVES = ClipSet(first_seed=0, clips=8000, worlds=LEAVES)
CHECK_LEAVES = ClipSet(first_seed=1_000_000, clips=640, worlds=LEAVES)
ARM_MINUTES = 55.0  # the same for both arms
FILM_MINUTES = 75.0
MASKED_MINUTES = 30.0


@dataclass(frozen=True)
class AntiCollapse:
    """Weights of the terms that keep a representation from collapsing, within clips; all 0 leaves nothing to prevent
    it. ``spread`` and ``correlation`` are the variance-covariance form, ``gaussian`` alone is SIGReg's, ``colour`` asks
    that balls be told apart by their colours."""

    spread: float = 5.0
    correlation: float = 4.0
    gaussian: float = 0.0
    colour: float = 0.0


GUARDED, PLAIN_GUARD, UNGUARDED = AntiCollapse(colour=5.0), AntiCollapse(), AntiCollapse(0.0, 0.0)


@dataclass(frozen=True)
class Asked:
    """What both arms of a pair are asked for in training.

    Attributes:
        roll_outs: Until which share of the minutes how many frames ahead. Short ones first: they are cheaper, and
            steadier while what is predicted still moves about.
        evening: How far clips are made equal: 0 counts errors as they are, so that the liveliest clips matter most, 1
            divides them by how much the clip moves.
    """

    roll_outs: tuple[tuple[float, int], ...] = ((0.2, 1), (0.5, 4), (0.8, 8), (1.0, 16))
    evening: float = 0.0


BALLS = Asked()
# Real motion can't be foreseen for long, and in most real films little moves. Tried on eleven real films for 8 to 10
# minutes on one core: evened fully, the pixel arm gained 0.3 to 1 dB more on calm films than without, and lost 0.2 on
# lively ones; the JEPA was ahead of copy-last on all nine that move when evened by half, but not fully or not at all.
_SOON = ((0.4, 4), (1.0, 8))
FILMS = {"pixel": Asked(_SOON, 1.0), "jepa": Asked(_SOON, 0.5)}


@dataclass(frozen=True)
class Plan:
    """How a model is made.

    Attributes:
        recipe: ``jepa``, ``pixel``, ``decoder``, ``nearest``, ``vjepa``, ``ijepa`` or ``masked-pixels``.
        minutes: Training time, for masked prediction that of one core; 0 where nothing is trained by gradient.
        clips: What it learns from.
        check: What it is watched on.
        paints_for: The JEPA whose latents a decoder paints.
        asked: What an arm is asked for.
        guard: What keeps a JEPA from collapsing.
        seed: Unless another is asked for.
        repeats: The model that this is another training of, from another seed; only its probe goes with it.
    """

    recipe: str
    minutes: float
    clips: ClipSet = TRAIN
    check: ClipSet = CHECK
    paints_for: str = ""
    asked: Asked = BALLS
    guard: AntiCollapse = GUARDED
    seed: int = 0
    repeats: str = ""


PLANS: dict[str, Plan] = {
    "jepa": Plan("jepa", ARM_MINUTES),
    "pixel": Plan("pixel", ARM_MINUTES),
    "unguarded": Plan("jepa", 5.0, guard=UNGUARDED),
    "jepa-1": Plan("jepa", ARM_MINUTES, seed=1, repeats="jepa"),
    "jepa-2": Plan("jepa", ARM_MINUTES, seed=2, repeats="jepa"),
    "jepa-decoder": Plan("decoder", 8.0, paints_for="jepa"),
    "nearest": Plan("nearest", 0.0),
    "vjepa": Plan("vjepa", MASKED_MINUTES),
    "masked-pixels": Plan("masked-pixels", MASKED_MINUTES),
    "ijepa": Plan("ijepa", 10.0),
    "jepa-leaves": Plan("jepa", FILM_MINUTES, TRAIN_LEAVES, CHECK_LEAVES, asked=FILMS["jepa"], guard=PLAIN_GUARD),
    "pixel-leaves": Plan("pixel", FILM_MINUTES, TRAIN_LEAVES, CHECK_LEAVES, asked=FILMS["pixel"]),
    "jepa-leaves-decoder": Plan("decoder", 8.0, TRAIN_LEAVES, CHECK_LEAVES, paints_for="jepa-leaves"),
}


def plan_named(name: str) -> Plan:
    """Find a plan.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in PLANS:
        raise ValueError(f"There is no recipe called {name!r}; there are {', '.join(PLANS)}.")
    return PLANS[name]
