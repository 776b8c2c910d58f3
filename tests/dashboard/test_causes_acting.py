"""On the Causes page a node is acted on in each way there is, choices are told by their shares, and a unit is typed."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_causes_page import opened, written

from core.causal.scm.counterfactuals import unit_counterfactual
from core.causal.scm.interventions import Do, Randomise, ReplaceMechanism, Shift
from core.causal.scm.ladder import category_shares, mean_of
from core.causal.scm.model_text import parse_mechanism, parse_model
from core.causal.stories.shipped import STORIES
from core.causal.stories.story import Story
from dashboard.causes import intervention_state as doing
from dashboard.causes.graph_view import plot_of
from dashboard.causes.intervention_state import knobs
from dashboard.causes.scene import UNITS, USER_STORY_TITLE, Scene
from dashboard.components.causal_graph.plot import GraphPlot, intervention_from
from dashboard.figures import causes as figures

FIELD = "soil = normal(0, 1)\nfed = 0.8*soil + normal(0, 1)\ngrown = bernoulli(sigmoid(fed + soil))\n"
FLOWERS = "x = bernoulli(0.5)\nc = choice(1, exp(x), 2)\n"
SQUAD = "U = bernoulli(0.6)\nW = bernoulli(0.3)\nA = max(U, W)\nB = U\nD = max(A, B)"


def rows_of(app: AppTest) -> dict[str, dict[str, str]]:
    """The unit's table, by node."""
    table = next(one.value for one in app.table if "would have been" in one.value)
    return {row["node"]: dict(row) for _, row in table.iterrows()}


def stage_of(text: str, exposure: str, outcome: str, *doing) -> Scene:
    """A stage as the page sets it, with few units."""
    model = parse_model(text)
    units = model.simulate(model.draw_noise(4000, np.random.default_rng(0)))
    story = Story("", "", text, (), exposure, outcome, "", "")
    return Scene("own", story, model, units, {one.node: one for one in doing}, model.simulate(units.noise, *doing))


def test_a_shift_is_read_from_a_link_and_reported_for_what_it_is() -> None:
    app = opened(story=STORIES["joe"].title, do="homework:shift:1.5")
    message = written(app)
    assert not app.exception and app.query_params["causes.do"] == "homework:shift:1.5"
    assert "if homework is 1.5 more than its mechanism makes it, the mean of score is **" in message
    assert (
        "over all units, the mean of score is **" in message
        and "Observation has no equivalent of shifting homework" in message
    )
    assert "score was 1.5 and would have been **2.1**" in message, "0.4 for each unit more (Primer, 4.2.3)"
    row = rows_of(app)["homework"]
    assert row["would have been"] == "**2.500**" and row["mechanism"].endswith(", and 1.5 more")


def test_what_is_drawn_by_chance_is_reported_as_a_chance() -> None:
    app = opened(story=STORIES["treatment"].title, do="treated:chance:0.3")
    message = written(app)
    assert "if treated is drawn at random (1 with a probability of 0.3, else 0), " in message
    assert "no equivalent of randomising treated" in message
    row = rows_of(app)["treated"]
    assert row["would have been"] == "**0.300 (probability)**" and "±" not in row["would have been"], "worked out"
    assert row["mechanism"] == "1 with a probability of 0.3, independent of its causes"


def test_a_node_listens_to_something_else() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=FIELD, do="fed:replace:2*soil+normal(0,1)")
    assert not app.exception and not app.error and app.query_params["causes.do"] == "fed:replace:2*soil+normal(0,1)"
    assert "if fed follows `2 * soil + normal(0, 1)`" in written(app)
    row = rows_of(app)["fed"]
    assert row["mechanism"] == "`2 * soil + noise` instead of `0.8 * soil + noise`"
    other = rows_of(opened(story=USER_STORY_TITLE, own_story=FIELD, do="fed:replace:uniform(0,1)"))["fed"]
    assert other["mechanism"].endswith(", with new noise") and "±" in other["would have been"]


