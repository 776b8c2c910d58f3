"""Interventions work by mouse and by keyboard, a unit is clicked, and a graph of one's own is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

# Work may be done before a test finds its button: so the page itself clicks it as soon as it is there.
CANCEL_AT_ONCE = """() => {
  window.cancelled = 0
  let last = null
  new MutationObserver(() => {
    const button = document.querySelector('[class*="-cancel-"] button')
    if (button && button !== last) { window.cancelled += 1; button.click() }
    last = button
  }).observe(document.body, { childList: true, subtree: true })
}"""


@pytest.fixture
def opened(page: Page, visit: Callable[..., None], settled: Callable[[Page], None]) -> Callable[[str], Page]:
    def go(address: str) -> Page:
        visit(page, address, player=False)
        expect(page.locator("[data-ready]").first).to_be_visible()
        settled(page)
        return page

    return go


def test_do_is_toggled_by_mouse_and_by_keyboard(opened: Callable[[str], Page]) -> None:
    page = opened("/causes")
    graph, node = page.get_by_test_id("causal-graph"), page.locator("[data-node=ice_cream]")
    expect(graph).to_have_attribute("data-set", "ice_cream=1")
    expect(page.locator(".arrow.cut")).to_have_count(1)
    node.click()
    expect(page.get_by_text("nothing is set, so nothing changes")).to_be_visible()
    expect(page.locator(".arrow.cut")).to_have_count(0)
    assert "do=nothing" in page.url
    page.locator("[data-node=swimmers]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("if swimmers is 1")).to_be_visible()
    expect(page.locator("[data-node=swimmers]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("if swimmers is 1.1")).to_be_visible()
    page.get_by_label("swimmers, set to").fill("-1")
    expect(page.get_by_text("if swimmers is -1")).to_be_visible()
    assert "swimmers%3A-1" in page.url
    page.reload()
    expect(graph).to_have_attribute("data-set", "swimmers=-1")


def test_back_and_forward_undo_and_do_again(opened: Callable[[str], Page], settled: Callable[[Page], None]) -> None:
    page = opened("/causes")
    graph = page.get_by_test_id("causal-graph")
    for node in ("swimmers", "drownings"):
        page.locator(f"[data-node={node}]").click()
        expect(graph).to_have_attribute("data-set", re.compile(f"{node}=1"))
        settled(page)
    page.go_back()
    expect(graph).to_have_attribute("data-set", "ice_cream=1 swimmers=1")
    settled(page)
    page.go_back()
    expect(graph).to_have_attribute("data-set", "ice_cream=1")
    settled(page)
    page.go_forward()
    expect(graph).to_have_attribute("data-set", "ice_cream=1 swimmers=1")
    settled(page)
    page.locator("[data-node=temperature]").click()
    expect(graph).to_have_attribute("data-set", "temperature=1 ice_cream=1 swimmers=1")


def test_back_and_forward_count_at_once_after_an_act(opened: Callable[[str], Page]) -> None:
    """The browser says whether a step of its history brought an address, however soon after an act it comes."""
    page = opened("/causes")
    graph = page.get_by_test_id("causal-graph")
    for turn in range(3):
        page.locator("[data-node=swimmers]").click()
        expect(page.get_by_text("swimmers is 1").first).to_be_visible()
        expect(page).to_have_url(re.compile("swimmers"))
        page.go_back()
        expect(graph).to_have_attribute("data-set", "ice_cream=1")
        page.go_forward()
        expect(graph).to_have_attribute("data-set", "ice_cream=1 swimmers=1")
        if turn < 2:
            page.locator("[data-node=swimmers]").click()
            expect(graph).to_have_attribute("data-set", "ice_cream=1")
            expect(page).not_to_have_url(re.compile("swimmers"))


def test_a_node_is_shifted_or_listens_to_something_else_and_the_link_brings_it_back(
    opened: Callable[[str], Page], settled: Callable[[Page], None]
) -> None:
    page = opened("/causes")
    how = page.get_by_label("Kind of intervention on ice cream sold")
    how.select_option("shift by")
    expect(page.get_by_text("if ice cream sold is 1 more than its mechanism makes it")).to_be_visible()
    expect(page.locator(".arrow.cut")).to_have_count(0)  # it still listens to its causes
    how.select_option("replace mechanism")
    line = page.get_by_label("ice cream sold, mechanism")
    line.fill("2*nobody")
    line.press("Enter")
    expect(page.get_by_text("nobody").first).to_be_visible()
    line.fill("0.5*swimmers + normal(0, 1)")
    line.press("Enter")
    expect(page.locator(".arrow.fresh")).to_have_count(1)
    expect(page.locator(".arrow.cut")).to_have_count(1)
    settled(page)
    page.reload()
    expect(line).to_have_value("0.5 * swimmers + normal(0, 1)")
    expect(page.locator(".arrow.fresh")).to_have_count(1)


def test_a_clicked_unit_tells_its_counterfactual(
    opened: Callable[[str], Page], settled: Callable[[Page], None]
) -> None:
    page = opened("/causes?story=Smoking+and+tar&do=smoking:2")
    box = page.locator(".st-key-causes-counterfactual .scatterlayer .point").nth(60).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    unit = page.get_by_label("unit", exact=True)
    expect(unit).not_to_have_value("0")
    settled(page)
    number = unit.input_value()
    rows = [row.locator("th, td").all_inner_texts() for row in page.get_by_test_id("stTable").first.locator("tr").all()]
    table = {row[-5]: row[-5:] for row in rows}
    assert float(table["smoking"][2]) == 2
    was, would = (float(table["tar"][column]) for column in (1, 2))
    assert would - was == pytest.approx(0.9 * (2 - float(table["smoking"][1])), abs=0.003)
    assert table["gene"][1] == table["gene"][2], "what is not touched stays"
    assert f"unit.smoking={number}" in page.url
    expect(page.get_by_text(f"unit {number}: illness was")).to_be_visible()


def test_the_wrong_adjustment_is_a_button(opened: Callable[[str], Page]) -> None:
    page = opened("/causes?story=Adjusting+does+harm")
    page.get_by_role("button", name="adjust for questionnaire (wrong)").click()
    expect(page.get_by_text("according to the graph, this adjustment is not valid")).to_be_visible()


def test_a_graph_is_drawn_and_its_text_follows(opened: Callable[[str], Page], settled: Callable[[Page], None]) -> None:
    page = opened("/causes?causes=your+own+problem")
    editor, text = page.get_by_test_id("graph-editor"), page.get_by_role("textbox", name="the graph as text")
    page.get_by_label("Name of a new node").fill("age")
    page.keyboard.press("Enter")
    expect(text).to_have_value(re.compile("age"))
    settled(page)
    dot, goal = (page.locator(where).bounding_box() for where in ("[data-node=age] .dot", "[data-node=success] rect"))
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 12, steps=6)
    page.mouse.up()
    expect(editor).to_have_attribute("data-edges", re.compile("age->success"))
    expect(text).to_have_value(re.compile("age -> success"))
    settled(page)
    page.locator("[data-node=success]").focus()
    page.keyboard.press("a")
    page.locator("[data-node=age]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("form a cycle")).to_be_visible()
    settled(page)
    page.locator("[data-node=age]").focus()
    page.keyboard.press("Delete")
    expect(text).not_to_have_value(re.compile("age"))
    page.get_by_label("Undo").click()
    expect(text).to_have_value(re.compile("age"))
    assert page.get_by_text("0.832546").is_visible()


@pytest.mark.parametrize("address", ["/causes", "/causes?causes=your+own+problem"])
def test_nothing_is_cut_off_on_a_phone(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None], address: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page, address, player=False)
    expect(page.locator("[data-ready]").first).to_be_visible()
    settled(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_what_takes_long_can_be_cancelled(opened: Callable[[str], Page], settled: Callable[[Page], None]) -> None:
    page = opened("/causes?causes=your+own+problem")
    rows = [f"{i % 3 % 2},{(i * i) % 5 % 2},{i % 7 % 2}" for i in range(100_000)]
    content = "\n".join(["treatment_A,small_stone,success", *rows]).encode()
    page.locator("input[type=file]").set_input_files({"name": "t.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("t.csv: 100,000 rows")).to_be_visible()
    settled(page)
    for name, done in (("bootstrap (1,000 samples)", "Bootstrap interval"), ("run the refuters", "placebo exposure")):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_text(re.compile(r"\d+ %, about \d+ (s|min) left"))).to_be_visible()
        page.get_by_role("button", name="cancel").click()
        expect(page.get_by_role("button", name="cancel")).to_have_count(0)
        settled(page)
        expect(page.get_by_text(done)).to_have_count(0)
        expect(page.get_by_text("Can the estimate be refuted?")).to_be_visible()


def test_what_takes_long_in_a_story_can_be_cancelled(
    opened: Callable[[str], Page], settled: Callable[[Page], None]
) -> None:
    page = opened("/causes?story=A+treatment+that+goes+with+dying")
    page.evaluate(CANCEL_AT_ONCE)
    page.get_by_role("button", name="bootstrap (1,000 samples)").click()
    page.wait_for_function("window.cancelled === 1")
    expect(page.get_by_role("button", name="cancel")).to_have_count(0)
    settled(page)
    expect(page.get_by_text("Bootstrap interval")).to_have_count(0)
    expect(page.get_by_role("button", name="bootstrap (1,000 samples)")).to_be_visible()


def test_back_to_an_old_link_opens_its_view_again(page: Page, visit: Callable[..., None], settled) -> None:
    visit(page, "/causes?story=Smoking+and+tar&do=smoking:2", player=False)
    visit(page, "/scoreboard", player=False)
    for step in (page.go_back, page.go_forward, page.go_back):
        step()
        settled(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "causes.story=Smoking+and+tar" in page.url and "causes.do=smoking" in page.url
