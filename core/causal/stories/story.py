"""What a story is: a small model with dials, whose truth is known, and a question about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model import Model
from core.causal.scm.model_text import parse_model

DIAL = re.compile(r"\{(\w+)\}")  # where a dial stands in a text


@dataclass(frozen=True)
class Dial:
    """A number of a story that can be changed: what it is, its bounds, where it stands at first, and in which steps it
    moves."""

    name: str
    told: str
    low: float
    high: float
    start: float
    step: float


@dataclass(frozen=True)
class Story:
    """A model with a question.

    Attributes:
        title, told: For people.
        text: The model as ``core.causal.scm.model_text`` reads it, with ``{dials}``; each line where it stands in the
            text of the story, so that errors name that.
        exposure, outcome: What is asked about.
        question, answer: In words.
        wrong: What one might adjust for, and should not; empty where there is nothing such.
        labels: What nodes are called for people.
        unit: One unit by what was seen of it, where the story tells of one.
        start: What the exposure is set to at first; None for 1, or as near as it can be.
        real: Whether it is made from counts of real people (``kidney_stones``): then nobody knows the truth.
        overlooked: What a recommender overlooks that takes the exposure for the cause of clicks, the outcome; empty
            where the story tells of none.
        presets: Where the dials stand in cases worth a click: what each is called, and the dials.
    """

    title: str
    told: str
    text: str
    dials: tuple[Dial, ...]
    exposure: str
    outcome: str
    question: str
    answer: str
    wrong: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    unit: tuple[tuple[str, float], ...] = ()
    start: float | None = None
    real: bool = False
    overlooked: str = ""
    presets: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()

    def model(self, dials: Mapping[str, float] | None = None) -> Model:
        """The model with its dials where they are asked to be.

        Raises:
            MechanismError: A dial that is not there, or out of its bounds.
        """
        at = {dial.name: dial.start for dial in self.dials}
        for name, value in (dials or {}).items():
            dial = next((one for one in self.dials if one.name == name), None)
            if dial is None:
                raise MechanismError(f"There is no dial called {name}; there are {', '.join(at) or 'none'}.")
            if not dial.low <= value <= dial.high:
                raise MechanismError(f"{name} must be from {dial.low:g} to {dial.high:g}, not {value:g}.")
            at[name] = value
        return _model(self.text, tuple(at.items()))


@lru_cache(64)  # a dial can stand anywhere
def _model(text: str, dials: tuple[tuple[str, float], ...]) -> Model:
    told = {name: f"({value:.10g})" for name, value in dials}  # 2{dial} is a mistake and not 21, (-1)**2 not -1**2
    return parse_model(DIAL.sub(lambda found: told[found[1]], text))