def test_several_acts_stand_side_by_side_and_only_what_is_set_is_also_seen() -> None:
    app = opened(story=STORIES["joe"].title, do="encouragement:1 homework:shift:-0.5")
    message = written(app)
    assert "encouragement is 1 and homework is 0.5 less than its mechanism makes it" in message
    assert (
        "units where encouragement is about 1, the mean of score is **" in message
        and "no equivalent of shifting homework" in message
    )


@pytest.mark.parametrize(
    "do",
    [
        "treated:shift:1",
        "recovers:chance:no",
        "days_ill:chance:0.5",
        "treated:turn:1",
        "treated:replace:",
        "days_ill:shift:nan",
    ],
)
def test_an_act_that_can_not_be_done_is_left_out_of_a_link(do: str) -> None:
    app = opened(story=STORIES["treatment"].title, do=do)
    assert not app.exception and not app.error and "if treated is 1," in written(app), "it starts as usual"


def test_an_act_goes_as_far_as_its_node() -> None:
    app = opened(story=STORIES["joe"].title, do="homework:shift:99")
    by = float(app.query_params["causes.do"].split(":")[2])
    assert 2 < by < 5 and f"homework is {by:.3g} more" in written(app)


@pytest.mark.parametrize(
    "wrong", ["soil:replace:grown", "soil:replace:nowhere", "soil:replace:" + "+".join(["1"] * 600)]
)
def test_what_a_link_asks_for_and_can_not_be_is_left_out_and_the_rest_is_done(wrong: str) -> None:
    app = opened(story=USER_STORY_TITLE, own_story=FIELD, do=f"{wrong} fed:1")
    assert not app.exception and not app.error and "if fed is 1," in written(app)


def test_another_story_is_opened_as_it_begins_whatever_the_link_said() -> None:
    app = opened(do="nothing")
    assert "nothing is set" in written(app)
    app.query_params["causes.story"] = "Smoking and tar"  # as the browser has it once that is chosen
    app.selectbox(key="causes.story").set_value("smoking").run()
    assert not app.exception and "if smoking is 1" in written(app)


def test_what_a_browser_sends_is_what_is_done() -> None:
    model = parse_model(FIELD)
    units = model.simulate(model.draw_noise(UNITS, np.random.default_rng(0)))
    plot = GraphPlot(model.graph, knobs=knobs(model, units), mechanisms={"fed": "0.8 * soil + normal(0, 1)"})
    high = plot.knobs["fed"]["do"].high
    for by, act in (
        ({"node": "fed", "kind": "do", "by": 1}, Do("fed", 1.0)),
        ({"node": "fed", "kind": "do", "by": 99}, Do("fed", high)),
        ({"node": "fed", "kind": "shift", "by": -0.5}, Shift("fed", -0.5)),
        ({"node": "grown", "kind": "chance", "by": 0.25}, Randomise("grown", 0.25)),
        (
            {"node": "fed", "kind": "replace", "by": "normal(0, 2)"},
            ReplaceMechanism("fed", parse_mechanism("normal(0, 2)")),
        ),
        ({"node": "fed", "kind": None, "by": None}, None),
    ):
        assert intervention_from(plot, by) == (by["node"], act)
    for nonsense in (
        None,
        {},
        {"node": "tree", "kind": "do", "by": 1},
        {"node": "fed", "kind": "chance", "by": 1},
        {"node": "soil", "kind": "replace", "by": "1"},
        {"node": "fed", "kind": "do", "by": [1]},
        {"node": "grown", "kind": "shift", "by": 1},
    ):
        assert intervention_from(plot, nonsense) is None
    with pytest.raises(ValueError, match="Column 4: expected a number"):
        intervention_from(plot, {"node": "fed", "kind": "replace", "by": "2*("})


def test_the_graph_knows_what_is_done_and_what_is_then_heard() -> None:
    stage = stage_of(
        FIELD, "fed", "grown", ReplaceMechanism("grown", parse_mechanism("bernoulli(sigmoid(fed))")), Shift("soil", 1)
    )
    nodes = {node["id"]: node for node in plot_of(stage).packed["nodes"]}
    assert nodes["grown"]["act"] == {"kind": "replace", "by": "bernoulli(sigmoid(fed))", "heard": ["fed"]}
    assert nodes["soil"]["act"] == {"kind": "shift", "by": 1, "heard": []} and nodes["fed"]["act"] is None
    assert nodes["fed"]["mechanism"] == "0.8 * soil + normal(0, 1)"
    assert set(nodes["grown"]["knobs"]) == {"do", "chance"}
    assert set(nodes["fed"]["knobs"]) == {"do", "shift"} and nodes["fed"]["changed"]
    assert "±" in nodes["fed"]["description"]


