"""A world is one new file and one line in the registry: everything else takes it from there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from toy_world import LIFT, Lift

from core.training.batches import WindowRecipe
from core.training.clip_cache import Clips, ClipSet, open_clips
from core.training.loop import fit
from core.training.recipes import PixelRecipe
from core.training.user_trainings import TrainingSpec
from core.worlds import WORLDS, Environment, Playable, factors_of, sample, simulate, world_named
from core.worlds.stage.drop import DROP

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def lift(tmp_path, monkeypatch):
    """The one line, and a cache of its own."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(WORLDS, LIFT.name, LIFT)


def test_it_is_simulated_like_every_world():
    factors = sample(Lift, 3, colour="teal")
    clip, again = (simulate(factors, 3, frames=12) for _ in range(2))
    assert clip.frames.shape == (12, 64, 64, 3) and (clip.frames == again.frames).all()
    assert factors_of(clip.truth) == factors and clip.truth.objects == ("bar",)
    with pytest.raises(ValueError, match="floors must be a whole number from 2 to 8 floors, not 9"):
        Lift(floors=9)


def test_it_can_be_acted_in_and_the_stage_can_not():
    assert isinstance(LIFT, Playable) and not isinstance(DROP, Playable)
    environment = LIFT.environment(Lift(), size=64)
    assert isinstance(environment, Environment)
    environment.reset(1)
    before = environment.observe()
    environment.step(environment.actions.index("up"))
    up = environment.observe()
    assert np.argmin(up[:, 0, 2]) < np.argmin(before[:, 0, 2]), "the bar is higher"
    environment.reset(1)
    assert (environment.observe() == before).all()


def test_a_set_of_its_clips_holds_its_own_arrays():
    clips = open_clips(ClipSet(0, 6, worlds=(("lift", 1.0),)))
    assert clips.frames.shape == (6, 32, 64, 64, 3) and set(clips.arrays) == {"height", "actions"}
    assert clips.arrays["height"].shape == (6, 32) and clips.arrays["actions"].dtype == np.int64
    mixed = open_clips(ClipSet(0, 12, worlds=(("lift", 0.5), ("drop", 0.5))))
    has_balls = mixed.arrays["visible"].any(axis=(1, 2))
    assert 0 < has_balls.sum() < 12 and not mixed.arrays["actions"][has_balls].any(), "unknown arrays are 0"


def test_a_model_trains_on_it(tmp_path):
    clips = open_clips(ClipSet(0, 6, worlds=(("lift", 1.0),)))
    recipe = PixelRecipe(clips, 0)
    recipe.batch_size = 2
    run = fit(recipe, clips, tmp_path / "run", minutes=1e-4, seed=0)
    assert run.step >= 1 and "skill" in run.measures and "error at 1 step" not in run.measures


class ActionRecipe(WindowRecipe):
    """Predicts the height after an action from the height before: it takes actions along with frames."""

    window, batch_size, rate = 2, 8, 0.1

    def __init__(self) -> None:
        self.module = torch.nn.Linear(1, 1)
        torch.nn.init.zeros_(self.module.weight)

    def draw_batch(self, clips: Clips, seed: int, step: int, progress: float) -> dict[str, torch.Tensor]:
        rng = np.random.default_rng([seed, step])
        clip, frame = rng.integers(len(clips.frames), size=8), rng.integers(1, clips.frames.shape[1], size=8)
        height, actions = clips.arrays["height"], clips.arrays["actions"]
        moved = height[clip, frame] - height[clip, frame - 1]
        return {"actions": torch.tensor(actions[clip, frame]), "moved": torch.tensor(moved)}

    def losses(self, batch, progress, generator):
        predicted = self.module(batch["actions"].float()[:, None])[:, 0]
        return {"loss": (predicted - batch["moved"]).square().mean()}

    def measures(self):
        return {"effect of an action": self.module.weight.item()}


def test_a_recipe_may_take_actions(tmp_path):
    clips, steps = open_clips(ClipSet(0, 6, worlds=(("lift", 1.0),))), []
    recipe = ActionRecipe()
    fit(recipe, clips, tmp_path, minutes=1e9, seed=0, report=steps.append, cancelled=lambda: len(steps) == 100)
    assert recipe.measures()["effect of an action"] > 0.02, "up is higher than down"


def test_compare_and_train_offer_it():
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=180)
    for name, value in {"compare.source": "world", "compare.world": "lift", "compare.speed": "0.8"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and not app.error
    choice = next(box for box in app.selectbox if "lift" in box.options)
    assert choice.value == "lift" and set(choice.options) == set(WORLDS)
    labels = {slider.label for slider in app.slider}
    assert {"speed (widths/s)", "floors (floors)"} <= labels
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=180)
    app.switch_page("../pages/train.py").run()
    assert not app.exception
    assert any("world: lift" in box.options for box in app.selectbox)
    assert TrainingSpec("pixel", "lift", 0.0, True, 2.0).source == "lift"


def test_an_unknown_world_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no world called 'lifts'; choose one of drop, wall, occluder, leaves, lift"):
        world_named("lifts")
