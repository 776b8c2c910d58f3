"""Signs of collapse, with answers that one can work out. A constant, a slow and a one-dimensional representation must
each be called by name."""

import numpy as np
import pytest

from core.embedding.diagnostics import effective_rank, moving_share
from core.evaluation.health import directions, verdict

RNG = np.random.default_rng(0)


def test_the_effective_rank_counts_directions():
    assert effective_rank(RNG.normal(size=(5000, 8)) + 100) == pytest.approx(8, abs=0.05), "a common mean is no matter"
    assert effective_rank(RNG.normal(size=(5000, 3)) @ RNG.normal(size=(3, 8))) <= 3.01
    assert effective_rank(RNG.normal(size=(5000, 1)) * np.ones(8)) == pytest.approx(1, abs=0.01)
    assert effective_rank(np.ones((50, 8))) == 0


def test_the_moving_share_tells_what_changes_within_clips_from_what_differs_between_them():
    still = np.repeat(RNG.normal(size=(40, 1, 6, 4)), 10, axis=1)
    moving = np.tile(RNG.normal(size=(1, 10, 1, 4)), (40, 1, 6, 1))
    assert moving_share(still) == pytest.approx(0)
    assert moving_share(moving) == pytest.approx(1)
    assert moving_share(7 * (still + moving)) == pytest.approx(0.5, abs=0.25), "its scale is no matter"
    assert (moving_share(np.zeros((3, 4, 5, 2))) == 0).all()


@pytest.mark.parametrize(
    "share, position, said",
    [(0.36, 0.98, "Healthy"), (0.36, None, "Alive"), (0.1, 0.9, "Suspicious"), (0.3, 0.2, "Suspicious"),
     (0.004, 0.1, "Collapsed"), (0.0, None, "Collapsed")],
)  # fmt: skip
def test_the_verdict_names_the_state(share, position, said):
    measures = {"moving share": share, "effective rank": 12.0}
    told = verdict(measures if position is None else measures | {"position R²": position}, {"position R²": 0.42})
    assert told.startswith(f"**{said}.**")
    assert ("R²" in told) == (position is not None)


def test_the_null_stands_beside_the_read_out():
    measures = {"moving share": 0.4, "effective rank": 12.0, "position R²": 0.95}
    assert "R² 0.95, 0.81 before any training" in verdict(measures, {"position R²": 0.81})
    assert "before any training" not in verdict(measures, {})


def test_directions_are_counted_only_where_something_moves():
    assert directions({"moving share": 0.4, "effective rank": 12.04}) == "What moves uses 12.0 directions"
    assert "noise" in directions({"moving share": 0.001, "effective rank": 12.0})
    assert directions({}) == "Not measured yet"


def test_before_the_first_measure_there_is_no_verdict():
    assert verdict({}, {}) == "Nothing has been measured yet."
