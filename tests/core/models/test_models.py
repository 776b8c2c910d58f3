"""A model that saw the future, mixed up the clips of a batch or came back changed from disk would be believed as long
as its numbers looked good. The probe and the objectives are measured on answers that are known beforehand."""

import json

import numpy as np
import pytest
import torch

from core.files import replace_file
from core.models.forecast.jepa import Jepa
from core.models.forecast.loading import jepa_network, load_jepa
from core.models.forecast.trunk import TrunkConfig
from core.models.objectives import decorrelation, gaussian_misfit, spread_hinge, within_clip
from core.models.protocols import Decoder
from core.models.registry import card, load, null_of, user_specs
from core.models.shipped import RANDOM
from core.models.store import artifact_folder, load_arrays, load_config, save_model
from core.models.tensors import as_tensor
from core.models.weights import load_weights
from core.paths import MODELS
from core.readouts.balls.fitting import fit_probe
from core.readouts.balls.probe import Probe, token_centres
from core.readouts.states import States, displacements, r2_score
from core.training.artifacts import artifact_card
from core.training.probing import ProbeConfig
from core.training.recipes import JepaRecipe
from core.training.settings import AntiCollapse
from core.worlds import Drop, Wall, simulate

FILM = np.stack([simulate(Drop(objects=2), 2_000_023).frames, simulate(Wall(), 2_000_041).frames])
LEARNED = ("pixel", "jepa", "random", "unguarded", "pixel-hidden")


@pytest.fixture(scope="module")
def models():
    return {name: load(name) for name in LEARNED}


def changed_from(frame):
    other = FILM.copy()
    other[:, frame:] = 255 - other[:, frame:]
    return other


@pytest.mark.parametrize("name", LEARNED)
def test_a_prediction_knows_nothing_of_the_frames_to_come(models, name):
    before = models[name].predict(FILM[:, :6], 8)
    models[name].predict(changed_from(6)[:, :12], 8)  # nor does it remember another film
    assert (models[name].predict(changed_from(6)[:, :6], 8) == before).all()
    assert (models[name].predict(changed_from(5)[:, :6], 8) != before).any()


@pytest.mark.parametrize("frame", [2, 5, 12])
def test_one_step_predictions_know_nothing_of_later_frames(models, frame):
    before, after = (models["jepa"].predict_next(frames)[0] for frames in (FILM, changed_from(frame)))
    # Entry i is the guess of frame i + 1 from frames 0 to i.
    assert (before[:, :frame] == after[:, :frame]).all()
    assert (before[:, frame] != after[:, frame]).any()


def test_one_step_predictions_agree_with_the_roll_out(models):
    nexts, _ = models["jepa"].predict_next(FILM)
    assert nexts.shape == (2, 31, 64, 16)
    for context in (4, 9):
        assert np.allclose(nexts[:, context - 1], models["jepa"].predict(FILM[:, :context], 1)[:, 0], atol=1e-5)


def test_a_longer_roll_out_begins_with_the_shorter_one(models):
    for name in LEARNED:
        short, long = (models[name].predict(FILM[:, :4], horizon) for horizon in (5, 11))
        assert np.allclose(long[:, :5], short, atol=1e-5)


@pytest.mark.parametrize("name", LEARNED)
def test_frames_are_encoded_one_by_one(models, name):
    other = FILM.copy()
    other[0, 7] = 30
    moved = (models[name].encode(other) != models[name].encode(FILM)).any(axis=(2, 3))
    assert moved[0, 7] and moved.sum() == 1


@pytest.mark.parametrize("name", LEARNED)
def test_a_batch_of_two_is_two_batches_of_one(models, name):
    together = models[name].predict(FILM[:, :4], 6)
    alone = np.concatenate([models[name].predict(FILM[i : i + 1, :4], 6) for i in (0, 1)])
    assert np.allclose(together, alone, atol=1e-4)
    assert not np.allclose(together[0], together[1], atol=1e-2)


def test_the_decoder_draws_each_latent_by_itself(models):
    latents = models["jepa"].encode(FILM[:, :3])
    drawn = models["jepa"].decode(latents)
    assert drawn.shape == (2, 3, 64, 64, 3) and drawn.dtype == np.uint8
    assert np.abs(models["jepa"].decode(latents[1:, 2:]).astype(int) - drawn[1:, 2:]).max() <= 1


