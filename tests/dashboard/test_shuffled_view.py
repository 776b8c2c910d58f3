"""On one's own problem a graph is held against graphs with shuffled names, when that is asked for."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from test_causes_page import of_ones_own, press, written

from dashboard.figures.shuffled import contradictions

CHAIN = "dag { small_stone -> treatment_A -> success treatment_A [exposure] success [outcome] }"
BUTTON = "permute the nodes"


def shown(app: AppTest) -> bool:
    return any(button.label == BUTTON for button in app.button)


def test_a_graph_that_demands_something_can_be_tried_against_shuffled_names() -> None:
    app = of_ones_own()
    assert not shown(app), "the kidney stones' graph demands nothing"
    app.text_area(key="causes.graph").set_value(CHAIN).run()
    assert "between permuted nodes. " not in written(app)
    press(app, BUTTON)
    output = written(app)
    assert not app.exception and "The rows contradict 1 of the 1 independences that this graph implies" in output
    assert "They contradict 5 of these 5 graphs no more often (p = 1.000)" in output
    assert "But 1 of them implies the same" in output
    app.text_area(key="causes.graph").set_value(CHAIN.replace("small_stone ->", "small_stone <-")).run()
    assert not app.exception and shown(app)
    assert "between permuted nodes. " not in written(app), "another graph, another answer"


def test_only_what_columns_can_answer_is_tested() -> None:
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value(CHAIN.replace("}", "age -> success age -> weight }")).run()
    press(app, BUTTON)
    assert not app.exception and "of the 1 independences that this graph implies" in written(app)


def test_the_bars_count_the_shuffled_graphs_and_the_line_is_the_graph() -> None:
    figure = contradictions(2, (0, 3, 3, 5), "light")
    bars, line = figure.data
    assert dict(zip(bars.x, bars.y, strict=True)) == {0: 1, 3: 2, 5: 1}
    assert set(line.x) == {2} and max(line.y) == 2 and figure.layout.xaxis.range == (-0.7, 5.7)
