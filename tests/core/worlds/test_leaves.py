"""The world for real films: the same seed gives the same bytes, and each factor does what it says and nothing else."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from core.metrics import persistence_skill, psnr
from core.models.registry import load
from core.training.clip_cache import ClipSet, pick
from core.worlds import Leaves, sample, simulate
from core.worlds.leaves import _wander

ONE_MORE = "from core.worlds import Leaves, sample, simulate; import hashlib\n"
ONE_MORE += "print(hashlib.sha256(simulate(sample(Leaves, 7), 7).frames.tobytes()).hexdigest())"


def frames(seed=3, **factors):
    usual = {"camera": "still", "light": 0.0, "speed": 0.3, "grain": 0.0, "wander": 0.0}
    return simulate(Leaves(**usual | factors), seed, frames=16).frames.astype(int)


def test_the_same_seed_gives_the_same_bytes_in_two_processes():
    runs = [subprocess.run([sys.executable, "-c", ONE_MORE], capture_output=True, text=True) for _ in range(2)]
    assert len(runs[0].stdout) == 65 and runs[0].stdout == runs[1].stdout
    assert (frames(3) != frames(4)).any()


def test_leaves_have_no_truth():
    clip = simulate(Leaves(), 3)
    assert clip.truth is None and clip.frames.shape == (32, 64, 64, 3)


def test_without_speed_nothing_moves():
    still = frames(speed=0.0)
    assert (still == still[:1]).all()
    assert (frames(speed=0.3) != still).any()


def test_one_more_leaf_changes_nothing_else():
    few, more = frames(objects=2), frames(objects=3)
    changed = (few != more).any(axis=-1).mean(axis=(1, 2))
    assert 0 < changed.mean() < 0.5


def test_a_moving_camera_moves_nearly_every_place():
    moved = frames(speed=0.0, camera="moving", pan=0.3, shake=0.0, zoom=0.0)
    assert (moved[0] != moved[-1]).any(axis=-1).mean() > 0.8


def test_light_changes_brightness_alone():
    swings = []
    for seed in range(6):  # the share of the light's range that a clip uses is random
        dark, lit = frames(seed, speed=0.0), frames(seed, speed=0.0, light=0.4)
        shown = ((dark > 20) & (dark < 150)).all(axis=(0, 3))  # where nothing is clipped
        ratio = lit[:, shown].mean(axis=1) / dark[:, shown].mean(axis=1)  # [T, 3]
        assert ratio.max(axis=1) - ratio.min(axis=1) == pytest.approx(0, abs=0.03), "all colours change alike"
        swings.append(ratio.std(axis=0).max())
    assert max(swings) > 0.02


def test_grain_is_noise_about_the_same_picture():
    noise = frames(speed=0.3, grain=0.01) - frames(speed=0.3)
    inside = (frames(speed=0.3) > 10) & (frames(speed=0.3) < 245)  # where nothing is clipped
    assert noise[inside].std() == pytest.approx(2.55, rel=0.05)
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.05, "drawn anew for every frame"


def test_a_leaf_that_wanders_forgets_its_velocity_within_half_a_second():
    times = np.arange(40) / 10
    ways = np.stack([_wander(np.random.default_rng(seed), 0.2, times) for seed in range(300)])  # [300, T, 2]
    velocity = np.diff(ways, axis=1) / 0.1
    assert velocity.std() == pytest.approx(0.2, rel=0.05)
    later = (velocity[:, 5:] * velocity[:, :-5]).mean() / np.square(velocity).mean()
    assert later == pytest.approx(np.exp(-1), abs=0.05)
    assert (ways[:, 20] == 0).all()


def test_wandering_moves_leaves_and_nothing_else():
    steady, wandering = frames(speed=0.0), frames(speed=0.0, wander=0.2)
    moved = (steady != wandering).any(axis=-1).mean(axis=(1, 2))  # [T]
    assert moved[8] == 0 and 0 < moved.mean() < 0.7, "0 in the middle of the clip"


def test_a_factor_out_of_range_is_named():
    with pytest.raises(ValueError, match=r"pan must be from 0 to 0\.3 widths/s, not 2"):
        Leaves(pan=2)


def test_training_clips_of_leaves_are_drawn_from_its_factors():
    leaves = ClipSet(0, 40, worlds=(("leaves", 1.0),))
    drawn = [pick(leaves, index)[0] for index in range(40)]
    assert {factors.camera for factors in drawn} == {"still", "moving"}
    assert {factors.objects for factors in drawn} == {1, 2, 3, 4, 5, 6}
    assert dataclasses.asdict(drawn[5]) == dataclasses.asdict(sample(Leaves, 5))
    assert np.std([factors.pan for factors in drawn]) > 0.03


def test_the_shipped_pair_for_films_beats_copy_last_on_leaves_that_it_has_not_seen():
    clips = np.stack([simulate(sample(Leaves, seed), seed, frames=12).frames for seed in range(2_000_000, 2_000_024)])
    context, future = clips[:, :4], clips[:, 4:]
    pixel, jepa = load("pixel-leaves"), load("jepa-leaves")
    drawn, copied = pixel.decode(pixel.predict(context, 8)), np.repeat(context[:, -1:], 8, axis=1)
    gained = (psnr(future / 255.0, drawn / 255.0) - psnr(future / 255.0, copied / 255.0)).mean(axis=0)
    latents = jepa.encode(clips)
    skill = persistence_skill(jepa.predict(context, 8), latents[:, 4:], latents[:, 3:4]).steps
    assert (gained > 0.05).all() and gained[3] > 0.5, gained.round(2)
    assert (skill > 0.2).all(), skill.round(2)
