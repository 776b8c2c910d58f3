"""What is stored must be what the models at hand do, and measuring again must give the same."""

import numpy as np
import pytest

from core.evaluation.forecast_result import ForecastResult
from core.evaluation.scoreboard import (
    CASES,
    MOVING,
    STRENGTHS,
    RobustnessResult,
    TrainingSeedsResult,
    measure_case,
    measure_robustness,
    measure_seeds,
    result_name,
    seed_names,
    store,
    stored,
)
from core.models.registry import digest_of, load
from core.results import provenance

KINDS = {"robustness": RobustnessResult, "seeds": TrainingSeedsResult}


@pytest.fixture(scope="module")
def pair():
    return [load(name) for name in ("copy-last", "pixel", "jepa")]


@pytest.mark.parametrize("name", [*map(result_name, CASES), "robustness", "seeds"])
def test_every_shipped_result_is_of_the_shipped_weights(name):
    models = stored(KINDS.get(name, ForecastResult), name).models
    assert set(seed_names() if name == "seeds" else ("pixel", "jepa")) <= set(models)
    for arm, score in models.items():
        assert score.weights == digest_of(arm), f"{name} was measured with other weights"


def test_the_strength_of_the_background_is_the_cause_that_is_changed(pair):
    found = measure_robustness(pair[1:], lambda what, share: None, clips=2)
    assert found.strengths == STRENGTHS and found.protocol.background == "moving"
    errors = {
        name: np.array([[step.mean for step in steps] for steps in score.position_error])
        for name, score in found.models.items()
    }
    for table in errors.values():
        assert table.shape == (5, 16)
        assert len({tuple(row) for row in table.round(6)}) == 5, "each strength is another film"
    for name, score in found.models.items():
        rise = [step.mean for step in score.rise]
        assert rise == pytest.approx(errors[name][-1] - errors[name][0], abs=1e-6)


def test_seeds_are_measured_on_the_clips_of_every_case(pair):
    """The model that the other pages show has the same errors there, and each training is another model."""
    found = measure_seeds([load(name) for name in seed_names()], lambda what, share: None, clips=2).models
    one_case = measure_case("wall", pair, lambda what, share: None, clips=2).models["jepa"].position_error
    assert found["jepa"].cases["wall"] == one_case
    assert all(set(model.cases) == set(CASES) for model in found.values())
    assert [model.seed for model in found.values()] == [0, 1, 2]
    drop = measure_case("drop", pair, lambda what, share: None, clips=2).models["jepa"]
    assert found["jepa"].r2 == drop.read_out_r2 and found["jepa"].velocity_r2 == drop.velocity_r2
    assert len({model.cases["wall"][7].mean for model in found.values()}) == len(seed_names())


def test_the_rise_is_that_of_pairs_of_clips():
    """A model that is off by as much with every background rises by nothing, however much clips differ."""
    found = measure_robustness([load("constant-velocity")], lambda what, share: None, clips=4)
    score = found.models["constant-velocity"]
    spread = score.position_error[0][3]
    assert abs(score.rise[3].mean) < 0.02
    assert score.rise[3].high - score.rise[3].low < 0.5 * (spread.high - spread.low)


def test_a_result_comes_back_with_where_it_is_from(tmp_path):
    result = RobustnessResult(MOVING, STRENGTHS, {}, provenance=provenance("somebody"))
    store("robustness", result, tmp_path)
    again = stored(RobustnessResult, "robustness", tmp_path)
    assert again.models == {} and again.protocol == MOVING
    assert again.provenance.command == "worldscope evaluate scoreboard" and again.provenance.date
    assert stored(ForecastResult, "forecast-sea", tmp_path) is None
