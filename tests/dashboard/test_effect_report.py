"""A report says what the analysis says, shows names as they stand, and needs nothing from outside."""

import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from core.causal.analysis.analyse import analyse
from core.causal.analysis.refutation import refutations
from core.causal.analysis.verdict import verdict
from core.causal.estimation.refuters import WARNING
from core.causal.graphs.parsing import parse_graph
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.rows import table_of
from dashboard.reports.effect import effect_report
from dashboard.reports.render import to_html, to_markdown

STONES = parse_graph("small_stone -> treatment_A; small_stone -> success; treatment_A -> success")
MADE = {"version": "1.2.3", "date": "2026-11-23"}


def stones():
    return analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")


def plain(text):
    return re.sub(r"\\(.)", r"\1", text)


class Reader(HTMLParser):
    """What stands in a page, and whether each tag is closed where it should be."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.open, self.cells = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


@pytest.mark.parametrize("make", [to_html, to_markdown])
def test_it_says_what_the_analysis_says(make):
    found = stones()
    tries = refutations(found, table_of(kidney_stones()), np.random.default_rng(0))
    text = plain(make(effect_report(found, tries, **MADE)))
    for part in (
        "What is the effect of treatment_A on success?",
        "0.05367",
        "mean 0.8325 instead of 0.7789",
        "-0.01306 to 0.1204",
        "The interval contains 0",
        "-0.04571",
        "doubly robust",
        "{small_stone}",
        "700 rows are used and 0 were dropped",
        "on the treated (ATT)",
        "0.04796",
        "on the untreated (ATU)",
        "0.05938",
        "placebo exposure (shuffled)",
        WARNING,
        "worldscope 1.2.3",
        "2026-11-23",
    ):
        assert part in text, part
    for method in ("unadjusted", "regression", "standardisation", "inverse propensity weighting", "doubly robust"):
        assert method in text
    assert WARNING not in plain(make(effect_report(found, **MADE))), "nothing was tried"


def test_the_graph_in_it_can_be_read_again():
    page = Reader(to_html(effect_report(stones(), **MADE)))
    code = next(words for words in page.words if words.startswith("dag {"))
    assert set(parse_graph(code).edges) == set(STONES.edges)
    lines = to_markdown(effect_report(stones(), **MADE)).splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    "))
    assert set(parse_graph(code).edges) == set(STONES.edges)


def test_contradicted_implications_are_counted_beside_what_chance_gives():
    draw = np.random.default_rng(0)
    rows = {name: draw.normal(size=500) for name in "abx"}
    rows |= {"y": rows["x"] + 2 * rows["a"] + draw.normal(size=500)}
    found = analyse(parse_graph("x -> y; a; b"), table_of(rows), "x", "y")
    assert len(found.implications) == 5 and found.contradicted == 1
    for text in (to_html(effect_report(found, **MADE)), plain(to_markdown(effect_report(found, **MADE)))):
        assert "partial correlation" in text and re.search(r"y, a\b", text)
        assert "contradict 1 of 5 independences that the graph implies" in text and "would contradict 0.2" in text


@pytest.mark.parametrize(
    "text, formula",
    [("x -> y; z", "P(y | do(x)) = P(y | x)"), ("z -> x; z -> y; x -> y", "P(y | do(x)) = Σ_{z} P(z) P(y | x, z)")],
    ids=["nothing needed", "adjustment"],
)
def test_it_has_the_formula_whatever_the_way(text, formula):
    draw = np.random.default_rng(0)
    found = analyse(parse_graph(text), table_of({name: draw.integers(0, 2, 400) for name in "xyz"}), "x", "y")
    for made in (to_html(effect_report(found, **MADE)), plain(to_markdown(effect_report(found, **MADE)))):
        assert formula in made


def test_a_search_for_front_doors_that_was_cut_short_says_so():
    draw = np.random.default_rng(0)
    rows = table_of({name: draw.normal(size=100) for name in ("x", "m", "n", "y")})
    graph = parse_graph("dag { x -> m -> n -> y x <-> y }")
    for seconds, output in (
        (0.0, "There may be more: the search ran out of time."),
        (60.0, "Front-door sets: {m}, {n}."),
    ):
        assert output in plain(to_markdown(effect_report(analyse(graph, rows, "x", "y", seconds=seconds), **MADE)))


def test_the_page_is_whole_and_fetches_nothing():
    text = to_html(effect_report(stones(), **MADE))
    page = Reader(text)
    assert page.open == [] and {"table", "h1", "footer"} <= {tag for tag, _ in page.tags}
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert not any({"src", "href"} & set(attributes) for _, attributes in page.tags)
    assert "//" not in text and "@import" not in text and "prefers-color-scheme: dark" in text
    assert ("html", {"lang": "en"}) in page.tags and all("scope" in kept for tag, kept in page.tags if tag == "th")


def test_names_with_anything_in_them_are_shown_and_not_obeyed():
    x, y = '<script>alert("x")</script>', "a|b *c* `d`"
    graph = parse_graph('"{}" -> "{}"'.format(x.replace('"', '\\"'), y))
    found = analyse(graph, table_of({x: 4 * [0, 1, 0, 1, 1], y: 4 * [1, 2, 3, 4, 9]}), x, y)
    page = Reader(to_html(effect_report(found, **MADE)))
    assert page.open == [] and "script" not in {tag for tag, _ in page.tags}
    assert any(x in words for words in page.words)
    table = [line for line in to_markdown(effect_report(found, **MADE)).splitlines() if line.startswith("|")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
    assert bars == {8} and "<script" not in re.sub(
        r"(?m)^    .*$", "", to_markdown(effect_report(found, **MADE))
    ).replace("\\<", "")


def test_every_kind_of_answer_is_one_in_words():
    draw = np.random.default_rng(0)
    rows = table_of({"z": draw.integers(0, 2, 400), "x": draw.integers(0, 2, 400), "y": draw.integers(0, 2, 400)})
    said = {
        text: verdict(analyse(parse_graph(text), rows, "x", "y"))
        for text in ("dag { x; y }", "x -> y", "dag { x -> y; x <-> y }", "z -> x -> y")
    }
    assert "says that the effect is 0" in said["dag { x; y }"] and "x = 1 instead of 0 changes y by" in said["x -> y"]
    assert "is not identified; it lies between" in said["dag { x -> y; x <-> y }"]
    slope = analyse(
        parse_graph("x -> y"), table_of({"x": 4 * [1, 2, 3, 4, 5.5], "y": 4 * [2.1, 3.9, 6, 8.2, 9.9]}), "x", "y"
    )
    assert verdict(slope).startswith("One more unit of x changes y by") and "contains 0" not in verdict(slope)
    falls = analyse(
        parse_graph("x -> y"), table_of({"x": 4 * [1, 2, 3, 4, 5.5], "y": 4 * [-2.1, -3.9, -6, -8.2, -9.9]}), "x", "y"
    )
    assert "contains 0" not in verdict(falls)


@pytest.mark.parametrize("render", [to_html, to_markdown])
def test_the_probabilities_of_causation_have_a_section_if_there_are_any(render):
    found = stones()
    text = plain(html.unescape(render(effect_report(found, **MADE))))
    low, high = found.attribution.bounds.necessity
    assert "Was treatment_A the cause of success?" in text and f"{100 * low:.1f} % to {100 * high:.1f} %" in text
    assert "(necessity, PN)" in text and found.attribution.explanation in text
    slope = analyse(parse_graph("z -> x"), table_of({"z": range(30), "x": 15 * [1, 2]}), "z", "x")
    assert "the cause of" not in render(effect_report(slope, **MADE))
