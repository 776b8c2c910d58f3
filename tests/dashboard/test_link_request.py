"""What a link asks for in vain is said in one sentence on every page, is never Markdown, and leaves the address."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from test_url_state import ENTRY, NAMES, OLD, address

PICTURE = "![p](http://a.example/x)"
NONSENSE = [  # a page, a link, and what the sentence says of it
    ("compare", {"compare.clip": "gone"}, ["clip=gone"]),
    ("compare", {"compare.latent": "my-jepa-99"}, ["latent=my-jepa-99"]),
    ("compare", {"compare.source": "world", "compare.world": "mars"}, ["world=mars"]),
    ("compare", {"compare.horizon": "999", "compare.context": "4.0"}, ["horizon=999"]),
    ("compare", {"contxt": "4", "v": "1", "utm_source": "mail"}, ["contxt=4"]),
    ("scoreboard", {"case": "mars", "scoreboard.step": "99", "scoreboard.colour": "red"}, ["mars", "99", "colour=red"]),
    ("train", {"train.job": "my-jepa-99"}, ["job=my-jepa-99"]),
    ("embeddings", {"view": "what it knows", "embeddings.perplexity": "5", "of": "no"}, ["perplexity=5", "model=no"]),
    ("causes", {"causes.do": "tar:1 mars:3", "causes.draw": "many"}, ["do=tar:1 mars:3", "draw=many"]),
    ("causes", {"causes.story": PICTURE, "compare.seed": "3"}, ["story=!", "compare.seed=3"]),
]


def opened_by_link(page: str, link: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ENTRY), default_timeout=180)
    if page != NAMES[0]:
        app.switch_page(f"../pages/{page}.py")
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def sentences(app: AppTest) -> list[str]:
    return [one.value for one in app.info if "This link asks for" in one.value]


@pytest.mark.parametrize("page, link, named", NONSENSE, ids=[f"{page} {'&'.join(link)}" for page, link, _ in NONSENSE])
def test_what_a_link_asks_for_in_vain_is_named_and_leaves_the_address(page: str, link: dict, named: list) -> None:
    app = opened_by_link(page, link)
    (sentence,) = sentences(app)
    assert all(text in sentence.replace("\\", "") for text in named)
    assert "utm" not in sentence and "v=1" not in sentence and "context" not in sentence
    assert PICTURE not in sentence
    left = address(app)
    assert all(name.startswith(f"{page}.") for name in left)
    assert not set(named) & {f"{name.removeprefix(f'{page}.')}={text}" for name, text in left.items()}


@pytest.mark.parametrize("page, link, _", OLD, ids=[f"{page} {'&'.join(link)}" for page, link, _ in OLD])
def test_a_link_that_is_followed_is_opened_without_a_word(page: str, link: dict[str, str], _: dict) -> None:
    if page != "embeddings":  # which encodes all clips; its settings are bound like those of Scoreboard and Causes
        assert not sentences(opened_by_link(page, link))


def test_a_default_that_a_link_spells_out_is_followed() -> None:
    for page, link in (
        ("scoreboard", {"scoreboard.step": "8", "scoreboard.case": "drop"}),
        ("causes", {"causes.view": "stories", "causes.story": "Ice cream and drownings", "causes.draw": "0"}),
        ("compare", {"compare.latent": "jepa", "compare.context": "4"}),
    ):
        assert not sentences(opened_by_link(page, link)), (page, link)
