"""A null that differed from run to run, because another thread drew numbers in between, would be no null. Weights come
from one generator, and nothing else is drawn from or changed."""

import threading
from hashlib import blake2b

import numpy as np
import pytest
import torch

from core.evaluation.attentive import fit_attentive
from core.models.forecast.jepa import Jepa
from core.models.forecast.pixel import PixelConfig, PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.masked.network import MaskedConfig, VJepa
from core.models.registry import load
from core.models.weights import draw_weights, load_weights, weights_from_seed
from core.paths import MODELS
from core.training.artifacts import random_jepa

# Of the weights as they were drawn from torch's global state, in one thread.
NULLS = {
    "vjepa-random": "8620d91d1899df46",
    "ijepa-random": "37bb6753232c6e83",
    "pixel-hidden-random": "4d16ea117a4bd9a7",
    "random": "d623135f726de1fd",
}
NETWORKS = {
    "jepa": lambda: Jepa(TrunkConfig()),
    "pixel": lambda: PixelPredictor(PixelConfig()),
    "masked": lambda: VJepa(MaskedConfig()),
}


def digest(network):
    """Of all weights but those drawn from a normal distribution, which processors compute differently."""
    found = blake2b(digest_size=8)
    for name, part in network.state_dict().items():
        if "widen" not in name:
            found.update(np.ascontiguousarray(part.numpy()).tobytes())
    return found.hexdigest()


def same(one, other):
    parts = [network.state_dict() for network in (one, other)]
    return all(torch.equal(part, parts[1][name]) for name, part in parts[0].items())


@pytest.mark.parametrize("name", NULLS)
def test_nulls_have_the_weights_that_they_always_had(name):
    assert digest(load(name).network) == NULLS[name]


def test_the_shipped_null_of_the_jepa_is_what_its_seed_gives():
    assert same(random_jepa(TrunkConfig(), 0), load("random").network)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_gives_what_the_global_state_of_torch_gives(name):
    with torch.random.fork_rng():
        torch.manual_seed(7)
        known = NETWORKS[name]()
    assert same(weights_from_seed(NETWORKS[name], 7), known)
    assert not same(weights_from_seed(NETWORKS[name], 8), known)


def test_a_generator_goes_on_from_network_to_network():
    generator = torch.Generator().manual_seed(0)
    first, second = (draw_weights(NETWORKS["jepa"], generator) for _ in range(2))
    assert not same(first, second)


@pytest.mark.parametrize("name", NETWORKS)
def test_neither_drawing_nor_loading_touches_the_global_state(name):
    before = torch.get_rng_state()
    weights_from_seed(NETWORKS[name], 1)
    load_weights(lambda: Jepa(TrunkConfig()), MODELS / "jepa")
    load("vjepa")
    assert torch.equal(torch.get_rng_state(), before)


def test_what_other_threads_draw_changes_nothing():
    known, stop, found = weights_from_seed(NETWORKS["masked"], 3), threading.Event(), []

    def disturb():
        while not stop.is_set():
            torch.manual_seed(1)
            torch.rand(1000)

    noise = threading.Thread(target=disturb)
    noise.start()
    draws = [threading.Thread(target=lambda: found.append(weights_from_seed(NETWORKS["masked"], 3))) for _ in range(3)]
    for thread in draws:
        thread.start()
    for thread in draws:
        thread.join()
    stop.set()
    noise.join()
    assert len(found) == 3 and all(same(one, known) for one in found)


def test_loaded_weights_take_the_place_of_every_drawn_one():
    network = load_weights(lambda: Jepa(TrunkConfig()), MODELS / "jepa")
    assert not any(part.is_meta for part in (*network.parameters(), *network.buffers()))
    masked = load("vjepa").network
    assert not any(part.is_meta for part in (*masked.parameters(), *masked.buffers()))
    assert {part.dtype for part in masked.parameters()} == {torch.float32}


def test_a_probe_is_fitted_alike_whatever_the_global_state_is():
    rng = np.random.default_rng(0)
    tokens, events = rng.normal(size=(40, 2, 4, 8)).astype(np.float32), rng.integers(0, 3, 40)
    answers = []
    for seed in (1, 2):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            answers.append(fit_attentive(tokens, events, 0, steps=10)(tokens))
    assert np.array_equal(*answers)
    assert not np.array_equal(answers[0], fit_attentive(tokens, events, 1, steps=10)(tokens))