def test_a_story_that_is_rewritten_forgets_what_can_be_done_no_more() -> None:
    asks = "exposure: fed\noutcome: grown\n"
    app = opened(story=USER_STORY_TITLE, own_story=FIELD + asks, do="soil:shift:1 fed:replace:2*soil+normal(0,1)")
    assert "soil is 1 more than" in written(app) and "fed follows" in written(app)
    app.text_area(key="causes.story_text").set_value(FIELD.replace("soil", "earth") + asks).run()
    assert not app.exception and not app.error and "nothing is set" in written(app)
    app.text_area(key="causes.story_text").set_value(FIELD + asks).run()
    assert "soil is 1 more than" in written(app), "a name that is half typed loses nothing"
    turned = FIELD.replace("soil = normal(0, 1)", "soil = choice(1, 1, 2)") + asks
    app.text_area(key="causes.story_text").set_value(turned).run()
    assert not app.exception and not app.error and "fed follows" in written(app), "a choice is not shifted"


def test_what_is_done_next_needs_nothing_that_is_lost() -> None:
    def script() -> None:
        import numpy as np
        import streamlit as st

        from core.causal.scm.interventions import Do
        from core.causal.scm.model_text import parse_model
        from dashboard.causes.intervention_state import intervene

        model = parse_model("a = normal(0, 1)\nb = a + normal(0, 1)")
        st.session_state["causes.interventions"] = {"own": {"gone": Do("gone", 1.0), "a": Do("a", 2.0)}}
        intervene("own", model, model.simulate(model.draw_noise(200, np.random.default_rng(0))), "b", Do("b", 1.0))
        st.markdown(" ".join(st.session_state["causes.interventions"]["own"]))

    app = AppTest.from_function(script).run()
    assert not app.exception and written(app) == "a b"


def done_in_turn(*acts: tuple[str, str, float | str]) -> AppTest:
    """A page on which a person does one thing after another to the nodes of a story."""

    def script(acts) -> None:
        import numpy as np
        import streamlit as st

        from core.causal.scm.intervention_text import intervention_text, make_intervention
        from core.causal.scm.model_text import parse_model
        from dashboard.causes.intervention_state import intervene

        model = parse_model("a = uniform(1, 2)\nb = log(a) + normal(0, 1)\nc = a + b")
        units = model.simulate(model.draw_noise(200, np.random.default_rng(0)))
        for node, kind, by in acts:
            try:
                intervene("own", model, units, node, make_intervention(node, kind, by))
            except ValueError as error:
                st.error(str(error))
        st.markdown(" ".join(map(intervention_text, st.session_state["causes.interventions"]["own"].values())))

    return AppTest.from_function(script, kwargs={"acts": acts}).run()


def test_what_is_refused_leaves_what_was_done() -> None:
    app = done_in_turn(
        ("b", "shift", 1.0),
        ("a", "set", -1.0),
        ("a", "listen", "2*c"),
        ("a", "listen", "tree"),
        ("a", "listen", "1.5"),
    )
    assert not app.exception and [error.value.split(";")[0].split(":")[0] for error in app.error] == [
        "b is not a number, or is huge, in 200 of 200 units",
        "These arrows form a cycle",
        "a depends on tree, which has no mechanism of its own.",
    ]
    assert app.markdown[0].value == "b:shift:1 a:replace:1.5"


def test_a_choice_is_seen_and_done_by_its_shares() -> None:
    """By the weights: without x one in four is of kinds 0 and 1 each; with it, 1 to e to 2."""
    app = opened(story=USER_STORY_TITLE, own_story=FLOWERS, do="x:1")
    message, weights = written(app), np.array([1, np.e, 2]) / (3 + np.e)
    for where in ("units where x is 1, the shares of c are **", "if x is 1, the shares of c are **"):
        shares = [part.split(": ")[1] for part in message.split(where)[1].split("**")[0].split(", ")]
        for share, true in zip(shares, weights, strict=True):
            value, error = (float(part) for part in share.removesuffix(" %").split(" ± "))
            assert value == pytest.approx(100 * true, abs=2 * error) and 0.5 < error < 2
    assert "mean" not in message.split("**Seeing** (association):")[1].split("**Imagining** (counterfactual):")[0]


