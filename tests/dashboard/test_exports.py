"""What is taken home must say what was on the screen: the table and the film agree with the comparison."""

from __future__ import annotations

import csv
import io

import av
import cv2
import numpy as np
import pytest

from core.clip import Clip
from core.evaluation.compare import Comparison
from core.metrics import Skill
from core.video import read_video
from dashboard.compare.exports import comparison_mp4, numbers_csv

COLUMNS = {"position_error_widths": "error", "psnr_db": "psnr", "latent_skill": "skill"}


def table(comparison: Comparison) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(numbers_csv(comparison, "a clip, with a comma").decode())))


def check_table(comparison: Comparison) -> None:
    rows = table(comparison)
    for arm in comparison.arms.values():
        own = [row for row in rows if row["model"] == arm.name]
        assert [int(row["step"]) for row in own] == list(range(1, comparison.horizon + 1))
        assert [float(row["seconds_ahead"]) for row in own] == pytest.approx(comparison.seconds_ahead, abs=0.005)
        for column, attribute in COLUMNS.items():
            values = getattr(arm, attribute)
            values = values.steps if isinstance(values, Skill) else values
            for step, row in enumerate(own):
                if values is None or np.isnan(values[step]):
                    assert row[column] == ""
                else:
                    assert float(row[column]) == pytest.approx(float(values[step]), abs=1e-5)


def test_the_table_of_a_simulated_clip_has_every_number(simulated: tuple[Comparison, Clip]) -> None:
    comparison, _ = simulated
    check_table(comparison)
    rows = table(comparison)
    assert len(rows) == (len(comparison.arms) + 1) * comparison.horizon
    assert {row["clip"] for row in rows} == {"a clip, with a comma"}
    ceiling = [row["position_error_widths"] for row in rows if row["model"] == "ceiling"]
    assert [float(text) for text in ceiling] == pytest.approx(comparison.ceiling, abs=1e-5)


def test_the_table_of_an_uploaded_film_claims_no_places(filmed: tuple[Comparison, Clip]) -> None:
    comparison, _ = filmed
    check_table(comparison)
    rows = table(comparison)
    assert len(rows) == len(comparison.arms) * comparison.horizon
    assert {row["position_error_widths"] for row in rows} == {""}
    assert all(row["psnr_db"] for row in rows)


@pytest.mark.parametrize("kind", ["simulated", "filmed"])
def test_the_film_has_a_frame_for_each_of_the_comparison(kind: str, request: pytest.FixtureRequest) -> None:
    comparison, shown = request.getfixturevalue(kind)
    data = comparison_mp4(comparison, shown.frames)
    assert len(read_video(data, size=64, fps=comparison.fps)) == len(comparison.frames)
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].codec_context.name == "h264"


def test_the_film_shows_truth_pixels_and_latents_side_by_side(simulated: tuple[Comparison, Clip]) -> None:
    comparison, shown = simulated
    with av.open(io.BytesIO(comparison_mp4(comparison, shown.frames))) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    side = frames[-1].shape[1] // 3
    sources = [shown.frames[len(frames) - 1], *(comparison.arms[name].frames[-1] for name in ("pixel", "jepa"))]
    for i in range(3):
        seen = frames[-1][-side:, i * side : (i + 1) * side].astype(float)
        errors = [
            np.abs(seen - cv2.resize(other, (side, side), interpolation=cv2.INTER_CUBIC)).mean() for other in sources
        ]
        assert int(np.argmin(errors)) == i
        assert errors[i] < 6
