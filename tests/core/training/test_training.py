"""The two arms may be compared only if they learn from the same clips in the same way. A training that is stopped and
resumed must end where it would have ended, and the cache must never fill a disk."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.models.forecast.pixel import PixelConfig, PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.protocols import Decoder
from core.models.readers import reader_of
from core.models.registry import load
from core.models.store import load_arrays, load_card
from core.training import artifacts, clip_cache, monitoring, probing, recipes
from core.training.artifacts import random_jepa
from core.training.batches import augmented_windows
from core.training.clip_cache import Clips, ClipSet, open_clips, pick
from core.training.loop import fit
from core.training.masked import MaskedRecipe
from core.training.plan import CHECK, TRAIN
from core.training.recipes import JepaRecipe, PixelRecipe, prediction_loss
from core.training.shipped import plans
from core.training.train import train
from core.worlds import simulate

REPOSITORY = Path(__file__).resolve().parents[3]
MASKED = ("vjepa", "masked-pixels", "ijepa")
TINY = ClipSet(first_seed=0, clips=16)
FOREVER = 1e9  # minutes, so that the learning rate's schedule stands still
CLIP_BYTES = 32 * 64 * 64 * 3


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("WORLDSCOPE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def tiny(cache):
    return open_clips(TINY)


class SmallPixel(PixelRecipe):
    batch_size, rate = 4, 2e-2

    def __init__(self, seed):
        super().__init__(None, seed)
        torch.manual_seed(seed)
        self.module = PixelPredictor(PixelConfig(width=16, memory=16, decoder_width=16))


class SmallJepa(JepaRecipe):
    batch_size, rate = 4, 1e-2

    def __init__(self, seed):
        super().__init__(None, seed, config=TrunkConfig(width=16, memory=16))


def after(steps):
    """A ``cancelled`` that says yes after a number of steps."""
    calls = []
    return lambda: calls.append(1) or len(calls) > steps


def go(recipe, clips, folder, steps):
    return fit(recipe, clips, folder, minutes=FOREVER, seed=5, cancelled=after(steps))


def test_training_and_validation_seeds_lie_in_their_own_ranges():
    assert TRAIN.first_seed + TRAIN.clips <= 1_000_000 <= CHECK.first_seed
    assert CHECK.first_seed + CHECK.clips <= 2_000_000


def test_a_set_opens_twice_with_the_same_bytes(cache, tiny):
    (folder,) = (cache / "clips").iterdir()
    made = (folder / "frames.npy").stat().st_mtime_ns
    again = open_clips(TINY)
    assert (folder / "frames.npy").stat().st_mtime_ns == made, "it was made again"
    assert (again.frames == tiny.frames).all() and tiny.frames.shape == (16, 32, 64, 64, 3)
    assert (again.arrays["positions"] == tiny.arrays["positions"]).all()


def test_a_cached_clip_is_what_its_seed_gives(tiny):
    for index in (0, 7, 15):
        clip = simulate(*pick(TINY, index))
        k = len(clip.truth.objects)
        assert clip.truth.seed == index
        assert (tiny.frames[index] == clip.frames).all()
        assert (tiny.arrays["positions"][index, :, :k] == clip.truth.positions).all()
        assert (tiny.arrays["velocities"][index, :, :k] == clip.truth.velocities).all()
        assert (tiny.arrays["visible"][index, :, k:] == 0).all(), "a ball that is not there counts as unseen"


def test_a_set_is_never_incomplete(tmp_path, monkeypatch):
    """Not when making it is broken off, and not when another process makes the same one at the same time."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))

    def break_off(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_clips(TINY, break_off)
    assert list((tmp_path / "clips").iterdir()) == []
    others = []

    def another_process(done, total):
        if not others:
            others.append(None)
            others.append(open_clips(TINY))

    clips = open_clips(TINY, another_process)
    assert (clips.frames == others[1].frames).all() and clips.frames.any(axis=(1, 2, 3, 4)).all()
    assert len(list((tmp_path / "clips").iterdir())) == 1


def test_a_set_larger_than_the_cache_is_refused(cache):
    with pytest.raises(ValueError, match=r"20000 clips need .* GB; the cache holds 7 GB"):
        open_clips(ClipSet(0, 20_000))


def test_a_full_disk_is_refused_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(clip_cache.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 1000}))
    with pytest.raises(ValueError, match="too little free space"):
        open_clips(TINY)


