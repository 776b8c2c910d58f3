"""Where the compute goes: the masks are true and the shares are what they are called."""

import dataclasses
import threading

import numpy as np
import pytest
import torch

from core.clip import Clip
from core.evaluation.compute_split import _cover, split_compute
from core.evaluation.reappearing import LONG, reappearances, reappearing_errors
from core.models.forecast.trunk import Trunk, TrunkConfig
from core.models.registry import load
from core.models.tensors import as_tensor
from core.worlds import Drop, Occluder, simulate
from core.worlds.stage.regions import REGIONS, regions_of

BACKGROUND, SHADOWS, OBJECTS = (REGIONS.index(name) for name in ("background", "shadows", "objects"))
CLIP = simulate(Drop(objects=2), 2_000_001)


def regions(clip, size=64):
    return regions_of(clip.truth, size)


def test_objects_are_where_the_balls_are_drawn():
    clip = simulate(Drop(background="plain"), 2_000_004)
    frames = clip.frames.astype(int)
    red = (frames[..., 0] - frames[..., 1:].max(axis=-1)) > 60
    found = regions(clip) == OBJECTS
    assert (red & ~found).sum() < 0.03 * red.sum()  # soft edges
    assert (red & found).sum() > 0.9 * found.sum()


def test_shadows_are_darker_than_the_same_floor_without_them():
    clip = simulate(Drop(background="plain", lamp=0.1), 2_000_004)
    marked = regions(clip) == SHADOWS
    floor = np.median(clip.frames, axis=0).mean(axis=-1)  # the ball is elsewhere most of the time
    darker = floor[None] - clip.frames.mean(axis=-1)
    assert marked.any() and np.mean(darker[marked] > 3) > 0.7
    assert np.abs(darker[regions(clip) == BACKGROUND]).mean() < 1


def test_what_is_behind_a_screen_is_background():
    clip = simulate(Occluder(hop=0.0), 2_000_000)
    hidden = clip.truth.visible[:, 0] < 0.02
    assert hidden.any()
    assert not (regions(clip)[hidden] == OBJECTS).any()


class MadeUp(torch.nn.Module):
    """Errs by ``weights[r]`` squared on region r, with a weight of its own for each."""

    def __init__(self, regions, weights):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(weights))
        self.trunk = Trunk(TrunkConfig(dim=1, memory=8, width=4))
        self.regions = torch.from_numpy(regions.astype(np.int64))


class MadeUpModel:
    title, name, size, context = "made up", "made-up", 64, 4

    def __init__(self, regions, weights):
        self.network = MadeUp(regions, weights)

    def predict(self, context, horizon):
        return np.zeros((1, horizon, 1, 1), np.float32)

    def squared_errors(self, frames, context):
        latent = torch.zeros(1, 1, 8, 8)
        ahead, _ = self.network.trunk(latent, latent, self.network.trunk.start(latent))
        return self.network.weights.square()[self.network.regions] + 0.0 * ahead.sum()


def test_the_shares_of_a_made_up_arm_are_those_computed_by_hand():
    here = regions(CLIP)[4:12]
    found = split_compute(MadeUpModel(here, [1.0, 0.0, 3.0]), CLIP, 4, 8)
    area = np.array([(here == r).mean() for r in range(3)])
    assert found.area == pytest.approx(area)
    assert found.loss == pytest.approx(area * (1, 0, 9) / (area * (1, 0, 9)).sum(), rel=1e-4)
    energy = (area * (1, 0, 3)) ** 2  # of the gradient 2 * weight * area
    assert found.gradient == pytest.approx(energy / energy.sum(), rel=1e-3)
    assert found.loss_map.shape == (64, 64) and found.loss_map.sum() == pytest.approx(1, rel=1e-4)


def test_a_network_without_a_trunk_is_refused_in_a_sentence():
    model = MadeUpModel(regions(CLIP)[4:12], [1.0, 0.0, 3.0])
    del model.network.trunk
    with pytest.raises(ValueError, match="network of made up has no trunk"):
        split_compute(model, CLIP, 4, 8)


def test_a_coarse_arm_is_charged_by_how_much_of_a_cell_is_whose():
    """On 8 x 8 cells of error 1 every region is charged for its cover of the cells."""

    class Coarse(MadeUpModel):
        def squared_errors(self, frames, context):
            return super().squared_errors(frames, context)[:, ::8, ::8]

    here = regions(CLIP)[4:12]
    found = split_compute(Coarse(np.zeros_like(here), [1.0, 0.0, 0.0]), CLIP, 4, 8)
    cover = _cover(here, 8).sum(dim=(1, 2, 3)).numpy()
    assert found.loss == pytest.approx(cover / cover.sum(), rel=1e-4)
    assert found.gradient == pytest.approx(cover**2 / (cover**2).sum(), rel=1e-3)
    assert found.loss_map.shape == (8, 8)


