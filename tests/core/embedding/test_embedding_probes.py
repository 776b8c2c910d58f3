"""Probes read what is there in clips that they have not seen, and no more; skill is nothing for who stands still."""

import numpy as np
import pytest

from core.embedding.probes import linear_r2, linear_skill_measure, probe_measures, skill_measure
from core.embedding.table import Embeddings
from core.worlds import Drop, simulate

RNG = np.random.default_rng(0)
CLIPS, STEPS = 12, 20
GROUP = np.repeat(np.arange(CLIPS), STEPS)
PLACES = RNG.uniform(size=(CLIPS * STEPS, 2)).cumsum(axis=0) % 1.0
KNOWN = {"x (frame widths)": PLACES[:, 0], "y (frame widths)": PLACES[:, 1]}


def values(vectors, columns=KNOWN, group=GROUP):
    return [one.value for one in probe_measures(Embeddings(vectors.astype(np.float32), columns, group))]


def test_what_lies_in_a_representation_by_a_linear_map_is_read():
    mixed = np.column_stack([PLACES, RNG.normal(size=(len(PLACES), 6))]) @ RNG.normal(size=(8, 30))
    place, velocity = values(mixed)
    assert place > 0.99 and velocity > 0.99


def test_noise_and_a_name_for_each_clip_tell_nothing():
    """A probe must not learn a clip by heart: one that is fitted to frames of the same clip could."""
    names = np.repeat(RNG.normal(size=(CLIPS, 40)), STEPS, axis=0)
    middles = np.repeat(RNG.uniform(size=(CLIPS, 2)), STEPS, axis=0)
    assert linear_r2(names, middles, GROUP) < 0.3
    place, velocity = values(RNG.normal(size=(len(PLACES), 30)))
    assert place < 0.1 and velocity < 0.1


def test_without_truth_or_with_few_clips_there_is_nothing_to_say():
    assert values(PLACES, {"kind": np.full(len(PLACES), "a")}) == [None, None]
    assert values(PLACES, KNOWN, None) == [None, None]
    assert values(PLACES[:40], {name: column[:40] for name, column in KNOWN.items()}, GROUP[:40]) == [None, None]
    assert "truth is known" in probe_measures(Embeddings(PLACES.astype(np.float32)))[0].reason


def test_a_file_that_calls_its_columns_x_and_y_has_a_probe():
    columns = {"X": PLACES[:, 0], "y (px)": PLACES[:, 1]}
    assert min(values(PLACES @ RNG.normal(size=(2, 9)), columns)) > 0.99
    words = {"x": np.full(len(PLACES), "left"), "y": PLACES[:, 1]}
    assert values(PLACES, words) == [None, None]


def test_rows_whose_place_is_unknown_are_left_out():
    holes = {name: np.where(RNG.uniform(size=len(PLACES)) < 0.2, np.nan, column) for name, column in KNOWN.items()}
    assert min(values(PLACES @ RNG.normal(size=(2, 9)), holes)) > 0.99


def test_what_a_probe_lacks_is_said():
    for known, group, said in (({}, GROUP, "x and y"), (KNOWN, None, "a column group"), (KNOWN, GROUP // 3, "5 clips")):
        measures = probe_measures(Embeddings(PLACES.astype(np.float32), known, group))
        assert all(one.value is None and said in one.reason for one in measures)
    still = {name: np.ones(len(PLACES)) for name in KNOWN}
    assert "never changes" in probe_measures(Embeddings(PLACES.astype(np.float32), still, GROUP))[0].reason


def test_very_many_rows_are_probed_on_a_sample_of_clips():
    """The products of all of them would take 80 GB."""
    group = np.repeat(np.arange(1000), 100)
    places = np.random.default_rng(1).uniform(size=(100_000, 2))
    table = Embeddings(places.astype(np.float32), {"x": places[:, 0], "y": places[:, 1]}, group)
    assert min(one.value for one in probe_measures(table)) > 0.99
    assert linear_skill_measure(table).value > 0.3, "noise comes back to its mean"


def skill(rows, group):
    return linear_skill_measure(Embeddings(rows.astype(np.float32), {}, group))


def test_the_next_row_of_a_straight_path_is_foretold_and_that_of_a_random_walk_is_not():
    random, group = np.random.default_rng(2), np.repeat(np.arange(60), STEPS)
    start, step = (np.repeat(random.normal(size=(60, 6)), STEPS, axis=0) for _ in range(2))
    assert skill(start + step * np.tile(np.arange(STEPS), 60)[:, None], group).value > 0.99
    walk = random.normal(size=(60, STEPS, 6)).cumsum(axis=1).reshape(-1, 6)
    assert abs(skill(walk, group).value) < 0.1
    assert "nothing moves" in skill(start, group).reason and "a column group" in skill(walk, None).reason


class Predicts:
    """Sees the mean colours of 64 patches; predicts by ``guess`` from the whole clip."""

    size, fps, context, name, title = 64, 10.0, 1, "patches", "patches of colour"
    is_pixel, is_baseline = False, False

    def __init__(self, guess):
        self.guess = guess

    def encode(self, frames):
        return frames.reshape(*frames.shape[:2], 8, 8, 8, 8, 3).mean(axis=(3, 5)).reshape(*frames.shape[:2], 64, 3)

    def predict(self, context, horizon):
        return self.guess(self, context, horizon)


def test_repeating_the_last_latent_has_skill_0_and_perfect_prediction_1():
    clips = [simulate(Drop(objects=1), seed=seed, frames=12) for seed in range(4)]
    still = Predicts(lambda model, context, horizon: np.repeat(model.encode(context[:, -1:]), horizon, axis=1))
    knows = Predicts(lambda model, context, horizon: model.encode(np.stack([clip.frames[4:12] for clip in clips])))
    assert skill_measure(still, clips).value == pytest.approx(0.0, abs=1e-9)
    assert skill_measure(knows, clips).value == pytest.approx(1.0)
    large = [simulate(Drop(objects=1), seed=seed, frames=12, size=96) for seed in range(4)]
    assert skill_measure(still, large).value == pytest.approx(0.0, abs=1e-9), "clips are shown at the model's own size"


def test_a_model_that_needs_more_frames_gets_more():
    def guess(model, context, horizon):
        assert context.shape[1] == 6
        return model.encode(np.stack([clip.frames[6:14] for clip in clips]))

    clips, model = [simulate(Drop(objects=1), seed=seed, frames=16) for seed in range(4)], Predicts(guess)
    model.context = 6
    one = skill_measure(model, clips)
    assert one.value == pytest.approx(1.0) and "8 frames ahead from 6" in one.formula


def test_rows_that_share_a_moment_are_no_path():
    """Patches of a frame follow one another in a file and not in time."""
    patches, time = RNG.normal(size=(len(GROUP), 5)).astype(np.float32), np.tile(np.repeat(np.arange(5.0), 4), CLIPS)
    table = Embeddings(patches, KNOWN, GROUP, time)
    assert table.path is None and Embeddings(patches, KNOWN, GROUP, np.tile(np.arange(20.0), CLIPS)).path is GROUP
    place, velocity = probe_measures(table)
    assert place.value is not None and velocity.value is None
    assert linear_skill_measure(table).value is None and "in order of time" in linear_skill_measure(table).reason


def test_models_that_do_not_predict_have_no_skill():
    clips = [simulate(Drop(), seed=seed, frames=8) for seed in range(3)]
    one = skill_measure(Predicts(lambda model, context, horizon: None), clips)
    assert one.value is None and "clips of at least 12 frames" in one.reason
    assert skill_measure(object(), clips).value is None
