"""A story of one's own has all that a shipped one has, in one text that can be opened, saved and sent as a link."""

from __future__ import annotations

import pytest
from test_causes_page import opened, press, written

from core.causal.scm.interventions import Do
from core.causal.stories.shipped import STORIES, shipped_text
from dashboard.causes.scene import USER_STORY_TITLE

TEXT = """title: Tea *and* sleep
told: Those who drink tea ![a](https://example.org/a.png) sleep less.
dial cups = 1.5 from 0 to 3 "How much tea takes"
late = normal(0, 1)
tea = late + normal(0, 1)
sleep = {cups}*tea - late + normal(0, 1)
tired = sleep + tea + normal(0, 1)
label tea: cups of tea
exposure: tea
outcome: sleep
question: Does tea take sleep?
answer: By its dial.
wrong: tired
preset weak tea: cups = 0.5
"""


def test_a_text_brings_its_dial_its_question_its_answer_and_its_mistake() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT)
    assert not app.exception and not app.error
    assert (
        app.slider(key="causes.own.cups").value == 1.5
        and app.slider(key="causes.own.cups").label == "How much tea takes"
    )
    text = written(app)
    assert (
        "**Does tea take sleep?**" in text
        and "By its dial. In this model, the effect of 1 instead of 0 is **1.500**" in text
    )
    assert not [box for box in app.selectbox if box.key in ("causes.exposure", "causes.outcome")], "the text says it"
    app.slider(key="causes.own.cups").set_value(2.0).run()
    assert (
        "dials as they started: By its dial. With the dials as they are now: in this model, the effect of 1 instead of "
        "0 is **2.000**" in written(app)
    )
    press(app, "weak tea")
    assert app.slider(key="causes.own.cups").value == 0.5
    press(app, "adjust for tired (wrong)")
    assert "according to the graph, this adjustment is not valid" in written(app)


def test_words_of_a_link_bring_no_pictures_and_no_make_up() -> None:
    text = written(opened(story=USER_STORY_TITLE, own_story=TEXT))
    assert r"*Tea \*and\* sleep.* Those who drink tea !\[a\](https:" in text and "![a]" not in text
    assert "https://" not in text, "not even an address becomes a link"


def test_what_one_writes_on_from_is_taken_as_it_stands_and_what_was_there_comes_back() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT)
    assert not any(button.label == "undo: previous story" for button in app.button)
    app.selectbox(key="causes.story").set_value("smoking").run()
    app.session_state["causes.interventions"]["smoking"] = {"tar": Do("tar", 1.0)}
    dial = next(slider for slider in app.slider if slider.key.startswith("causes.smoking."))
    dial.set_value(dial.max).run()
    press(app, "edit a copy")
    text = shipped_text("smoking")
    assert app.text_area(key="causes.story_text").value == text and app.query_params["causes.story_text"] in (
        text,
        [text],
    )
    own = next(slider for slider in app.slider if slider.key == dial.key.replace("smoking.", "own."))
    assert own.value == dial.max and "if tar is 1" in written(app)
    press(app, "undo: previous story")
    assert app.text_area(key="causes.story_text").value == TEXT and not app.exception and not app.error
    app.selectbox(key="causes.story").set_value("joe").run()
    press(app, "edit a copy")
    press(app, "undo: previous story")
    assert app.text_area(key="causes.story_text").value == TEXT, "a shipped text does not take its place"


def test_a_label_is_no_address() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT + "label late: www.example.org/x")
    assert not app.exception and "a label is plain text" in app.error[0].value
    assert not opened(story=USER_STORY_TITLE, own_story=TEXT + "label late: 0.5 cups, e.g. (1/4 l)").error


@pytest.mark.parametrize("line", ['dial cups = 1 from 0 to 2 "![a](//x.y/z.png)"', "preset ![a](//x.y): cups = 0"])
def test_sliders_and_buttons_of_a_link_bring_no_pictures_either(line: str) -> None:
    text = TEXT.replace('dial cups = 1.5 from 0 to 3 "How much tea takes"', line) if "dial" in line else TEXT + line
    app = opened(story=USER_STORY_TITLE, own_story=text)
    labels = [one.label for one in (*app.slider, *app.button)]
    assert not app.exception and not app.error and any(r"!\[a\](" in label for label in labels)
    assert not any("![a]" in label for label in labels)


