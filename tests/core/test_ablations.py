"""Each variant is what it is called, and what is stored of one is not lost with another."""

import numpy as np
import pytest
import torch

from core.evaluation.scoreboard import stored
from core.models.jepa import Jepa
from core.models.trunk import TrunkConfig
from core.training import ablations, probing
from core.training.ablations import STEPS, VARIANTS, Forgetful, add_run, measure_variant
from core.training.clips import ClipSet, open_clips
from core.training.recipes import JepaRecipe

CONFIG = TrunkConfig(width=16, memory=16)


@pytest.fixture
def few(tmp_path, monkeypatch):
    """Few clips, tiny batches, a quick probe."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(ablations, "TRAIN", ClipSet(0, 24))
    monkeypatch.setattr(ablations, "CHECK", ClipSet(1_000_000, 8))
    monkeypatch.setattr(ablations, "_JUDGED", 3)
    monkeypatch.setattr(JepaRecipe, "batch", 2)
    monkeypatch.setattr(ablations, "fit_probe", lambda *a: probing.fit_probe(*a, steps=5))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_trained_and_judged(few, name):
    run = measure_variant(name, 1e-4, 0)
    assert len(run["position_error"]) == len(STEPS) and run["steps"] >= 1
    assert all(np.isfinite(point["mean"]) for point in run["position_error"])
    assert measure_variant(name, 60, 0, cancelled=lambda: True) is None


def test_an_unknown_variant_is_told_the_known_ones():
    with pytest.raises(ValueError, match="no variant called 'magic'; there are shipped, vector"):
        measure_variant("magic", 1, 0)


def test_without_memory_only_the_last_two_latents_count():
    frames = torch.rand(1, 5, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    other = frames.clone()
    other[:, 0] = 1 - other[:, 0]
    for forgets in (False, True):
        torch.manual_seed(0)
        jepa = Jepa(CONFIG).eval()
        torch.nn.init.normal_(jepa.predictor.head.weight, generator=torch.Generator().manual_seed(1))
        if forgets:
            jepa.predictor.trunk = Forgetful(CONFIG)
        with torch.no_grad():
            same = torch.equal(jepa.imagine(frames, 3), jepa.imagine(other, 3))
        assert same == forgets


def test_a_curriculum_begins_with_one_ball_alone(few):
    clips = open_clips(ablations.TRAIN)
    chosen = ablations._few_balls(clips, 1)
    assert 0 < len(chosen.frames) < len(clips.frames)
    assert not chosen.states.visible[..., 1:].any() and chosen.states.visible[..., 0].max(axis=1).all()


def test_a_run_takes_the_place_of_its_like_alone(tmp_path):
    one = {"name": "vector", "minutes": 6.0, "seed": 0, "steps": 1}
    for run in (one, one | {"seed": 1}, one | {"name": "shipped"}, one | {"steps": 2}):
        add_run(run, tmp_path)
    kept = [(run["name"], run["seed"], run["steps"]) for run in stored("ablations", tmp_path)["runs"]]
    assert kept == [("shipped", 0, 1), ("vector", 0, 2), ("vector", 1, 1)]
    assert stored("ablations", tmp_path)["provenance"]["command"] == "worldscope evaluate ablations"
