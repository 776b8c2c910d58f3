"""Adding a page takes one script and one line: the navigation, its state and its address follow."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from dashboard.navigation import PAGES, PageSpec

ENTRY = Path(navigation.__file__).with_name("app.py")
SCRIPT = """
import streamlit as st
from dashboard.kit.url_state import PageState

state = PageState("toy")
st.title("Does a toy page open?")
st.slider("height", 0, 9, key=state.key("height"), bind="query-params")
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    folder = tmp_path / "pages"
    shutil.copytree(navigation.FOLDER, folder)
    (folder / "toy.py").write_text(SCRIPT, encoding="utf-8")  # the one new file ...
    monkeypatch.setattr(navigation, "FOLDER", folder)
    monkeypatch.setattr(navigation, "PAGES", (*PAGES, PageSpec("toy", "Toy", "Imagine")))  # ... and the one line
    return AppTest.from_file(str(ENTRY), default_timeout=120)


def open_toy(app: AppTest) -> AppTest:
    return app.switch_page(os.path.relpath(navigation.FOLDER / "toy.py", ENTRY.parent)).run()


def test_a_new_page_opens_with_a_name_space_of_its_own(app: AppTest) -> None:
    open_toy(app)
    assert not app.exception and app.title[0].value == "Does a toy page open?"
    app.slider(key="toy.height").set_value(7).run()
    assert not app.exception and app.slider(key="toy.height").value == 7


def test_what_a_link_to_a_new_page_asks_for_in_vain_is_said(app: AppTest) -> None:
    app.query_params["toy.width"] = "3"
    open_toy(app)
    assert app.title[0].value == "Does a toy page open?"
    assert any("width" in message.value for message in (*app.info, *app.warning))
