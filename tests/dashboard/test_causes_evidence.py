"""What one's own problem shows of an effect beyond its number: by a formula, by blame, by more sets, by controls."""

from __future__ import annotations

import numpy as np
import pytest
from test_causes_page import of_ones_own, press, written

from dashboard.causes import problem_view

TIAN = "dag { x [exposure] y [outcome] x -> b -> c -> y x <-> c b <-> y }"


def query(graph: str, columns: dict[str, np.ndarray]):
    """One's own problem with a graph and a table."""
    app = of_ones_own()
    app.text_area(key="causes.graph").set_value(graph).run()
    rows = zip(*columns.values(), strict=True)
    content = "\n".join([",".join(columns), *(",".join(f"{value:g}" for value in row) for row in rows)])
    return app.file_uploader[0].set_value(("data.csv", content.encode(), "text/csv")).run()


def hidden_ties(count: int = 2000) -> dict[str, np.ndarray]:
    """Rows of Tian's graph: x moves y through b and c, and hidden causes tie x to c and b to y."""
    rng = np.random.default_rng(0)
    u, v = rng.integers(0, 2, (2, count))
    x = rng.random(count) < 0.2 + 0.6 * u
    b = rng.random(count) < 0.1 + 0.5 * x + 0.3 * v
    c = rng.random(count) < 0.1 + 0.5 * b + 0.3 * u
    return {"x": x, "b": b, "c": c, "y": rng.random(count) < 0.1 + 0.5 * c + 0.3 * v}


def test_what_only_a_formula_gives_is_quoted_and_refuted() -> None:
    app = query(TIAN, hidden_ties())
    output = written(app)
    assert (
        not app.exception
        and not app.error
        and "method: formula). This holds if every combination of b, c and x" in output
    )
    assert "No adjustment set identifies the effect of x on y, but a formula does" in output
    assert not any("bootstrap" in button.label for button in app.button), "its interval is one already"
    press(app, "run the refuters")
    assert not app.exception
    (table,) = [str(one.value) for one in app.table if "placebo exposure (shuffled)" in str(one.value)]
    assert "**not as expected**" not in table and "random common cause" not in table


def test_why_there_is_no_estimate_by_a_formula_is_reported() -> None:
    rows = hidden_ties(400)
    app = query(TIAN, rows | {"b": rows["b"] + np.linspace(0, 1, 400)})
    assert not app.exception and not app.error
    assert "different values; the formula needs columns with at most 20, so group" in written(app)


def test_whether_it_was_the_exposure_that_did_it_is_reported_where_both_have_two_values() -> None:
    app = of_ones_own()
    (expander,) = [one for one in app.expander if "the cause of" in one.label]
    assert expander.label == "Was treatment A the cause of success?"
    table = expander.table[0].value
    assert list(table.columns)[-1] == "if treatment A never prevents success"
    assert table["probability of causation"][2].startswith(
        "share of all rows that would have success = 1 if treatment A were 1"
    )
    assert table["bounds"][2].startswith("5.4 % to ") and table.iloc[2, 2] == "5.4 %", "the adjusted effect"
    assert "the shares are known exactly; no data can prove monotonicity" in written(app)
    rows = hidden_ties(400)
    app = query("dag { x [exposure] y [outcome] x -> y }", rows | {"y": 1 * rows["y"] + rows["b"]})
    assert not app.exception and not any("the cause of" in one.label for one in app.expander)


MANY = "; ".join(f"a{i} -> x; a{i} -> b{i}; b{i} -> y" for i in range(12))  # 4,096 minimal sets


def listed(app) -> int:
    """How many adjustment sets are listed."""
    return sum(line.startswith("- {") for one in app.markdown for line in one.value.split("\n"))


def test_more_sets_are_listed_when_they_are_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_view, "_SECONDS", 0.0)  # in which one is found
    rng = np.random.default_rng(0)
    nodes = [f"{name}{i}" for i in range(12) for name in "ab"]
    rows = {name: rng.integers(0, 2, 60) for name in ("x", "y", *nodes)}
    graph = f"dag {{ x [exposure] y [outcome] {MANY}; x -> y }}"
    for columns in (rows, {"x": rows["x"], "other": rows["y"]}):
        app = query(graph, columns)
        few = listed(app)
        assert not app.exception and few == 1 and f"{few:,} sets so far. There may be more" in written(app)
        press(app, "list more sets")
        assert not app.exception and not app.error and listed(app) > few
        more = listed(app)
        app.run()
        assert listed(app) == more, "what was found stays"


def test_where_all_sets_are_listed_there_is_nothing_to_ask_for() -> None:
    assert not any(button.label == "list more sets" for button in of_ones_own().button)


def test_a_person_chooses_which_outcomes_should_not_move() -> None:
    rows = hidden_ties(400)
    app = query("dag { x [exposure] y [outcome] x -> y b c }", rows)

    def tried() -> set[str]:
        tables = [one.value for one in app.table if "refuter" in one.value]
        return {name[0] for table in tables for name in table["refuter"] if name.endswith(" as negative control")}

    press(app, "run the refuters")
    assert not app.exception and tried() == {"b", "c"}
    next(one for one in app.get("button_group") if one.label.startswith("negative controls")).set_value(["c"]).run()
    assert not app.exception and tried() == set(), "of other controls nothing was tried yet"
    press(app, "run the refuters")
    assert tried() == {"c"}
    assert not any("negative controls" in one.label for one in of_ones_own().get("button_group"))