def test_the_pixel_predictor_stays_within_the_colours_there_are(models):
    guess = models["pixel"].predict(FILM[:, :4], 28)
    assert guess.min() >= 0 and guess.max() <= 1


@pytest.mark.parametrize("name", ["jepa", "jepa-memory", "pixel-hidden", "unguarded"])
def test_the_null_of_a_shipped_model_is_its_own_network_untrained(name):
    null = null_of(name)
    model, random = load(name), load(null.name)
    shapes = [{key: part.shape for key, part in one.network.state_dict().items()} for one in (model, random)]
    assert null.is_own and shapes[0] == shapes[1]
    frames = simulate(Drop(), 2_500_000, frames=4).frames[None]
    assert random.encode(frames).shape == model.encode(frames).shape
    assert np.array_equal(load(null.name).encode(frames), random.encode(frames)), "the same each time"
    assert not np.allclose(random.encode(frames), model.encode(frames), atol=0.1)


def test_a_null_that_is_another_network_says_whose_it_is():
    null = null_of("of-another-package")
    assert not null.is_own and null.title == "random weights of the JEPA" and null.name == "random"


def test_the_random_twin_is_the_same_network_untrained(models):
    assert models["random"].network.config == models["jepa"].network.config
    shapes = [[p.shape for p in models[name].network.parameters()] for name in ("random", "jepa")]
    assert shapes[0] == shapes[1]
    assert not isinstance(models["random"], Decoder)
    assert np.abs(models["random"].encode(FILM) - models["jepa"].encode(FILM)).mean() > 0.05


@pytest.mark.parametrize("name", ["pixel", "jepa", "random", "nearest"])
def test_every_trained_model_has_a_card(name):
    found = card(name)
    assert {"name", "recipe", "seed", "data_seeds", "machine", "date"} <= set(found)
    assert found["data_seeds"][1] <= 1_000_000, "test and validation seeds are never trained on"
    if name in ("pixel", "jepa"):
        assert found["parameters"] == sum(p.numel() for p in load(name).network.parameters())
        assert found["minutes"] > 0 and found["steps"] > 0


def test_both_arms_had_the_same_minutes_and_the_same_clips():
    pixel, jepa = card("pixel"), card("jepa")
    assert pixel["data_seeds"] == jepa["data_seeds"]
    assert pixel["minutes"] == pytest.approx(jepa["minutes"], abs=0.1)


def small_jepa(seed=0):
    torch.manual_seed(seed)
    return Jepa(TrunkConfig(width=16, memory=16)).eval()


def saved(folder, network):
    save_model(folder, network.config, {k: t.numpy() for k, t in network.state_dict().items()}, {"name": "small"})
    return folder


def reopened(folder):
    return jepa_network(folder)


def test_what_was_made_for_other_weights_is_not_used(tmp_path):
    network = small_jepa()
    probe = Probe(np.zeros((16, 9), np.float32), np.zeros(9, np.float32), np.zeros((64, 3), np.float32))
    saved(tmp_path / "small", network)
    save_model(tmp_path / "small-probe", ProbeConfig("small", 1), probe.arrays(), artifact_card("x", network, {}))
    assert artifact_folder(tmp_path, "small", "probe") is not None
    saved(tmp_path / "small", small_jepa(seed=1))
    assert artifact_folder(tmp_path, "small", "probe") is None
    for unbound in ({}, {"made_for": None}):
        save_model(tmp_path / "small-probe", ProbeConfig("small", 1), probe.arrays(), unbound)
        assert artifact_folder(tmp_path, "small", "probe") is None


@torch.no_grad()
def test_a_model_comes_back_from_disk_as_it_was(tmp_path):
    network, frames = small_jepa(), torch.rand(1, 4, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    again = reopened(saved(tmp_path / "small", network))
    assert again.config == network.config
    assert torch.equal(again.predictor(again.encode(frames), 3), network.predictor(network.encode(frames), 3))
    assert sorted(p.name for p in (tmp_path / "small").iterdir()) == ["card.json", "config.json", "weights.safetensors"]


def test_a_config_with_unknown_or_missing_settings_is_refused(tmp_path):
    folder = saved(tmp_path / "small", small_jepa())
    settings = json.loads((folder / "config.json").read_text())
    for wrong, said in (
        ({**settings, "heads": 8}, "unknown: heads"),
        ({"dim": 16}, "missing: context, grid, memory, width"),
    ):
        (folder / "config.json").write_text(json.dumps(wrong))
        with pytest.raises(ValueError, match=said):
            load_config(folder, TrunkConfig)
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"small/config\.json is missing or is not JSON"):
        load_config(folder, TrunkConfig)


