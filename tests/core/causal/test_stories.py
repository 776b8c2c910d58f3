"""Each story's honest answer is what its model does, and the mistake that it tells of shows."""

import numpy as np
import pytest

from core.causal import stories
from core.causal.estimate import doubly_robust, regression, standardisation
from core.causal.identify import identify
from core.causal.indirect import front_door, two_stages
from core.causal.mechanisms import MechanismError
from core.causal.question import Question
from core.causal.scm import Set
from core.causal.stories import STORIES, kidney_stones, story_named

TRUE = {  # the effect of one unit more, or of 1 for 0, by what the texts say
    "ice-cream": 0.0, "forecast": 0.0, "treatment": None, "kidney-stones": None, "ab-test": 0.7, "smoking": 0.45,
    "instrument": 0.5, "m-graph": 0.5, "hospital": 0.0, "joe": 0.4, "coin": 0.0,
}  # fmt: skip


def rows_of(name, count=20_000, seed=0, **dials):
    model = story_named(name).model(dials)
    return model, dict(model.play(model.draw_noise(count, np.random.default_rng(seed))).values)


def done(model, story, count=200_000):
    noise = model.draw_noise(count, np.random.default_rng(1))
    means = [model.play(noise, Set(story.exposure, value)).mean(story.outcome) for value in (1, 0)]
    return means[0] - means[1]


@pytest.mark.parametrize("name", STORIES)
def test_doing_gives_what_the_story_says(name):
    story, (model, _) = STORIES[name], rows_of(name)
    effect = done(model, story)
    if TRUE[name] is None:
        assert effect > 0.05, "the treatment helps"
    else:
        # The coin's patients are harmed as often as helped: only on average is there no effect.
        assert effect == pytest.approx(TRUE[name], abs=0.005 if name == "coin" else 1e-6)


@pytest.mark.parametrize("name", STORIES)
def test_identification_says_what_the_story_says(name):
    story = STORIES[name]
    found = identify(story.model().graph, story.exposure, story.outcome)
    if story.right is not None and found.kind != "no causal path":
        assert frozenset(story.right) in found.sets
    if story.by and story.by[0] == "front door":
        assert found.front_door == (frozenset([story.by[1]]),)
    if story.by and story.by[0] == "instrument":
        assert [one.node for one in found.instruments] == [story.by[1]] and found.kind == "not identifiable"
    for node in story.wrong:
        assert node in found.reasons or node in story.model().mechanisms
        assert not any(node in one for one in found.sets)


STRAIGHT = [name for name, story in STORIES.items() if story.right is not None and TRUE[name] is not None]


@pytest.mark.parametrize("name", STRAIGHT)
def test_the_right_adjustment_holds_the_truth_and_the_wrong_one_does_not(name):
    story, true, held = STORIES[name], TRUE[name], {}
    for seed in range(40):
        _, rows = rows_of(name, 5000, seed)
        for extra in ((), *((node,) for node in story.wrong)):
            found = regression(rows, Question(story.exposure, story.outcome, (*story.right, *extra)))
            held.setdefault(extra, []).append(found.low < true < found.high)
    assert np.mean(held.pop(())) >= 0.85
    assert all(np.mean(ones) <= 0.1 for ones in held.values()), "adjusting for the wrong node shows its bias"


def test_the_treated_recover_less_often_and_among_alikes_more_often():
    _, rows = rows_of("treatment")
    assert regression(rows, Question("treated", "recovers")).high < 0
    right, wrong = (
        doubly_robust(rows, Question("treated", "recovers", adjusted))
        for adjusted in (("severity",), ("severity", "days_ill"))
    )
    assert right.low > 0 and wrong.high < right.low, "what listens to the outcome takes the effect away"
    slices = np.digitize(rows["severity"], np.quantile(rows["severity"], np.linspace(0.02, 0.98, 25)))
    gains = []
    for part in range(3, 22):
        among = slices == part
        means = [rows["recovers"][among & (rows["treated"] == arm)].mean() for arm in (0, 1)]
        gains.append(means[1] - means[0])
    assert np.mean(np.array(gains) > 0) > 0.8


def test_seeing_misleads_where_the_story_says_so():
    for name in ("ice-cream", "forecast", "ab-test", "smoking", "instrument"):
        story, (_, rows) = STORIES[name], rows_of(name)
        seen = regression(rows, Question(story.exposure, story.outcome))
        assert seen.low > TRUE[name] + 0.05, name
    story, (_, rows) = STORIES["ab-test"], rows_of("ab-test", staggered=0)
    seen = regression(rows, Question(story.exposure, story.outcome))
    assert seen.low < 0.7 < seen.high, "at random, seeing is doing"


def test_front_door_and_instrument_find_what_no_adjustment_does():
    _, rows = rows_of("smoking")
    found = front_door(rows, Question("smoking", "illness"), ("tar",))
    assert found.low < 0.45 < found.high
    _, rows = rows_of("instrument")
    found = two_stages(rows, Question("course", "grade"), "voucher")
    assert found.low < 0.5 < found.high and "weak" not in found.note
    _, rows = rows_of("instrument", count=500, pull=0.05)
    assert "weak" in two_stages(rows, Question("course", "grade"), "voucher").note


def test_units_of_the_real_story_are_as_the_counts_were():
    """Julious and Mullee 1994: were all given A, 0.832546 would recover, and 0.778875 if none were."""
    model, rows = rows_of("kidney-stones", 400_000)
    for name, column in kidney_stones().items():
        assert rows[name].mean() == pytest.approx(np.mean(column), abs=0.005)
    noise = model.draw_noise(400_000, np.random.default_rng(1))
    for value, share in ((1, 0.832546), (0, 0.778875)):
        assert model.play(noise, Set("treatment_A", value)).mean("success") == pytest.approx(share, abs=0.003)


def test_the_real_counts_are_those_of_1986():
    rows = {name: np.array(column) for name, column in kidney_stones().items()}
    assert len(rows["success"]) == 700 and rows["success"].sum() == 81 + 192 + 234 + 55
    found = standardisation(rows, Question("treatment_A", "success", ("small_stone",)))
    assert found.value == pytest.approx(0.053671, abs=2e-6) and found.low < 0 < found.high


def test_a_dial_that_is_not_there_or_too_far_is_refused():
    for dials, said in (({"heet": 1}, "no dial called heet; there are heat"), ({"heat": 9}, "from 0 to 2, not 9")):
        with pytest.raises(MechanismError, match=said):
            STORIES["ice-cream"].model(dials)
    with pytest.raises(MechanismError, match="no story called x"):
        story_named("x")


def test_models_of_dials_that_were_moved_are_not_kept_for_ever():
    for i in range(100):
        STORIES["ice-cream"].model({"heat": i / 100})
    assert stories._model.cache_info().currsize <= 64
