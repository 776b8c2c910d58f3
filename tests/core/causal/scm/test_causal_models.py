"""Seeing, doing and imagining: worked cases with exact answers, and what must hold in every model."""

import ast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import random_model

from core.causal.graphs.graph import GraphError
from core.causal.scm.expression_tree import ExpressionError, parse_tree, tree_text
from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import Additive, Categorical, MechanismError
from core.causal.scm.model import check_numbers
from core.causal.scm.model_text import parse_model

JOE = parse_model("X = normal(0, 1)\nH = 0.5*X + normal(0, 1)\nY = 0.7*X + 0.4*H + normal(0, 1)")
MANY = 200_000


def rng():
    return np.random.default_rng(0)


def seen(**values):
    return {name: np.array([value], float) for name, value in values.items()}


def joe(*interventions):
    units = JOE.abduct(seen(X=0.5, H=1, Y=1.5), 1, rng())
    return JOE.counterfactual(units, *interventions).values["Y"][0]


def test_joe():
    """Pearl, Glymour and Jewell 2016, 4.2.3 and 4.2.4."""
    units = JOE.abduct(seen(X=0.5, H=1, Y=1.5), 1, rng())
    assert [units.noise[node][0] for node in "XHY"] == pytest.approx([0.5, 0.75, 0.75])
    assert joe(Do("H", 2)) == pytest.approx(1.90)
    assert joe(Do("X", 0)) == pytest.approx(1.05) and joe(Do("X", 1)) == pytest.approx(1.95)
    assert joe(Do("X", 1), Do("H", 1)) == pytest.approx(1.85)


def test_an_intervention_on_joe_is_not_his_counterfactual():
    noise = JOE.draw_noise(MANY, rng())
    assert JOE.simulate(noise, Do("H", 2)).mean("Y") == pytest.approx(0.8, abs=0.01)
    assert JOE.simulate(noise, Do("X", 0.5), Do("H", 2)).mean("Y") == pytest.approx(1.15, abs=0.01)


@pytest.mark.parametrize("u, x, y, imagined", [(1, 1, 2, (2, 3, 4)), (2, 2, 4, (3, 4, 5)), (3, 3, 6, (4, 5, 6))])
def test_the_primers_first_example(u, x, y, imagined):
    """Pearl, Glymour and Jewell 2016, 4.2.1: X = U, Y = X + U; U is what nobody sees."""
    model = parse_model("hidden U = normal(0, 1)\nX = U\nY = X + U")
    units = model.abduct(seen(U=u, X=x, Y=y), 1, rng())
    assert tuple(model.counterfactual(units, Do("X", value)).values["Y"][0] for value in (1, 2, 3)) == imagined


def test_the_noisy_firing_squad():
    """Pearl 2009, 7.1.2: had rifleman A not fired, would the prisoner be alive? q(1-p) / (1-(1-q)(1-p)) = 1/6."""
    squad = parse_model("hidden U = bernoulli(0.6)\nhidden W = bernoulli(0.3)\nA = max(U, W)\nB = U\nD = max(A, B)")
    units = squad.abduct(seen(D=1), MANY, rng())
    assert 1 - squad.counterfactual(units, Do("A", 0)).mean("D") == pytest.approx(1 / 6, abs=0.005)
    assert units.effective == pytest.approx(MANY * (1 - 0.4 * 0.7), rel=0.01)


@pytest.mark.parametrize("t, b, treated, answer", [(1, 1, 0, 0), (1, 0, 0, 1), (0, 0, 1, 1), (0, 1, 1, 0)])
def test_the_eye_disease(t, b, treated, answer):
    """Peters, Janzing and Schoelkopf 2017, example 3.4."""
    model = parse_model("hidden N = bernoulli(0.01)\nT = bernoulli(0.5)\nB = T*N + (1 - T)*(1 - N)")
    units = model.abduct(seen(T=t, B=b), 2000, rng())
    assert model.counterfactual(units, Do("T", treated)).mean("B") == pytest.approx(answer)


def test_the_third_rung_is_not_fixed_by_the_second():
    """Y = U and Y = X xor U say the same of everything seen and done, and imagine otherwise."""
    plain = parse_model("hidden U = bernoulli(0.5)\nX = bernoulli(0.5)\nY = U + 0*X")
    crossed = parse_model("hidden U = bernoulli(0.5)\nX = bernoulli(0.5)\nY = abs(X - U)")
    for value in (0, 1):
        means = [model.simulate(model.draw_noise(MANY, rng()), Do("X", value)).mean("Y") for model in (plain, crossed)]
        assert means == pytest.approx([0.5, 0.5], abs=0.005)
    imagined = [
        model.counterfactual(model.abduct(seen(X=0, Y=0), 2000, rng()), Do("X", 1)).mean("Y")
        for model in (plain, crossed)
    ]
    assert imagined == [0, 1]


