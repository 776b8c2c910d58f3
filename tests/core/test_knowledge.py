"""Probes read what is there in clips that they have not seen, and no more; skill is nothing for who stands still."""

import numpy as np
import pytest

from core.embedding.knowledge import linear_r2, probe_signs, skill_sign
from core.embedding.table import Embeddings
from core.worlds import Drop, simulate

RNG = np.random.default_rng(0)
CLIPS, STEPS = 12, 20
GROUP = np.repeat(np.arange(CLIPS), STEPS)
PLACES = RNG.uniform(size=(CLIPS * STEPS, 2)).cumsum(axis=0) % 1.0
KNOWN = {"x (widths)": PLACES[:, 0], "y (widths)": PLACES[:, 1]}


def values(vectors, columns=KNOWN, group=GROUP):
    return [sign.value for sign in probe_signs(Embeddings(vectors.astype(np.float32), columns, group))]


def test_what_lies_in_a_representation_by_a_linear_map_is_read():
    mixed = np.column_stack([PLACES, RNG.normal(size=(len(PLACES), 6))]) @ RNG.normal(size=(8, 30))
    place, velocity = values(mixed)
    assert place > 0.99 and velocity > 0.99


def test_noise_and_a_name_for_each_clip_tell_nothing():
    """A probe must not learn a clip by heart: one that is fitted to frames of the same clip could."""
    names = np.repeat(RNG.normal(size=(CLIPS, 40)), STEPS, axis=0)
    middles = np.repeat(RNG.uniform(size=(CLIPS, 2)), STEPS, axis=0)
    assert linear_r2(names, middles, GROUP) < 0.3
    place, velocity = values(RNG.normal(size=(len(PLACES), 30)))
    assert place < 0.1 and velocity < 0.1


def test_without_truth_or_with_few_clips_there_is_nothing_to_say():
    assert values(PLACES, {"kind": np.full(len(PLACES), "a")}) == [None, None]
    assert values(PLACES, KNOWN, None) == [None, None]
    assert values(PLACES[:40], {name: column[:40] for name, column in KNOWN.items()}, GROUP[:40]) == [None, None]
    assert "truth is known" in probe_signs(Embeddings(PLACES.astype(np.float32)))[0].why


class Foretells:
    """Sees the mean colours of 64 patches; foretells by ``guess`` from the whole clip."""

    size, fps, title, is_baseline = 64, 10.0, "foretells", False

    def __init__(self, guess):
        self.guess = guess

    def encode(self, frames):
        return frames.reshape(*frames.shape[:2], 8, 8, 8, 8, 3).mean(axis=(3, 5)).reshape(*frames.shape[:2], 64, 3)

    def predict(self, context, horizon):
        return self.guess(self, context, horizon)


def test_who_repeats_the_last_latent_has_no_skill_and_who_knows_has_all():
    clips = [simulate(Drop(objects=1), seed=seed, frames=12) for seed in range(4)]
    still = Foretells(lambda model, context, horizon: np.repeat(model.encode(context[:, -1:]), horizon, axis=1))
    knows = Foretells(lambda model, context, horizon: model.encode(np.stack([clip.frames[4:12] for clip in clips])))
    assert skill_sign(still, clips).value == pytest.approx(0.0, abs=1e-9)
    assert skill_sign(knows, clips).value == pytest.approx(1.0)
    large = [simulate(Drop(objects=1), seed=seed, frames=12, size=96) for seed in range(4)]
    assert skill_sign(still, large).value == pytest.approx(0.0, abs=1e-9), "clips are shown at the model's own size"


def test_who_does_not_foretell_is_not_asked():
    clips = [simulate(Drop(), seed=seed, frames=8) for seed in range(3)]
    sign = skill_sign(Foretells(lambda model, context, horizon: None), clips)
    assert sign.value is None and "clips of 12 frames or more" in sign.why
    assert skill_sign(object(), clips).value is None
