"""What is said of the probes follows from their numbers."""

import math

import pytest

from core.evaluation.recognition import (
    Accuracy,
    LabelScores,
    RecognitionProtocol,
    RecognitionResult,
    RepresentationScores,
    Scores,
)
from core.metrics import Interval
from core.results import provenance
from dashboard.embeddings.labels_view import finding, table


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
    "ours, twin, null, ahead, added, best",
    [
        (0.70, 0.60, 0.50, "predicting representations is ahead", "training has added to that", "V-JEPA with 70%"),
        (0.60, 0.70, 0.65, "painting pixels is ahead", "training has taken from that", "masked pixels (its twin) with"),
        (0.60, 0.61, 0.62, "neither is clearly ahead", "can't be told", "V-JEPA, random weights with 62%"),
    ],
)
def test_the_sentence_says_who_is_ahead_and_what_training_was_worth(ours, twin, null, ahead, added, best):
    told = finding(result(vjepa=ours, masked_pixels=twin, vjepa_random=null))
    assert all(part in told for part in (ahead, added, f"The best here is {best}")) and told.endswith("chance is 17%.")


def test_the_table_has_a_row_for_each_and_leaves_open_what_is_not_known():
    rows = table(result(vjepa=0.7, masked_pixels=0.6, vjepa_random=0.5), 1)
    assert rows.loc["V-JEPA", "what happens: probe"] == "70.0% (68.0% to 72.0%)"
    assert rows.loc["V-JEPA", "what happens: neighbours"].startswith("35.0%")
    assert rows.loc["V-JEPA", "speed (R²): probe"] == ""
    assert rows["that probe, apart by the labels' draw"].tolist() == ["2.0%"] * 3
