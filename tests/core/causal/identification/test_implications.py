"""What a graph demands is tested on what can be tested: gaps and columns that say the same break nothing."""

import numpy as np
import pytest

from core.causal.analysis.analyse import analyse
from core.causal.discovery.pc import partial_correlation_test
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.implications import check_implications
from core.causal.tables.rows import table_of
from core.statistics import partial_correlation


def test_partial_correlations_are_those_of_the_residuals():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5, 300)).T @ rng.normal(size=(5, 5))
    one, other, given = rows[:, 0], rows[:, 1], np.column_stack([np.ones(300), rows[:, 2:]])
    left = [column - given @ np.linalg.lstsq(given, column, rcond=None)[0] for column in (one, other)]
    assert partial_correlation(np.corrcoef(rows.T)) == pytest.approx(np.corrcoef(*left)[0, 1])
    assert partial_correlation(np.ones((2, 2))) == 1.0


def test_where_nothing_is_left_of_a_column_nothing_is_said():
    assert np.isnan(partial_correlation(np.array([[1, 0.8, 1], [0.8, 1, 0.8], [1, 0.8, 1]])))


def test_another_unit_of_a_cause_contradicts_no_graph_and_joins_nothing():
    rng = np.random.default_rng(0)
    celsius = rng.normal(15, 8, 500)
    rows = {"c": celsius, "f": 1.8 * celsius + 32, "o": celsius + rng.normal(size=500)}
    assert check_implications(parse_graph("c -> f; c -> o"), rows) == []
    assert partial_correlation_test(rows, 0.01)("f", "o", ("c",))


def test_gaps_that_leave_a_column_constant_do_not_stop_the_analysis():
    rng = np.random.default_rng(0)
    c, k, late = rng.normal(size=400), rng.normal(size=400), np.repeat((0.0, 1.0), (100, 300))
    x = (rng.random(400) < 0.5).astype(float)
    k[40:], late[:10] = np.nan, np.nan
    table = table_of({"c": c, "x": x, "y": x + c + rng.normal(size=400), "k": k, "l": late})
    found = analyse(parse_graph("dag { c -> x c -> y x -> y c -> k c -> l }"), table, "x", "y")
    assert found.headline is not None and all("l" not in (one.first, one.second) for one in found.implications)
    assert all(np.isfinite(one.p_value) for one in found.implications)
