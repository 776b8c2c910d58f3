"""Findings over many clips follow from the intervals, and say a result against the JEPA as plainly as one for it."""

import dataclasses
import math

import pytest

from core.evaluation.forecast_result import ForecastResult
from core.evaluation.recognition_result import (
    Accuracy,
    LabelScores,
    RecognitionProtocol,
    RecognitionResult,
    RepresentationScores,
    Scores,
)
from core.evaluation.score_findings import case_finding, lead_finding, recognition_finding, robustness_finding
from core.evaluation.scoreboard import RobustnessResult, stored
from core.metrics import Interval
from core.models.registry import spec_named
from core.results import provenance


def result(**means):
    """A result in which every share of the labels has the same accuracy, give or take 0.02."""

    def scores(mean, speed):
        accuracy = Accuracy(mean, mean - 0.02, mean + 0.02, 600, (mean - 0.01, mean, mean + 0.01))
        return Scores(accuracy, Interval(mean, mean - 0.02, mean + 0.02, 600), Interval(speed, 0.4, 0.6, 600))

    models = {}
    for name, mean in means.items():
        point = LabelScores(scores(mean, math.nan), scores(mean / 2, 0.5))
        models[name.replace("_", "-")] = RepresentationScores(name, None, (point,) * 3)
    protocol, made = RecognitionProtocol(), provenance("a test")
    return RecognitionResult(protocol, {}, (0.01, 0.1, 1.0), 1 / 6, models, provenance=made)


@pytest.mark.parametrize(
    "ours, twin, null, state, ahead, added, best",
    [
        (0.70, 0.60, 0.50, "latent ahead", "Predicting representations is ahead", "has improved it", ("vjepa", "70 %")),
        (0.60, 0.70, 0.65, "pixel ahead", "Predicting pixels is ahead", "has made it worse", ("masked-pixels", "70 %")),
        (0.60, 0.61, 0.62, "level", "Neither is clearly ahead", "no effect", ("vjepa-random", "62 %")),
    ],
)
def test_the_finding_on_recognition_follows_from_the_intervals(ours, twin, null, state, ahead, added, best):
    found = recognition_finding(result(vjepa=ours, masked_pixels=twin, vjepa_random=null))
    assert found.state == state and found.numbers["pixel"] == twin
    best_title, share = spec_named(best[0]).title, best[1]
    assert all(part in found.text for part in (ahead, added, f"({best_title}) reaches {share}"))
    assert found.text.endswith("chance is 17 %.")


@pytest.fixture(scope="module")
def forecast():
    return stored(ForecastResult, "forecast-drop")


@pytest.mark.parametrize(
    "low, high, state, said",
    [
        (0.01, 0.03, "latent ahead", "the JEPA is closer"),
        (-0.03, -0.01, "pixel ahead", "the pixel model is closer"),
        (-0.01, 0.01, "level", "neither model is closer"),
    ],
)
def test_who_is_ahead_follows_from_the_interval_of_the_paired_difference(forecast, low, high, state, said):
    lead = (Interval((low + high) / 2, low, high, 128),) * 16
    changed = dataclasses.replace(forecast, latent_lead=lead)
    found = case_finding(changed, "drop", 7)
    assert lead_finding(changed, 7).state == found.state == state
    assert found.text.startswith(f"On the clips “drop”, 0.8 s ahead, {said} (")
    known = forecast.bounce_unknown[7].mean
    assert f"everything known except the elasticity, the error would be {known:.2f} frame widths" in found.text


@pytest.mark.parametrize(
    "latent, pixel, state",
    [
        (0.02, 0.02, "both rise"),
        (0.02, 0.0, "latent rises"),
        (0.0, 0.02, "pixel rises"),
        (0.0, 0.0, "neither rises"),
    ],
)
def test_what_a_moving_background_does_follows_from_the_intervals(latent, pixel, state):
    measured = stored(RobustnessResult, "robustness")
    models = {
        name: dataclasses.replace(measured.models[name], rise=(Interval(rise, rise - 0.01, rise + 0.01, 64),) * 16)
        for name, rise in (("jepa", latent), ("pixel", pixel))
    }
    found = robustness_finding(dataclasses.replace(measured, models=models), 7)
    assert found.state == state
    assert f"0.8 s ahead by {latent:+.3f} ({latent - 0.01:+.3f} to {latent + 0.01:+.3f}) frame widths" in found.text
