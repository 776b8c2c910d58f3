"""Work that takes a while shows how far it is, leaves a way out, and shows nothing once it was cancelled."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from test_causes_page import opened, press

from core.causal.stories.shipped import STORIES
from dashboard.kit import tasks
from dashboard.kit.tasks import SharedResults, TaskResult, progress_bar, run_task

LONG = [  # the query, the button, the label meanwhile, and the text that shows that it is done
    (
        {"story": STORIES["treatment"].title},
        "bootstrap (1,000 samples)",
        "estimating on resampled rows",
        "Bootstrap interval",
    ),
    (
        {"story": STORIES["treatment"].title},
        "coverage over 200 runs",
        "estimating on new units",
        "with 1,000 new units",
    ),
    ({"causes": "your own problem"}, "run the refuters", "running twenty rounds of each refuter", "placebo exposure"),
    ({"causes": "discovery", "rows_of": "your table"}, "search for arrows", "searching for arrows", "**PC: "),
]


def cancel_late(app: AppTest, key: str) -> AppTest:
    """A click on cancel that was on its way when the work was done."""
    button = app._session_state._state._key_id_mapper.get_id_from_key(key)
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=button, trigger_value=True))
    return app._run(states)


def shown(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(str(one.value) for one in app.table)])


@pytest.mark.parametrize("query, button_label, expected, done", LONG, ids=[label for _, label, _, _ in LONG])
def test_a_click_on_cancel_that_comes_late_takes_the_result_away(
    query: dict[str, str], button_label: str, expected: str, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[tuple[str, str]] = []
    monkeypatch.setattr(
        tasks, "progress_bar", lambda label, key, cancel: bars.append((label, key)) or progress_bar(label, key, cancel)
    )
    app = press(opened(**query), button_label)
    ((label, key),) = bars
    assert label == expected and done in shown(app)
    assert not any(button.label == "cancel" for button in app.button), "once it is done"
    cancel_late(app, key)
    assert not app.exception and done not in shown(app)
    assert any(button.label == button_label for button in app.button), "it can be asked for again"


def test_what_was_kept_before_comes_back_when_later_work_is_cancelled() -> None:
    def script() -> None:
        import streamlit as st

        from dashboard.kit.tasks import SessionResult, run_task

        results: SessionResult[list] = SessionResult("toy.count")
        count = st.number_input("count", 0, 9, 1)
        if st.button("work"):
            run_task(results, count, "counting", lambda report: [count])
        st.markdown(", ".join(f"{number}: {results.find(number)}" for number in (1, 2)))

    one, two = TaskResult(1, [1]), TaskResult(2, [2])
    app = AppTest.from_function(script).run()
    assert app.markdown[0].value == "1: None, 2: None"
    press(app, "work")
    app.number_input[0].set_value(2)
    assert press(app, "work").markdown[0].value == f"1: None, 2: {two}"
    assert cancel_late(app, "toy.count.cancel.counting").markdown[0].value == f"1: {one}, 2: None"
    assert app.run().markdown[0].value == f"1: {one}, 2: None"


def test_a_shared_result_is_computed_once_and_the_one_unused_for_longest_goes_first() -> None:
    computed: list[int] = []
    results: SharedResults[int] = SharedResults("toy.shared", most=2)

    def square(number: int) -> int:
        found = run_task(results, number, "squaring", lambda report: computed.append(number) or number**2)
        return found.value

    assert [square(number) for number in (1, 2, 2, 1)] == [1, 4, 4, 1] and computed == [1, 2]
    assert (square(3), square(1), square(2)) == (9, 1, 4) and computed == [1, 2, 3, 2]
    results.keep(TaskResult(1, 1))  # by another visitor at the same time: no other result goes for it
    assert square(2) == 4 and computed == [1, 2, 3, 2]


def test_one_result_stays_when_another_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    monkeypatch.setattr(
        tasks, "progress_bar", lambda label, key, cancel: keys.append(key) or progress_bar(label, key, cancel)
    )
    app = press(press(opened(story=STORIES["treatment"].title), LONG[1][1]), LONG[0][1])
    assert "with 1,000 new units" in shown(app) and "Bootstrap interval" in shown(app)
    cancel_late(app, next(key for key in keys if ".drawn." in key))
    assert "with 1,000 new units" in shown(app) and "Bootstrap interval" not in shown(app)


def test_a_bar_tells_how_long_it_will_take_beside_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    labels: list[str] = []
    clock = iter([0.0, 0.05, 10.0, 12.0])
    bar = SimpleNamespace(progress=lambda share, text: labels.append(text))
    monkeypatch.setattr(tasks.st, "progress", lambda share, text: labels.append(text) or bar)
    monkeypatch.setattr(tasks.st, "button", lambda label, key, on_click: labels.append(label))
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress_bar("counting", "toy.cancel", lambda: None) as report:
        for share in (0.1, 0.25, 0.6):
            report(share)
    assert labels == ["counting", "cancel", "counting: 25 %, about 30 s left", "counting: 60 %, about 8 s left"]
