"""A number on the Scoreboard must be the number that the shipped weights give: measured again, on all of its clips."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.clip import Clip
from core.evaluation.forecast import check_protocol, make_clips
from core.evaluation.forecast_result import ForecastProtocol, ForecastResult
from core.evaluation.positions import by_step, clip_errors, readers_of
from core.evaluation.scoreboard import (
    CASES,
    TRAINING_SEEDS,
    TrainingSeedsResult,
    measure_case,
    result_name,
    seed_names,
    stored,
)
from core.metrics import Interval
from core.models.registry import load
from core.results import to_json

TOLERANCE = 1e-4  # frame widths and shares: another processor may round differently
WHOLE = "wall"  # the case of which every number is measured again; of the others, position errors of fast models
FAST = ("copy-last", "constant-velocity", "jepa")


def quiet(what: str, share: float) -> None:
    """Reports nothing."""


def numbers(data: object, path: str = "") -> dict[str, float]:
    """Every number of nested data by its path; milliseconds differ from run to run."""
    if isinstance(data, dict):
        parts = ((f"{path}/{key}", part) for key, part in data.items() if key not in ("ms_per_frame", "provenance"))
    elif isinstance(data, list):
        parts = ((f"{path}/{index}", part) for index, part in enumerate(data))
    else:
        return {path: float(data)} if isinstance(data, (int, float)) else {}
    return {at: number for name, part in parts for at, number in numbers(part, name).items()}


def assert_equal(found: Sequence[Interval], before: Sequence[Interval]) -> None:
    now, then = numbers(to_json(found)), numbers(to_json(before))
    assert len(now) > len(found) > 1
    assert now == pytest.approx(then, abs=TOLERANCE, rel=0)


def errors_of(name: str, clips: list[Clip], protocol: ForecastProtocol) -> tuple[Interval, ...]:
    """Position errors of a model, step by step."""
    model = load(name)
    reader = readers_of([model], check_protocol(protocol))[name]
    return by_step(clip_errors(model, reader, clips, protocol.context, protocol.horizon))


def test_every_number_of_a_case_is_the_one_that_is_stored() -> None:
    models = ("copy-last", "pixel", "jepa")
    shipped = stored(ForecastResult, result_name(WHOLE))
    assert shipped is not None
    found = measure_case(WHOLE, [load(name) for name in models], quiet)
    now, before = numbers(to_json(found)), numbers(to_json(shipped))
    others = {f"/models/{name}/" for name in set(shipped.models) - set(models)}
    before = {at: number for at, number in before.items() if not any(at.startswith(other) for other in others)}
    assert len(now) > 900
    assert now == pytest.approx(before, abs=TOLERANCE, rel=1e-6)


@pytest.mark.parametrize("case", [case for case in CASES if case != WHOLE])
def test_position_errors_are_those_that_are_stored(case: str) -> None:
    protocol, shipped = CASES[case], stored(ForecastResult, result_name(case))
    assert shipped is not None
    clips = make_clips(protocol, quiet)
    for name in FAST:
        found = errors_of(name, clips, protocol)
        assert_equal(found, shipped.models[name].position_error)


def test_trainings_from_other_seeds_have_the_errors_that_are_stored() -> None:
    protocol, shipped = CASES[WHOLE], stored(TrainingSeedsResult, TRAINING_SEEDS)
    assert shipped is not None
    clips = make_clips(protocol, quiet)
    for name in seed_names()[1:]:  # the first is the one of the other cases
        found = errors_of(name, clips, protocol)
        assert_equal(found, shipped.models[name].cases[WHOLE])
    with pytest.raises(AssertionError):  # a change in one clip of 128 is noticed
        changed = errors_of(name, clips[1:], protocol)
        assert_equal(changed, shipped.models[name].cases[WHOLE])
