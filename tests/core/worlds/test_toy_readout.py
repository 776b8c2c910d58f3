"""A world's state is read by the read-out that the world names: evaluation and embedding know no other kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from toy_world import Lift, LiftWorld

from core.clip import Clip
from core.embedding.embed import embed
from core.evaluation.compare import compare
from core.evaluation.forecast import evaluate_forecast
from core.evaluation.forecast_result import ForecastProtocol
from core.models.baselines import ConstantVelocity, CopyLast
from core.pixels import from_pixels
from core.readouts.registry import READOUTS, readout_of, shared_readout
from core.readouts.states import States
from core.worlds import WORLDS, Drop, Leaves, simulate


class BarReader:
    """Reads the height of the bar from pixels."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        return bars_in(from_pixels(latents))


@dataclass(frozen=True)
class BarReadout:
    """The position of one bar, ``[B, T, 1, 2]``."""

    name: str = "bar"
    objects: tuple[str, ...] = ("bar",)

    def states(self, clip: Clip) -> States:
        height = clip.truth.arrays()["height"]
        positions = np.stack([np.full_like(height, 0.5), height], axis=-1)[:, None]
        return States(positions, np.zeros_like(positions), np.ones(positions.shape[:2], np.float32))

    def read_frames(self, frames: np.ndarray) -> np.ndarray:
        return bars_in(frames)

    def pixel_reader(self) -> BarReader:
        return BarReader()

    def ceiling(self, clip: Clip, context: int, horizon: int) -> np.ndarray:
        return self.states(clip).positions[context : context + horizon]

    bounce_unknown = ceiling

    def numbers(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        return {"height (widths)": clip.truth.arrays()["height"][frames].astype(float)}

    def clip_labels(self, clip: Clip) -> dict[str, str]:
        return {"world": "lift"}

    def frame_labels(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        return {"action": np.where(clip.truth.arrays()["actions"][frames], "up", "down")}


class ReadLift(LiftWorld):
    """The lift, with a read-out."""

    readout = "bar"


def bars_in(frames: np.ndarray) -> np.ndarray:
    """Positions of the bar, ``float32 [B, T, 1, 2]``, in ``uint8 [B, T, H, W, 3]``."""
    height = 1 - (frames[:, :, :, 0, 2] < 200).argmax(axis=-1) / (frames.shape[2] - 4)
    return np.stack([np.full_like(height, 0.5), height], axis=-1)[:, :, None].astype(np.float32)


@pytest.fixture(autouse=True)
def bar(monkeypatch: pytest.MonkeyPatch) -> BarReadout:
    """The world and the read-out, each listed by one line."""
    readout = BarReadout()
    monkeypatch.setitem(READOUTS, readout.name, readout)
    monkeypatch.setitem(WORLDS, "lift", ReadLift())
    return readout


def baselines(readout: BarReadout) -> tuple[CopyLast, ConstantVelocity]:
    return CopyLast("copy-last", "copy last"), ConstantVelocity("constant-velocity", "constant velocity", readout)


def test_a_comparison_reads_it(bar: BarReadout) -> None:
    clip = simulate(Lift(), 3, frames=12)
    found = compare(clip, baselines(bar), 4, 6)
    assert found.truth.shape == (10, 1, 2) and (found.ceiling == 0).all()
    for arm in found.arms.values():
        assert arm.positions.shape == (6, 1, 2) and arm.found.all()
        assert max(arm.floor) < 0.02 < max(arm.error), "the read-out is exact to a pixel, the baselines are not"


def test_a_forecast_measures_it(bar: BarReadout) -> None:
    found = evaluate_forecast(ForecastProtocol("lift", 2_000_000, 3, None, "plain", 4, 4), baselines(bar))
    assert all(step.mean == 0 for step in found.ceiling)
    assert 0 < found.models["copy-last"].read_out_floor.mean < 0.02 < found.models["copy-last"].position_error[0].mean
    with pytest.raises(ValueError, match="must be 1 to 1, not 2"):
        evaluate_forecast(ForecastProtocol("lift", 2_000_000, 3, 2, "plain", 4, 4), baselines(bar))


def test_an_embedding_has_its_columns(bar: BarReadout) -> None:
    clip = simulate(Lift(), 3, frames=12)
    columns = embed(baselines(bar)[0], [clip]).columns
    assert set(columns) == {"clip", "time (s)", "height (widths)", "world", "action"}
    assert columns["height (widths)"] == pytest.approx(clip.truth.arrays()["height"])
    assert set(embed(baselines(bar)[0], [clip], "clips").columns) == set(columns) - {"action"}


def test_a_clip_without_one_is_compared_all_the_same(bar: BarReadout) -> None:
    found = compare(simulate(Leaves(), 1, frames=10), baselines(bar)[:1], 4, 6)
    assert found.truth is None and found.arms["copy-last"].positions.shape == (6, 0, 2)
    assert found.arms["copy-last"].error is None and np.isfinite(found.arms["copy-last"].psnr).all()


def test_clips_of_several_worlds_share_a_read_out_or_have_none(bar: BarReadout) -> None:
    assert readout_of(simulate(Lift(), 3, frames=4)) is bar
    assert readout_of(simulate(Drop(), 3, frames=4)) is READOUTS["balls"] is shared_readout(["drop", "leaves", "wall"])
    assert shared_readout(["drop", "lift"]) is shared_readout(["leaves"]) is None