def test_the_cache_keeps_its_bound_and_what_was_used_last(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(clip_cache, "MOST_BYTES", int(9 * CLIP_BYTES))
    sets = [ClipSet(first, 4) for first in (0, 100, 200)]
    open_clips(sets[0])
    kept = {path.name for path in (tmp_path / "clips").iterdir()}
    open_clips(sets[1])
    open_clips(sets[0])  # used again: the other is now the oldest
    open_clips(sets[2])
    left = list((tmp_path / "clips").iterdir())
    assert len(left) == 2 and kept <= {path.name for path in left}
    assert sum(file.stat().st_size for path in left for file in path.iterdir()) <= clip_cache.MOST_BYTES


def test_a_draft_is_kept_while_its_process_runs_and_deleted_when_it_was_killed(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    draft = tmp_path / "clips" / "set.1"
    draft.mkdir(parents=True)
    hold = f"""
import time
from pathlib import Path
from core.training.clip_cache import _draft_lock
with _draft_lock(Path({str(draft)!r})):
    print("held", flush=True)
    time.sleep(600)
"""
    maker = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
    try:
        assert maker.stdout.readline() == b"held\n"
        open_clips(ClipSet(0, 4))
        assert draft.exists()
    finally:
        maker.kill()
        maker.communicate()
    open_clips(ClipSet(4, 4))
    assert not draft.exists(), "its process is gone, however much room there is"


def test_the_processes_that_make_clips_end_with_a_killed_parent(tmp_path, monkeypatch):
    make = """
import multiprocessing
from core.training.clip_cache import ClipSet, open_clips
def report(done, total):
    if done:
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
if __name__ == "__main__":
    open_clips(ClipSet(0, 8000), report)
"""
    script = tmp_path / "make.py"
    script.write_text(make, encoding="utf-8")
    environment = os.environ | {"WORLDSCOPE_CACHE": str(tmp_path), "PYTHONPATH": str(REPOSITORY)}
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment)
    children = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    try:
        parent.communicate(timeout=60)  # returns when the children have ended: they have inherited the output
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    assert children


def test_a_batch_depends_on_the_seed_and_the_step_alone(tiny):
    np.random.seed(0)
    torch.manual_seed(0)
    first = augmented_windows(tiny, 8, 12, 3, 40)
    np.random.seed(1)
    torch.manual_seed(1)
    assert torch.equal(augmented_windows(tiny, 8, 12, 3, 40), first)
    assert not torch.equal(augmented_windows(tiny, 8, 12, 3, 41), first)
    assert not torch.equal(augmented_windows(tiny, 8, 12, 4, 40), first)
    assert first.shape == (8, 12, 3, 64, 64) and first.min() >= 0 and first.max() <= 1


def test_both_arms_see_the_same_clips_in_the_same_order(tiny):
    def stream(recipe, clips=64):
        batches = [recipe.draw_batch(tiny, 0, step, 0.0) for step in range(clips // recipe.batch_size)]
        return torch.cat([batch["frames"][:, 0, :, ::8, ::8] for batch in batches])

    assert torch.equal(stream(PixelRecipe(None, 0)), stream(JepaRecipe(None, 0)))


def test_both_arms_have_the_same_minutes_clips_window_batch_and_rate():
    for kind in ("", "-leaves"):
        pixel, jepa = plans()[f"pixel{kind}"], plans()[f"jepa{kind}"]
        assert (pixel.minutes, pixel.clips) == (jepa.minutes, jepa.clips)
        schedules = pixel.trainer.schedule, jepa.trainer.schedule
        assert schedules[0].stages == schedules[1].stages, "each has the motion normalisation that serves it best"
        arms = PixelRecipe(None, 0, schedules[0]), JepaRecipe(None, 0, schedule=schedules[1])
        assert len({(arm.window, arm.batch_size, arm.rate) for arm in arms}) == 1


def test_motion_normalisation_makes_calm_clips_count_like_lively_ones():
    """An error that is as large as the motion counts alike in both; without it the lively clip dominates."""
    truth = torch.zeros(2, 6, 3, 8, 8)
    truth[0, 4:], truth[1, 4:] = 0.1, 1.0
    wrong_when_calm, wrong_when_lively = truth[:, 1:].clone(), truth[:, 1:].clone()
    wrong_when_calm[0, 3:], wrong_when_lively[1, 3:] = 0.0, 0.0
    shares = [
        [prediction_loss(guess, truth, 4, normalisation).item() for guess in (wrong_when_calm, wrong_when_lively)]
        for normalisation in (0.0, 1.0)
    ]
    assert shares[0][0] == pytest.approx(shares[0][1] / 100)
    assert shares[1][0] == pytest.approx(shares[1][1] * (1 + 0.0505) / (1 + 5.05), rel=1e-3)
    assert prediction_loss(truth[:, 1:], truth, 4, 1.0) == 0
    assert torch.isfinite(prediction_loss(0 * truth[:, 1:], 0 * truth, 4, 1.0)), "a film in which nothing moves"


def test_no_colour_and_no_side_is_favoured():
    """One ball alone can't supply the variance that the spread term demands, since each has each colour in turn."""
    frames = np.zeros((3, 14, 8, 8, 3), np.uint8)
    frames[..., :3, 0] = 255  # a red bar on the left
    batch = augmented_windows(Clips(frames), 600, 12, 0, 0)
    assert (batch == batch[:, :1]).all(), "one clip has one mirror and one order of colours"
    shares = batch[:, 0].amax(dim=(2, 3)).mean(dim=0)  # [3]
    left = batch[:, 0, :, 0, 0].amax(dim=1).mean()
    assert torch.allclose(shares, torch.full((3,), 1 / 3), atol=0.07)
    assert left.item() == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize("recipe, steps", [(SmallPixel, 40), (SmallJepa, 60)])
def test_the_loss_falls(tiny, tmp_path, recipe, steps):
    recipe = recipe(0)
    always = augmented_windows(tiny, 8, recipe.window, 99, 0)

    def loss():
        recipe.module.train()
        with torch.no_grad():
            return recipe.losses({"frames": always}, 0.0, torch.Generator().manual_seed(0))["loss"].item()

    before = loss()
    run = go(recipe, tiny, tmp_path, steps)
    assert run.step == steps
    assert loss() < 0.95 * before


@pytest.mark.parametrize("recipe", [SmallPixel, SmallJepa])
def test_a_stopped_and_resumed_run_ends_where_it_would_have_ended(tiny, tmp_path, recipe):
    whole, first, second = recipe(0), recipe(0), recipe(1)  # what the second starts from must not matter
    go(whole, tiny, tmp_path / "whole", 8)
    assert go(first, tiny, tmp_path / "parts", 3).step == 3
    resumed = go(second, tiny, tmp_path / "parts", 5)
    assert resumed.step == 8 and resumed.spent > 0
    for name, tensor in whole.module.state_dict().items():
        assert torch.allclose(second.module.state_dict()[name], tensor, atol=1e-6), name


def test_a_cancelled_run_leaves_a_checkpoint_and_a_usable_network(tiny, tmp_path):
    recipe, moments = SmallPixel(0), []
    run = fit(recipe, tiny, tmp_path, minutes=FOREVER, seed=0, report=moments.append, cancelled=after(2))
    assert run.spent < 60 * FOREVER and not recipe.module.training
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.safetensors"]
    assert [moment.step for moment in moments] == [1, 2]
    assert all(np.isfinite(moment.losses["loss"]) and moment.left > 0 for moment in moments)


def test_ctrl_c_leaves_a_checkpoint_too(tiny, tmp_path):
    def interrupt(moment):
        if moment.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(SmallPixel(0), tiny, tmp_path, minutes=FOREVER, seed=0, report=interrupt)
    assert go(SmallPixel(1), tiny, tmp_path, 1).step == 4


def test_a_damaged_checkpoint_is_refused_in_one_sentence(tiny, tmp_path):
    go(SmallPixel(0), tiny, tmp_path, 1)
    file = tmp_path / "checkpoint.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="can't be used; delete that folder"):
        go(SmallPixel(0), tiny, tmp_path, 1)


def test_a_run_whose_minutes_are_spent_is_not_trained_on(tiny, tmp_path):
    recipe = SmallPixel(0)
    recipe.measures = lambda: {"skill": 0.25}
    run = fit(recipe, tiny, tmp_path, minutes=1e-6, seed=0)
    assert run.step == 1 and run.measures == {"skill": 0.25} and run.history[-1]["skill"] == 0.25
    assert fit(recipe, tiny, tmp_path, minutes=1e-6, seed=0).step == 1


def test_an_unknown_model_and_impossible_minutes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no training plan called 'dreamer'; choose one of nearest, unguarded, pixel"):
        train("dreamer", models=tmp_path)
    for minutes in (0, -1, 1441, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="more than 0 and at most 1440 minutes"):
            train("pixel", minutes=minutes, models=tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"file can't be written"):
        train("pixel", models=tmp_path / "file")


def test_the_random_twin_is_no_trained_network_and_not_its_first_weights():
    config = TrunkConfig(width=16, memory=16)
    twin, again, first = random_jepa(config, 0), random_jepa(config, 0), SmallJepa(0).module
    weights = [m.encoder.at_half.weight for m in (twin, again, first)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.allclose(weights[0], weights[2])


def test_train_makes_models_that_can_be_used(cache, tiny, tmp_path, monkeypatch):
    small = {name: replace(plan, clips=TINY, check=ClipSet(1_000_000, 16)) for name, plan in plans().items()}
    monkeypatch.setattr(recipes, "TrunkConfig", lambda: TrunkConfig(dim=4, width=16, memory=16))
    for module in (artifacts, monitoring):
        monkeypatch.setattr(module, "fit_probe", lambda *a, **k: probing.fit_probe(*a, **k | {"steps": 5}))
    monkeypatch.setattr(JepaRecipe, "batch_size", 2)
    for recipe in (PixelRecipe, MaskedRecipe):
        monkeypatch.setattr(recipe, "batch_size", 2)
    assert not train("jepa", minutes=60, models=tmp_path, plan=small["jepa"], cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == [], "a cancelled run must not look like a model"
    for name in ("nearest", "jepa", "pixel", "unguarded", "jepa-decoder", "jepa-1", *MASKED):
        assert train(name, minutes=1e-4, models=tmp_path, plan=small[name])
    names = {"jepa", "jepa-probe", "jepa-reference", "random", "random-probe", "pixel", "pixel-probe", "jepa-decoder"}
    names |= {"nearest", "unguarded", "unguarded-probe", "jepa-1", "jepa-1-probe", *MASKED}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in ("nearest", "jepa", "pixel", "random", "unguarded", "pixel-hidden"):
        model = load(name, tmp_path)
        assert reader_of(model, models=tmp_path).read(model.predict(tiny.frames[:1, :4], 3)).shape == (1, 3, 3, 2)
    for name, shape in (
        ("vjepa", (1, 16, 64, 128)),
        ("masked-pixels", (1, 16, 64, 128)),
        ("ijepa", (1, 32, 64, 128)),
    ):
        assert load(name, tmp_path).encode(tiny.frames[:1]).shape == shape
    assert isinstance(load("jepa", tmp_path), Decoder)
    assert load_card(tmp_path / "jepa")["data_seeds"] == [0, 16] and load_card(tmp_path / "jepa")["seed"] == 0
    assert load_card(tmp_path / "jepa-1")["seed"] == 1 and not isinstance(load("jepa-1", tmp_path), Decoder)
    twins = [load_arrays(tmp_path / name)["encoder.at_half.weight"] for name in ("jepa", "random")]
    assert np.abs(twins[0] - twins[1]).max() > 0.01
