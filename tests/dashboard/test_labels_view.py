"""What is said of the probes follows from their numbers."""

import pytest

from dashboard.embeddings.labels_view import finding, table


def result(**means):
    """A stored result in which every share of the labels has the same accuracy, give or take 0.02."""
    models = {}
    for name, mean in means.items():
        told = {"mean": mean, "low": mean - 0.02, "high": mean + 0.02, "seeds": [mean - 0.01, mean, mean + 0.01]}
        near = {**told, "mean": mean / 2}
        point = {"accuracy": told, "direction": told, "speed": {**told, "mean": None}}
        point["neighbours"] = {"accuracy": near, "direction": near, "speed": near}
        models[name.replace("_", "-")] = {"title": name, "shares": [point] * 3}
    return {"shares": [0.01, 0.1, 1.0], "chance": 1 / 6, "models": models}


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
