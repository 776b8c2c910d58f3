"""Patch maps and the state grid show what the tokens say, on encoders whose answers are known."""

import numpy as np
import pytest

from core.clip import Clip
from core.embedding.clusters import COLUMN, with_clusters
from core.embedding.patches import patch_maps, similarity
from core.embedding.state_grid import examine_grid, state_grid
from core.embedding.table import Embeddings
from core.worlds import Drop, simulate
from core.worlds.stage.simulation import still_balls
from dashboard.components.patch_maps.plot import PatchPlot, Tile

RNG = np.random.default_rng(0)
CLIP = simulate(Drop(objects=1), seed=3, frames=8)


class Stub:
    """An encoder: ``see`` turns frames ``[T, 64, 64, 3]`` into tokens ``[S, N, D]``."""

    size, fps, title = 64, 10.0, "a stub"

    def __init__(self, see, frames=1):
        self.see, self.frames = see, frames

    def encode(self, frames):
        return np.stack([self.see(clip.astype(np.float32)) for clip in frames]).astype(np.float32)


def means(frames):
    """The mean colour of each of 8 x 8 patches."""
    return frames.reshape(len(frames), 8, 8, 8, 8, 3).mean(axis=(2, 4)).reshape(len(frames), 64, 3)


def test_patches_that_are_the_same_have_one_colour_in_every_frame():
    kinds = RNG.normal(size=(3, 16)).astype(np.float32)
    which = RNG.integers(0, 3, (8, 64))
    maps = patch_maps(Stub(lambda frames: kinds[which]), CLIP)
    assert maps.colors.shape == (8, 64, 3) and maps.side == 8 and maps.every == 1
    found = {kind: np.unique(maps.colors[which == kind], axis=0) for kind in range(3)}
    assert all(len(colors) == 1 for colors in found.values())
    assert len({colors.tobytes() for colors in found.values()}) == 3
    assert sum(maps.explained) == pytest.approx(1.0)


def test_similarity_is_the_cosine_about_the_mean_of_the_clip():
    tokens = RNG.normal(size=(8, 64, 16)) + 5
    maps = patch_maps(Stub(lambda frames: tokens), CLIP)
    moved = tokens - tokens.mean(axis=(0, 1))
    unit = moved / np.linalg.norm(moved, axis=2, keepdims=True)
    assert similarity(maps, 2, 17) == pytest.approx(unit @ unit[2, 17], abs=0.04)
    assert similarity(maps, 2, 17)[2, 17] == pytest.approx(1.0, abs=0.04)


def test_a_model_of_stretches_has_fewer_steps_than_frames():
    maps = patch_maps(Stub(lambda frames: means(frames[::2]), frames=4), CLIP)
    assert len(maps.colors) == 4 and maps.every == 2
    filled = patch_maps(Stub(lambda frames: means(frames[::2]), frames=16), CLIP)
    assert len(filled.colors) == 4, "8 frames, one latent for two; what fills the stretch has no map"


def test_an_encoder_that_says_the_same_of_everything_is_black_and_not_an_error():
    maps = patch_maps(Stub(lambda frames: np.ones((len(frames), 64, 4))), CLIP)
    assert not maps.colors.any() and not maps.directions.any()


def test_still_balls_lie_where_they_are_placed():
    frames = still_balls(Drop(objects=1, background="plain"), np.array([[0.3, 0.4], [0.7, 0.8]]))
    moved = np.abs(frames[0].astype(int) - frames[1]).sum(axis=2)
    red = [(frame[..., 0].astype(int) - frame[..., 1] > 60) for frame in frames]
    for mask, (x, y) in zip(red, ((0.3, 0.4), (0.7, 0.8)), strict=True):
        rows, columns = np.nonzero(mask)
        assert columns.mean() / 64 == pytest.approx(x, abs=0.03)
        assert 1 - rows.mean() / 64 == pytest.approx(y, abs=0.03)
    assert not moved[:8, :12].any(), "all else is alike"


def place(frames):
    """The place of what is red, as one token: a perfect map."""
    red = np.maximum(frames[..., 0] - frames[..., 1] - 60, 0)
    across = np.arange(64) / 64
    weight = red.sum(axis=(1, 2)) + 1e-9
    x, y = red.sum(axis=1) @ across / weight, 1 - red.sum(axis=2) @ across / weight
    return np.stack([x, y], axis=1)[:, None]


def test_a_map_is_called_one_and_noise_is_not():
    good = examine_grid(state_grid(Stub(place), side=9))
    assert good.faithfulness.trustworthiness > 0.98 and good.linear > 0.98 and good.far > 0.98
    noise = examine_grid(state_grid(Stub(lambda frames: RNG.normal(size=(len(frames), 1, 4))), side=9))
    assert noise.faithfulness.trustworthiness < 0.7 and noise.linear < 0.2 and abs(noise.far) < 0.2


def test_a_model_of_stretches_is_shown_the_ball_at_rest():
    seen = []

    def see(frames):
        seen.append((frames == frames[:1]).all() and len(frames) == 16)
        return place(frames)

    shares = []
    grid = state_grid(Stub(see, frames=16), side=3, report=shares.append)
    assert len(grid) == 9 and all(seen) and len(seen) == 9
    assert shares == [place / 9 for place in range(9)], "before each place"
    assert grid.columns["x (frame widths)"][:3].tolist() == sorted(set(grid.columns["x (frame widths)"]))


def test_a_grid_out_of_bounds_is_refused():
    for side in (1, 41):
        with pytest.raises(ValueError, match=f"2 to 40 positions per side, not {side}"):
            state_grid(Stub(place), side=side)


def test_separate_clusters_are_found_and_the_largest_is_the_first():
    kinds = np.repeat([0, 1, 2], [50, 20, 30])
    rows = (RNG.normal(size=(100, 8)) + 20 * np.eye(8)[kinds]).astype(np.float32)
    found = with_clusters(Embeddings(rows, {"kind": kinds.astype(str)}), 3).columns
    assert list(found) == ["kind", COLUMN]
    names = [set(found[COLUMN][kinds == kind]) for kind in (0, 2, 1)]
    assert names == [{"cluster 1"}, {"cluster 2"}, {"cluster 3"}]
    own = {"cluster": kinds.astype(str), COLUMN: kinds.astype(str)}
    found = with_clusters(Embeddings(rows, own), 3).columns
    assert all(np.array_equal(found[name], column) for name, column in own.items()) and len(found) == 3
    for count in (1, 25, 101):
        with pytest.raises(ValueError, match=f"must be from 2 to 24, not {count}"):
            with_clusters(Embeddings(rows), count)


def test_a_clip_of_one_frame_can_be_mapped():
    assert patch_maps(Stub(means), Clip(CLIP.frames[:1], 10.0)).colors.shape == (1, 64, 3)


def test_maps_of_two_models_of_one_title_are_two_pictures():
    plots = [
        PatchPlot(CLIP.frames, CLIP.fps, (Tile("mine", patch_maps(Stub(encode), CLIP)),))
        for encode in (means, lambda frames: means(frames) ** 2)
    ]
    assert plots[0].id != plots[1].id
