"""Stories as text: a model as ``core.causal.scm.model_text`` reads it, and keywords around it.

title: Ice cream and drownings
description: On days when more ice cream is sold, more people drown.
    Hot weather causes both.
dial heat = 1 from 0 to 2 by 0.05 "How much heat sells"
temperature = normal(0, 1)
ice_cream = {heat}*temperature + normal(0, 1)   # {heat} is the dial's number
drownings = temperature + normal(0, 1)
label ice_cream: ice cream sold
exposure: ice_cream
outcome: drownings
question: Would fewer people drown if less were sold?
answer: No.

Only the lines of the model are required. An indented line continues the text above it. Further keywords are ``wrong``
(what should not be adjusted for, separated by commas), ``unit`` (one unit that the story describes: a = 1, b = 2),
``start`` (the value that the exposure is set to at first), ``overlooked`` (the common cause that a recommender
overlooks) and ``preset cold days: heat = 0.2`` (numbers of the dials for a case worth a click). ``told`` is an older
word for ``description``. A # begins a comment, but not after a colon.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from core.causal.scm.mechanisms import MechanismError, Threshold
from core.causal.scm.model import Model
from core.causal.scm.model_text import MAX_CHARACTERS
from core.causal.stories.story import DIAL, Story
from core.causal.stories.story_lines import Entry, StoryLines, read_lines

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)


def parse_story(text: str, exposure: str = "", outcome: str = "") -> Story:
    """Returns the story that a text describes.

    Args:
        text: The text.
        exposure, outcome: The nodes to ask about if the text does not name them; without either, the first and the last
            measured node.

    Raises:
        MechanismError: A line can't be read, or something is missing; names the line.
        ExpressionError, GraphError: As ``core.causal.scm.model_text.parse_model``.
    """
    if len(text) > MAX_CHARACTERS:
        raise MechanismError(f"This text has more than {MAX_CHARACTERS:,} characters; a story needs far fewer.")
    lines = read_lines(text)
    _check_dials(lines)
    story = Story(
        lines.text("title"),
        lines.text("description"),
        "\n".join(lines.model),
        tuple(dial for _, dial in lines.dials.values()),
        exposure="",
        outcome="",
        question=lines.text("question"),
        answer=lines.text("answer"),
    )
    model = story.model()
    measured = [node for node in model.order if node not in model.latent]
    if len(measured) < 2:
        raise MechanismError("There must be at least two nodes that are measured; write a line for each.")
    x, y = _ends(lines, measured, exposure, outcome)
    nodes = list(model.order)
    labels = tuple((_label(node, entry, nodes), entry.text) for node, entry in lines.each("label"))
    shown = [dict(labels).get(node, node.replace("_", " ")) for node in (x, y)]
    return replace(
        story,
        exposure=x,
        outcome=y,
        question=story.question or f"What does {shown[0]} do to {shown[1]}?",
        wrong_adjustment=_wrong_adjustment(lines, [node for node in measured if node not in (x, y)]),
        labels=labels,
        unit=_unit(lines, measured, nodes),
        start_value=_start_value(lines),
        overlooked=_overlooked(lines, model, x, y),
        presets=tuple((name, _preset(entry, story)) for name, entry in lines.each("preset")),
    )


def story_keywords(text: str) -> frozenset[str]:
    """Returns the keywords that a text uses, such as ``exposure``.

    Raises:
        MechanismError: As ``parse_story``.
    """
    return frozenset(read_lines(text).entries)


def _ends(lines: StoryLines, measured: list[str], exposure: str, outcome: str) -> tuple[str, str]:
    """Returns the exposure and the outcome: those of the text, else those given, else the first and the last node."""
    x = _node(lines, "exposure", measured) or exposure
    y = _node(lines, "outcome", measured) or outcome
    x = x or next(node for node in measured if node != y)
    y = y or next(node for node in reversed(measured) if node != x)
    if x == y:
        raise MechanismError(f"{x} is both exposure and outcome; they must be two nodes.")
    return x, y


def _check_dials(lines: StoryLines) -> None:
    """Refuse dials that are used and not defined, or defined and not used."""
    used = set()
    for number, line in enumerate(lines.model, 1):
        for name in DIAL.findall(line):
            if name not in lines.dials:
                raise MechanismError(
                    f"Line {number}: there is no dial called {name}; write for example: dial {name} = 1 from 0 to 2"
                )
            used.add(name)
    for name, (number, _) in lines.dials.items():
        if name not in used:
            raise MechanismError(f"Line {number}: the dial {name} is not used; write {{{name}}} in the model.")


def _node(lines: StoryLines, keyword: str, measured: list[str]) -> str:
    """Returns the node that a keyword names; empty if the keyword does not appear."""
    entry = lines.entries.get(keyword)
    return _one_of(entry.text, entry, measured, "the measured nodes") if entry else ""


def _one_of(name: str, entry: Entry, known: list[str], group: str) -> str:
    if name not in known:
        raise MechanismError(f"Line {entry.line}: {name[:40] or 'nothing'} is not one of {group}: {', '.join(known)}.")
    return name


def _label(node: str, entry: Entry, nodes: list[str]) -> str:
    if not re.fullmatch(r"(?!.*www\.)[\w\s.,'()%/-]+", entry.text, re.IGNORECASE):  # www. would become a link
        raise MechanismError(f"Line {entry.line}: a label is plain text, such as label {node[:40]}: ice cream sold")
    return _one_of(node, entry, nodes, "the nodes")


def _numbers(entry: Entry) -> dict[str, float]:
    """Returns the numbers of a text such as ``a = 1, b = 2`` by name."""
    found = {}
    for part in entry.text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if not _NUMBER.fullmatch(number) or name in found or not math.isfinite(float(number)):
            raise MechanismError(f"Line {entry.line}: write names and numbers, each name once, such as a = 1, b = 2")
        found[name] = float(number)
    return found


def _wrong_adjustment(lines: StoryLines, others: list[str]) -> tuple[str, ...]:
    if not (entry := lines.entries.get("wrong")):
        return ()
    return tuple(_one_of(part.strip(), entry, others, "the nodes to adjust for") for part in entry.text.split(","))


def _unit(lines: StoryLines, measured: list[str], nodes: list[str]) -> tuple[tuple[str, float], ...]:
    if not (entry := lines.entries.get("unit")):
        return ()
    unit = _numbers(entry)
    for name in unit:
        _one_of(name, entry, nodes, "the nodes")
    if missing := [node for node in measured if node not in unit]:
        raise MechanismError(f"Line {entry.line}: the unit needs a value of {missing[0]} as well.")
    return tuple(unit.items())


def _start_value(lines: StoryLines) -> float | None:
    if not (entry := lines.entries.get("start")):
        return None
    if not _NUMBER.fullmatch(entry.text) or not math.isfinite(float(entry.text)):
        raise MechanismError(f"Line {entry.line}: start must be a number, not {entry.text[:40] or 'nothing'}.")
    return float(entry.text)


def _overlooked(lines: StoryLines, model: Model, exposure: str, outcome: str) -> str:
    if not (entry := lines.entries.get("overlooked")):
        return ""
    for node in (exposure, outcome):
        if not isinstance(model.mechanisms[node], Threshold):
            raise MechanismError(
                f"Line {entry.line}: overlooked needs an exposure and an outcome of 0 or 1; write for example "
                f"{node} = bernoulli(0.2), or leave overlooked out."
            )
    others = [node for node in model.order if node not in (exposure, outcome)]
    return _one_of(entry.text, entry, others, "the other nodes")


def _preset(entry: Entry, story: Story) -> tuple[tuple[str, float], ...]:
    dials = _numbers(entry)
    try:
        story.model(dials)
    except ValueError as error:
        raise MechanismError(f"Line {entry.line}: {error}") from error
    return tuple(dials.items())
