"""The stories that the app ships: in each, seeing alone gives a wrong answer or none."""

from __future__ import annotations

from dataclasses import replace

from core.causal.stories.story import Story
from core.causal.stories.story_text import parse_story
from core.paths import SAMPLE_DATA

_NAMES = (
    "ice-cream",
    "forecast",
    "treatment",
    "kidney-stones",
    "ab-test",
    "smoking",
    "instrument",
    "m-graph",
    "hospital",
    "joe",
    "coin",
)


def shipped_text(name: str) -> str:
    """Returns the text of a story, as ``core.causal.stories.story_text`` reads it."""
    return (SAMPLE_DATA / "stories" / f"{name}.txt").read_text(encoding="utf-8")


STORIES: dict[str, Story] = {name: parse_story(shipped_text(name)) for name in _NAMES}
STORIES["kidney-stones"] = replace(STORIES["kidney-stones"], is_real=True)  # its text holds a model, not the counts


def kidney_stones() -> dict[str, list[float]]:
    """Returns real counts as columns of 700 rows (Charig et al. 1986, quoted by Julious and Mullee 1994): treatment A
    or B, a small stone or a large one, success or not."""
    cells = {(1, 1): (81, 87), (1, 0): (192, 263), (0, 1): (234, 270), (0, 0): (55, 80)}
    rows: dict[str, list[float]] = {"treatment_A": [], "small_stone": [], "success": []}
    for (treated, small), (good, together) in cells.items():
        for success, count in ((1.0, good), (0.0, together - good)):
            for name, value in zip(rows, (float(treated), float(small), success), strict=True):
                rows[name] += [value] * count
    return rows