def test_a_confounded_slope():
    """By hand: what is left out biases the slope by 3 * cov(Z, T) / var(T) = 3 * 2 / (2**2 + 1) = 6/5."""
    model = parse_model("Z = normal(0, 1)\nT = 2*Z + normal(0, 1)\nY = T + 3*Z + normal(0, 1)")
    units = model.simulate(model.draw_noise(MANY, rng()))
    assert np.polyfit(units.values["T"], units.values["Y"], 1)[0] == pytest.approx(2.2, abs=0.02)
    done = [model.simulate(units.noise, Do("T", value)).values["Y"] for value in (0, 1)]
    assert done[1] - done[0] == pytest.approx(1.0), "of every single unit, as the noise is shared"


def test_berkson():
    """Berkson 1946: what is independent among everybody is tied among those who have either. By hand: 1 and 1/2."""
    model = parse_model("X = bernoulli(0.5)\nY = bernoulli(0.5)\nS = max(X, Y)")
    values = model.simulate(model.draw_noise(MANY, rng())).values
    chosen = values["S"] == 1
    assert values["Y"][chosen & (values["X"] == 0)].mean() == 1
    assert values["Y"][chosen & (values["X"] == 1)].mean() == pytest.approx(0.5, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_doing_changes_what_descends_from_it_alone(seed):
    model = random_model(seed)
    noise = model.draw_noise(30, np.random.default_rng(seed))
    before, node = model.simulate(noise), model.order[-1]
    for change in (
        Do(node, 3.0),
        Shift(node, 1.0),
        Randomise(node, 0.3),
        ReplaceMechanism(node, Additive(Expression("5"), 0.0)),
    ):
        after = model.simulate(noise, change)
        assert all(np.array_equal(after.values[n], before.values[n]) for n in model.mechanisms if n != node)
    root = model.order[0]
    after = model.simulate(noise, Shift(root, 1.0))
    still = set(model.mechanisms) - model.graph.descendants([root])
    assert all(np.array_equal(after.values[n], before.values[n]) for n in still)


def test_doing_on_a_root_is_conditioning_on_it():
    """Of every node, in every model: the law of units whose root was set is that of units whose root was seen so, by
    abduction and, where the root has few values, by picking the rows (Pearl 2009, rule 2 of 3.4.1)."""
    picked = 0
    for seed in range(40):
        model, draw = random_model(seed), np.random.default_rng(seed)
        root = next(node for node in model.order if not model.mechanisms[node].parents)
        natural = model.simulate(model.draw_noise(40_000, draw))
        value = float(natural.values[root][0])
        done = model.simulate(model.draw_noise(20_000, draw), Do(root, value)).values
        seen_so = [model.abduct({root: np.array([value])}, 20_000, draw).values]
        rows = natural.values[root] == value
        if rows.sum() > 2_000:
            seen_so.append({node: column[rows] for node, column in natural.values.items()})
            picked += 1
        for conditioned in seen_so:
            for node in model.mechanisms:
                assert _separation(done[node], conditioned[node]) < 2.5, (seed, node)
            both = [sum((i + 1) * units[node] for i, node in enumerate(model.order)) for units in (done, conditioned)]
            assert _separation(*both) < 2.5, (seed, "together")
    assert picked > 10


def test_doing_on_what_is_no_root_is_not_conditioning_on_it():
    model = parse_model("Z = bernoulli(0.5)\nX = bernoulli(0.2 + 0.6*Z)\nY = Z + normal(0, 1)")
    noise = model.draw_noise(40_000, rng())
    values = model.simulate(noise).values
    assert _separation(model.simulate(noise, Do("X", 1)).values["Y"], values["Y"][values["X"] == 1]) > 10


def _separation(one, other):
    """The statistic of Kolmogorov and Smirnov: above 2.5 once in a hundred thousand times for the same law."""
    grid = np.sort(np.concatenate((one, other)))
    low, high = (np.searchsorted(np.sort(column), grid, "right") / len(column) for column in (one, other))
    return np.abs(low - high).max() * (len(one) * len(other) / (len(one) + len(other))) ** 0.5


def test_a_node_may_listen_to_a_later_one_from_now_on():
    """X came before Y; once Y is left to itself or X listens to W, the order is another."""
    model = parse_model("X = normal(0, 1)\nY = 2*X + normal(0, 1)\nW = normal(0, 1)")
    noise = model.draw_noise(50, rng())
    from_w = ReplaceMechanism("X", Additive(Expression("3*W")))
    values = model.simulate(noise, from_w).values
    assert values["X"] == pytest.approx(3 * noise["W"] + noise["X"])
    assert values["Y"] == pytest.approx(2 * values["X"] + noise["Y"])
    turned = model.simulate(
        noise, ReplaceMechanism("X", Additive(Expression("Y"))), ReplaceMechanism("Y", Additive(Expression("5")))
    ).values
    assert turned["Y"] == pytest.approx(5 + noise["Y"]) and turned["X"] == pytest.approx(turned["Y"] + noise["X"])
    for held in (Do("Y", 7.0), Randomise("Y", 1.0)):  # whose arrows are cut, so that no circle is left
        values = model.simulate(noise, ReplaceMechanism("X", Additive(Expression("Y"))), held).values
        assert values["X"] == pytest.approx((7 if isinstance(held, Do) else 1) + noise["X"])


@pytest.mark.parametrize(
    "line, error, said",
    [("Y", GraphError, "form a cycle"), ("Q", MechanismError, "X depends on Q, which has no mechanism")],
)
def test_a_node_cannot_listen_to_what_is_not_there_or_listens_to_it(line, error, said):
    noise = JOE.draw_noise(3, rng())
    for other in ((), (Shift("Y", 1.0),)):
        with pytest.raises(error, match=said):
            JOE.simulate(noise, ReplaceMechanism("X", Additive(Expression(line))), *other)


@pytest.mark.parametrize(
    "values, said",
    [
        (
            {"X": [1, 2, 3], "H": [1, 2], "Y": [1, 2, 3]},
            "H was observed in 2 units and others in 3; give",
        ),
        ({"X": [1, 2], "H": 1, "Y": [1, 2]}, "H was observed in 1 units and others in 2"),
        ({"X": [1], "H": [1], "Y": [1], "Z": [1]}, "no node called Z"),
        ({"X": [[1, 2]], "H": [1], "Y": [1]}, "X must hold one number for each unit, not a table"),
        ({"X": [1, 2], "H": [1, 2]}, "Several units must be observed completely; Y is missing"),
    ],
)
def test_what_is_seen_must_be_of_the_nodes_and_of_the_same_units(values, said):
    with pytest.raises(ValueError, match=said):
        JOE.abduct({node: np.array(column, float) for node, column in values.items()}, 1, rng())


def test_abducted_noise_is_spread_as_noise_that_was_never_seen():
    """Over many units, the noise that was worked out has the law of the noise that was drawn."""
    model = parse_model("X = normal(0, 1)\nT = bernoulli(sigmoid(X))\nC = choice(1, exp(X), 2)")
    units = model.simulate(model.draw_noise(MANY, rng()))
    abducted = model.abduct(units.values, 1, np.random.default_rng(1))
    assert np.quantile(abducted.noise["T"], (0.1, 0.5, 0.9)) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    for kind in range(3):
        assert abducted.noise["C"][:, kind].mean() == pytest.approx(np.euler_gamma, abs=0.02)
        assert abducted.noise["C"][:, kind].std() == pytest.approx(np.pi / 6**0.5, abs=0.02)


def test_a_guess_says_how_much_it_is_worth():
    model = parse_model("hidden U = normal(0, 1)\nX = U + normal(0, 0.1)\nY = X + 2*U + normal(0, 0.1)")
    near, far = (model.abduct(seen(X=x, Y=3 * x), 5000, rng()) for x in (0.0, 4.0))
    assert 0 < far.effective < near.effective < 5000
    assert near.mean("U") == pytest.approx(0.0, abs=0.02)
    nothing = parse_model("X = 1\nY = X").abduct(seen(Y=7), 10, rng())
    assert nothing.effective == 0.0


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "no node in this text"),
        ("x = normal(0, 1)\nx = 2", "x has two lines, the second is line 2"),
        ("x = y", "x depends on y, which has no mechanism"),
        ("x = 2 +", "Line 1, column 8: expected a number, a name or (, not the end of the text"),
        ("hello", "Line 1, column 6: expected =, not the end of the text; write for example y = 2*x"),
        ("x = normal(0, 1) + normal(0, 1)", "Line 1: a node has one noise term, and here are 2"),
        ("x = normal(0)", "Line 1: normal takes two numbers"),
        ("x = normal(0, -1)", "Line 1: The scale of the noise must be 0 or more, not -1"),
        ("x = uniform(2, 1)", "needs its lower end first"),
        ("x = choice(1)", "at least two categories"),
        ("x = __import__('os').system('ls')", "column 16: expected arithmetic"),
        ("\nx = frobnicate(2)", "Line 2: There is no function called frobnicate"),
        ("x = min(2)", "min takes 2 arguments, not 1"),
        ("a = 'text'", "Line 1, column 5: expected arithmetic"),
        (
            "x = 1\ny = 2*x - normal(0, 1)",
            "Line 2: normal must be a term of its own at the end, as in 2*x + n",
        ),
        ("y = 2*uniform(0, 1)", "Line 1: uniform must be a term of its own at the end"),
        ("y = 1 + bernoulli(0.2)", "Line 1: bernoulli must stand alone, as in y = bernoulli(0.2)"),
        ("y = bernoulli(0.2, 0.3)", "Line 1: bernoulli must stand alone"),
        ("y = bernoulli(normal(0, 1))", "Line 1: normal must be a term of its own"),
        ("y = 1 + choice(1, 2)", "Line 1: choice must stand alone"),
        ("y = choice(" + ", ".join("1" * 21) + ")", "Line 1: A choice has at most 20 categories, not 21"),
        ("y = choice(1, -2)", "Line 1: a weight must be a number of 0 or more, not -2"),
        ("y = bernoulli(log(-1))", "Line 1: a probability must be from 0 to 1, not nan"),
        ("y = 1" + "0" * 400, "Line 1: 10000000... is too large a number"),
        ("y = 1" + "0" * 5000, "Line 1: 10000000... is too large a number"),
        ("y = normal(0, 1" + "0" * 400 + ")", "Line 1: normal takes two numbers"),
        ("y = normal(1e999, 1)", "Line 1: normal takes two numbers"),
        ("y = normal(0, 1, deviation=3)", "Line 1, column 27: expected arithmetic"),
        ("y = " + "+".join("1" * 1500), "is nested too deeply"),
        ("x² = 1", "Line 1, column 1: 'x²' is not a name"),
        ("x = " + "(" * 60 + "1" + ")" * 60 + "+" + "-" * 60 + "1", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(text, said):
    with pytest.raises((MechanismError, ExpressionError, GraphError)) as error:
        parse_model(text)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_arrows_in_a_circle_are_reported():
    with pytest.raises(GraphError, match="form a cycle"):
        parse_model("x = y + normal(0, 1)\ny = x + normal(0, 1)")


def test_changes_that_make_no_sense_are_refused():
    noise = JOE.draw_noise(3, rng())
    for changes, said in (
        ((Do("X", 1), Shift("X", 1)), "two interventions"),
        ((Randomise("X", 1.5),), "from 0 to 1"),
        ((Do("X", float("nan")),), "must get a finite number"),
        ((Do("Q", 1),), "no node called Q"),
    ):
        with pytest.raises(ValueError, match=said):
            JOE.simulate(noise, *changes)
    for count in (0, 2_000_001):
        with pytest.raises(MechanismError, match="number of units must be"):
            JOE.draw_noise(count, rng())


def test_another_kind_of_noise_is_drawn_anew_and_the_same_kind_is_kept():
    model = parse_model("X = normal(2, 3)\nY = X + normal(0, 1)")
    noise = model.draw_noise(MANY, rng())
    for shape, far in (("uniform", 3**0.5), ("laplace", 14.0), ("normal", 6.0)):
        change = ReplaceMechanism("X", Additive(Expression("0"), 1.0, shape))
        x = model.simulate(noise, change).values["X"]
        assert (x.mean(), x.std()) == pytest.approx((0, 1), abs=0.02) and np.abs(x).max() <= far
        assert np.corrcoef(x, noise["X"])[0, 1] == pytest.approx(float(shape == "normal"), abs=0.01)
        assert (model.simulate(noise, change, Do("Y", 1)).values["X"] == x).all(), "the same units"
    with pytest.raises(MechanismError, match="same number of categories"):
        model.simulate(noise, ReplaceMechanism("X", Categorical((Expression("1"), Expression("2")))))


def test_noise_that_no_value_tells_is_drawn_when_it_is_needed():
    model = parse_model("X = normal(0, 1)\nY = 2*X")
    units = model.abduct({"X": np.ones(20_000), "Y": np.full(20_000, 2.0)}, 1, rng())
    y = model.counterfactual(units, ReplaceMechanism("Y", Additive(Expression("0"), 1.0))).values["Y"]
    assert (y.mean(), y.std()) == pytest.approx((0, 1), abs=0.03)
    y = model.counterfactual(units, Randomise("Y", 0.5)).values["Y"]
    assert y.mean() == pytest.approx(0.5, abs=0.02) and y[:10_000].mean() == pytest.approx(0.5, abs=0.02)


def test_what_is_randomised_has_nothing_to_do_with_what_was_guessed():
    model = parse_model("hidden u = normal(0, 1)\nx = u + normal(0, 1)\ny = u + normal(0, 1)")
    units = model.abduct(seen(x=1, y=1), 50_000, rng())
    other = model.counterfactual(units, Randomise("x", 0.5)).values
    u = [np.average(other["u"][other["x"] == x], weights=units.weights[other["x"] == x]) for x in (0, 1)]
    assert u[0] == pytest.approx(u[1], abs=0.03)


@pytest.mark.parametrize(
    "text, values, said",
    [
        ("x = normal(0, 1)\ny = 2*x", {"x": 1, "y": 5}, "y can't have been 5"),
        ("x = bernoulli(0.5)\ny = bernoulli(x)", {"x": 0, "y": 1}, "y can't have been 1"),
        ("x = bernoulli(0.5)", {"x": 0.7}, "x can't have been 0.7"),
        ("x = uniform(0, 1)", {"x": 2}, "x can't have been 2"),
        ("x = normal(0, 1)", {"x": float("nan")}, "x can't have been nan"),
        *(("x = choice(1, 2)", {"x": kind}, f"x can't have been {kind:g}") for kind in (5, -1, 0.5)),
        ("x = choice(1, 0)", {"x": 1}, "x can't have been 1"),
    ],
)
def test_what_was_never_possible_is_not_imagined(text, values, said):
    with pytest.raises(MechanismError, match=said):
        parse_model(text).abduct(seen(**values), 1, rng())


def test_a_kind_that_is_none_fits_no_guess():
    model = parse_model("hidden u = normal(0, 1)\nx = choice(1, exp(u))")
    assert model.abduct(seen(x=5), 10, rng()).effective == 0
    assert model.abduct(seen(x=1), 10, rng()).effective > 0


def test_a_guess_without_a_number_leaves_the_others_their_weight():
    units = parse_model("hidden u = normal(0, 1)\ny = sqrt(u) + normal(0, 1)").abduct(seen(y=1), 1000, rng())
    assert 100 < units.effective < 700 and not units.weights[units.values["u"] < 0].any()


@pytest.mark.parametrize(
    "line, value",
    [
        ("sigmoid(x > 0)", 1 / (1 + np.exp(-1))),
        ("-(1 > 0)", -1),
        ("(1 > 0) - (0 > 1)", 1),
        ("exp(x > 1)", np.e),
        ("max(x > 1, 0.5)", 1),
        ("if_(x > 1, x > 3, 2)", 0),
        ("sqrt(x > 1) + (x > 1)", 2),
    ],
)
def test_what_is_true_counts_as_1_in_arithmetic(line, value):
    found = Expression(line)({"x": np.array([2.0])})
    assert found.dtype == np.float64 and np.broadcast_to(found, 1)[0] == value


@pytest.mark.parametrize(
    "line", ["b = bernoulli(log(a))", "b = choice(1, a)", "b = choice(1, log(a))", "b = choice(a, 0*a)"]
)
def test_chances_and_weights_that_are_none_are_reported_by_node(line):
    model = parse_model(f"a = uniform(1, 2)\n{line}\nc = b + normal(0, 1)")
    noise = model.draw_noise(20, rng())
    if "0*a" not in line:
        check_numbers(model.simulate(noise))
    with pytest.raises(MechanismError, match="b is not a number"):
        check_numbers(model.simulate(noise, Do("a", -1.0 if "0*a" not in line else 0.0)))


def test_one_letter_in_two_codes_is_one_name():
    model = parse_model("\N{MICRO SIGN} = normal(0, 1)\ny = 2*\N{GREEK SMALL LETTER MU}")
    assert model.mechanisms["y"].parents == ("\N{GREEK SMALL LETTER MU}",)


def test_names_are_those_of_columns_so_words_of_python_are_names_too():
    expression = Expression("2*class + lambda - if")
    assert expression.names == ("class", "lambda", "if")
    assert expression({"class": np.array([1.0]), "lambda": np.array([3.0]), "if": np.array([4.0])}).tolist() == [1.0]
    model = parse_model("in = normal(0, 1)\nfor = 2*in")
    assert model.mechanisms["for"].parents == ("in",)
    with pytest.raises(ExpressionError, match=r"Column 3: expected \( or an operator, not 'and y'"):
        Expression("x and y")


def test_a_comment_may_follow_an_expression_as_it_may_follow_a_line_of_a_model():
    assert parse_tree("2*heat  # in degrees") == parse_tree("2*heat")
    assert Expression("2*heat # + wind").names == ("heat",)
    with pytest.raises(ExpressionError, match="expected a number, a name or"):
        parse_tree("# no arithmetic at all")


ATOMS = st.sampled_from(["x", "y", "0.5", "2", "1e-05", "1_000", "0x1f", ".25", "3.", "True", "größe"])


COMPARISONS = st.sampled_from(["<", "<=", ">", " >= ", "==", "!="])


def _expressions():
    """Texts of arithmetic, with brackets and blanks anywhere."""
    return st.recursive(
        ATOMS,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", " * ", "/", "%", "**"]), inner).map("".join),
            st.tuples(st.sampled_from("+-"), inner).map("".join),
            inner.map("({})".format),
            st.tuples(inner, st.sampled_from(["<", "<=", ">", " >= ", "==", "!="]), inner).map(
                lambda t: f"({''.join(t)})"
            ),
            st.tuples(st.sampled_from(["exp", "abs"]), inner).map(lambda t: f"{t[0]}( {t[1]})"),
            st.tuples(inner, inner, inner).map(lambda t: f"if_({', '.join(t)},)"),
        ),
        max_leaves=8,
    )


