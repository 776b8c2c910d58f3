"""Pages, commands and evaluations take their lists of models from the specs. A spec that said something else than the
model does, or that named what is not there, would break all of them at once."""

import numpy as np
import pytest

from core.evaluation.recognition_data import FRAMES
from core.models.protocols import Decoder, Encoder, Predictor, StepwisePredictor
from core.models.registry import (
    card,
    controls,
    default_pair,
    digest_of,
    find_spec,
    folder_of,
    forecasters,
    load,
    null_of,
    recognisers,
    representations,
    shipped_representations,
    shipped_specs,
    spec_named,
    trainable,
)
from core.models.spec import Capability, Domain, ModelSpec, Purpose, Space
from core.paths import MODELS
from core.training.shipped import plans
from core.worlds import Drop, Wall, simulate

NAMES = [spec.name for spec in shipped_specs()]
FILM = np.stack([simulate(Drop(objects=2), 2_000_023).frames, simulate(Wall(), 2_000_041).frames])
PREDICTORS = [spec.name for spec in shipped_specs() if spec.can(Capability.PREDICT)]


@pytest.fixture(scope="module", params=NAMES)
def pair(request):
    return spec_named(request.param), load(request.param)


def test_names_and_titles_are_unique():
    assert len(set(NAMES)) == len(NAMES)
    titles = [spec.title for spec in shipped_specs()]
    assert len(set(titles)) == len(titles)
    former = [title for spec in shipped_specs() for title in spec.former_titles]
    assert len(set(former)) == len(former) and not set(former) & set(titles)


def test_a_model_can_do_what_its_spec_says_and_no_more(pair):
    spec, model = pair
    assert spec.can(Capability.ENCODE) == isinstance(model, Encoder)
    assert spec.can(Capability.PREDICT) == isinstance(model, Predictor)
    assert spec.can(Capability.DECODE) == isinstance(model, Decoder)


def test_a_model_is_called_what_its_spec_says(pair):
    spec, model = pair
    assert (model.name, model.title) == (spec.name, spec.title)
    if isinstance(model, Predictor):
        assert model.is_pixel == spec.is_pixel
        assert model.is_baseline == (spec.purpose is Purpose.BASELINE)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_spec_names_is_there(name):
    spec = spec_named(name)
    for other in filter(None, (spec.null, spec.repeats)):
        assert find_spec(other) is not None
    if spec.folder:
        assert folder_of(name) == MODELS / spec.folder and (MODELS / spec.folder / "weights.safetensors").exists()
        assert card(name) is not None and digest_of(name)
    else:
        assert folder_of(name) is card(name) is digest_of(name) is None
    assert spec.label and spec.description and len(spec.label) <= len(spec.title)


def test_every_recipe_makes_a_model_and_every_plan_belongs_to_one():
    trained = {spec.name for spec in shipped_specs() if spec.recipe}
    decoders = {f"{spec.name}-decoder" for spec in shipped_specs() if spec.decoder_recipe}
    assert set(plans()) == trained | decoders


def test_the_null_of_a_null_is_itself():
    for spec in shipped_specs():
        null = null_of(spec.name)
        assert null_of(null.name).name == null.name


def test_lists_are_those_that_were_measured():
    """The stored results hold these models; another list would make them incomparable."""
    assert [spec.name for spec in forecasters()] == [
        "copy-last",
        "constant-velocity",
        "nearest",
        "random",
        "unguarded",
        "pixel-hidden",
        "pixel",
        "jepa",
    ]
    assert {spec.name for spec in recognisers()} == {
        "vjepa",
        "masked-pixels",
        "jepa-memory",
        "jepa",
        "pixel-memory",
        "vjepa-random",
        "random-memory",
        "random",
    }
    assert [spec.name for spec in controls()] == ["random", "unguarded", "pixel-hidden"]
    assert default_pair(Domain.WORLDS) == ("pixel", "jepa")
    assert default_pair(Domain.FILMS) == ("pixel-leaves", "jepa-leaves")
    assert [spec.name for spec in trainable()] == ["jepa", "pixel"]


def test_representations_have_latents_of_their_own_and_the_jepa_comes_first():
    found = shipped_representations()
    assert found[0].name == default_pair(Domain.WORLDS)[1]
    assert all(spec.space is Space.LATENTS for spec in found)
    assert {"jepa", "vjepa", "ijepa", "random", "jepa-leaves"} <= {spec.name for spec in found}
    assert [spec.name for spec in found] == [
        spec.name for spec in representations() if spec.purpose is not Purpose.USER
    ]


def test_recognisers_take_the_clips_of_the_evaluation():
    for spec in recognisers():
        assert FRAMES % getattr(load(spec.name), "frames", 1) == 0


def test_a_name_that_ends_as_ours_do_is_not_cut():
    assert folder_of("their-memory") is None and card("their-memory") is None and digest_of("their-hidden") is None
    assert not null_of("their-memory").is_own


def test_a_spec_cannot_be_changed():
    spec = spec_named("jepa")
    assert isinstance(spec, ModelSpec)
    with pytest.raises(AttributeError):
        spec.title = "another"


@pytest.fixture(scope="module", params=PREDICTORS)
def predictor(request):
    return load(request.param)


def stepped(model, state, count):
    latents = []
    for _ in range(count):
        state, latent = model.step(state)
        latents.append(latent)
    return state, np.stack(latents, axis=1)


def test_every_shipped_predictor_but_the_features_of_one_can_step(predictor):
    encodes_in_a_batch = predictor.name.startswith("pixel-hidden")
    assert isinstance(predictor, StepwisePredictor) != encodes_in_a_batch


def test_single_steps_give_the_prediction_to_the_bit(predictor):
    if not isinstance(predictor, StepwisePredictor):
        return
    for context, count in ((4, 9), (7, 3)):
        whole = predictor.predict(FILM[:, :context], count)
        assert np.array_equal(stepped(predictor, predictor.start(FILM[:, :context]), count)[1], whole, equal_nan=True)


def test_a_roll_out_goes_on_from_its_state_and_from_the_same_state_twice(predictor):
    if not isinstance(predictor, StepwisePredictor):
        return
    whole = predictor.predict(FILM[:, :5], 8)
    state, first = stepped(predictor, predictor.start(FILM[:, :5]), 3)
    rest, again = (stepped(predictor, state, 5)[1] for _ in range(2))
    assert np.array_equal(np.concatenate([first, rest], axis=1), whole, equal_nan=True)
    assert np.array_equal(rest, again, equal_nan=True), "a step must not change the state it starts from"


def test_steps_know_nothing_of_the_frames_after_the_context(predictor):
    if not isinstance(predictor, StepwisePredictor):
        return
    other = FILM.copy()
    other[:, 5:] = 255 - other[:, 5:]
    here, there = (stepped(predictor, predictor.start(film[:, :5]), 4)[1] for film in (FILM, other))
    assert np.array_equal(here, there, equal_nan=True)
    seen = stepped(predictor, predictor.start(other[:, :6]), 3)[1]
    assert not np.array_equal(seen, stepped(predictor, predictor.start(FILM[:, :6]), 3)[1], equal_nan=True)


def test_a_state_refuses_a_context_that_the_model_cannot_use(predictor):
    if isinstance(predictor, StepwisePredictor):
        with pytest.raises(ValueError, match="Context must be uint8"):
            predictor.start(FILM[:, :4] / 255.0)
