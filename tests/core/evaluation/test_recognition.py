"""Questions are balanced and new, and a representation that knows the events answers them."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.evaluation import attentive, recognition
from core.evaluation.attentive import fit_attentive
from core.evaluation.recognition import measure_recognition
from core.evaluation.recognition_data import FRAMES, draw_labelled
from core.evaluation.recognition_methods import labelled, read_by_neighbours
from core.evaluation.recognition_result import RecognitionProtocol, RecognitionResult
from core.results import from_json, to_json
from core.worlds.stage.events import EVENTS

TINY = RecognitionProtocol(learn=6, test=3, seeds=(0, 1))


@pytest.fixture(scope="module")
def labelled_clips():
    return draw_labelled(3_000_000, 3)


def test_every_event_is_as_frequent_and_the_same_seed_gives_the_same_clips(labelled_clips):
    assert labelled_clips.frames.shape == (3 * len(EVENTS), FRAMES, 64, 64, 3)
    assert np.bincount(labelled_clips.events).tolist() == [3] * len(EVENTS)
    again = draw_labelled(3_000_000, 3)
    assert np.array_equal(labelled_clips.frames, again.frames) and np.array_equal(labelled_clips.motion, again.motion)
    assert (labelled_clips.motion[:, 1] >= np.abs(labelled_clips.motion[:, 0]) - 1e-5).all(), (
        "speed is no less than its part sideways"
    )


def test_labels_are_given_evenly_and_more_labels_include_no_clip_twice():
    happens = np.repeat(np.arange(3), 100)
    for share, each in ((0.001, 1), (0.01, 1), (0.1, 10), (1.0, 100)):
        rows = labelled(happens, share, 0)
        assert np.bincount(happens[rows]).tolist() == [each] * 3 and len(set(rows)) == len(rows)
    assert set(labelled(happens, 0.1, 0)) != set(labelled(happens, 0.1, 1))


def test_a_probe_finds_the_one_token_that_tells_wherever_it_is():
    rng = np.random.default_rng(0)
    goals, tokens = rng.integers(0, 3, 300), rng.normal(size=(300, 4, 16, 8)).astype(np.float16)
    when, where = rng.integers(0, 4, 300), rng.integers(0, 16, 300)
    tokens[np.arange(300), when, where, :3] = 8 * np.eye(3)[goals]
    found = fit_attentive(tokens[:240], goals[:240], 0, steps=200)(tokens[240:]).argmax(axis=1)
    assert (found == goals[240:]).mean() > 0.9
    assert np.array_equal(
        fit_attentive(tokens, goals, 0, steps=5)(tokens), fit_attentive(tokens, goals, 0, steps=5)(tokens)
    )


def test_a_probe_reads_where_the_token_that_differs_is():
    """All tokens are alike but one: only the place of that one tells."""
    rng = np.random.default_rng(0)
    tokens, where = np.zeros((300, 2, 16, 4), np.float16), rng.integers(0, 16, 300)
    tokens[np.arange(300), 0, where] = 1
    read = fit_attentive(tokens[:240], (where[:240, None] % 4).astype(np.float32), 0, steps=300)(tokens[240:])[:, 0]
    assert np.corrcoef(read, where[240:] % 4)[0, 1] > 0.9


class Knows:
    """Says what happens, in the corner of the picture, of the clips of one protocol; or nothing."""

    name, title = "knows", "knows"

    def __init__(self, answers):
        self.answers = answers

    def encode(self, frames):
        events = [self.answers[clip.tobytes()] for clip in frames]
        tokens = np.zeros((len(frames), 8, 64, 8), np.float32)
        tokens[:, :, 0] = 4 * np.eye(8)[events][:, None]
        return tokens


def test_a_model_that_knows_is_right_and_chance_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(attentive, "_FEWEST", 60)  # steps of a probe; enough for what is as plain as this
    answers = {}
    for questions in (draw_labelled(TINY.learn_seed, TINY.learn), draw_labelled(TINY.test_seed, TINY.test)):
        answers |= {clip.tobytes(): kind for clip, kind in zip(questions.frames, questions.events, strict=True)}
    shares = []
    found = measure_recognition([Knows(answers)], TINY, lambda what, share: shares.append(share), tmp_path / "kept")
    assert set(found.models) == {"knows", "raw-pixels"} and found.chance == pytest.approx(1 / 6)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    best = found.models["knows"].scores[-1]
    assert best.probe.accuracy.mean == best.neighbours.accuracy.mean == 1.0 and best.probe.accuracy.seeds == (1.0, 1.0)
    assert found.models["raw-pixels"].scores[-1].probe.accuracy.mean < 1.0
    assert from_json(RecognitionResult, to_json(found)) == found
    assert not (tmp_path / "kept").exists()


def test_a_run_that_was_stopped_goes_on_with_the_next_model(tmp_path, monkeypatch):
    measured = []

    def measure(model, learn, test, protocol, report):
        if model.name == "tired" and measured.count("tired") == 0:
            measured.append(model.name)
            raise KeyboardInterrupt
        measured.append(model.name)
        return ()

    monkeypatch.setattr(recognition, "_measure", measure)
    models, kept = [SimpleNamespace(name=name, title=name) for name in ("first", "tired")], tmp_path / "kept"
    protocol = RecognitionProtocol(learn=1, test=1)
    with pytest.raises(KeyboardInterrupt):
        measure_recognition(models, protocol, lambda what, share: None, kept)
    resumed = measure_recognition(models, protocol, lambda what, share: None, kept)
    assert measured == ["first", "tired", "tired", "raw-pixels"] and list(resumed.models) == [
        *measured[:2],
        measured[3],
    ]
    with pytest.raises(KeyboardInterrupt):
        measured.clear()
        measure_recognition(models, protocol, lambda what, share: None, kept)
    measure_recognition(models, RecognitionProtocol(learn=2, test=1), lambda what, share: None, kept)
    assert measured.count("first") == 2, "another protocol is another question"


def test_the_nearest_clip_gives_event_and_motion_however_long_its_rows_are():
    rng = np.random.default_rng(0)
    known, motion = rng.normal(size=(12, 4, 3, 5)), rng.normal(size=(12, 2))
    happens = np.repeat(np.arange(6), 2)
    order = rng.permutation(12)
    test = SimpleNamespace(events=happens[order])
    found = read_by_neighbours(known, happens, motion, 7 * known[order], test)
    assert found.right.all() and found.motion == pytest.approx(motion[order], abs=1e-3)
    far = read_by_neighbours(known, happens, motion, -known[order], test)
    assert not far.right.all() and np.abs(far.motion - motion[order]).max() > 0.1
