"""Stories: small models whose truth is known, each with a question that seeing alone answers wrongly or not at all."""

from __future__ import annotations

from dataclasses import replace

from core.causal.scm.mechanisms import MechanismError
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
    """The text of a story, as ``core.causal.stories.story_text`` reads it."""
    return (SAMPLE_DATA / "stories" / f"{name}.txt").read_text(encoding="utf-8")


STORIES: dict[str, Story] = {name: parse_story(shipped_text(name)) for name in _NAMES}
STORIES["kidney-stones"] = replace(STORIES["kidney-stones"], real=True)  # a text has a model, no counts


def find_story(name: str) -> Story:
    """Find a story.

    Raises:
        MechanismError: There is none of that name.
    """
    if name not in STORIES:
        raise MechanismError(f"There is no story called {name}; there are {', '.join(STORIES)}.")
    return STORIES[name]


def kidney_stones() -> dict[str, list[float]]:
    """Real counts (Charig et al. 1986, by way of Julious and Mullee 1994): 700 patients by treatment A or not, a small
    stone or not, and success."""
    cells = {(1, 1): (81, 87), (1, 0): (192, 263), (0, 1): (234, 270), (0, 0): (55, 80)}
    rows: dict[str, list[float]] = {"treatment_A": [], "small_stone": [], "success": []}
    for (treated, small), (good, together) in cells.items():
        for success, count in ((1.0, good), (0.0, together - good)):
            for name, value in zip(rows, (float(treated), float(small), success), strict=True):
                rows[name] += [value] * count
    return rows
