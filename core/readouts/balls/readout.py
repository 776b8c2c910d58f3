"""The read-out of the stage worlds: positions of the balls, by a colour parser from pixels, by a probe from latents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.clip import Clip
from core.pixels import from_pixels
from core.readouts.balls.ceiling import bounce_unknown_positions, ceiling_positions
from core.readouts.balls.parser import colour_lead, parse_positions
from core.readouts.balls.probe import Probe
from core.readouts.states import States
from core.worlds import stage_factors_of
from core.worlds.stage.events import EVENTS, ball_activity, main_event
from core.worlds.stage.layout import BALLS as BALL_NAMES
from core.worlds.stage.regions import regions_of
from core.worlds.stage.truth import ball_truth


class PixelReader:
    """Reads positions from pixels by the balls' colours."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """Positions ``float32 [B, T, 3, 2]`` in frame widths of pixels ``[B, T, H*W, 3]``; NaN where no ball is
        found."""
        return parse_positions(from_pixels(latents))


@dataclass(frozen=True)
class BallReadout:
    """Positions of up to three balls, ``float32 [B, T, 3, 2]`` in frame widths."""

    name: str = "balls"
    objects: tuple[str, ...] = BALL_NAMES
    differ_in_colour_alone: bool = True
    is_predictable: bool = True

    def states(self, clip: Clip) -> States:
        """The true states, ``[T, 3, ...]``; 0 for absent balls.

        Raises:
            ValueError: The clip is of another world.
        """
        return States(**ball_truth(clip).arrays())

    def read_frames(self, frames: np.ndarray) -> np.ndarray:
        """Positions ``float32 [B, T, 3, 2]``, by the colour parser."""
        return parse_positions(frames)

    def object_maps(self, frames: np.ndarray) -> np.ndarray:
        """How clearly each pixel has the colour of each ball, ``float32 [..., H, W, 3]``."""
        return colour_lead(frames)

    def pixel_reader(self) -> PixelReader:
        """The colour parser."""
        return PixelReader()

    def probe_reader(self, arrays: Mapping[str, np.ndarray]) -> Probe:
        """A position probe from its stored arrays, ``[...]`` as ``Probe.arrays`` returns them."""
        return Probe.from_arrays(arrays)

    def fit_probe(self, latents: np.ndarray, states: States, seed: int, steps: int) -> Probe:
        """A position probe, fitted to latents ``[P, 2, N, D]`` of pairs of frames where balls are visible."""
        from core.readouts.balls.fitting import fit_probe  # torch takes seconds to import

        return fit_probe(latents, states, seed, steps)

    def ceiling(self, clip: Clip, context: int, horizon: int) -> np.ndarray:
        """``ceiling_positions`` of a clip, ``float32 [horizon, 3, 2]``; NaN for absent balls."""
        truth = ball_truth(clip)
        shown = clip.frames[:context]
        return _padded(ceiling_positions(stage_factors_of(truth), truth.seed, shown, horizon, clip.fps))

    def bounce_unknown(self, clip: Clip, context: int, horizon: int) -> np.ndarray:
        """``bounce_unknown_positions`` of a clip, ``float32 [horizon, 3, 2]``; NaN for absent balls."""
        truth = ball_truth(clip)
        return _padded(bounce_unknown_positions(stage_factors_of(truth), truth.seed, context, horizon, clip.fps))

    def numbers(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        """Position (frame widths) and speed (frame widths/s) of the red ball, which stands for all, and gravity (frame
        widths/s²), at frames with the indices ``[F]``: each ``float64 [F]``."""
        truth = ball_truth(clip)
        return {
            "x (frame widths)": truth.x[frames, 0].astype(float),
            "y (frame widths)": truth.y[frames, 0].astype(float),
            "speed (frame widths/s)": np.hypot(truth.vx, truth.vy)[frames, 0].astype(float),
            "gravity (frame widths/s²)": np.full(len(frames), stage_factors_of(truth).gravity),
        }

    def clip_labels(self, clip: Clip) -> dict[str, str]:
        """The world, and the main event of the clip."""
        truth = ball_truth(clip)
        event = EVENTS.get(main_event(truth, 0, len(clip)) or "", "another event")
        return {"world": truth.world, "event": event}

    def frame_labels(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        """What the red ball does, ``str [F]``, at frames with the indices ``[F]``."""
        return {"activity": ball_activity(ball_truth(clip))[frames]}

    def region_map(self, clip: Clip, size: int) -> np.ndarray:
        """The region of each pixel, ``uint8 [T, size, size]``."""
        return regions_of(ball_truth(clip), size)


def _padded(positions: np.ndarray) -> np.ndarray:
    """Positions ``[T, K, 2]`` of the balls of a clip as ``float32 [T, 3, 2]``, with NaN for absent balls."""
    padded = np.full((len(positions), len(BALL_NAMES), 2), np.nan, np.float32)
    padded[:, : positions.shape[1]] = positions
    return padded


BALLS = BallReadout()
