"""Settings that recipes share: what keeps a representation from collapsing, and how far ahead a model is trained."""

from __future__ import annotations

from dataclasses import dataclass

from core.readouts.protocols import Readout

CONTEXT, HORIZON = 4, 16  # frames that both arms see in training, and the most that they predict


@dataclass(frozen=True)
class AntiCollapse:
    """Weights of the terms that keep a representation from collapsing; all 0 prevents nothing.

    Each term acts on what changes within a clip.

    Attributes:
        spread: Hinge on the standard deviation of each channel (VICReg).
        correlation: Decorrelation of the channels (VICReg).
        gaussian: Distance from a normal distribution; alone it is SIGReg.
        colour: Hinge on the difference that exchanged colours make, so that the representation distinguishes balls.
    """

    spread: float = 5.0
    correlation: float = 4.0
    gaussian: float = 0.0
    colour: float = 0.0


ANTI_COLLAPSE = AntiCollapse()
ANTI_COLLAPSE_BY_COLOUR = AntiCollapse(colour=5.0)
NO_ANTI_COLLAPSE = AntiCollapse(0.0, 0.0)


@dataclass(frozen=True)
class RolloutSchedule:
    """How far ahead a model is trained, and how much each clip counts.

    Attributes:
        stages: Pairs of a share of the training time, at which the stage ends, and of the steps that it predicts.
            Short rollouts come first: they are cheaper, and steadier while the targets still move.
        motion_normalisation: 0 counts errors as they are, so that clips with much motion dominate; 1 divides the error
            of a clip by its motion.
    """

    stages: tuple[tuple[float, int], ...] = ((0.2, 1), (0.5, 4), (0.8, 8), (1.0, 16))
    motion_normalisation: float = 0.0

    def steps(self, progress: float) -> int:
        """Steps to predict at a share of the training, 0 to 1."""
        return next(steps for until, steps in self.stages if progress <= until)


LONG_ROLLOUTS = RolloutSchedule()
# Real motion can't be predicted for long, and in most real films little moves. Measured on eleven real films, after 8
# to 10 minutes of training on one core: full normalisation gains the pixel model 0.3 to 1 dB on calm films and loses it
# 0.2 dB on lively ones; the JEPA beats copy-last on all nine films with motion at 0.5, but not at 0 or 1.
_SHORT_STAGES = ((0.4, 4), (1.0, 8))
SHORT_PIXEL_ROLLOUTS = RolloutSchedule(_SHORT_STAGES, 1.0)
SHORT_LATENT_ROLLOUTS = RolloutSchedule(_SHORT_STAGES, 0.5)


def anti_collapse_for(readout: Readout | None) -> AntiCollapse:
    """The terms that fit clips with a read-out or without one."""
    return ANTI_COLLAPSE_BY_COLOUR if readout is not None and readout.differ_in_colour_alone else ANTI_COLLAPSE


def rollouts_for(readout: Readout | None, otherwise: RolloutSchedule) -> RolloutSchedule:
    """The schedule that fits clips with a read-out: long roll-outs where motion can be predicted for long."""
    return LONG_ROLLOUTS if readout is not None and readout.is_predictable else otherwise