def test_the_pictures_of_a_choice_are_bars_with_intervals() -> None:
    found = category_shares(np.repeat([0.0, 2.0], [25, 75]), 3)
    figure = figures.shares("c", [("observed", "truth", found)], "light")
    (bars,) = figure.data
    assert list(bars.y) == [25, 0, 75] and bars.error_y.array[0] == pytest.approx(195.9964 * np.sqrt(0.25 * 0.75 / 99))
    assert figure.layout.yaxis.title.text == "units (%)" and figure.layout.xaxis.title.text == "category of c"


def test_beside_a_choice_stand_its_shares() -> None:
    stage = stage_of(FLOWERS + "n = choice(1, 1, 1, 1, 6)\n", "x", "c", Do("x", 0))
    plot = plot_of(stage)
    before, now = plot.captions["c"].removesuffix(" %").split(" → ")
    assert [int(part) for part in now.split("/")] == pytest.approx([25, 25, 50], abs=3)
    assert before != now and plot.descriptions["c"].count("±") == 6 and "c" in plot.changed and "n" not in plot.changed
    assert plot.captions["n"].startswith("4: 6") and plot.captions["x"].startswith("mean "), "of many kinds the largest"


def test_a_choice_stays_a_choice() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=FLOWERS, do="c:replace:choice(3,1,1)")
    first = written(app).split("c follows `choice(3, 1, 1)`, the shares of c are **0: ")[1].split(" ")[0]
    assert not app.exception and float(first) == pytest.approx(60, abs=1.5)
    for line, said in (("normal(0,1)", "c has 3 categories; write choice(...)"), ("choice(1,1)", "as many weights")):
        app = opened(story=USER_STORY_TITLE, own_story=FLOWERS, do=f"c:replace:{line}")
        assert not app.exception and said in app.error[0].value


def test_a_link_sets_a_choice_to_the_nearest_of_its_kinds() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=FLOWERS, do="c:7")
    assert not app.exception and not app.error and "if c is 2" in written(app)


def test_the_true_effect_on_a_choice_is_reported_by_its_shares() -> None:
    message = written(opened(story=USER_STORY_TITLE, own_story=FLOWERS))
    moved = 100 * (np.array([1, np.e, 2]) / (3 + np.e) - np.array([0.25, 0.25, 0.5]))
    points = ", ".join(f"category {one}: {by:+.1f}" for one, by in enumerate(moved))
    assert (
        f"In this model, 1 instead of 0 changes the shares of the categories (percentage points): **{points}**"
        in message
    )
    assert "The effect of 1 instead of 0" not in message


def test_no_line_runs_between_the_kinds_of_an_exposure() -> None:
    kinds, y = np.arange(300) % 3, np.random.default_rng(0).normal(size=300)
    curve = [mean_of(y[kinds == kind]) for kind in range(3)]
    for choice, mode in ((True, "markers"), (False, "lines+markers")):
        axes = figures.axes_of("c", "y", [(kinds, y)], choice)
        figure = figures.association(axes, kinds, y, y > 0, [0, 1, 2], curve, "light")
        assert figure.data[-1].name == "observed mean" and figure.data[-1].mode == mode


def test_a_unit_of_ones_own_is_typed_and_the_link_holds_it() -> None:
    """The noisy firing squad (Pearl 2009, 7.1.2): dead, and nothing else is known."""
    requested = {"do": "A:0", "whose.own.A": "your own", "own_exposure": "A"}
    app = opened(story=USER_STORY_TITLE, own_story=SQUAD, **requested)
    assert (
        not app.exception
        and "a unit without known values: D was unknown (1 with a probability of 0.720)" in written(app)
    )
    app.number_input(key="causes.was.own.A.D").set_value(1).run()
    message, rows = written(app), rows_of(app)
    assert "your unit: D was 1 and would have been 1 with a probability of **0.833**" in message, "alive with 1/6"
    assert "3 combinations of unknown values are possible; the answer weights all of them, so it is exact" in message
    assert rows["U"]["was"] == "0.833 (probability)" and rows["U"]["noise"] == "unknown"
    again = opened(story=USER_STORY_TITLE, own_story=SQUAD, **requested, **{"was.own.A.D": "1"})
    assert not again.exception and "D was 1 and would have been 1 with a probability of **0.833**" in written(again)


