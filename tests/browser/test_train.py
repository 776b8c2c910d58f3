"""The Train page as a person uses it: a training outlives a reload, and its model is met again on the Compare page."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Visit = Callable[..., None]


def test_a_training_runs_survives_a_reload_and_its_model_can_be_compared(page: Page, visit: Visit) -> None:
    visit(page, "/train", player=False)
    page.get_by_role("spinbutton", name="minutes").fill("0.2")
    page.get_by_role("spinbutton", name="minutes").press("Enter")
    page.get_by_role("button", name="start training").click()
    expect(page.get_by_text(re.compile("my-jepa-1 is training"))).to_be_visible()
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_text(re.compile("my-jepa-1 is paused"))).to_be_visible()
    page.get_by_role("button", name="resume").click()
    expect(page.get_by_text(re.compile(r"step \d+"))).to_be_visible()
    page.reload()
    trained = page.get_by_text(re.compile("my-jepa-1 is trained"))
    expect(trained).to_be_visible(timeout=600_000)  # training gives way to whatever else runs, other tests too
    expect(page.get_by_text("A probe reads the positions of the balls")).to_be_visible()
    page.get_by_role("button", name="open on Compare").click()
    page.wait_for_selector("[data-testid=player][data-frame]")
    expect(page.get_by_role("button", name="my-jepa-1")).to_be_visible()
    assert "latent=my-jepa-1" in page.url
