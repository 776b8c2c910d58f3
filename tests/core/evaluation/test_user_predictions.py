"""Known answers for predictions that people bring."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.evaluation.user_prediction_files import read_predictions
from core.evaluation.user_predictions import check_predictions, predictions_of
from core.evaluation.user_predictions_result import PredictionCheck
from core.results import from_json, to_json
from core.video import to_mp4
from core.worlds import Drop, simulate
from dashboard.cli import main

RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (3, 6, 16, 16, 3)).astype(np.uint8)
LATENTS = np.cumsum(RNG.normal(size=(12, 8, 5)), axis=1)


def checked(truth, predicted, context=2):
    return check_predictions(predictions_of(truth, predicted, context))


@pytest.mark.parametrize("truth", [FRAMES, LATENTS])
def test_the_truth_has_skill_1_and_repeating_the_last_step_has_skill_0(truth):
    assert checked(truth, truth).overall.mean == 1
    last = np.repeat(truth[:, 1:2], truth.shape[1] - 2, axis=1)
    found = checked(truth, last)
    assert found.overall.mean == 0
    assert found.scores[0].model == found.scores[0].copy_last


def test_a_perfect_picture_is_json_and_reads_back():
    text = json.dumps(to_json(checked(FRAMES, FRAMES)), allow_nan=False)
    found = from_json(PredictionCheck, json.loads(text))
    assert [round(step.mean) for step in found.scores[0].model] == [100] * 4
    assert found.scores[1].model[0].mean == pytest.approx(1)


def test_a_constant_error_has_its_known_decibels():
    grey = np.full((2, 5, 16, 16, 3), 100, np.uint8)
    found = checked(grey, grey + np.uint8(51))  # a fifth of the range: 20 log10(5) dB
    assert found.scores[0].model[0].mean == pytest.approx(13.979, abs=1e-3)
    assert any("Nothing moves" in note for note in found.notes)


def test_a_shifted_video_scores_less_than_the_truth():
    ramp = np.clip(np.arange(8)[None, :, None, None, None] * 10 + FRAMES[:, :1] // 4, 0, 255).astype(np.uint8)
    found = checked(ramp, np.concatenate([ramp[:, :1], ramp[:, :-1]], axis=1))
    assert 0 < found.overall.mean < 1


def test_constant_latents_are_called_collapsed_and_moving_ones_are_not():
    assert checked(LATENTS, np.ones_like(LATENTS)).collapse.state == "collapsed"
    assert checked(LATENTS, LATENTS).collapse.state != "collapsed"


def test_the_worst_clip_comes_first():
    spoiled = FRAMES.copy()
    spoiled[1] = 255 - spoiled[1]
    worst = checked(FRAMES, spoiled).worst
    assert worst[0].clip == 1 and worst[0].error > worst[1].error == 0


def test_floats_are_said_and_a_longer_truth_gives_the_context():
    given = predictions_of(FRAMES / 255.0, FRAMES[:, 2:] / 255.0, None)
    assert given.past.shape[1] == 2 and np.array_equal(given.truth, FRAMES[:, 2:])
    assert any("Floats" in note for note in given.notes) and any("2 steps longer" in note for note in given.notes)


def test_floats_are_said_where_only_the_prediction_has_them():
    notes = predictions_of(FRAMES, FRAMES / 255.0, 2).notes
    assert any("Floats from 0 to 1 in predicted" in note for note in notes)
    assert not any("in truth" in note for note in notes)


@pytest.mark.parametrize(
    ("truth", "predicted", "context", "said"),
    [
        (LATENTS, LATENTS, None, "last step of the context"),
        (LATENTS, LATENTS[:5], 2, "same clips"),
        (LATENTS, LATENTS[:, :3], 2, "predicted needs"),
        (LATENTS, LATENTS[..., :4], 2, "sizes"),
        (LATENTS, np.full_like(LATENTS, np.nan), 2, "not finite"),
        (LATENTS, LATENTS, 7, "two predicted steps"),
        (FRAMES * 2.0, FRAMES, 2, "uint8"),
    ],
)
def test_what_does_not_fit_gets_a_sentence(truth, predicted, context, said):
    with pytest.raises(ValueError, match=said):
        predictions_of(truth, predicted, context)


def test_positions_are_read_for_a_world():
    clips = [simulate(Drop(background="plain"), seed) for seed in (2_000_000, 2_000_001)]
    frames = np.stack([clip.frames[:10] for clip in clips])
    found = check_predictions(predictions_of(frames, frames, 4), "drop")
    position = found.scores[-1]
    assert position.unit == "frame widths" and max(step.mean for step in position.model) < 1e-6
    assert position.copy_last[-1].mean > 0 and position.constant_velocity is not None


def test_two_videos_are_read_and_other_sizes_refused(tmp_path):
    clip = simulate(Drop(background="plain"), 2_000_000).frames
    truth, same, late, large = (tmp_path / f"{name}.mp4" for name in ("truth", "same", "late", "large"))
    for path, frames in (
        (truth, clip),
        (same, clip),
        (late, np.roll(clip, 2, axis=0)),
        (large, clip.repeat(2, axis=2)),
    ):
        path.write_bytes(to_mp4(frames, 10.0))
    assert check_predictions(read_predictions([truth, same], 4)).overall.mean == 1
    assert check_predictions(read_predictions([truth, late], 4)).overall.mean < 1
    with pytest.raises(ValueError, match="same size"):
        read_predictions([truth, large], 4)


def test_the_command_says_what_core_says(tmp_path, monkeypatch, capsys):
    path, report = tmp_path / "mine.npz", tmp_path / "check.html"
    np.savez(path, truth=LATENTS, predicted=LATENTS, context=2)
    monkeypatch.setattr("sys.argv", ["worldscope", "check", str(path), "--json", "--report", str(report)])
    with pytest.raises(SystemExit):
        main()
    printed = from_json(PredictionCheck, json.loads(capsys.readouterr().out))
    assert printed.notes == check_predictions(read_predictions([path])).notes
    assert "Skill against copy-last: 1" in report.read_text()