def test_the_shipped_pixel_models_have_the_former_names_of_their_decoder_and_are_read():
    stored = load_arrays(MODELS / "pixel")
    assert any(name.startswith("painter.") for name in stored)
    network = load("pixel").network
    assert np.array_equal(network.decoder.out.weight.numpy(force=True), stored["painter.paint.weight"])
    assert network.config.decoder_width == json.loads((MODELS / "pixel" / "config.json").read_text())["paint"]


def test_damaged_missing_or_foreign_weights_are_refused_in_a_sentence(tmp_path):
    folder = saved(tmp_path / "small", small_jepa())
    whole = (folder / "weights.safetensors").read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"\xff" * 200):
        (folder / "weights.safetensors").write_bytes(damaged)
        with pytest.raises(ValueError, match="weights of small are missing or damaged"):
            load_arrays(folder)
    (folder / "weights.safetensors").unlink()
    with pytest.raises(ValueError, match="missing or damaged"):
        load_arrays(folder)
    (folder / "weights.safetensors").write_bytes(whole)
    with pytest.raises(ValueError, match="weights of small do not fit"):
        load_weights(lambda: Jepa(TrunkConfig(width=32)), folder)
    with pytest.raises(ValueError, match="missing"):
        load_jepa(RANDOM, tmp_path)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_text("old")

    def breaks(temporary):
        temporary.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        replace_file(path, breaks)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def made_up(scale=1.0, clips=60):
    """Pairs of latents whose channel k lights up at the token where ball k is, on a grid of 4x4."""
    rng = np.random.default_rng(0)
    latents = rng.normal(0, 0.1, (3 * clips, 2, 16, 5)).astype(np.float32)
    at = rng.integers(16, size=(3 * clips, 2, 3))
    for k in range(3):
        np.put_along_axis(latents[..., k], at[..., k : k + 1], 1.0, axis=2)
    nothing = np.zeros((*at.shape, 2), np.float32)
    return np.float32(latents * scale), States(token_centres(16)[at], nothing, np.ones(at.shape, np.float32))


def miss(probe, latents, states):
    return np.linalg.norm(probe.read(latents) - states.positions, axis=-1).mean()


def test_token_centres_go_row_by_row_from_the_top():
    centres = token_centres(16)
    assert centres[0] == pytest.approx([0.125, 0.875]) and centres[3] == pytest.approx([0.875, 0.875])
    assert centres[-1] == pytest.approx([0.875, 0.125])


def test_the_probe_finds_what_is_there_to_be_read():
    latents, states = made_up()
    probe = fit_probe(latents, states, steps=1000)
    assert miss(probe, latents, states) < 0.04


@pytest.mark.parametrize("scale", [1e-2, 1e3])
def test_the_probe_does_not_mind_the_scale_of_the_latents(scale):
    plain, states = made_up()
    scaled, _ = made_up(scale)
    usual, other = fit_probe(plain, states, steps=100), fit_probe(scaled, states, steps=100)
    assert np.abs(usual.read(plain) - other.read(scaled)).max() < 1e-2


def test_the_probe_learns_nothing_from_balls_out_of_sight():
    latents, states = made_up()
    hidden = np.random.default_rng(1).random(states.visible.shape) < 0.3
    wrong = States(states.positions.copy(), states.velocities, np.float32(np.where(hidden, 0.2, 1.0)))
    wrong.positions[hidden] = 99
    assert miss(fit_probe(latents, wrong, steps=300), latents, states) < 0.06


def test_the_probe_finds_nothing_in_noise():
    latents, states = made_up(clips=200)
    noise = np.random.default_rng(2).normal(size=latents.shape).astype(np.float32)
    probe = fit_probe(noise[:450], States(*(part[:450] for part in vars(states).values())), steps=300)
    assert r2_score(states.positions[450:], probe.read(noise[450:]), states.visible[450:] > 0) < 0.1


def test_a_probe_comes_back_from_its_arrays():
    latents, states = made_up()
    probe = fit_probe(latents, states, steps=5)
    again = Probe.from_arrays(probe.arrays())
    assert (again.read(latents) == probe.read(latents)).all()