def test_what_is_unknown_of_a_unit_of_many_values_is_guessed_and_says_how_well() -> None:
    app = opened(
        story=STORIES["joe"].title,
        do="homework:2",
        **{"whose.joe": "your own", "was.joe.encouragement": "0.5", "was.joe.score": "1.5"},
    )
    message = written(app)
    assert (
        not app.exception
        and "the effective sample size is" in message
        and "score was 1.5 and would have been **2.0" in message
    )
    model = STORIES["joe"].model()
    found = unit_counterfactual(
        model, {"encouragement": 0.5, "score": 1.5}, (Do("homework", 2),), np.random.default_rng(0)
    )
    cell = rows_of(app)["homework"]["was"]
    assert cell == f"{found.of('homework').seen:.3f} ± {1.96 * found.of('homework').errors[0]:.3f} (mean)"


def test_a_unit_that_can_not_be_is_reported_in_a_sentence() -> None:
    app = opened(
        story=USER_STORY_TITLE,
        own_story=SQUAD,
        own_exposure="A",
        **{"whose.own.A": "your own", "was.own.A.U": "1", "was.own.A.B": "0"},
    )
    assert not app.exception and "No sample of the unknown values fits the known ones" in written(app)
    app.number_input(key="causes.was.own.A.B").set_value(None).run()
    assert not app.exception and "your unit: D was 1" in written(app), "the page goes on"


def test_the_unit_of_a_story_leads_to_a_drawn_one_where_a_story_tells_of_none() -> None:
    app = opened(story=STORIES["joe"].title)
    app.segmented_control(key="causes.whose.joe").set_value("drawn").run()
    assert "**Imagining** (counterfactual): unit " in written(app)
    app.segmented_control(key="causes.whose.joe").set_value("of the story").run()
    assert "**Imagining** (counterfactual): the unit of the story: score was 1.5" in written(app)
    app.selectbox(key="causes.story").set_value("smoking").run()
    assert not app.exception and "**Imagining** (counterfactual): unit " in written(app)
    linked = opened(story=STORIES["smoking"].title, **{"whose.smoking": "of the story"})
    assert not linked.exception and "**Imagining** (counterfactual): unit " in written(linked)
    linked.selectbox(key="causes.story").set_value("joe").run()
    assert "**Imagining** (counterfactual): the unit of the story: score was 1.5" in written(linked), (
        "one story does not choose another's"
    )


def test_the_browser_goes_back_to_what_was_done_before(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(story=STORIES["smoking"].title)
    app.session_state["causes.interventions"]["smoking"] = {"smoking": Do("smoking", 2.0), "tar": Do("tar", 1.0)}
    app.run()
    assert app.query_params["causes.do"] in ("smoking:2 tar:1", ["smoking:2 tar:1"])
    app.query_params["causes.do"] = "smoking:2"
    with monkeypatch.context() as browser:
        browser.setattr(doing, "went_through_history", lambda: True)
        message = written(app.run())
    assert "if smoking is 2," in message and app.session_state["causes.interventions"]["smoking"].keys() == {"smoking"}
    app.session_state["causes.interventions"]["smoking"] = {"tar": Do("tar", 1.0)}
    assert "if tar is 1," in written(app.run()), "what is done after that counts"
    app.switch_page("../pages/scoreboard.py")
    del app.query_params["causes.do"]
    app.run().switch_page("../pages/causes.py")
    assert "if tar is 1," in written(app.run()), "looking elsewhere is no going back"
    del app.query_params["causes.do"]
    monkeypatch.setattr(doing, "went_through_history", lambda: True)
    assert "if smoking is 1," in written(app.run()), "as the story begins"
