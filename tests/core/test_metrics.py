"""Measures with answers that one can work out by hand. A decibel or an interval that is off by a little would pass in
every chart unseen."""

import numpy as np
import pytest

from core.evaluation.positions import by_step, position_errors
from core.metrics import explained, interval, persistence_skill, psnr, ssim

RNG = np.random.default_rng(0)
PICTURE = RNG.uniform(0.1, 0.9, (32, 32, 3))


def test_an_error_of_a_tenth_everywhere_is_20_db():
    assert psnr(np.full((8, 8, 3), 0.5), np.full((8, 8, 3), 0.6)) == pytest.approx(20.0, abs=1e-6)
    assert psnr(np.full((8, 8, 3), 0.5), np.full((8, 8, 3), 0.51)) == pytest.approx(40.0, abs=1e-6)


def test_every_picture_of_a_batch_gets_its_own_number():
    truth = np.full((2, 3, 16, 16, 3), 0.5)
    guess = truth.copy()
    guess[1, 2] += 0.1
    for score, perfect in ((psnr(truth, guess), 100), (ssim(truth, guess), 1)):
        assert score.shape == (2, 3)
        assert score[1, 2] < 0.999 * perfect
        assert np.delete(score.ravel(), 5) == pytest.approx(perfect)


def test_identical_pictures_score_100_db_and_1():
    assert psnr(PICTURE, PICTURE) == pytest.approx(100)
    assert ssim(PICTURE, PICTURE) == pytest.approx(1)


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_bytes_are_refused(measure):
    whole = (PICTURE * 255).astype(np.uint8)
    for truth, guess in ((whole, whole), (PICTURE, whole), (whole, PICTURE)):
        with pytest.raises(ValueError, match="not uint8; divide by 255 first"):
            measure(truth, guess)
    with pytest.raises(ValueError, match="same shape"):
        measure(PICTURE, PICTURE[:16])


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_what_cannot_be_shown_is_cut_off_before_it_is_measured(measure):
    truth = np.round(RNG.random((32, 32, 3)))  # black and white
    assert measure(truth, truth * 3 - 1) == pytest.approx(measure(truth, truth))


def test_noise_is_like_nothing():
    assert abs(ssim(PICTURE, RNG.uniform(0.1, 0.9, PICTURE.shape))) < 0.1
    assert 0.05 < ssim(PICTURE, np.clip(PICTURE + RNG.normal(0, 0.2, PICTURE.shape), 0, 1)) < 0.95


def test_ssim_of_two_flat_pictures_is_its_light_term():
    light = (2 * 0.4 * 0.6 + 1e-4) / (0.4**2 + 0.6**2 + 1e-4)
    assert ssim(np.full((16, 16, 3), 0.4), np.full((16, 16, 3), 0.6)) == pytest.approx(light, abs=1e-6)


def test_an_interval_is_the_mean_and_students_quantile_of_standard_errors():
    found = interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert found.mean == 2
    assert (found.high - found.mean, found.mean - found.low) == pytest.approx((4.302653 / np.sqrt(3),) * 2)
    assert found.n == 3


@pytest.mark.parametrize("clips", [3, 50])
def test_an_interval_covers_the_truth_95_times_in_100(clips):
    trials = [interval(RNG.normal(0.3, 2, clips)) for _ in range(2000)]
    assert 0.92 < np.mean([t.low < 0.3 < t.high for t in trials]) < 0.97


def test_an_interval_of_nothing_is_nan_and_of_one_has_no_width():
    assert np.isnan(interval(np.array([np.nan])).mean)
    one = interval(np.array([0.5]))
    assert one.mean == 0.5 and np.isnan(one.low) and np.isnan(one.high)


def test_an_explained_share_is_that_of_the_sums_with_an_interval_that_covers_it():
    error, total = np.array([1.0, 0.0, 2.0, 1.0]), np.array([4.0, 0.0, 4.0, 8.0])
    found = explained(error, total)
    assert (found.mean, found.n) == (0.75, 3)
    assert 0.5 <= found.low < 0.75 < found.high <= 0.875
    assert explained(total, total).mean == explained(total, total).high == 0
    one = explained(error[:1], total[:1])
    assert one.mean == 0.75 and np.isnan(one.low) and np.isnan(one.high)
    nothing = explained(np.zeros(3), np.full(3, np.nan))
    assert np.isnan(nothing.mean) and nothing.n == 0
    covered = 0
    for _ in range(300):
        totals = RNG.uniform(1, 3, 60)
        found = explained(totals * RNG.uniform(0.1, 0.5, 60), totals)
        covered += found.low < 0.7 < found.high
    assert 0.9 < covered / 300 < 0.99


def test_skill_has_the_answers_computed_by_hand():
    truth = np.zeros((2, 3, 4, 5))
    truth[:, 1:] = 2.0
    last = np.ones((2, 1, 4, 5))  # standing still is off by 1 at every step
    found = persistence_skill(truth + np.array([0.0, 0.5, 1.0])[:, None, None], truth, last)
    assert found.steps == pytest.approx([1, 0.75, 0]) and found.overall == pytest.approx(1 - 1.25 / 3)
    stands = persistence_skill(truth, truth, truth[:, :1])
    assert np.isnan(stands.steps[0]) and stands.steps[1:] == pytest.approx(1) and stands.overall == pytest.approx(1)


def test_position_error_is_the_mean_distance_of_the_balls_that_count():
    truth = np.zeros((1, 3, 3, 2))
    guess = truth.copy()
    guess[0, :, 0] = (0.3, 0.4)
    guess[0, :, 1] = (0.0, 0.1)
    guess[0, :, 2] = np.nan  # not there: must not matter
    seen = np.array([[[True, True, False], [True, False, False], [False, False, False]]])
    errors = position_errors(guess, truth, seen)
    assert errors.shape == (1, 3)
    assert errors[0, :2] == pytest.approx([0.3, 0.5])
    assert np.isnan(errors[0, 2])


def test_steps_without_a_ball_are_left_out_of_the_mean():
    steps = by_step(np.array([[0.1, np.nan], [0.3, 0.2]]))
    assert [s.mean for s in steps] == pytest.approx([0.2, 0.2])
