"""No model's error is shown without its read-out's floor and the baselines beside it. If the parser, a baseline or the
protocol that all of them share were wrong, every chart would be wrong with it."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.embedding.embed import embed
from core.evaluation.positions import clip_errors
from core.models import registry
from core.models.baselines import CopyLast, from_pixels, to_pixels
from core.models.nearest import NearestConfig
from core.models.protocols import Decoder, WorldModel
from core.models.readers import reader_of
from core.models.store import load_arrays, load_config
from core.paths import MODELS
from core.readouts.balls.parser import parse_positions
from core.readouts.states import hold_last
from core.worlds import WORLDS, Drop, sample, simulate, world_named
from core.worlds.stage.layout import BACKGROUNDS
from core.worlds.stage.physics import FLOOR

FRAMES = simulate(Drop(objects=2), 2_000_023).frames[None]
NAMES = ("copy-last", "constant-velocity", "nearest", "random", "unguarded", "pixel-hidden", "pixel", "jepa")


@pytest.fixture(scope="module")
def models():
    return {spec.name: registry.load(spec.name) for spec in registry.forecasters()}


def sliding(steps, across=2, up=1, left=4, bottom=30):
    """A red square on grey that moves by whole pixels: ``[1, T, 64, 64, 3]``."""
    film = np.full((1, steps, 64, 64, 3), 120, np.uint8)
    for t in range(steps):
        row, column = 64 - bottom - t * up - 8, left + t * across
        film[0, t, row : row + 8, column : column + 8] = (220, 40, 40)
    return film


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("world", [world.factors for world in WORLDS.values() if world.readout == "balls"])
def test_the_floor_of_the_parser_is_small_on_every_background(world, background):
    errors = []
    for seed in range(2_000_100, 2_000_108):
        clip = simulate(sample(world, seed, background=background), seed)
        found = parse_positions(clip.frames[None])[0, :, : len(clip.truth.objects)]
        errors.append(np.linalg.norm(found - clip.truth.positions, axis=-1)[clip.truth.visible > 0.9])
    errors = np.concatenate(errors)
    assert len(errors) > 50
    assert not np.isnan(errors).any(), "a ball in full sight was not found"
    assert errors.mean() < 0.012


def test_the_parser_leans_to_no_side():
    misses = []
    for seed in range(2_000_100, 2_000_116):
        clip = simulate(sample(Drop, seed, objects=1, background="plain"), seed)
        misses.append(parse_positions(clip.frames[None])[0, :, :1] - clip.truth.positions)
    assert np.abs(np.mean(misses, axis=(0, 1, 2))).max() < 0.006


def copy_last():
    return registry.load("copy-last")


def constant_velocity():
    return registry.load("constant-velocity")


def test_a_ball_that_is_not_there_is_not_found():
    found = parse_positions(simulate(Drop(objects=1, background="moving", strength=1.0), 3).frames[None])
    assert not np.isnan(found[..., 0, :]).any()
    assert np.isnan(found[..., 1:, :]).all()


def test_the_last_place_is_held_while_a_ball_is_out_of_sight():
    nan = np.nan
    seen = np.float32([nan, 0.1, nan, nan, 0.4, nan]).reshape(1, 6, 1, 1)
    held = hold_last(seen).ravel()
    assert np.isnan(held[0])
    assert held[1:].tolist() == np.float32([0.1, 0.1, 0.1, 0.4, 0.4]).tolist()
    assert np.isnan(seen[0, 2]), "what was measured must stay as it was"


def test_pixels_survive_the_way_to_latents_and_back():
    assert (from_pixels(to_pixels(FRAMES)) == FRAMES).all()


def test_copy_last_repeats_the_last_frame():
    drawn = copy_last().decode(copy_last().predict(FRAMES[:, :5], 3))
    assert (drawn == FRAMES[:, 4:5]).all() and drawn.shape[1] == 3


def test_constant_velocity_is_exact_where_velocity_is_constant():
    film = sliding(20)
    guess = constant_velocity().predict(film[:, :4], 16)
    assert np.allclose(guess[0, :, 0], parse_positions(film)[0, 4:, 0], atol=1e-5)
    assert guess[0, -1, 0, 0] > guess[0, 0, 0, 0] + 0.4


def test_constant_velocity_knows_no_floor_no_gravity_and_no_edge():
    falling = sliding(4, across=3, up=-3, bottom=28)
    guess = constant_velocity().predict(falling, 30)[0, :, 0]
    assert guess[-1, 1] < 0 < FLOOR and guess[-1, 0] > 1
    assert np.allclose(np.diff(guess, axis=0), [3 / 64, -3 / 64], atol=1e-5)


def test_constant_velocity_looks_at_two_frames_only():
    changed = FRAMES.copy()
    changed[:, :2] = 0
    one, other = (constant_velocity().predict(film[:, :4], 6) for film in (FRAMES, changed))
    assert np.array_equal(one, other, equal_nan=True)


def test_constant_velocity_lets_a_ball_seen_once_rest():
    film = sliding(2)
    film[:, 0] = 120
    guess = constant_velocity().predict(film, 3)[0, :, 0]
    assert (guess == parse_positions(film)[0, 1, 0]).all()


@pytest.mark.parametrize("entry", [0, 7, 100, 777, 1500, 1999])
def test_nearest_finds_a_training_clip_from_its_own_context_and_plays_it_on(models, entry):
    memory = load_arrays(MODELS / "nearest")
    config = load_config(MODELS / "nearest", NearestConfig)
    world = world_named(config.worlds[memory["worlds"][entry]]).factors
    seed, start = int(memory["seeds"][entry]), int(memory["starts"][entry])
    factors = sample(world, seed, background=config.backgrounds[memory["backgrounds"][entry]])
    frames = simulate(factors, seed).frames
    found, distance = models["nearest"].find(frames[start : start + 4])
    assert found == entry and distance < 0.1
    drawn = models["nearest"].decode(models["nearest"].predict(frames[None, start : start + 4], 10))
    assert (drawn[0] == frames[start + 4 : start + 14]).all()


def test_nearest_remembers_training_seeds_only():
    seeds = load_arrays(MODELS / "nearest")["seeds"]
    assert seeds.min() >= 0 and seeds.max() < 1_000_000 and len(set(seeds.tolist())) == len(seeds)


def test_nearest_is_further_from_a_clip_it_does_not_know(models):
    _, distance = models["nearest"].find(FRAMES[0, :4])
    assert distance > 1


def test_the_models_at_hand_are_baselines_first(models):
    assert tuple(models)[: len(NAMES)] == NAMES
    assert [name for name in NAMES if models[name].is_baseline] == ["copy-last", "constant-velocity", "nearest"]
    assert [model.name for model in models.values()] == list(models)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_keeps_the_protocol(models, name):
    model = models[name]
    assert isinstance(model, WorldModel)
    film = np.concatenate([FRAMES, FRAMES[:, ::-1]])
    encoded, guess = model.encode(film[:, :6]), model.predict(film[:, :4], 5)
    assert encoded.dtype == guess.dtype == np.float32
    assert encoded.shape[:2] == (2, 6) and guess.shape[:2] == (2, 5)
    assert encoded.shape[2:] == guess.shape[2:], "predicted latents must be of the kind that frames are encoded to"
    places = reader_of(model).read(guess)
    assert places.dtype == np.float32 and places.shape == (2, 5, 3, 2)
    if isinstance(model, Decoder):
        drawn = model.decode(guess)
        assert drawn.dtype == np.uint8 and drawn.shape == (2, 5, 64, 64, 3)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_refuses_what_it_cannot_use_in_a_sentence(models, name):
    model, good = models[name], FRAMES[:, :4]
    for wrong, horizon, said in (
        (good / 255.0, 4, "Context must be uint8"),
        (good[:, :, ::2, ::2], 4, "64, 64, 3"),
        (good[0], 4, "Context must be uint8"),
        (good[:, : model.context - 1], 4, f"needs at least {model.context} context frames"),
        (good, 0, "horizon"),
        (good, -3, "horizon"),
        (good, 257, "horizon"),
    ):
        with pytest.raises(ValueError, match=said) as caught:
            model.predict(wrong, horizon)
        assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_an_unknown_model_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"no model called 'dreamer'; choose one of copy-last, .*jepa"):
        registry.load("dreamer")


class Point:
    """An entry point as another package would register it."""

    name = "theirs"

    def __init__(self, make):
        self.load = lambda: make


class Theirs(CopyLast):
    def __init__(self):
        super().__init__("theirs", "somebody's model")


def register(monkeypatch, make):
    groups = []
    monkeypatch.setattr(registry, "entry_points", lambda group: groups.append(group) or [Point(make)])
    return groups


def test_another_package_can_bring_a_model(monkeypatch):
    groups = register(monkeypatch, Theirs)
    assert [spec.name for spec in registry.forecasters()] == [*NAMES, "theirs"]
    assert registry.load("theirs").title == "somebody's model"
    assert registry.card("theirs") is None
    assert set(groups) == {"worldscope.models"}


def test_the_example_of_the_documents_is_a_model_that_can_be_measured_and_mapped(monkeypatch):
    text = (Path(__file__).resolve().parents[3] / "docs" / "architecture.md").read_text(encoding="utf-8")
    scope = {}
    exec(re.search(r"```python\n(# my_package/.*?)```", text, re.DOTALL)[1], scope)
    register(monkeypatch, scope["make"])
    model = registry.load("theirs")
    clip = simulate(Drop(), 2_000_000)
    table = embed(model, [clip], "patches")
    assert table.vectors.shape == (32 * 64, 3) and table.vectors.min() >= 0 and table.vectors.max() <= 255
    assert clip_errors(model, reader_of(model), [clip], 4, 8).shape == (1, 8)


def test_a_broken_model_of_another_package_is_refused_in_a_sentence(monkeypatch):
    def broken():
        raise RuntimeError("its weights are on another planet")

    register(monkeypatch, broken)
    with pytest.raises(ValueError, match="'theirs' could not be loaded: its weights are on another planet"):
        registry.load("theirs")
    assert isinstance(registry.load("copy-last"), CopyLast), "the others must go on"


def test_a_model_without_the_whole_protocol_is_refused(monkeypatch):
    register(monkeypatch, object)
    with pytest.raises(ValueError, match="'theirs' lacks part of the protocol"):
        registry.load("theirs")
