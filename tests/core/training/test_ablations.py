"""Each variant differs from the base recipe as its name says, and predicts the same frames as the others."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.evaluation.ablations import (
    BASE,
    AblationProtocol,
    AblationRun,
    errors_by_clip,
    store_run,
    stored_runs,
    summarise,
)
from core.models.forecast.jepa import Jepa
from core.models.forecast.trunk import TrunkConfig
from core.results import provenance
from core.training import ablation_variants, ablations, probing
from core.training.ablation_variants import VARIANTS, OneBallFirstRecipe
from core.training.ablations import STEPS, run_variant
from core.training.clip_cache import ClipSet, open_clips
from core.training.recipes import JepaRecipe
from core.training.settings import ANTI_COLLAPSE, ANTI_COLLAPSE_BY_COLOUR, HORIZON, LONG_ROLLOUTS

CONFIG = TrunkConfig(width=16, memory=16)
FRAMES = torch.rand(2, 24, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def few(tmp_path, monkeypatch):
    """Few clips, tiny batches, a quick probe."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path / "cache"))
    for module in (ablations, ablation_variants):
        monkeypatch.setattr(module, "TRAIN", ClipSet(0, 24))
    monkeypatch.setattr(ablations, "CHECK", ClipSet(1_000_000, 8))
    monkeypatch.setattr(ablations, "_TEST_CLIPS", 3)
    monkeypatch.setattr(JepaRecipe, "batch_size", 2)
    monkeypatch.setattr(ablations, "fit_probe", lambda *a: probing.fit_probe(*a, steps=5))
    return tmp_path


def made(name):
    variant = VARIANTS[name]
    recipe = variant.recipe(None, 0, variant.anti_collapse, variant.config, variant.schedule)
    variant.change(recipe.module)
    torch.nn.init.normal_(recipe.module.predictor.head.weight, generator=torch.Generator().manual_seed(1))
    return recipe


def loss(recipe, progress=1.0, seed=0):
    return recipe.losses({"frames": FRAMES}, progress, torch.Generator().manual_seed(seed))["loss"].item()


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_trained_tested_and_stored(few, name):
    assert run_variant(name, 60, 0, few, cancelled=lambda: True) is None
    assert stored_runs(few) == []
    run_variant(name, 1e-4, 0, few)
    (run,) = stored_runs(few)
    assert np.isfinite(errors_by_clip(run)).any(axis=0).all() and errors_by_clip(run).shape == (3, len(STEPS))
    assert run.steps >= 1 and set(run.errors) == set(ablations.TEST_CASES)


def test_an_unknown_variant_is_refused_with_the_known_ones(few):
    with pytest.raises(ValueError, match="no variant called 'magic'; choose one of base, shipped, vector"):
        run_variant("magic", 1, 0)


def test_each_variant_differs_from_the_base_recipe_and_sees_the_same_windows():
    base = made("base")
    for name in VARIANTS:
        recipe = made(name)
        assert recipe.window == recipe.module.config.context + HORIZON
        if name not in ("base", "curriculum"):
            assert any(abs(loss(recipe, at) - loss(base, at)) > 1e-6 for at in (0.5, 1.0)), name
    assert made("vector").module.encode(FRAMES[:1, :2]).shape == (1, 2, 128, 1, 1)
    assert made("context-8").module.config.context == 8 and made("small-memory").module.config.memory == 32
    assert (
        VARIANTS["sigreg"].anti_collapse.spread
        == VARIANTS["sigreg"].anti_collapse.correlation
        == 0
        < VARIANTS["sigreg"].anti_collapse.gaussian
    )
    assert VARIANTS["weak-decorrelation"].anti_collapse == replace(ANTI_COLLAPSE, correlation=0.1)
    lengths = {
        name: VARIANTS[name].schedule.stages[-1][1] for name in ("one-step", "four-steps", "eight-steps", "base")
    }
    assert list(lengths.values()) == [1, 4, 8, 16]


def test_stored_runs_were_made_with_the_settings_of_today():
    """Each stored run names its settings: those of its variant, which for the shipped recipe are today's."""
    assert VARIANTS["shipped"].schedule == LONG_ROLLOUTS
    assert VARIANTS["shipped"].anti_collapse == ANTI_COLLAPSE_BY_COLOUR
    runs = stored_runs()
    assert {"base", "shipped"} <= {run.protocol.variant for run in runs}
    for run in runs:
        variant = VARIANTS[run.protocol.variant]
        assert run.protocol.settings == variant.settings_key, run.protocol.variant
        assert run.description == variant.description


