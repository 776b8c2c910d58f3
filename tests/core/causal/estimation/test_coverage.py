"""Coverage is what theory says: about 95 % where an estimate is right, hardly any where it is biased."""

import numpy as np
import pytest

from core.causal.estimation.adjustment import regression, weighting
from core.causal.estimation.coverage import coverage
from core.causal.estimation.question import EstimateError, Question
from core.causal.scm.ladder import average_effect
from core.causal.scm.model_text import parse_model
from core.statistics import wilson_interval

MODEL = parse_model("z = normal(0, 1)\nx = bernoulli(sigmoid(z))\ny = 2*x + 3*z + normal(0, 1)")
HIDDEN = parse_model("hidden z = normal(0, 1)\nx = bernoulli(sigmoid(z))\ny = 2*x + 3*z + normal(0, 1)")


def run(covariates, rounds=400, model=MODEL, **options):
    query = Question("x", "y", covariates)
    return coverage(model, query, regression, 2.0, 200, rounds, np.random.default_rng(0), **options)


def test_a_right_estimate_holds_the_truth_as_often_as_it_says():
    found = run(("z",))
    assert found.low <= 0.95 <= found.high and abs(found.bias) < 0.05
    assert found.low < found.share < found.high and found.runs == 400 and found.failed == 0
    assert 0.3 < found.width < 1.5


def test_a_biased_one_hardly_ever_does():
    found = run((), 100)
    assert found.share < 0.02 and found.bias > 1.5 and found.high < 0.95


def test_the_truth_is_what_doing_gives():
    assert average_effect(MODEL, MODEL.draw_noise(50, np.random.default_rng(0)), "x", "y") == pytest.approx(2.0)


def test_wilsons_interval_as_it_was_published():
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29."""
    for (held, rounds), published in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson_interval(held, rounds) == pytest.approx(published, abs=5e-5)
    assert wilson_interval(20, 20) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)


def test_the_same_seed_gives_the_same_and_it_can_be_followed_and_stopped():
    shares = []
    whole = run(("z",), 10, report=shares.append)
    assert shares == pytest.approx(np.arange(1, 11) / 10) and whole == run(("z",), 10)
    query = iter([False] * 4 + [True])
    assert run(("z",), 10, cancelled=lambda: next(query)).runs == 4
    with pytest.raises(EstimateError, match="cancelled before the first"):
        run(("z",), 10, cancelled=lambda: True)


def test_what_is_hidden_is_kept_from_the_estimate():
    with pytest.raises(KeyError):
        run(("z",), 3, HIDDEN)
    names = set()

    def watching(rows, question):
        names.update(rows)
        return regression(rows, question)

    coverage(HIDDEN, Question("x", "y"), watching, 2.0, 50, 2, np.random.default_rng(0))
    assert names == {"x", "y"}


def test_re_runs_without_an_estimate_are_counted_separately():
    rare = parse_model("x = bernoulli(0.05)\ny = x + normal(0, 1)")
    found = coverage(rare, Question("x", "y"), weighting, 1.0, 20, 200, np.random.default_rng(0))
    assert found.failed > 20 and found.failed + found.runs == 200
    with pytest.raises(EstimateError, match="No run gave an estimate: x is the same in every row"):
        coverage(parse_model("x = 0\ny = x"), Question("x", "y"), weighting, 1.0, 20, 3, np.random.default_rng(0))
    for rounds in (0, 10_001):
        with pytest.raises(EstimateError, match="must be from 1 to 10,000"):
            run((), rounds)
