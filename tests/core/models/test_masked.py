"""Masked prediction: what is hidden stays hidden, the twins differ in their goal alone, and a collapse is seen."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.models.masked.masking import LONG_RANGE, SHORT_RANGE, Mask, draw_mask
from core.models.masked.models import MaskedModel
from core.models.masked.network import (
    PICTURES,
    MaskedConfig,
    MaskedPixels,
    VJepa,
    centre_over_time,
    gather,
    sines,
    tubelets,
)
from core.models.registry import load, null_of
from core.models.tensors import as_tensor
from core.training.clip_cache import Clips, pick
from core.training.masked import MaskedRecipe
from core.training.plan import CHECK
from core.training.shipped import plans
from core.worlds import simulate

SMALL = MaskedConfig(frames=4, size=32, dim=24, depth=2, heads=2, narrow=12)
FRAMES = torch.rand(3, 4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
CONFIGS = {name: plans()[name].trainer.config for name in ("vjepa", "masked-pixels", "ijepa")}


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=[VJepa, MaskedPixels])
def network(request):
    torch.manual_seed(0)
    return request.param(SMALL).eval()


@pytest.mark.parametrize("blocks", [SHORT_RANGE, LONG_RANGE])
def test_nothing_is_both_shown_and_hidden_and_every_clip_keeps_as_many(blocks):
    mask = draw_mask(blocks, 8, 64, chance())
    for shown, hidden in zip(mask.shown.tolist(), mask.hidden.tolist(), strict=True):
        assert not set(shown) & set(hidden) and shown == sorted(set(shown)) and hidden == sorted(set(hidden))
        assert len(shown) >= 4 and min(shown + hidden) >= 0 and max(shown + hidden) < 64
    again, other = draw_mask(blocks, 8, 64, chance()), draw_mask(blocks, 8, 64, chance(1))
    assert torch.equal(mask.hidden, again.hidden) and not torch.equal(mask.hidden[:, :5], other.hidden[:, :5])


def test_the_most_changed_patches_stay_hidden():
    mask, changes = draw_mask(LONG_RANGE, 8, 16, chance()), torch.rand(16, 64, generator=chance(1))
    limited = mask.most_changed(5, changes)
    assert torch.equal(limited.shown, mask.shown) and limited.hidden.shape == (16, 5)
    for clip in range(16):
        by_change = sorted(mask.hidden[clip].tolist(), key=lambda cell: -changes[clip, cell])
        assert limited.hidden[clip].tolist() == sorted(by_change[:5])
    assert torch.equal(mask.most_changed(64, changes).hidden, mask.hidden)


def test_small_blocks_leave_more_to_see_than_large_ones():
    """4 blocks of 15 % hide about 1 - 0.85^4 = 0.48 where they fall anywhere, and two of 40 % about 0.64."""
    shares = {}
    for blocks in (SHORT_RANGE, LONG_RANGE):
        shares[blocks] = np.mean([draw_mask(blocks, 8, 1, chance(i)).shown.shape[1] / 64 for i in range(200)])
    assert 0.5 < shares[SHORT_RANGE] < 0.65 and 0.3 < shares[LONG_RANGE] < shares[SHORT_RANGE] - 0.05


def test_a_mask_hides_the_same_place_in_every_frame():
    over = Mask(torch.tensor([[0, 3]]), torch.tensor([[1]])).over_time(3, 4)
    assert over.shown.tolist() == [[0, 3, 4, 7, 8, 11]] and over.hidden.tolist() == [[1, 5, 9]]


def test_tokens_go_by_time_then_row_by_row():
    for token, (step, row, column) in ((0, (0, 0, 0)), (3, (0, 0, 3)), (4, (0, 1, 0)), (16 + 6, (1, 1, 2))):
        frames = torch.zeros(1, 4, 3, 32, 32)
        frames[0, 2 * step + 1, 1, 8 * row + 5, 8 * column + 2] = 1
        found = tubelets(frames, SMALL).nonzero().tolist()
        assert [place[1] for place in found] == [token]


def test_another_length_or_size_is_refused(network):
    with pytest.raises(ValueError, match=r"Clips must be \[B, 4, 3, 32, 32\], not \[1, 6, 3, 32, 32\]"):
        network.represent(torch.zeros(1, 6, 3, 32, 32))


def test_every_token_has_a_place_of_its_own():
    place = sines(8, 8, 64)
    assert place.shape == (512, 64) and torch.cdist(place, place).add(torch.eye(512) * 9).min() > 0.1


def test_what_is_hidden_has_no_part_in_the_prediction(network):
    mask = draw_mask(SHORT_RANGE, SMALL.side, 3, chance()).over_time(SMALL.steps, SMALL.side**2)
    shown = torch.zeros(3, SMALL.steps * SMALL.side**2, dtype=torch.bool).scatter_(1, mask.shown, True)
    with torch.no_grad():
        first = torch.cat(network.predictor(network.encoder(FRAMES, mask.shown), mask), dim=1)
        for seed in range(3):
            noise = torch.rand(FRAMES.shape, generator=chance(seed + 1))
            places = shown.unflatten(1, (SMALL.steps, 1, SMALL.side, SMALL.side)).repeat_interleave(SMALL.tubelet, 1)
            keep = places.repeat_interleave(SMALL.patch, 3).repeat_interleave(SMALL.patch, 4)  # [B, T, 1, H, W]
            other = torch.where(keep, FRAMES, noise)
            again = network.predictor(network.encoder(other, mask.shown), mask)
            assert torch.equal(first, torch.cat(again, dim=1))
        changed = torch.cat(network.predictor(network.encoder(1 - FRAMES, mask.shown), mask), dim=1)
    assert not torch.allclose(first, changed)


def test_looking_at_every_token_is_looking_at_the_clip(network):
    everything = torch.arange(SMALL.steps * SMALL.side**2).expand(3, -1)
    with torch.no_grad():
        assert torch.allclose(network.encoder(FRAMES), network.encoder(FRAMES, everything), atol=1e-6)


def test_the_target_learns_nothing_by_itself_and_follows_the_encoder():
    torch.manual_seed(0)
    network = VJepa(SMALL)
    recipe = MaskedRecipe(None, 0, VJepa, SMALL)
    recipe.losses({"frames": FRAMES}, 0.0, chance())["loss"].backward()
    assert all(p.grad is None for p in recipe.module.target.parameters())
    assert all(p.grad is not None for p in recipe.module.encoder.parameters())
    with torch.no_grad():
        network.encoder.embed.weight.add_(1.0)
    before = network.target.embed.weight.clone()
    network.follow(0.25)
    assert torch.allclose(network.target.embed.weight, before + 0.25)


def test_twins_share_encoder_masks_and_first_weights():
    torch.manual_seed(0)
    recipes = [MaskedRecipe(None, 0, kind, SMALL) for kind in (VJepa, MaskedPixels)]
    encoders = [recipe.module.encoder.state_dict() for recipe in recipes]
    assert all(torch.equal(a, b) for a, b in zip(*(e.values() for e in encoders), strict=True))
    assert CONFIGS["vjepa"] == CONFIGS["masked-pixels"] and CONFIGS["ijepa"] == PICTURES
    assert {recipe.window for recipe in recipes} == {SMALL.frames}


def test_goals_are_what_moves_at_one_scale(network):
    """The place of a token alone foretells none of it, and what hardly moves counts for little."""
    frames = FRAMES.clone()
    frames[:, :, :, :8, :8] = FRAMES[:, :1, :, :8, :8]  # the first cell stands still
    goals = network.goals(frames)
    assert goals.shape[2] == (SMALL.pixels if isinstance(network, MaskedPixels) else 2 * SMALL.dim)
    assert not goals.requires_grad and goals.square().mean() == pytest.approx(1.0, abs=1e-3)
    times = goals.unflatten(1, (SMALL.steps, -1))
    assert times.mean(dim=1).abs().max() < 1e-5
    if isinstance(network, MaskedPixels):
        assert times[:, :, 0].abs().max() < 1e-5
        again = centre_over_time(tubelets(frames, SMALL), SMALL.steps)
        assert torch.equal(goals, again)


def test_targets_of_single_pictures_are_relative_to_the_batch():
    tokens = torch.rand(6, 5, 3, generator=chance())
    found = centre_over_time(tokens, 1)
    assert found.mean(dim=0).abs().max() < 1e-5 and found.square().mean() == pytest.approx(1.0, abs=1e-3)
    assert not centre_over_time(torch.ones(6, 5, 3), 1).any(), "what is the same in all is 0"


def test_a_level_is_what_the_encoder_makes_of_it_block_by_block(network):
    with torch.no_grad():
        levels = network.encoder.levels(FRAMES)
        assert len(levels) == SMALL.depth and torch.equal(levels[-1], network.encoder(FRAMES))
        assert torch.equal(levels[1], network.encoder.blocks.norm(network.encoder.blocks.layers[1](levels[0])))


@pytest.mark.parametrize("kind", [VJepa, MaskedPixels])
def test_it_learns_to_fill_in(kind):
    """Bars that move one way or the other, which the shown cells tell and the place of a hidden one does not: on clips
    that it has not seen, most of what hidden cells do is explained."""
    recipe = MaskedRecipe(None, 0, kind, SMALL)
    optimiser = torch.optim.AdamW(recipe.module.parameters(), 5e-3)

    def bars(seed):
        way = 2 * torch.randint(2, (8, 1, 1), generator=chance(seed)) - 1
        rows = ((torch.arange(32) + 2 * way * torch.arange(4)[:, None]) % 16 < 8).float()  # [B, T, W]
        return rows[:, :, None, None].expand(8, 4, 3, 32, 32)

    for step in range(250):
        optimiser.zero_grad()
        recipe.losses({"frames": bars(step)}, step / 250, chance(step))["loss"].backward()
        optimiser.step()
    assert explained(recipe.module.eval(), bars(999), SHORT_RANGE) > 0.8


def explained(network, frames, blocks):
    """The share of the squares of hidden goals that is foretold."""
    config = network.config
    mask = draw_mask(blocks, config.side, len(frames), chance()).over_time(config.steps, config.side**2)
    with torch.no_grad():
        goals = gather(network.goals(frames), mask.hidden)
        found = network.predictor(network.encoder(frames, mask.shown), mask)[1]
    return float(1 - (found - goals).square().sum() / goals.square().sum())


def test_the_anti_collapse_term_acts_on_what_moves_within_clips():
    """Of clips that stand still nothing moves, however much they differ: the term is as high as for a constant."""
    recipe = MaskedRecipe(None, 0, VJepa, SMALL)
    recipe.module.encoder.place.zero_()  # it makes the times differ
    still = FRAMES[:, :1].expand(-1, 4, -1, -1, -1)
    terms = {}
    for name, frames in (("still", still), ("moving", FRAMES), ("constant", torch.full_like(FRAMES, 0.5))):
        terms[name] = float(recipe.losses({"frames": frames}, 0.0, chance())["anti_collapse"].detach())
    assert terms["still"] == pytest.approx(terms["constant"], abs=1e-3) and terms["moving"] < terms["still"] - 0.1


def test_a_collapse_shows_in_what_is_measured():
    rng = np.random.default_rng(0)
    clips = Clips(rng.integers(0, 256, (6, 4, 32, 32, 3), np.uint8))
    recipe = MaskedRecipe(clips, 0, VJepa, SMALL)
    with torch.inference_mode():
        alive = recipe.measures()
        for parameter in recipe.module.target.parameters():
            parameter.zero_()
        dead = recipe.measures()
    assert alive["spread"] > 0.05 and alive["moving share"] > 0.05 and alive["effective rank"] > 2
    assert dead["spread"] < 1e-6 and dead["effective rank"] == 0


def test_longer_clips_are_seen_stretch_by_stretch(network):
    model = MaskedModel(network, "vjepa", "V-JEPA")
    frames = np.random.default_rng(0).integers(0, 256, (2, 8, 32, 32, 3), np.uint8)
    whole, parts = model.encode(frames), [model.encode(frames[:, i : i + 4]) for i in (0, 4)]
    assert whole.shape == (2, 4, 16, 24) and np.allclose(whole, np.concatenate(parts, axis=1), atol=1e-5)


@pytest.mark.parametrize("blocks", [SHORT_RANGE, LONG_RANGE])
@pytest.mark.parametrize("name", CONFIGS)
def test_shipped_weights_predict_some_of_what_is_masked(name, blocks):
    """On clips of the mix that it learnt from, from test seeds."""
    network, config = load(name).network, CONFIGS[name]
    mix = replace(CHECK, first_seed=2_000_000)
    clips = [simulate(*pick(mix, index)) for index in range(48)]
    frames = as_tensor(np.stack([clip.frames[2 : 2 + config.frames] for clip in clips]))
    assert explained(network, frames, blocks) > 0.0


@pytest.mark.parametrize("name", CONFIGS)
def test_the_null_of_shipped_weights_is_the_same_network(name):
    null = null_of(name)
    shapes = [
        {key: value.shape for key, value in load(one).network.encoder.state_dict().items()} for one in (name, null.name)
    ]
    assert null.is_own and shapes[0] == shapes[1]