def test_dropout_comes_from_the_generator_of_the_step_alone():
    recipe = made("dropout")
    assert loss(recipe) == loss(recipe) != loss(recipe, seed=1)
    assert not recipe.module.predictor.head._forward_pre_hooks


def test_without_memory_only_the_last_two_latents_count():
    other = FRAMES[:, :5].clone()
    other[:, 0] = 1 - other[:, 0]
    for forgets in (False, True):
        torch.manual_seed(0)
        jepa = Jepa(CONFIG).eval()
        torch.nn.init.normal_(jepa.predictor.head.weight, generator=torch.Generator().manual_seed(1))
        before = jepa.predictor.trunk.mix[0].weight.clone()
        if forgets:
            VARIANTS["no-memory"].change(jepa)
        assert torch.equal(before, jepa.predictor.trunk.mix[0].weight), "the same first weights"
        with torch.no_grad():
            same = torch.equal(jepa.predict(FRAMES[:, :5], 3), jepa.predict(other, 3))
        assert same == forgets


def test_a_curriculum_shows_one_ball_alone_and_then_everything(few):
    clips = open_clips(ablations.TRAIN)
    recipe = made("curriculum")
    assert isinstance(recipe, OneBallFirstRecipe)
    first = recipe.shown(clips, 0.3)
    assert 0 < len(first.frames) < len(clips.frames) and recipe.shown(clips, 0.0) is first
    assert not first.arrays["visible"][..., 1:].any() and first.arrays["visible"][..., 0].max(axis=1).all()
    assert recipe.shown(clips, 0.34) is recipe.shown(clips, 1.0) is clips
    early, late = (recipe.draw_batch(clips, 0, 0, progress)["frames"] for progress in (0.3, 0.34))
    assert torch.equal(early, made("base").draw_batch(first, 0, 0, 0.3)["frames"]) and not torch.equal(early, late)


def test_all_variants_predict_the_same_frames(few):
    """A model that copies the last frame has the same error with a context of 4 frames and of 8."""

    class Copies:
        fps, size, name, title, is_baseline, is_pixel = 10.0, 64, "copies", "copies", True, True

        def __init__(self, context):
            self.context = context

        def encode(self, frames):
            return frames

        def predict(self, context, horizon):
            assert context.shape[1] == self.context
            return np.repeat(context[:, -1:], horizon, axis=1)

    class MeanColour:
        def read(self, latents):
            return np.repeat(latents.mean(axis=(2, 3))[:, :, None, :2] / 255, 3, axis=2)

    for case in ablations.TEST_CASES[:1]:
        few, many = (ablations._errors(Copies(context), MeanColour(), case) for context in (4, 8))
        assert np.array_equal(few, many, equal_nan=True)


def run_of(variant, seed, errors, minutes=6.0, steps=10):
    """A run with these errors in one case."""
    protocol = AblationProtocol(variant, "", minutes, seed, (1,))
    return AblationRun(
        protocol, variant, steps, 5.5, 1, {"a": np.array(errors, float)}, 0.5, 0.25, provenance=provenance("a test")
    )


def test_seeds_are_taken_together_and_compared_with_the_base_recipe_from_the_same_seeds(tmp_path):
    for seed, shift in ((0, 0.0), (1, 0.1)):
        store_run(run_of(BASE, seed, [[0.2 + shift], [0.4 + shift]]), tmp_path)
        store_run(run_of("better", seed, [[0.1 + shift], [0.2]], steps=10 + seed), tmp_path)
    store_run(run_of("worse", 2, [[0.9], [np.nan]]), tmp_path)
    store_run(run_of("better", 0, [[0.5], [0.5]], minutes=3.0), tmp_path)
    base, better, other, worse = summarise(stored_runs(tmp_path))
    assert (base.description, better.description, other.minutes, worse.description) == (BASE, "better", 3.0, "worse")
    assert base.seeds == better.seeds == (0, 1) and base.excess == ()
    assert base.errors[0].mean == pytest.approx(0.35) and base.seed_spread == pytest.approx((0.1,))
    assert better.errors[0].mean == pytest.approx(0.175) and better.steps == 10.5
    assert better.excess[0].mean == pytest.approx(-0.175) and better.excess[0].n == 2
    assert worse.excess == other.excess == (), "nothing to compare them with: another seed, other minutes"
    assert worse.errors[0].n == 1, "a clip without a ball counts for nothing"


def test_clips_of_one_seed_count_once():
    errors = {"a": [[0.1], [np.nan]], "b": [[0.3], [0.2]], "c": [[np.nan], [np.nan]]}
    run = replace(run_of(BASE, 0, []), errors={case: np.array(rows) for case, rows in errors.items()})
    assert errors_by_clip(run) == pytest.approx(np.array([[0.2], [0.2]]))
