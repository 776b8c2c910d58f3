"""A number on the Scoreboard must be the number that the shipped weights give: measured again, on all of its clips."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.clip import Clip
from core.evaluation.forecast import make_clips
from core.evaluation.positions import by_step, clip_errors
from core.evaluation.scoreboard import CASES, result_name
from core.models.registry import load
from core.paths import RESULTS

TOLERANCE = 1e-4  # frame widths: another processor may round otherwise
ALWAYS = ("copy-last", "constant-velocity", "jepa")
SLOW = {"wall": ("pixel",)}  # a pixel prediction takes five times as long, so one case of it is measured again


def read(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["models"]


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[str, list[Clip]]:
    """A case of the Scoreboard, and its clips."""
    return request.param, make_clips(CASES[request.param], lambda what, share: None)


def check(found: list, stored: list[dict]) -> None:
    """Means and both ends of the intervals, at every step of the horizon."""
    assert len(found) == len(stored) > 0
    for now, before in zip(found, stored, strict=True):
        assert now.clips == before["clips"]
        assert (now.mean, now.low, now.high) == pytest.approx(
            (before["mean"], before["low"], before["high"]), abs=TOLERANCE
        )


def test_position_errors_are_those_that_are_stored(case: tuple[str, list[Clip]]) -> None:
    name, clips = case
    protocol, stored, seeds = CASES[name], read(result_name(name)), read("seeds")
    for model in (*ALWAYS, *SLOW.get(name, ())):
        found = by_step(clip_errors(load(model), clips, protocol.context, protocol.horizon))
        check(found, stored[model]["position_error"])
        if model == "jepa":
            check(found, seeds[model]["cases"][name])


def test_a_training_from_another_seed_has_the_errors_that_are_stored() -> None:
    clips = make_clips(CASES["wall"], lambda what, share: None)
    for model in ("jepa-1", "jepa-2"):
        found = by_step(clip_errors(load(model), clips, CASES["wall"].context, CASES["wall"].horizon))
        check(found, read("seeds")[model]["cases"]["wall"])


def test_a_number_that_changed_is_noticed(case: tuple[str, list[Clip]]) -> None:
    name, clips = case
    protocol = CASES[name]
    found = by_step(clip_errors(load("copy-last"), clips[:-1], protocol.context, protocol.horizon))
    stored = read(result_name(name))["copy-last"]["position_error"]
    assert np.abs([now.mean - before["mean"] for now, before in zip(found, stored, strict=True)]).max() > TOLERANCE
