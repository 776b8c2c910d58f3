"""Stories as text hold all that a story has, and what can't be read is told by its line."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import parse_model
from core.causal.stories.shipped import STORIES, shipped_text
from core.causal.stories.story import Dial
from core.causal.stories.story_lines import MAX_DIALS
from core.causal.stories.story_text import parse_story, story_keywords

WHOLE = """# a story
title: Rain # and more
told: It rains: often.
    Those who look up carry umbrellas.

dial worry = -0.5 from -1 to 1e0 by 0.25 "How much, and why"  # a remark
dial plain = 2 from 0 to 4
hidden rain = bernoulli(0.3)
looks = bernoulli(0.5 + 0.1*{worry}*rain)   # not {gone}
wet = bernoulli(0.1*{plain} + 0.2*looks)
size = {worry}**2 + wet + normal(0, 1)
label looks: looks up
exposure: looks
outcome: wet
question: Does looking up
    keep dry?
answer: No.
wrong: size
unit: looks = 1, wet = 0, size = -.5
start: 0
overlooked: rain
preset calm days: worry = 0, plain = 1
preset others: plain = 4
"""


def test_one_text_holds_all_that_a_story_has():
    story = parse_story(WHOLE)
    assert (story.title, story.description) == (
        "Rain # and more",
        "It rains: often. Those who look up carry umbrellas.",
    )
    assert (story.exposure, story.outcome, story.question, story.answer) == (
        "looks",
        "wet",
        "Does looking up keep dry?",
        "No.",
    )
    assert story.dials == (Dial("worry", "How much, and why", -1, 1, -0.5, 0.25), Dial("plain", "plain", 0, 4, 2, 0.1))
    assert story.wrong_adjustment == ("size",) and story.labels == (("looks", "looks up"),)
    assert story.unit == (("looks", 1), ("wet", 0), ("size", -0.5)) and story.start_value == 0
    assert story.overlooked == "rain" and not story.is_real
    assert story.presets == (("calm days", (("worry", 0), ("plain", 1))), ("others", (("plain", 4),)))
    assert story.model().latent == {"rain"}


def test_a_dial_below_0_counts_as_a_whole():
    """-0.5 squared is 0.25; as characters put in a row it would be -0.25."""
    size = parse_story(WHOLE).model({"worry": -0.5}).mechanisms["size"]
    assert size.mean({"wet": 1.0}) == 1.25
    with pytest.raises(ValueError, match=r"Line 2, column 6: expected an operator"):
        parse_story("a = normal(0, 1)\nb = 2{k}*a + normal(0, 1)\ndial k = 1 from 0 to 2")


def test_a_model_alone_is_a_story_and_asks_of_its_first_node_and_its_last():
    text = "z_1 = normal(0, 1)\n\n  x = z_1 + normal(0, 1)  # note: indented\ndial = x\ny = dial + normal(0, 1)"
    story = parse_story(text)
    assert story.model().mechanisms == parse_model(text).mechanisms
    assert (story.exposure, story.outcome, story.question) == ("z_1", "y", "What does z 1 do to y?")
    assert (story.title, story.description, story.answer, story.dials, story.wrong_adjustment) == ("", "", "", (), ())
    requested = parse_story(text, "x", "dial")
    assert (requested.exposure, requested.outcome, requested.question) == ("x", "dial", "What does x do to dial?")
    message = parse_story(f"{text}\nexposure: x", "z_1", "y")
    assert message.exposure == "x", "what the text says counts"
    assert story_keywords(f"{text}\nexposure: x") == {"exposure"} and story_keywords(text) == set()


def test_whoever_is_not_named_is_the_first_or_the_last_of_the_others():
    model = "a = normal(0, 1)\nb = a\nc = b\n"
    requested = {said: parse_story(model + said) for said in ("exposure: c", "outcome: a", "exposure: b", "outcome: b")}
    assert [(one.exposure, one.outcome) for one in requested.values()] == [
        ("c", "b"),
        ("b", "a"),
        ("b", "c"),
        ("a", "b"),
    ]


def test_a_dial_may_have_a_name_in_any_letters():
    story = parse_story("dial größe = 1 from 0 to 2\na = normal(0, 1)\nb = {größe}*a")
    assert story.dials[0].name == "größe"


def test_a_text_that_is_set_in_as_a_whole_is_read_alike():
    assert parse_story(textwrap.indent(WHOLE, "  ")) == parse_story(WHOLE)


def test_errors_of_the_model_name_the_line_of_the_text():
    for text, said in (
        ("title: x\n\na = normal(0, 1)\nb = 2 +", "Line 4, column 8: expected a number"),
        ("title: x\n  y\na = normal(0, 1)\na = 2", "a has two lines, the second is line 4"),
        ("dial k = 1 from 0 to 2\na = normal(0, 1)\nb = normal(a, {k})", "Line 3: normal takes two numbers"),
    ):
        with pytest.raises(ValueError, match=re.escape(said)):
            parse_story(text)


MODEL = "a = normal(0, 1)\nb = {k}*a + normal(0, 1)\nhidden h = normal(0, 1)\nc = h + normal(0, 1)\n"
DIALLED = MODEL + "dial k = 1 from 0 to 2\n"


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "There is no node in this text"),
        ("title: nothing else", "There is no node in this text"),
        ("a = normal(0, 1)\nhidden b = a", "at least two nodes that are measured"),
        ("x" * 20_001, "more than 20,000 characters"),
        (MODEL, "Line 2: there is no dial called k; write for example: dial k = 1 from 0 to 2"),
        (DIALLED + "dial j = 1 from 0 to 2", "Line 6: the dial j is not used; write {j} in the model"),
        (DIALLED + "dial k = 1 from 0 to 2", "Line 6: the dial k appears twice, first on line 5"),
        (
            MODEL + "dial k = 1",
            "Line 5, column 11: expected from, not the end of the text; write for example dial",
        ),
        (MODEL + "dial k 1 from 0 to 2", "Line 5, column 8: expected ="),
        *(
            (MODEL + f"dial k = {wrong}", "Line 5: k must go from a lower to a higher number, start between them")
            for wrong in (
                "1 from 2 to 0",
                "3 from 0 to 2",
                "1 from 1 to 1",
                "1 from 0 to 1e999",
                "1 from 0 to 2 by 3",
                "1 from 0 to 2 by 0",
                "1 from 0 to 2 by -1",
            )
        ),
        (DIALLED + "titel: x", "Line 6: titel is not a keyword; did you mean title?"),
        (DIALLED + "author: x", "Line 6: author is not a keyword; the keywords are title, description, exposure"),
        (DIALLED + "title: x\ntitle: y", "Line 7: title appears twice, first on line 6"),
        (DIALLED + "label a: x\nlabel a: y", "Line 7: label a appears twice, first on line 6"),
        (DIALLED + "label: x", "Line 6: write label NODE: and its text"),
        (DIALLED + "answer a: x", "Line 6: write answer: and its text"),
        (DIALLED + "label q: x", "Line 6: q is not one of the nodes: a, h, b, c"),
        *(
            (DIALLED + f"label a: {wrong}", "Line 6: a label is plain text, such as label a: ice cream sold")
            for wrong in ("", "![x](y)", "<b>", "$x$", "*x*")
        ),
        (DIALLED + "exposure: q", "Line 6: q is not one of the measured nodes: a, b, c"),
        (DIALLED + "exposure: h", "Line 6: h is not one of the measured nodes"),
        (DIALLED + "outcome:", "Line 6: nothing is not one of the measured nodes"),
        (DIALLED + "exposure: b\noutcome: b", "b is both exposure and outcome"),
        (DIALLED + "wrong: b, a", "Line 6: a is not one of the nodes to adjust for: b"),
        (DIALLED + "unit: a = 1, b = two", "Line 6: write names and numbers, each name once, such as a = 1, b = 2"),
        (DIALLED + "unit: a = 1, a = 2", "Line 6: write names and numbers, each name once"),
        (DIALLED + "unit: a = 1, b = 1e999", "Line 6: write names and numbers"),
        (DIALLED + "unit: a = 1, b = 2", "Line 6: the unit needs a value of c as well"),
        (DIALLED + "unit: a = 1, b = 2, c = 3, q = 4", "Line 6: q is not one of the nodes"),
        (DIALLED + "start: soon", "Line 6: start must be a number, not soon"),
        (DIALLED + "start:", "Line 6: start must be a number, not nothing"),
        (
            DIALLED + "overlooked: b",
            "Line 6: overlooked needs an exposure and an outcome of 0 or 1",
        ),
        (WHOLE.replace("overlooked: rain", "overlooked: snow"), "Line 21: snow is not one of the other nodes"),
        (DIALLED + "preset x: k = 3", "Line 6: k must be from 0 to 2, not 3"),
        (DIALLED + "preset x: j = 3", "Line 6: There is no dial called j; the dials are k"),
        (DIALLED + "preset x: k", "Line 6: write names and numbers"),
        (
            "\n".join(f"dial d{i} = 1 from 0 to 2\nv{i} = {{d{i}}}" for i in range(MAX_DIALS + 1)),
            "Line 25: a story has at most 12 dials",
        ),
    ],
)
def test_what_cannot_be_read_gets_one_sentence_that_names_the_line(text, said):
    with pytest.raises(MechanismError) as error:
        parse_story(text)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_braces_are_dials_and_nothing_else():
    for inside in ("", "k.real", "0", "k!r:>9999999", "k}{k", "k} {k"):
        with pytest.raises(ValueError, match=r"Line 1"):
            parse_story(f"a = {{{inside}}}*2\nb = {{k}}*a\ndial k = 1 from 0 to 2")


@pytest.mark.parametrize("name", STORIES)
def test_stories_that_are_shipped_are_reported_in_full(name):
    assert story_keywords(shipped_text(name)) >= {"title", "description", "exposure", "outcome", "question", "answer"}


def test_the_example_that_people_read_is_a_story():
    """Fertiliser seems to do 0.5 + cov(soil, fertiliser) / var(fertiliser) = 0.5 + 0.8 / 1.64, twice what it does."""
    text = (Path(__file__).resolve().parents[4] / "docs" / "stories.md").read_text(encoding="utf-8")
    story = parse_story(text.split("```")[1])
    units = story.model().simulate(story.model().draw_noise(100_000, np.random.default_rng(0))).values
    assert np.polyfit(units["fertiliser"], units["harvest"], 1)[0] == pytest.approx(0.5 + 0.8 / 1.64, abs=0.02)
    assert "by half of what the fields show" in story.answer and story.question == "Does fertiliser help?"


def test_the_older_keyword_of_a_description_is_still_read():
    text = "a = normal(0, 1)\nb = a + normal(0, 1)\n"
    assert parse_story(text + "told: As before.") == parse_story(text + "description: As before.")
    with pytest.raises(MechanismError, match="Line 4: description appears twice, first on line 3"):
        parse_story(text + "told: As before.\ndescription: As now.")