def test_r2_has_the_answers_computed_by_hand():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(500, 3, 2)) + np.array([0, 5, -5])[:, None]  # three balls in three places
    seen = np.ones((500, 3), bool)
    means = np.broadcast_to(truth.mean(axis=0), truth.shape)
    assert r2_score(truth, truth, seen) == 1
    assert r2_score(truth, means, seen) == pytest.approx(0)
    assert r2_score(truth, means + 0.5 * (truth - means), seen) == pytest.approx(0.75)
    assert r2_score(truth, 2 * means - truth, seen) == pytest.approx(-3)
    seen[:, 2] = False
    wrong = truth.copy()
    wrong[:, 2] = 99
    assert r2_score(truth, wrong, seen) == 1, "what is out of sight must not count"
    assert np.isnan(r2_score(truth, truth, np.zeros_like(seen)))


def lively(seed=0, shape=(8, 12, 16, 4, 4)):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_the_spread_term_is_nothing_for_lively_latents_and_all_for_still_ones():
    assert spread_hinge(within_clip(lively())) == 0
    assert spread_hinge(torch.zeros(8, 12, 16, 4, 4)).item() == pytest.approx(0.5, abs=0.02)
    assert spread_hinge(torch.zeros(8, 12, 16, 4, 4), target=1.0).item() == pytest.approx(1.0, abs=0.02)


def test_the_spread_term_asks_every_channel():
    latents = lively()
    latents[:, :, 3] = 0
    assert spread_hinge(latents).item() == pytest.approx(0.5 / 16, abs=0.002)


def test_a_background_gives_no_spread():
    backgrounds = 10 * lively()[:, :1].expand(-1, 12, -1, -1, -1)  # each clip its own, still within the clip
    assert spread_hinge(backgrounds) == 0, "across a batch it would have passed for variance"
    assert spread_hinge(within_clip(backgrounds)).item() == pytest.approx(0.5, abs=0.02)
    assert torch.allclose(within_clip(backgrounds + lively(1)), within_clip(lively(1)), atol=1e-5)


def test_decorrelation_is_0_for_channels_of_their_own_and_1_for_copies():
    assert decorrelation(lively()).item() < 0.01
    one = lively()[:, :, :1]
    assert decorrelation(one.expand(-1, -1, 16, -1, -1)).item() == pytest.approx(1, abs=0.01)
    assert decorrelation(torch.cat([one, -one], dim=2)).item() == pytest.approx(1, abs=0.01)
    assert decorrelation(100 * lively()).item() == pytest.approx(decorrelation(lively()).item(), abs=1e-3)


def misfit(rows):
    return gaussian_misfit(rows, torch.Generator().manual_seed(5)).item()


def test_sigreg_is_near_nothing_for_a_gaussian_and_much_for_what_has_collapsed():
    normal = torch.randn(4000, 16, generator=torch.Generator().manual_seed(1))
    assert misfit(normal) < 0.002
    # The integral of (1 - exp(-t²/2))² exp(-t²/2) from 0 to 3.
    assert misfit(torch.zeros(4000, 16)) == pytest.approx(0.2010, abs=2e-3), "a constant"
    assert misfit(torch.cat([normal[:, :1], torch.zeros(4000, 15)], dim=1)) > 0.1, "one dimension"
    points = torch.linspace(0, 3, 17)  # all at 2: the characteristic function is cos 2t + i sin 2t
    squared = (torch.cos(2 * points) - torch.exp(-points.square() / 2)).square() + torch.sin(2 * points).square()
    exact = torch.trapezoid(squared * torch.exp(-points.square() / 2), points).item()
    assert misfit(torch.full((100, 1), 2.0)) == pytest.approx(exact, rel=1e-4)
    assert misfit(3 * normal) > 0.05 and misfit(normal + 2) > 0.05
    assert misfit(normal[:, :1].sign()) > 0.01 > 0.002 > misfit(normal[:, :1]), (
        "two points of the right mean and spread"
    )


