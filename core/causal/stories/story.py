"""Stories: a small model whose truth is known, with dials, and a question about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model import Model
from core.causal.scm.model_text import parse_model

DIAL = re.compile(r"\{(\w+)\}")  # how a text uses a dial


@dataclass(frozen=True)
class Dial:
    """A number of a story that people can change: its bounds, where it starts, and the step it moves by."""

    name: str
    description: str
    low: float
    high: float
    start: float
    step: float


@dataclass(frozen=True)
class Story:
    """A model with a question.

    Attributes:
        title, description: For people.
        text: The model as ``core.causal.scm.model_text`` reads it, with ``{dials}``; each line stands where it
            stands in the story's text, so that errors name the right line.
        dials: The numbers that people can change.
        exposure, outcome: The cause and the effect that the question is about.
        question, answer: For people.
        wrong_adjustment: What people may adjust for and should not; empty if there is nothing of the kind.
        labels: What nodes are called on screens.
        unit: The values of one unit that the story describes; empty if it describes none.
        start_value: What the exposure is set to at first; None for 1, or the value nearest to it.
        is_real: Whether its rows are counts of real people (``kidney_stones``), whose true effect nobody knows.
        overlooked: The common cause that a recommender overlooks when it takes the exposure for the cause of clicks;
            empty if the story has no recommender.
        presets: Cases worth a click: a name, and numbers of dials.
    """

    title: str
    description: str
    text: str
    dials: tuple[Dial, ...]
    exposure: str
    outcome: str
    question: str
    answer: str
    wrong_adjustment: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    unit: tuple[tuple[str, float], ...] = ()
    start_value: float | None = None
    is_real: bool = False
    overlooked: str = ""
    presets: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()

    def model(self, dials: Mapping[str, float] | None = None) -> Model:
        """Returns the model with its dials at some numbers; those that are not given stand where they start.

        Raises:
            MechanismError: There is no such dial, or its number is out of bounds.
        """
        at = {dial.name: dial.start for dial in self.dials}
        for name, value in (dials or {}).items():
            dial = next((one for one in self.dials if one.name == name), None)
            if dial is None:
                raise MechanismError(f"There is no dial called {name}; the dials are {', '.join(at) or 'none'}.")
            if not dial.low <= value <= dial.high:
                raise MechanismError(f"{name} must be from {dial.low:g} to {dial.high:g}, not {value:g}.")
            at[name] = value
        return _model(self.text, tuple(at.items()))


@lru_cache(64)  # people move dials to many places
def _model(text: str, dials: tuple[tuple[str, float], ...]) -> Model:
    return parse_model(text, dict(dials))
