"""Interventions as text, as a link holds them: what is written is read again, and nonsense is refused."""

import numpy as np
import pytest

from core.causal.scm.intervention_text import (
    argument_of,
    intervention_text,
    kind_of,
    make_intervention,
    parse_intervention,
)
from core.causal.scm.interventions import Do, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import mechanism_text, parse_mechanism, parse_model

LINES = (
    "normal(0, 2)",
    "0.2*soil + normal(0, 1)",
    "normal(3, 1)",
    "uniform(0, 1)",
    "soil - 2 + uniform(-1, 3)",
    "laplace(-1, 0.5)",
    "sqrt(abs(soil)) + laplace(0, 1)",
    "bernoulli(sigmoid(soil - 1))",
    "bernoulli(0.5)",
    "choice(1, exp(soil), 2)",
    "2*soil",
    "-soil",
    "3",
    "(soil > 1) + normal(0, 1)",
)


@pytest.mark.parametrize("line", LINES)
def test_a_mechanism_is_read_as_it_is_written(line):
    """Also its noise: the same units come out."""
    rng = np.random.default_rng
    first, again = (
        parse_model(f"soil = normal(0, 1)\nx = {text}") for text in (line, mechanism_text(parse_mechanism(line)))
    )
    values, others = (model.simulate(model.draw_noise(50, rng(0))).values["x"] for model in (first, again))
    assert values == pytest.approx(others, rel=1e-8, abs=1e-8)
    assert mechanism_text(again.mechanisms["x"]) == mechanism_text(parse_mechanism(line)), "and settles"


def test_short_lines_stay_as_they_are():
    for line in ("normal(0, 2)", "uniform(0, 1)", "bernoulli(0.5)", "laplace(-1, 0.5)"):
        assert mechanism_text(parse_mechanism(line)) == line


def test_interventions_are_read_as_they_are_written():
    acts = (
        Do("x", 3.0),
        Do("x", -0.25),
        Shift("x", 1.5),
        Randomise("x", 0.3),
        *(ReplaceMechanism("x", parse_mechanism(line)) for line in LINES),
    )
    texts = [intervention_text(one) for one in acts]
    assert texts[:5] == ["x:3", "x:-0.25", "x:shift:1.5", "x:chance:0.3", "x:replace:normal(0,2)"]
    for one, text in zip(acts, texts, strict=True):
        again = parse_intervention(text)
        assert " " not in text and intervention_text(again) == text and type(again) is type(one)
        assert make_intervention(again.node, kind_of(again), argument_of(again)) == again


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x:",
        "x:much",
        "x:shift",
        "x:shift:more",
        "x:chance:",
        "x:turn:3",
        "x:replace:",
        "x:replace:2*(",
        "x:replace:open('f')",
    ],
)
def test_what_is_no_intervention_is_refused(text):
    with pytest.raises(ValueError) as error:
        parse_intervention(text)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
    assert type(error.value).__name__ in ("MechanismError", "ExpressionError")


def test_a_way_to_act_that_is_none_is_named():
    with pytest.raises(MechanismError, match="no intervention called 'turn'; use do, shift, chance, replace"):
        make_intervention("x", "turn", 1.0)


def test_the_words_of_older_links_are_still_read():
    assert parse_intervention("x:set:3") == parse_intervention("x:do:3") == Do("x", 3.0)
    assert parse_intervention("x:listen:2*y") == parse_intervention("x:replace:2*y")
