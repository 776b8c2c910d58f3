"""What the shipped models make of fixed clips is what was stored: a step that loses its history, a context that is cut
elsewhere or weights in another order change it.

``python tests/core/models/test_shipped_predictions.py`` stores it again. The values may differ by ``TOLERANCE``, as
processors round differently.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.models.protocols import OneStepPredictor, Predictor, frames_per_stretch
from core.models.registry import load, shipped_specs
from core.models.spec import Domain
from core.worlds import Leaves, sample, simulate, world_named

STORED = Path(__file__).with_name("shipped-predictions.json")
TOLERANCE = 1e-4
SHOWN, HORIZON, VALUES = 6, 5, 12  # frames of the context, predicted frames, and values that are kept of each array
SEED = 2_000_007


def clip_for(spec):
    """Frames ``uint8 [1, 32, 64, 64, 3]`` of what a model is made for."""
    if Domain.WORLDS in spec.domains:
        return simulate(sample(world_named("drop").factors, SEED, objects=2), SEED).frames[None]
    return simulate(Leaves(), SEED).frames[None]


def some(array):
    """A few of the values of an array, spread over all of it, its last frame included."""
    flat = np.asarray(array, float).ravel()
    chosen = np.random.default_rng(0).integers(len(flat), size=VALUES)
    return [round(float(value), 6) for value in (*flat[np.sort(chosen)], np.nanmean(flat), np.nanstd(flat))]


def predictions(spec):
    """Values of each array that a model makes of its clip, by ability."""
    model, frames = load(spec.name), clip_for(spec)
    found = {"latents": model.encode(frames[:, : max(SHOWN, frames_per_stretch(model))])}
    if isinstance(model, Predictor):
        found["prediction"] = model.predict(frames[:, :SHOWN], HORIZON)
        found["last frame"] = found["prediction"][:, -1]
    if isinstance(model, OneStepPredictor):
        found["one step"] = model.predict_next(frames[:, :SHOWN])[0]
    return {name: some(array) for name, array in found.items()}


@pytest.mark.parametrize("spec", shipped_specs(), ids=lambda spec: spec.name)
def test_the_shipped_models_predict_what_was_stored(spec):
    stored = json.loads(STORED.read_text(encoding="utf-8"))[spec.name]
    found = predictions(spec)
    assert found.keys() == stored.keys()
    for name, values in found.items():
        np.testing.assert_allclose(values, stored[name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


if __name__ == "__main__":
    kept = {spec.name: predictions(spec) for spec in shipped_specs()}
    text = json.dumps(kept, indent=1)
    STORED.write_text(re.sub(r"(?<=[\[,])\n {3,}|\n +(?=])", "", text) + "\n", encoding="utf-8")  # an array to a line
