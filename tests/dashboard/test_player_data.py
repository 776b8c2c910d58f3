"""The player shows what the comparison says: the right tile in the right colour, no prediction before the horizon."""

from __future__ import annotations

import numpy as np
import pytest

from core.clip import Clip
from core.evaluation.compare import Comparison
from dashboard.cached.models import FILM_PAIR
from dashboard.compare.player_data import simulated_player_data, video_player_data
from dashboard.components.player import PlayerData

NOTES = {"pixel": "pixels fed back · 0.4 M", "jepa": "JEPA · 0.3 M"}
NOTES |= {"pixel-leaves": NOTES["pixel"], "jepa-leaves": NOTES["jepa"]}
ROLES = ["truth", "pixel", "latent"]


@pytest.fixture
def of_world(simulated: tuple[Comparison, Clip]) -> PlayerData:
    return simulated_player_data(*simulated, NOTES)


@pytest.fixture
def of_upload(filmed: tuple[Comparison, Clip]) -> PlayerData:
    return video_player_data(*filmed, NOTES)


@pytest.mark.parametrize("kind", ["of_world", "of_upload"])
def test_three_tiles_with_their_roles_run_on_one_clock(kind: str, request: pytest.FixtureRequest) -> None:
    film: PlayerData = request.getfixturevalue(kind)
    assert [tile.role for tile in film.tiles] == ROLES
    assert [tile.subtitle for tile in film.tiles[1:]] == [NOTES["pixel"], NOTES["jepa"]]
    assert {len(tile.frames) for tile in film.tiles} == {film.length} == {14}
    assert (film.fps, film.context) == (10.0, 4)
    assert film.packed


@pytest.mark.parametrize("kind", ["of_world", "of_upload"])
def test_nothing_is_claimed_about_the_frames_that_were_seen(kind: str, request: pytest.FixtureRequest) -> None:
    film: PlayerData = request.getfixturevalue(kind)
    assert film.tiles[0].values is None
    for tile in film.tiles[1:]:
        assert np.isnan(tile.values[: film.context]).all()
        for mark in tile.marks:
            assert np.isnan(mark.xy[: film.context]).all()
    for curve in film.curves:
        assert np.isnan(curve.values[: film.context]).all()


def test_tiles_show_the_pictures_of_their_arm(simulated: tuple[Comparison, Clip], of_world: PlayerData) -> None:
    comparison, shown = simulated
    assert np.array_equal(of_world.tiles[0].frames, shown.frames[: of_world.length])
    for tile, name in zip(of_world.tiles[1:], ("pixel", "jepa"), strict=True):
        assert np.array_equal(tile.frames[: comparison.context], comparison.frames[: comparison.context])
        assert np.array_equal(tile.frames[comparison.context :], comparison.arms[name].frames)


def test_values_of_a_simulated_clip_are_position_errors(
    simulated: tuple[Comparison, Clip], of_world: PlayerData
) -> None:
    comparison, _ = simulated
    for tile, name in zip(of_world.tiles[1:], ("pixel", "jepa"), strict=True):
        assert tile.unit == "frame widths from the truth"
        assert np.array_equal(tile.values[comparison.context :], comparison.arms[name].error, equal_nan=True)
    assert of_world.curve_unit == "frame widths"


def test_each_ball_in_the_clip_has_its_true_place_and_its_read_out(simulated, of_world: PlayerData) -> None:
    comparison, _ = simulated
    context = comparison.context
    assert [mark.kind for mark in of_world.tiles[0].marks] == ["trail", "trail"]
    for tile, name in zip(of_world.tiles[1:], ("pixel", "jepa"), strict=True):
        rings = [mark for mark in tile.marks if mark.kind == "ring"]
        crosses = [mark for mark in tile.marks if mark.kind == "cross"]
        assert len(rings) == len(crosses) == 2
        assert {mark.role for mark in rings} == {"truth"}
        assert {mark.role for mark in crosses} == {tile.role}
        for k in range(2):
            assert np.array_equal(rings[k].xy[context:], comparison.truth[context:, k])
            arm = comparison.arms[name]
            found = np.where(arm.found[:, k, None], arm.positions[:, k], np.nan)
            assert np.array_equal(crosses[k].xy[context:], found, equal_nan=True), "no cross where nothing was found"


def test_the_chart_has_every_arm_every_baseline_the_ceiling_and_the_floor(simulated, of_world: PlayerData) -> None:
    comparison, _ = simulated
    roles = [curve.role for curve in of_world.curves]
    assert len(of_world.curves) == len(comparison.arms) + 2
    assert roles.count("baseline") == sum(arm.is_baseline for arm in comparison.arms.values()) == 3
    labels = {curve.label: curve for curve in of_world.curves}
    assert {"pixel model", "JEPA", "const. velocity", "nearest clip", "best possible", "read-out limit"} <= set(labels)
    ahead = slice(comparison.context, None)
    assert np.array_equal(labels["pixel model"].values[ahead], comparison.arms["pixel"].error, equal_nan=True)
    assert np.array_equal(labels["JEPA"].values[ahead], comparison.arms["jepa"].error, equal_nan=True)
    assert np.array_equal(labels["best possible"].values[ahead], comparison.ceiling, equal_nan=True)
    looks = [(curve.role, curve.dash) for curve in of_world.curves]
    assert len(set(looks)) == len(looks)


def test_ticks_are_the_events_of_the_clip_that_are_shown(simulated, of_world: PlayerData) -> None:
    _, shown = simulated
    wanted = sorted({event.frame for event in shown.truth.events if event.frame < of_world.length})
    assert wanted
    assert [event.frame for event in of_world.events] == wanted
    assert all(any(ball in event.label for ball in ("red", "blue")) for event in of_world.events)


def test_an_uploaded_film_is_judged_in_decibels_and_marks_no_places(filmed, of_upload: PlayerData) -> None:
    comparison, _ = filmed
    for tile, name in zip(of_upload.tiles[1:], FILM_PAIR, strict=True):
        assert tile.unit == "dB"
        assert np.array_equal(tile.values[comparison.context :], comparison.arms[name].psnr)
    assert all(tile.marks == () for tile in of_upload.tiles)
    assert of_upload.curve_unit == "dB"
    assert "baseline" in {curve.role for curve in of_upload.curves}