def test_a_collapsed_encoder_pays_more_than_a_lively_one():
    frames = torch.rand(4, 20, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    alive, dead = JepaRecipe(None, 0), JepaRecipe(None, 0)
    for parameter in dead.module.encoder.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        costs = [recipe.losses({"frames": frames}, 1.0, torch.Generator()) for recipe in (alive, dead)]
    assert costs[1]["prediction"] < 1e-6, "to predict a constant is easy"
    assert costs[1]["spread"].item() == pytest.approx(0.5, abs=0.02)
    assert costs[1]["loss"] > costs[0]["spread"] * 5 + 1


@torch.no_grad()
def test_the_loss_is_the_weighted_sum_of_its_parts():
    frames = torch.rand(2, 20, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    parts = JepaRecipe(None, 0, AntiCollapse(2.0, 3.0, 7.0, 11.0)).losses(
        {"frames": frames}, 1.0, torch.Generator().manual_seed(0)
    )
    whole = parts["prediction"] + 2 * parts["spread"] + 3 * parts["correlation"] + 7 * parts["gaussian"]
    assert parts["gaussian"] > 0 and torch.allclose(parts["loss"], whole + 11 * parts["colour"])


@torch.no_grad()
def test_an_encoder_that_is_blind_to_colour_is_reported():
    """One whose first layer takes the mean of the colour channels can't tell a red ball from a green one."""
    frames = as_tensor(np.stack([simulate(Drop(objects=3), seed, frames=20).frames for seed in range(4)]))
    sees, blind = JepaRecipe(None, 0), JepaRecipe(None, 0)
    first = blind.module.encoder.at_half.weight
    first.copy_(first.mean(dim=1, keepdim=True).expand_as(first))
    costs = [
        recipe.losses({"frames": frames}, 1.0, torch.Generator().manual_seed(0))["colour"].item()
        for recipe in (sees, blind)
    ]
    assert costs[1] == pytest.approx(0.25, abs=0.02) and costs[0] < costs[1] - 0.02
    assert "colour" not in JepaRecipe(None, 0, AntiCollapse()).losses({"frames": frames}, 1.0, torch.Generator())


def test_the_r2_of_steps_is_the_r2_of_velocity_over_one_frame():
    rng = np.random.default_rng(0)
    places = rng.normal(size=(80, 5, 3, 2)).cumsum(axis=1)
    seen = np.ones((80, 5, 3))
    assert r2_score(*displacements(places, places + 7.0, seen)) == 1, "a constant offset is no error of velocity"
    assert r2_score(*displacements(places, 0.0 * places, seen)) == pytest.approx(0, abs=0.02)
    seen[:, 2] = 0.2
    wrong = np.where((seen > 0.5)[..., None], places, 99.0)
    assert r2_score(*displacements(places, wrong, seen)) == 1, (
        "a step counts only where both of its frames show the ball"
    )


def test_a_damaged_card_does_not_hide_the_other_own_models(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    for name, part, text in (
        ("my-jepa-1", "my-jepa-1", '{"arm": "jepa"}'),
        ("my-jepa-1", "my-jepa-1-decoder", '{"arm": "jep'),
        ("my-jepa-2", "my-jepa-2", '{"arm": "jep'),
        ("my-jepa-3", "my-jepa-3-probe", '{"arm": "jepa"}'),
        ("my-jepa-4", "my-jepa-4", '["jepa"]'),
        ("my-pixel-1", "my-pixel-1", '{"arm": "pixel"}'),
    ):
        folder = tmp_path / "jobs" / name / "models" / part
        folder.mkdir(parents=True)
        (folder / "card.json").write_text(text, encoding="utf-8")
    (tmp_path / "jobs" / "worker.log").touch()
    assert [(spec.name, spec.is_pixel) for spec in user_specs()] == [("my-jepa-1", False), ("my-pixel-1", True)]


@pytest.mark.parametrize("name", ["jepa", "pixel", "random"])
def test_a_memory_knows_what_was_and_nothing_of_what_comes(name):
    model, latents = load(f"{name}-memory"), load("pixel-hidden" if name == "pixel" else name)
    frames = np.random.default_rng(0).integers(0, 256, (1, 6, 64, 64, 3), np.uint8)
    known, dim = model.encode(frames), latents.encode(frames).shape[3]
    assert known.shape[:3] == (1, 6, 64) and np.array_equal(known[..., :dim], latents.encode(frames))
    later, sooner = frames.copy(), frames.copy()
    later[:, 4:], sooner[:, 0] = 0, 0
    assert np.allclose(model.encode(later)[:, :4], known[:, :4], atol=1e-5)
    assert np.allclose(model.encode(sooner)[:, 3, :, :dim], known[:, 3, :, :dim], atol=1e-5)
    assert not np.allclose(model.encode(sooner)[:, 3, :, dim:], known[:, 3, :, dim:], atol=1e-3)
