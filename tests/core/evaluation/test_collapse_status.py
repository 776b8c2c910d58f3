"""The state of a representation during training follows from what is measured of it."""

import pytest

from core.evaluation.collapse_status import collapse_finding, directions_finding


@pytest.mark.parametrize(
    "share, position, said",
    [
        (0.36, 0.98, "healthy"),
        (0.36, None, "alive"),
        (0.1, 0.9, "suspicious"),
        (0.3, 0.2, "suspicious"),
        (0.004, 0.1, "collapsed"),
        (0.0, None, "collapsed"),
    ],
)
def test_the_verdict_names_the_state(share, position, said):
    measures = {"moving share": share, "effective rank": 12.0}
    measures |= {} if position is None else {"position R²": position}
    found = collapse_finding(measures, {"position R²": 0.42})
    assert found.state == said and found.numbers == measures
    assert ("R²" in found.text) == (position is not None) and "*" not in found.text


def test_the_null_stands_beside_the_read_out():
    measures = {"moving share": 0.4, "effective rank": 12.0, "position R²": 0.95}
    assert "R² 0.95, 0.81 before any training" in collapse_finding(measures, {"position R²": 0.81}).text
    assert "before any training" not in collapse_finding(measures, {}).text


def test_directions_are_counted_only_where_something_moves():
    assert directions_finding({"moving share": 0.4, "effective rank": 12.04}).text == "Motion uses 12.0 directions"
    assert directions_finding({"moving share": 0.001, "effective rank": 12.0}).state == "noise"
    assert directions_finding({}).text == "Not measured yet"


def test_before_the_first_measure_there_is_no_verdict():
    assert collapse_finding({}, {}).text == "Nothing has been measured yet."