@pytest.mark.parametrize("name", ["pixel", "jepa"])
def test_the_errors_that_are_split_are_those_of_the_predictions(name):
    model = load(name)
    with torch.no_grad():
        errors = model.squared_errors(as_tensor(CLIP.frames[None, :12]), 4).numpy()  # [8, h, w]
    if name == "jepa":
        off = model.predict(CLIP.frames[None, :4], 8) - model.encode(CLIP.frames[None, 4:12])
    else:  # pixels are clamped for people, and not for the loss
        drawn = model.network(as_tensor(CLIP.frames[None, :4]), 8).detach()
        off = (drawn - as_tensor(CLIP.frames[None, 4:12])).flatten(3).transpose(2, 3).numpy()
    assert errors.reshape(8, -1) == pytest.approx(np.square(off[0]).mean(axis=-1), rel=1e-3, abs=1e-6)


def test_a_token_counts_for_the_pixels_about_its_centre():
    """Which pixels a token depends on is measured; the middle of them must be the cell that it stands for."""
    jepa = load("jepa")
    row, column = 3, 4
    frames = torch.rand(1, 1, 3, 64, 64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    jepa.network.encode(frames)[0, 0, :, row, column].square().sum().backward()
    seen = np.argwhere(frames.grad[0, 0].abs().sum(dim=0).numpy() > 0)
    low, high = seen.min(axis=0), seen.max(axis=0)
    regions = np.zeros((1, 64, 64), np.uint8)
    middle = [slice((a + b + 1) // 2 - 4, (a + b + 1) // 2 + 4) for a, b in zip(low, high, strict=True)]
    regions[0, middle[0], middle[1]] = OBJECTS
    cover = _cover(regions, 8)[OBJECTS, 0]
    assert cover[row, column] == 1 and cover.sum() == 1


def test_another_visitor_at_the_same_time_changes_nothing():
    model, stop = load("jepa"), threading.Event()

    def busy():
        while not stop.is_set():
            model.predict(CLIP.frames[None, :4], 8)

    alone = split_compute(model, CLIP, 4, 8)
    other = threading.Thread(target=busy)
    other.start()
    try:
        together = [split_compute(model, CLIP, 4, 8) for _ in range(5)]
    finally:
        stop.set()
        other.join()
    assert all(np.allclose(shares.gradient_map, alone.gradient_map, rtol=1e-3) for shares in together)
    assert not any(part._forward_hooks for part in model.network.modules())


@pytest.mark.parametrize("name", ["pixel", "jepa"])
def test_the_shares_of_the_arms_add_up_and_leave_the_network_as_it_was(name):
    model = load(name)
    before = model.predict(CLIP.frames[None, :4], 4)
    found = split_compute(model, CLIP, 4, 8)
    for shares in (found.area, found.loss, found.gradient, found.loss_map, found.gradient_map):
        assert shares.sum() == pytest.approx(1, rel=1e-4) and (shares >= 0).all()
    assert found.gradient_map.shape == (8, 8) and found.flops > 0
    assert (model.predict(CLIP.frames[None, :4], 4) == before).all()
    assert all(parameter.grad is None for parameter in model.network.parameters())


def test_what_cannot_be_split_is_refused_in_a_sentence():
    jepa = load("jepa")
    with pytest.raises(ValueError, match="not known which pixels"):
        split_compute(jepa, Clip(CLIP.frames, 10.0), 4, 8)
    with pytest.raises(ValueError, match="32 frames; 44 are needed"):
        split_compute(jepa, CLIP, 4, 40)
    with pytest.raises(ValueError, match="has no network, so its compute"):
        split_compute(load("copy-last"), CLIP, 4, 8)


def clip_with(visible):
    visible = np.float32(visible)[:, None]
    truth = dataclasses.replace(simulate(Drop(), 2_000_000, frames=len(visible)).truth, visible=visible)
    return Clip(np.zeros((len(visible), 64, 64, 3), np.uint8), 10.0, truth)


def test_a_ball_reappears_when_half_of_it_is_seen_after_long_enough():
    gone = [1, 1, 0.6, 0.3, *[0] * LONG, 0.2, 0.7, 1]
    at = 4 + LONG + 1
    back = reappearances([clip_with(gone)], 4, len(gone) - 4)
    assert np.argwhere(back).tolist() == [[0, at - 4, 0]]
    short = [1, 1, 0.6, 0.3, *[0] * (LONG - 1), 0.2, 0.7, 1]
    assert not reappearances([clip_with(short)], 4, len(short) - 4).any()
    peeking = [1, 1, *[0] * 4, 0.3, *[0] * 4, 0.7, 1]
    assert not reappearances([clip_with(peeking)], 4, len(peeking) - 4).any(), "out of sight twice, never for long"


def test_the_error_of_reappearing_is_that_of_its_frames_alone():
    back = np.zeros((2, 5, 3), bool)
    back[0, 3, 1] = True
    guess = np.full((2, 5, 3, 2), 9.0)
    guess[0, 3, 1] = (0.3, 0.4)
    errors = reappearing_errors(guess, np.zeros_like(guess), back)
    assert errors[0] == pytest.approx(0.5) and np.isnan(errors[1])
