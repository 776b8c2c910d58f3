"""The table of recognition shows the numbers of the result."""

import math

from core.evaluation.recognition_result import (
    Accuracy,
    LabelScores,
    RecognitionProtocol,
    RecognitionResult,
    RepresentationScores,
    Scores,
)
from core.metrics import Interval
from core.results import provenance
from dashboard.embeddings.labels_view import table


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


def test_the_table_has_a_row_for_each_and_leaves_open_what_is_not_known():
    rows = table(result(vjepa=0.7, masked_pixels=0.6, vjepa_random=0.5), 1)
    assert rows.loc["V-JEPA", "event: probe"] == "70.0 % (68.0 % to 72.0 %)"
    assert rows.loc["V-JEPA", "event: neighbours"].startswith("35.0 %")
    assert rows.loc["V-JEPA", "speed (R²): probe"] == ""
    assert rows["spread over draws of labels"].tolist() == ["2.0 %"] * 3