@pytest.mark.parametrize("text", ["![a](//x.y/z.png)", "a = normal(0, 1)\nb = a\nstart: ![a](https://x.y/z.png)"])
def test_what_is_wrong_with_a_link_brings_no_picture(text: str) -> None:
    app = opened(story=USER_STORY_TITLE, own_story=text)
    assert not app.exception and r"!\[a\]" in app.error[0].value and "![a]" not in app.error[0].value


def test_a_case_may_be_called_like_a_dial() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT + "preset cups: cups = 0")
    press(app, "cups")
    assert not app.exception and app.slider(key="causes.own.cups").value == 0


@pytest.mark.parametrize("at, stands", [("0.5", 0.5), ("99", 1.5), ("much", 1.5)])
def test_a_link_brings_the_text_and_where_its_dials_stand(at: str, stands: float) -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT, **{"own.cups": at})
    assert not app.exception and not app.error
    assert f"the effect of 1 instead of 0 is **{stands:.3f}**" in written(app)


@pytest.mark.parametrize(
    "line, format",
    [("dial n = 2 from 0 to 40", "%d"), ("dial n = 2.5 from 0 to 40", "%0.2f"), ("dial n = 2 from 0 to 3", "%0.2f")],
)
def test_a_dial_shows_the_number_that_is_used(line: str, format: str) -> None:
    app = opened(story=USER_STORY_TITLE, own_story=f"{line}\na = normal(0, 1)\nb = {{n}}*a + normal(0, 1)")
    assert not app.exception and app.slider(key="causes.own.n").proto.format == format


def test_a_dial_whose_bounds_move_stands_within_them() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT)
    app.slider(key="causes.own.cups").set_value(3.0).run()
    app.text_area(key="causes.story_text").set_value(TEXT.replace("1.5 from 0 to 3", "0.25 from 0 to 1")).run()
    assert not app.exception and not app.error and "the effect of 1 instead of 0 is **0.250**" in written(app)


def test_without_an_answer_none_is_shown() -> None:
    app = opened(story=USER_STORY_TITLE)
    app.slider[0].set_value(0.0).run()
    assert "With the dials as they started" not in written(app)


def test_a_file_becomes_the_story_and_the_story_a_file() -> None:
    app = opened(story=USER_STORY_TITLE)
    app.file_uploader[0].set_value(("tea.txt", b"\xef\xbb\xbf" + TEXT.encode(), "text/plain")).run()
    assert (
        not app.exception
        and app.text_area(key="causes.story_text").value == TEXT
        and "Does tea take sleep?" in written(app)
    )
    (save,) = (button for button in app.get("download_button") if button.proto.label == "story.txt")
    assert save.proto.url
    app.text_area(key="causes.story_text").set_value(TEXT.replace("take sleep", "give sleep")).run()
    assert "Does tea give sleep?" in written(app), "the file is read once"
    for content, said in ((b"\xff\xfe\x00", "wrong.txt is not UTF-8 text"), (b"x" * 80_001, "more than 20,000 char")):
        app.file_uploader[0].set_value(("wrong.txt", content, "text/plain")).run()
        assert not app.exception and said in app.error[0].value
        assert "Does tea give sleep?" in written(app), "what was there stays"


def test_a_line_that_cannot_be_read_is_named_and_the_page_goes_on() -> None:
    app = opened(story=USER_STORY_TITLE, own_story=TEXT.replace("wrong: tired", "wrong: late, bed"))
    assert not app.exception and "Line 13: bed is not one of the nodes to adjust for" in app.error[0].value
    app.text_area(key="causes.story_text").set_value(TEXT).run()
    assert not app.error and "Does tea take sleep?" in written(app)


def test_a_shipped_story_can_be_written_on() -> None:
    app = opened(story=STORIES["forecast"].title)
    press(app, "edit a copy")
    assert not app.exception and not app.error
    assert app.selectbox(key="causes.story").value == "own" and app.text_area(
        key="causes.story_text"
    ).value == shipped_text("forecast")
    text = written(app)
    assert (
        "The recommender observes a click-through rate of 45.1 %" in text
        and "Does making people check the forecast" in text
    )
    assert {slider.key for slider in app.slider} >= {"causes.own.worry", "causes.own.sells"}
