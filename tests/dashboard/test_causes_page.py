"""The Causes page shows what core works out, takes links, and survives what people type and upload."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.causal.discovery.pc import Pattern
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.scm.ladder import mean_of
from core.causal.scm.true_effects import click_through, stratified_noise
from core.causal.stories.shipped import STORIES
from core.causal.tables.read_csv import read_table
from dashboard.causes import user_data
from dashboard.causes.choices_view import _values
from dashboard.causes.graph_view import two_decimals
from dashboard.causes.labels import Labels
from dashboard.causes.scene import USER_STORY_TITLE
from dashboard.components.causal_graph.plot import GraphPlot, graph_from, layout
from dashboard.figures import causes as figures
from dashboard.figures.discovery import circle_layout, discovery_figure
from dashboard.kit.text import escape_markdown

REPOSITORY = Path(__file__).resolve().parents[2]


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run().switch_page("../pages/causes.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def written(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_story_opens(story) -> None:
    app = opened(story=story.title)
    assert not app.exception and not app.error
    assert story.question in written(app) and "**Imagining** (counterfactual):" in written(app)


def test_three_levels_give_three_numbers() -> None:
    """Joe: seen about 1.36, done about 0.8, imagined 1.9 (Pearl, Glymour and Jewell 2016)."""
    message = written(opened(story=STORIES["joe"].title, do="homework:2"))
    done = float(message.split("if homework is 2, the mean of score is **")[1].split(" ")[0])
    seen = float(message.split("units where homework is about 2, the mean of score is **")[1].split(" ")[0])
    assert done == pytest.approx(0.8, abs=0.05) and seen == pytest.approx(1.34, abs=0.15)
    assert "score was 1.5 and would have been **1.9**" in message


def test_the_kidney_stones_are_reported_exactly_and_modestly() -> None:
    message = written(opened(story=STORIES["kidney-stones"].title))
    assert (
        "would be 0.832546; if it were 0 for everybody, 0.778875." in message and "The interval contains 0" in message
    )


def test_of_real_people_no_model_tells_the_effect_and_nothing_is_slid() -> None:
    app = opened(story=STORIES["kidney-stones"].title)
    message = written(app)
    assert "The effect of 1 instead of 0" not in message and STORIES["kidney-stones"].answer in message
    assert not app.slider and "This story uses real counts, so it has no dials" in message


def test_where_there_is_no_effect_none_is_reported() -> None:
    message = written(opened(story=STORIES["coin"].title, **{"coin.kinds": "1"}))
    assert "In this model, the effect of 1 instead of 0 is **0.000**" in message


@pytest.mark.parametrize("dials", [{}, {"worry": 0.3, "sells": 0.2}], ids=["at first", "moved"])
def test_the_recommender_s_click_through_is_shown_as_seen_and_as_done(dials: dict[str, float]) -> None:
    story = STORIES["forecast"]
    app = opened(story=story.title, **{f"forecast.{name}": str(value) for name, value in dials.items()})
    model = story.model(dials)
    noise = stratified_noise(model, 100_000, np.random.default_rng(0))
    found = click_through(model, noise, story.exposure, story.outcome, story.overlooked)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown == {
        "observed click-through rate": f"{100 * found.seen:.1f} %",
        "rate under its intervention": f"{100 * found.acting:.1f} %",
        "rate among those it changes": f"{100 * found.pushed:.1f} %",
    }
    seen, acting = f"{100 * found.seen:.1f} %", f"{100 * found.acting:.1f} %"
    assert f"observes a click-through rate of {seen} and gets {acting} when it acts" in written(app)
    assert "buys_umbrella" not in written(app) and not opened(story=STORIES["joe"].title).metric


def test_joe_s_coefficients_are_slid_and_his_score_follows() -> None:
    app = opened(story=STORIES["joe"].title)
    assert [slider.value for slider in app.slider] == [0.5, 0.7, 0.4], "as in the Primer"
    app.slider(key="causes.joe.pays").set_value(0.8).run()
    assert not app.exception and "score was 1.5 and would have been **2.3**" in written(app)


def test_a_weak_and_a_strong_instrument_are_are_one_click_away_from_each_other() -> None:
    app = opened(story=STORIES["instrument"].title)
    assert any("coverage" in button.label for button in app.button)
    press(app, "weak voucher")
    message = written(app)
    assert app.slider(key="causes.instrument.pull").value == 0.05 and "is a weak instrument (F = " in message
    card = next(
        column for column in app.columns if any("is a weak instrument (F" in one.value for one in column.markdown)
    )
    assert "The instrument voucher is weak, so no estimate is reported" in card.markdown[-1].value, (
        "where the buttons would stand"
    )
    assert not any("coverage" in button.label for button in app.button)
    press(app, "strong voucher")
    message = written(app)
    assert (
        not app.exception
        and "method: two-stage least squares" in message
        and "so no estimate is reported" not in message
    )
    assert any("coverage" in button.label for button in app.button)


def cells_of(app: AppTest) -> dict[str, tuple[str, str]]:
    """What each node of the unit was, and would have been."""
    table = next(one.value for one in app.table if "would have been" in one.value)
    return {row["node"]: (row["was"], row["would have been"].strip("*")) for _, row in table.iterrows()}


def test_only_a_chance_is_called_a_chance() -> None:
    smoking = cells_of(opened(story=STORIES["smoking"].title, do="smoking:2", guess="true"))
    assert all(cell.endswith("(mean)") and "±" in cell for cell in smoking["gene"])
    assert "(" not in "".join(smoking["smoking"])
    treated = opened(story=STORIES["treatment"].title, do="treated:1", **{"unit.treatment": "3"})
    for row in range(3, 40):  # the first that does not recover, untreated
        treated.number_input(key="causes.unit.treatment").set_value(row).run()
        cells = cells_of(treated)
        if cells["treated"][0] == cells["recovers"][0] == "0.000":
            break
    assert cells["recovers"][1].endswith(" (probability)") and "±" not in cells["recovers"][1], "in closed form"
    assert cells["days ill"][1].endswith(" (mean)") and "would have been 1 with a probability of **" in written(treated)


def test_a_choice_is_reported_by_its_kinds_and_by_what_it_assumes() -> None:
    app = opened(story=USER_STORY_TITLE, do="a:2", own_story="a = normal(0, 1)\nc = choice(1, exp(a), 2)\n")
    was, would = cells_of(app)["c"]
    shares = [int(part.split(": ")[1].rstrip("%")) for part in would.split(", ")]
    assert was in ("0.000", "1.000", "2.000") and len(shares) >= 2 and 99 <= sum(shares) <= 101
    assert "For c this assumes Gumbel-max noise; other mechanisms with the same probabilities give" in written(app)
    assert "would have been one of several categories: **" in written(app)
    assert "Gumbel" not in written(opened(story=STORIES["joe"].title))


def test_each_kind_has_its_tick_and_what_takes_many_values_has_none_forced() -> None:
    kinds, wide = np.arange(10_000) % 3, np.arange(10_000) % 4 * 10.0
    axes = figures.axes_of("x", "y", [(wide, kinds)])
    figure = figures.counterfactual(axes, wide, kinds, ((0.0, 0.0), (1.0, 1.0)), "light")
    assert (figure.layout.yaxis.tick0, figure.layout.yaxis.dtick) == (0, 1) and figure.layout.yaxis.tickvals is None
    assert figure.layout.xaxis.dtick is None


def test_no_mean_is_minus_nought() -> None:
    assert [two_decimals(value) for value in (-0.001, 0.001, -0.006, -1.0)] == ["0.00", "0.00", "-0.01", "-1.00"]


def test_the_three_pictures_are_drawn_alike_and_lightly() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=10_000), 50 * rng.normal(size=10_000)
    axes, at = figures.axes_of("x", "y", [(x, y), (np.full(10_000, 2.0), y)]), [-1.0, 1.0]
    curve = [mean_of(y), mean_of(y)]
    three = (
        figures.association(axes, x, y, x > 0, at, curve, "light"),
        figures.intervention(axes, x, y, at, curve, curve, "light"),
        figures.counterfactual(axes, x, y, ((0.0, 0.0), (1.0, 1.0)), "light"),
    )
    for figure in three:
        first, layout_ = three[0].layout, figure.layout
        assert layout_.yaxis.range == first.yaxis.range and layout_.xaxis.range == first.xaxis.range
        assert layout_.margin == first.margin and layout_.height == first.height, "at one height"
        assert not layout_.margin.autoexpand and not layout_.yaxis.automargin and not layout_.xaxis.automargin
        clouds = [trace for trace in figure.data if trace.mode == "markers"]
        assert all(len(cloud.x) <= figures.SHOWN <= 400 for cloud in clouds) and clouds
        assert all(np.asarray(part).dtype == np.float32 for cloud in clouds for part in (cloud.x, cloud.y))
    assert f"show at most {figures.SHOWN} units of each colour" in written(opened(story=STORIES["joe"].title))


def test_adjusting_for_the_wrong_node_shows_its_bias() -> None:
    app = opened(story=STORIES["m-graph"].title)
    assert "by the graph" not in written(app)
    next(button for button in app.button if "questionnaire (wrong)" in button.label).click().run()
    message = written(app)
    assert "according to the graph, this adjustment is not valid" in message
    off = float(message.split(" from the truth")[0].rsplit(" ", 1)[1])
    assert abs(off) > 0.1


def test_sentences_call_nodes_as_the_page_does() -> None:
    message = written(opened(story=STORIES["ab-test"].title))
    assert "new page = 1 instead of 0 changes sales" in message and "new_page" not in message
    names = Labels(("a_b", "a_b_c", "ab"), {"ab": "another"})
    assert names.relabel("a_b, a_b_c and ab, but not a_bc or cab") == "a b, a b c and another, but not a\\_bc or cab"
    assert names.set_text(["ab", "a_b"]) == "{a b, another}" and Labels(("x",)).relabel("x is x") == "x is x"


def test_front_doors_that_time_did_not_reach_are_reported() -> None:
    def script(seconds: float) -> None:
        from core.causal import identify, parse_graph
        from dashboard.causes.identification_view import identification_card
        from dashboard.causes.labels import Labels

        graph = parse_graph("dag { x -> m -> n -> y x <-> y }")
        identification_card(identify(graph, "x", "y", seconds=seconds), Labels(graph.nodes))

    for seconds, is_more in ((0.0, True), (60.0, False)):
        message = written(AppTest.from_function(script, kwargs={"seconds": seconds}).run())
        assert "Front-door sets: " in message and ("There may be more front-door sets" in message) == is_more


def test_what_a_graph_marks_as_adjusted_for_is_where_the_choice_starts() -> None:
    app = of_ones_own()
    text = "dag { treatment_A [exposure] success [outcome] small_stone [a] treatment_A -> small_stone -> success }"
    app.text_area(key="causes.graph").set_value(text).run()
    message = written(app)
    assert (
        not app.exception
        and "Your choice: " in message
        and "according to the graph, this adjustment is not valid" in message
    )
    assert "The graph marks small stone as adjusted for. According to the graph, this set does not identify" in message
    packed = GraphPlot(parse_graph(text)).packed
    assert graph_from(packed).adjusted == {"small_stone"}, "drawing on does not lose it"


def test_a_link_may_ask_for_anything() -> None:
    app = opened(story=STORIES["smoking"].title, do="smoking:99 nobody:1 tar:x gene:nan tar", **{"unit.smoking": "7"})
    assert not app.exception and not app.error
    at = float(written(app).split("if smoking is ")[1].split(",")[0])
    assert 3.5 < at < 4.5, "as far as it goes"
    assert "unit 7" in written(app)


def test_doing_nothing_is_seeing() -> None:
    message = written(opened(story=STORIES["smoking"].title, do="nothing"))
    assert "nothing is set, so nothing changes" in message


def test_a_story_of_ones_own_is_read_and_refused_in_a_sentence() -> None:
    app = opened(story=USER_STORY_TITLE)
    assert not app.error and "What does soil do to harvest?" in written(app)
    for text, said in (
        ("x = 2*y\ny = x + normal(0, 1)", "form a cycle"),
        ("x ~ normal(0, 1)\ny = open('/etc/passwd')", "expected arithmetic with numbers"),
        ("x = normal(0, 1)\nx = normal(1, 1)", "x has two lines"),
        ("", "no node in this text"),
    ):
        app.text_area(key="causes.story_text").set_value(text).run()
        assert not app.exception and said in app.error[0].value
    app.text_area(key="causes.story_text").set_value("a = normal(0, 1)\nb = {a} + normal(0, 1)").run()
    assert not app.exception and len(app.error) == 1
    app.text_area(key="causes.story_text").set_value("a = normal(0, 1)\nb = 3*a + normal(0, 1)").run()
    assert not app.error and "In this model, the effect of 1 instead of 0 is **3.000**" in written(app)


def of_ones_own() -> AppTest:
    return opened(causes="your own problem")


def test_ones_own_problem_opens_on_an_answer_and_leads_to_a_report() -> None:
    app = of_ones_own()
    assert not app.exception and not app.error
    assert "0.832546" in written(app)
    next(button for button in app.button if button.label == "run the refuters").click().run()
    assert not app.exception and any("placebo exposure" in str(table.value) for table in app.table)


@pytest.mark.parametrize(
    "text, said",
    [
        ("dag { a -> b b -> a }", "form a cycle: "),
        ("dag { a -> a }", "can't be its own cause"),
        ("dag { a -> b a -> b }", "appears twice"),
        ("dag { a -> ", "a"),
        ("graph { a -- b }", "column 11: -\u2060- has no direction"),
    ],
)
def test_a_graph_that_can_not_be_is_reported_in_a_sentence(text: str, said: str) -> None:
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value(text).run()
    assert not app.exception
    assert said in "\n".join(error.value for error in app.error)
    app.text_area(key="causes.graph").set_value("dag { small_stone -> success }").run()
    assert not app.error, "the page goes on"


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "empty"),
        (b"a,b\n", "row"),
        (b"small_stone,treatment_A,success\n" + 20 * b"1,1,1\n", "the same in every row"),
        (b"small_stone,treatment_A,success\n1,red,1\n0,green,0\n1,blue,1\n", "text instead of numbers"),
        (b"\x00\x01\x02\xff\xfe" * 40, ""),
    ],
)
def test_a_table_that_can_not_be_is_reported_in_a_sentence(content: bytes, said: str) -> None:
    app = of_ones_own()
    app.file_uploader[0].set_value(("data.csv", content, "text/csv")).run()
    assert not app.exception
    assert len(app.error) == 1 and said in app.error[0].value


def test_a_table_with_too_few_rows_is_remarked_on_before_its_columns_are_chosen() -> None:
    app = of_ones_own()
    app.file_uploader[0].set_value(("data.csv", b"a,a\n1,2\n", "text/csv")).run()
    assert not app.exception and not app.error
    assert "An estimate needs at least 20 rows, and this table has 1 row." in written(app)


def test_a_graph_alone_is_answered_without_numbers() -> None:
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value(
        "dag { u [latent] x [exposure] y [outcome] u -> x u -> y x -> y }"
    ).run()
    assert not app.exception and not app.error
    assert "The effect of x on y can't be identified from the measured variables" in written(app)
    assert "a column for x and for y" in written(app)
    app.text_area(key="causes.graph").set_value("dag { x -> y }").run()
    assert "Choose the exposure and the outcome" in app.info[0].value


def test_a_graph_is_saved_as_soon_as_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    app = of_ones_own()
    for text, there in (("dag { x -> y }", True), ("dag { x -> x }", False), ("dag { x }", True)):
        app.text_area(key="causes.graph").set_value(text).run()
        named = {button.proto.label for button in app.get("download_button")}
        assert not app.exception and {"graph.txt", "graph.dot"} <= named if there else not named
    saved = {}
    monkeypatch.setattr(user_data.st, "download_button", lambda label, data, name, **more: saved.update({name: data}))
    graph = parse_graph('dag { u [latent] x [exposure, pos="1,2"] y [outcome] "a b" [adjusted] u -> x u -> y x -> y }')
    user_data.save_graph(graph)
    assert saved["graph.txt"].startswith("dag {") and saved["graph.dot"].startswith("digraph {")
    assert all(parse_graph(text) == graph for text in saved.values())
    assert parse_graph(saved["graph.txt"]).positions == {"x": (1, 2)}


def test_the_question_is_marked_in_the_graph_and_stays() -> None:
    app = of_ones_own()
    app.selectbox(key="causes.role.exposure.treatment_A").set_value("small_stone").run()
    assert "small_stone [exposure" in app.text_area(key="causes.graph").value
    assert not app.exception and "small stone = 1 instead of 0 changes success" in written(app)
    app.segmented_control(key="causes.view").set_value("stories").run()
    app.segmented_control(key="causes.view").set_value("your own problem").run()
    assert "small stone = 1 instead of 0 changes success" in written(app)


@pytest.mark.parametrize(
    "line, said",
    [
        ("b = log(a) + normal(0, 1)", "b is not a number"),
        ("b = 1/0*a", "b is not a number"),
        ("b = 9**9**9**9*a", ""),
        ("b = exp(1000*a)", "or is huge"),
        ("b = bernoulli(2)", "a probability must be from 0 to 1, not 2"),
        ("b = 3", "the same in every row"),
    ],
)
def test_a_story_of_ones_own_that_gives_no_numbers_is_reported_in_a_sentence(line: str, said: str) -> None:
    app = opened(story=USER_STORY_TITLE)
    app.text_area(key="causes.story_text").set_value(f"a = normal(0, 1)\n{line}").run()
    assert not app.exception
    assert len(app.error) == 1 and said in app.error[0].value


def test_missing_values_are_counted_and_reported() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=400)
    x = z + rng.normal(size=400)
    y = ["" if row < 30 else f"{z[row] + 2 * x[row] + rng.normal():.4f}" for row in range(400)]
    rows = [f"{z[row]:.4f},{x[row]:.4f},{y[row]}" for row in range(400)]
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value("dag { x [exposure] y [outcome] z -> x z -> y x -> y }").run()
    app.file_uploader[0].set_value(("data.csv", "\n".join(["z,x,y", *rows]).encode(), "text/csv")).run()
    message = written(app)
    assert not app.exception and not app.error
    assert "30 of 400 rows were dropped" in message and "370 rows" in message


def test_nodes_stand_after_their_causes_and_nobody_stands_on_another() -> None:
    for story in STORIES.values():
        graph = story.model().graph
        places = layout(graph)
        assert all(places[cause][0] < places[effect][0] for cause, effect in graph.edges)
        assert len(set(places.values())) == len(graph.nodes)
    placed = parse_graph('dag { a [pos="-3,5"] b [pos="100,5"] a -> b }')
    assert layout(placed)["a"] == (0, 0) and layout(placed)["b"][0] > 0


def test_what_is_drawn_is_what_is_read() -> None:
    graph = parse_graph("dag { a [exposure] b [outcome] u [latent] a -> b u -> a u -> b }")
    packed = GraphPlot(graph, roles={"a": "exposure", "b": "outcome"}).packed
    assert graph_from(packed) == graph and isinstance(graph_from(packed), CausalGraph)
    packed["edges"].append(["b", "u"])
    with pytest.raises(GraphError, match="form a cycle"):
        graph_from(packed)
    for broken in (None, {}, {"nodes": [{"id": "a"}], "edges": []}, {"nodes": [], "edges": [["a"]]}):
        with pytest.raises(GraphError):
            graph_from(broken)


def test_nothing_that_was_given_is_lost_by_looking_elsewhere() -> None:
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value("dag { a -> b }").run()
    app.file_uploader[0].set_value(("mine.csv", b"a,b\n1,2\n0,3\n1,2\n0,4\n1,1\n0,3\n", "text/csv")).run()
    assert "mine.csv: 6 rows" in written(app)
    app.segmented_control(key="causes.view").set_value("stories").run()
    app.switch_page("../pages/scoreboard.py").run()
    app.switch_page("../pages/causes.py").run()
    app.segmented_control(key="causes.view").set_value("your own problem").run()
    assert not app.exception and app.text_area(key="causes.graph").value == "dag { a -> b }"
    assert "Still open: mine.csv" in written(app) and "mine.csv: 6 rows" in written(app)
    next(button for button in app.button if button.label == "close").click().run()
    assert "Still open" not in written(app)


def test_a_table_without_the_nodes_is_reported_by_its_columns_and_the_example_only_where_it_serves() -> None:
    app = of_ones_own()
    assert "Kidney stones: 700 patients" in written(app)
    app.text_area(key="causes.graph").set_value("dag { a [exposure] b [outcome] a -> b }").run()
    assert "Kidney stones: 700 patients" not in written(app) and "upload a table" in written(app)
    app.file_uploader[0].set_value(("mine.csv", b"dose,cure\n1,2\n0,3\n1,1\n", "text/csv")).run()
    message = written(app)
    assert (
        "choose the column for a and for b" in message and "give the nodes the names of columns: dose, cure." in message
    )
    assert "upload a table" not in message
    matched = next(
        box for box in app.selectbox if (box.key or "").startswith("causes.column.") and box.key.endswith(".a")
    )
    matched.set_value("dose").run()
    app.segmented_control(key="causes.view").set_value("discovery").run()
    app.segmented_control(key="causes.view").set_value("your own problem").run()
    assert "choose the column for b under" in written(app), "what was matched stays so"
    app.text_area(key="causes.graph").set_value(
        "dag { dosis [exposure] b [outcome] doiss [a] dosis -> doiss -> b }"
    ).run()
    assert "dosis and doiss are two nodes" in written(app).replace(
        "**", ""
    ) and "The graph marks doiss as adjusted for" in written(app)
    app.text_area(key="causes.graph").set_value("dag { a -> b }").run()
    assert "x [exposure] and y [outcome]" in app.info[0].value, "a graph that marks none is told how"


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_what_refutation_brought_goes_when_the_question_changes() -> None:
    app = press(of_ones_own(), "run the refuters")
    assert any("placebo exposure" in str(table.value) for table in app.table)
    text = app.text_area(key="causes.graph").value
    turned = text.replace("small_stone -> treatment_A", "treatment_A -> small_stone")
    app.text_area(key="causes.graph").set_value(turned).run()
    assert not app.exception and not any("placebo exposure" in str(table.value) for table in app.table)
    assert "Your choice:" not in written(app), "nobody has chosen anything"


def test_an_answer_says_that_the_dials_were_moved() -> None:
    app = opened(story=STORIES["ice-cream"].title)
    assert "With the dials as they started" not in written(app)
    app.slider[0].set_value(app.slider[0].max).run()
    assert "With the dials as they started" in written(app)


def test_another_exposure_of_ones_own_story_is_what_is_set() -> None:
    app = opened(story=USER_STORY_TITLE)
    app.selectbox(key="causes.exposure").set_value("fertiliser").run()
    message = written(app)
    assert "if fertiliser is 1" in message and "soil is 1" not in message and "Your choice:" not in message


def test_a_link_tells_what_is_set_in_the_story_on_show() -> None:
    app = opened(story=STORIES["smoking"].title, do="smoking:3")
    assert "smoking:3" in str(app.query_params["causes.do"])
    app.selectbox(key="causes.story").set_value("joe").run()
    assert "smoking" not in str(app.query_params.get("causes.do", ""))
    unreadable = opened(story=STORIES["joe"].title, do="smoking:3")
    assert "if homework is" in written(unreadable), "it starts as usual"
    assert "if treated is 1" in written(opened(story=STORIES["treatment"].title, do="treated:0.7"))
    assert "nothing is set" in written(opened(story=STORIES["joe"].title, do="nothing"))


def test_what_leads_to_no_numbers_once_set_can_be_taken_back() -> None:
    text = "a = uniform(-1, 1)\nb = 2*a\ns = sqrt(a*b + 1) + normal(0, 1)"  # seen, a*b is never below 0
    app = opened(story=USER_STORY_TITLE, do="b:2", own_story=text)
    assert not app.exception and "s is not a number" in app.error[0].value
    press(app, "remove all interventions")
    assert not app.exception and not app.error and "nothing is set" in written(app)


def test_draws_that_allow_no_estimate_are_reported_in_a_sentence() -> None:
    rows = [f"{int(i < 4)},{i % 2},{i // 2 % 2},{i % 7}" for i in range(20)]
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value(
        "dag { x [exposure] y [outcome] a -> x b -> x a -> y b -> y x -> y }"
    ).run()
    app.file_uploader[0].set_value(("few.csv", "\n".join(["x,a,b,y", *rows]).encode(), "text/csv")).run()
    press(app, "bootstrap (1,000 samples)")
    assert not app.exception


def test_the_effect_on_each_arm_is_reported_beside_that_on_everybody() -> None:
    message = written(of_ones_own())
    assert (
        "Effect on the treated (ATT): **0.047964** (" in message and "on the untreated (ATU): **0.059378** (" in message
    )


def test_discovery_runs_on_the_users_table() -> None:
    app = opened(causes="discovery", rows_of="your table")
    assert not app.exception and "Do not trust any of these arrows" in written(app)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 500))
    rows = zip(a, b, a + b + rng.normal(size=500), ["x", "y", "z", "w", "v"] * 100, strict=True)
    content = "\n".join(["a,b,c,word", *(",".join(map(str, row)) for row in rows)]).encode()
    app.file_uploader[0].set_value(("mine.csv", content, "text/csv")).run()
    message = written(app)
    assert "mine.csv: 500 rows" in message and "Left out: word holds text" in message
    press(app, "search for arrows")
    message = written(app)
    for title in ("PC", "PC, in other units"):
        assert f"**{title}: 2 arrows, 0 undecided**" in message, "a -> c <- b"
    assert not app.exception and "**NOTEARS, in other units: " in message and "The search uses 500 rows." in message
    assert "In every graph of this class the effect of a on b is 0; adjusting for {} must give 0." in message
    app.multiselect[0].set_value(["a"]).run()
    assert "**PC" not in written(app), "of other columns nothing was found yet"
    press(app, "search for arrows")
    assert not app.exception and "2 to 50 columns, not 1" in app.error[0].value


def test_where_nobody_knows_the_truth_arrows_are_neither_right_nor_wrong() -> None:
    pattern = Pattern(("a", "b", "c"), frozenset([("a", "b")]), frozenset([frozenset("bc")]))
    places = circle_layout(pattern.nodes)
    figure = discovery_figure(pattern, None, places, "light")
    assert [trace.name for trace in figure.data if trace.name] == ["arrow", "undecided"]
    known = discovery_figure(pattern, parse_graph("a -> b; b -> c"), places, "light")
    assert [arrow.arrowcolor for arrow in figure.layout.annotations] == [
        arrow.arrowcolor for arrow in known.layout.annotations
    ]
    assert list(figure.data[-1].text) == ["a", "b", "c"] and "missed" in [trace.name for trace in known.data]
    assert figure.data[-1].textposition == "middle center", "short names stand in their nodes"


def test_long_names_stand_where_no_arrows_are() -> None:
    nodes = ("above", "right", "below", "a name that does not fit anywhere")
    nodes_drawn = discovery_figure(Pattern(nodes, frozenset(), frozenset()), None, circle_layout(nodes), "light").data[
        -1
    ]
    assert list(nodes_drawn.textposition) == ["top center", "middle right", "bottom center", "middle left"]
    assert list(nodes_drawn.text)[3] == "a name that d…" and list(nodes_drawn.hovertext) == list(nodes)


@pytest.mark.parametrize(
    "name", ["![p](http://a.example/x)", "http://a.example/", "www.a.example", "$x$", ":material/home:"]
)
def test_no_name_of_a_node_is_markdown(name: str) -> None:
    shown = Labels((name, "y")).label(name)
    assert shown == escape_markdown(name) != name
    assert Labels((name, "y")).set_text([name]) == f"{{{shown}}}"
    assert Labels(("x_1", "y")).relabel(f"x_1: {name} is the reference") == f"x 1: {shown} is the reference"


def test_the_labels_of_controls_are_not_markdown() -> None:
    app = opened(
        causes="your own problem",
        own_graph='dag { "http://a.example/" [exposure] y [outcome] "http://a.example/" -> y }',
    )
    assert not app.exception
    assert escape_markdown("http://a.example/") in [control.label for control in app.selectbox]


def test_the_values_of_a_column_are_those_of_the_present_table() -> None:
    for number in range(20):  # the memory of a former table is used again
        table = read_table(f"arm,y\na{number},1\nb{number},2\na{number},3\n".encode())
        assert _values(f"table {number}", "arm", table) == (f"a{number}", f"b{number}")
        del table
        gc.collect()
