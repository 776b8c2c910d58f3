"""A result that is printed and read back is the same, and a damaged one is refused with the name of file and field."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.evaluation.ablations import AblationRun, stored_runs
from core.evaluation.compare import Comparison
from core.evaluation.forecast_result import ForecastResult
from core.evaluation.recognition_result import RecognitionResult
from core.evaluation.scoreboard import RobustnessResult, TrainingSeedsResult
from core.paths import RESULTS
from core.results import Result, from_json, load_result, to_json

VERSION_1 = Path(__file__).parent / "results-v1"  # as version 0.1 stored them, cut short
KINDS = {
    "forecast": ForecastResult,
    "robustness": RobustnessResult,
    "seeds": TrainingSeedsResult,
    "recognition": RecognitionResult,
    "ablation": AblationRun,
}
SHIPPED = {"seeds": TrainingSeedsResult, "robustness": RobustnessResult, "recognition": RecognitionResult}


def numbers(value, left_out=("provenance", "schema_version", "cores")):
    """Every number of nested data, in order of size; NaN is None."""
    if isinstance(value, dict):
        found = [numbers(part, left_out) for key, part in value.items() if key not in left_out]
    elif isinstance(value, list):
        found = [numbers(part, left_out) for part in value]
    else:
        return [value] if isinstance(value, (int, float)) or value is None else []
    return sorted((number for part in found for number in part), key=repr)


def version_1(name):
    return json.loads((VERSION_1 / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name, kind", KINDS.items())
def test_a_result_of_schema_version_1_is_read_with_the_same_numbers(name, kind):
    old = version_1(name)
    result = load_result(kind, VERSION_1 / f"{name}.json")
    assert numbers(to_json(result)) == numbers(old)
    assert result.seed == old.get("protocol", old).get("seed", 2_000_000)
    made = old.get("provenance", old)
    assert result.provenance.date == made["date"] and result.provenance.machine.endswith("2 cores")
    assert from_json(kind, to_json(result), name).protocol == result.protocol


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_result_is_of_the_present_schema_and_is_printed_as_it_is_stored(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["schema_version"] == 2
    assert to_json(load_result(SHIPPED.get(path.stem, ForecastResult), path)) == data


def test_every_shipped_run_of_an_ablation_is_of_the_present_schema():
    assert len(stored_runs()) == len(list((RESULTS / "ablations").glob("*.json"))) > 10
    for path in (RESULTS / "ablations").glob("*.json"):
        assert to_json(load_result(AblationRun, path)) == json.loads(path.read_text(encoding="utf-8"))


def test_a_version_1_result_that_was_printed_and_not_stored_is_read_too():
    printed = version_1("forecast")
    del printed["provenance"]
    assert from_json(ForecastResult, printed).provenance.command == "unknown"


def test_arrays_and_numbers_that_are_not_defined_come_back_as_they_were(simulated):
    comparison, _ = simulated
    text = json.dumps(to_json(comparison), allow_nan=False)
    again = from_json(Comparison, json.loads(text))
    assert again.protocol == comparison.protocol and again.seed == 2_000_023
    for name, arm in comparison.arms.items():
        for field, value in vars(arm).items():
            back = getattr(again.arms[name], field)
            if isinstance(value, np.ndarray):
                assert back.dtype == value.dtype and np.array_equal(back, value, equal_nan=value.dtype.kind == "f")
            elif field != "skill":
                assert back == value
    assert np.isnan(again.truth[:, 2]).all() and again.truth.dtype == np.float32


def change(data, path, value):
    """The data with one field changed; taken out where the value is ``del``."""
    *way, last = path
    inner = data
    for step in way:
        inner = inner[step]
    if value is del_:
        del inner[last]
    else:
        inner[last] = value
    return data


del_ = object()


@pytest.mark.parametrize(
    "path, value, said",
    [
        (("models", "jepa", "position_error", 1, "mean"), "0.1", "models.jepa.position_error[1].mean must be a number"),
        (("models", "jepa", "position_error", 1, "n"), 1.5, "position_error[1].n must be a whole number, not 1.5"),
        (("models", "jepa", "position_error", 1, "n"), True, "position_error[1].n must be a whole number, not True"),
        (("models", "jepa", "position_error"), None, "models.jepa.position_error must be a list, not None"),
        (("models", "jepa", "title"), 3, "models.jepa.title must be a string, not 3"),
        (("models", "jepa"), [], "models.jepa must be an object, not []"),
        (("models",), del_, "models is missing"),
        (("protocol", "world"), del_, "protocol.world is missing"),
        (("protocol", "wold"), "drop", "protocol.wold is not a field of ForecastProtocol"),
        (("schema_version",), 3, "schema_version must be 1 or 2, not 3"),
        (("schema_version",), 1, None),
        (("kind",), "seeds", "kind must be 'forecast', not 'seeds'"),
        (("kind",), "x" * 99, "kind must be 'forecast', not 'xxx"),
    ],
)
def test_a_damaged_result_is_refused_with_its_file_and_field(path, value, said, tmp_path):
    data = change(to_json(load_result(ForecastResult, RESULTS / "forecast-drop.json")), path, value)
    file = tmp_path / "results" / "mine.json"
    file.parent.mkdir()
    file.write_text(json.dumps(data))
    with pytest.raises(ValueError) as error:
        load_result(ForecastResult, file)
    assert str(error.value).startswith("results/mine.json is damaged: ")
    assert said is None or said in str(error.value)
    assert len(str(error.value)) < 150


@pytest.mark.parametrize("data", [None, [], "text", 3, {}, {"models": 3}, {"models": {"a": {"shares": [{}]}}}])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_no_result_is_refused_in_a_sentence(kind, data):
    with pytest.raises(ValueError, match=r"^The result is damaged: .*\.$"):
        from_json(kind, data)


def test_every_kind_of_result_has_a_name_of_its_own():
    import core.embedding.representation_report
    import core.evaluation.compute_split
    import core.evaluation.cost
    import core.evaluation.surprise  # noqa: F401 (each registers its kinds)

    kinds = [kind.kind for kind in Result.__subclasses__()]
    assert len(set(kinds)) == len(kinds) >= 7