@settings(max_examples=400, deadline=None)
@given(_expressions())
def test_arithmetic_binds_as_in_python_and_is_written_as_python_writes_it(text):
    """Python's own parser is the second implementation."""
    assert tree_text(parse_tree(text)) == ast.unparse(ast.parse(text, mode="eval"))
    columns = {name: np.array([0.5, 2.0, -1.0]) for name in ("x", "y", "größe")}
    functions = {"exp": np.exp, "abs": np.abs, "if_": np.where}
    try:
        found = Expression(text)(columns)
    except ExpressionError:
        return  # nested too deeply
    with np.errstate(all="ignore"):
        python = eval(_with_floats(text), {"__builtins__": {}}, {**columns, **functions, "f": np.float64})
    both = np.broadcast_arrays(found, np.asarray(python, float))
    assert np.allclose(*both, rtol=1e-12, equal_nan=True) or np.isinf(both).any()


def _with_floats(text):
    """The same text with NumPy's floats, also for truth values: they divide by 0 without an error."""
    tree = ast.parse(text, mode="eval")

    class Floats(ast.NodeTransformer):
        def visit_Constant(self, node):
            return ast.Call(ast.Name("f", ast.Load()), [node], [])

        def visit_Compare(self, node):
            return ast.Call(ast.Name("f", ast.Load()), [self.generic_visit(node)], [])

    return ast.unparse(ast.fix_missing_locations(Floats().visit(tree)))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1.+-*/%()<>=,{} #'_", max_size=30))
def test_no_line_breaks_the_reader(text):
    try:
        parse_model(text)
    except (MechanismError, ExpressionError, GraphError) as error:
        assert "\n" not in str(error) and len(str(error)) < 400


def test_units_drawn_under_an_intervention_are_those_of_all_noise_without_what_is_not_needed():
    drawn = JOE.draw(500, rng(), Do("H", 2))
    same = JOE.simulate(JOE.draw_noise(500, rng()), Do("H", 2))
    assert set(drawn.noise) == {"X", "Y"} and all(np.array_equal(drawn.values[n], same.values[n]) for n in "XHY")
    every = JOE.draw(3, rng(), Do("X", 1), Do("H", 2), Do("Y", 3))
    assert [column.tolist() for column in every.values.values()] == [[1] * 3, [2] * 3, [3] * 3]
