"""Stories as text: a model as ``core.causal.scm.model_text`` reads it, and around it what is told and asked.

title: Ice cream and drownings
told: On days when more ice cream is sold, more people drown.
    Hot weather does both.
dial heat = 1 from 0 to 2 by 0.05 "How much heat sells"
temperature = normal(0, 1)
ice_cream = {heat}*temperature + normal(0, 1)   # {heat} is where the dial stands
drownings = temperature + normal(0, 1)
label ice_cream: ice cream sold
exposure: ice_cream
outcome: drownings
question: Would fewer people drown if less were sold?
answer: No.

Only the lines of the model must be there. A line that is set in goes on from the one before. There are as well
``wrong`` (what one might adjust for and should not, with commas between), ``unit`` (one that the story tells of: a
= 1, b = 2), ``start`` (what the exposure is set to at first), ``overlooked`` (by a recommender that takes the
exposure for the cause) and ``preset cold days: heat = 0.2`` (dials in a case worth a click). A # begins a comment,
but not behind a colon.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from core.causal.graphs.spelling import suggestion
from core.causal.scm.mechanisms import MechanismError, Threshold
from core.causal.scm.model import Model
from core.causal.scm.model_text import MAX_CHARACTERS
from core.causal.stories.story import DIAL, Dial, Story

WORDS = (
    "title",
    "told",
    "exposure",
    "outcome",
    "question",
    "answer",
    "wrong",
    "unit",
    "start",
    "overlooked",
    "label NODE",
    "preset NAME",
)
MAX_DIALS = 12
_HEADS = {word.split()[0]: word for word in WORDS}
_SAID = re.compile(r"(?P<head>[^\W\d]\w*)(?:[ \t]+(?P<of>[^:=#]*))?:(?P<rest>.*)")
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_DIAL = re.compile(
    rf"dial\s+(?P<name>[^\W\d]\w*)\s*=\s*(?P<start>{_NUMBER})\s+from\s+(?P<low>{_NUMBER})\s+to\s+(?P<high>{_NUMBER})"
    rf'(?:\s+by\s+(?P<step>{_NUMBER}))?(?:\s+"(?P<told>[^"]*)")?\s*(?:#.*)?'
)
_STEPS = 40  # of a dial that does not say how it moves


@dataclass(frozen=True)
class _Said:
    """What stands behind a colon, and where."""

    line: int
    text: str


@dataclass
class _Read:
    """A text taken apart: what is said by each word, the dials and the lines that use each, and the model, line for
    line."""

    said: dict[str, _Said] = field(default_factory=dict)
    dials: dict[str, tuple[int, Dial]] = field(default_factory=dict)
    model: list[str] = field(default_factory=list)


def parse_story(text: str, exposure: str = "", outcome: str = "") -> Story:
    """Read a story.

    Args:
        exposure, outcome: What is asked about where the text does not say it; the first and the last node that is
            measured where nobody does.

    Raises:
        MechanismError: Names the line that can't be read, or what is missing.
        ExpressionError, GraphError: The model can't be, as ``core.causal.scm.model_text.parse_model`` says.
    """
    if len(text) > MAX_CHARACTERS:
        raise MechanismError(f"This text has more than {MAX_CHARACTERS:,} characters; a story needs far fewer.")
    read = _taken_apart(text)
    dials = tuple(dial for _, dial in read.dials.values())
    plain = {word: read.said[word].text for word in ("title", "told", "question", "answer") if word in read.said}
    story = Story(
        **{"title": "", "told": "", "question": "", "answer": "", **plain},
        text="\n".join(read.model),
        dials=dials,
        exposure="",
        outcome="",
    )
    _check_dials(read)
    model = story.model()
    measured = [node for node in model.order if node not in model.latent]
    if len(measured) < 2:
        raise MechanismError("There must be at least two nodes that are measured; write a line for each.")
    nodes = list(model.order)
    x, y = _node(read, "exposure", measured) or exposure, _node(read, "outcome", measured) or outcome
    x = x or next(node for node in measured if node != y)
    y = y or next(node for node in reversed(measured) if node != x)
    if x == y:
        raise MechanismError(f"{x} is both exposure and outcome; they must be two nodes.")
    labels = tuple((_label(of, said, nodes), said.text) for of, said in _each(read, "label"))
    called = [dict(labels).get(node, node.replace("_", " ")) for node in (x, y)]
    rest = [node for node in measured if node not in (x, y)]
    return replace(
        story,
        exposure=x,
        outcome=y,
        question=story.question or f"What does {called[0]} do to {called[1]}?",
        wrong=_wrong(read, rest),
        labels=labels,
        unit=_unit(read, measured, nodes),
        start=_start(read),
        overlooked=_overlooked(read, model, x, y),
        presets=tuple((of, _preset(said, story)) for of, said in _each(read, "preset")),
    )


def story_keywords(text: str) -> frozenset[str]:
    """The words before colons that a text says, such as ``exposure``.

    Raises:
        MechanismError: As ``parse_story``.
    """
    return frozenset(_taken_apart(text).said)


def _taken_apart(text: str) -> _Read:
    read, last, edge = _Read(), "", 0  # what a line that is set in further than ``edge`` goes on from
    for number, line in enumerate(text.splitlines(), 1):
        body, inset = line.strip(), len(line) - len(line.lstrip())
        read.model.append("")
        if not body or body.startswith("#"):
            last = ""
        elif last and inset > edge:
            read.said[last] = replace(read.said[last], text=f"{read.said[last].text} {body}".strip())
        elif match := _SAID.fullmatch(body):
            last, edge = _say(read, number, match), inset
        else:
            last = ""
            if re.match(r"dial\s+[^\s=~]", body):
                _add_dial(read, number, body)
            else:
                read.model[-1] = body.split("#")[0].rstrip()
    return read


def _say(read: _Read, number: int, match: re.Match[str]) -> str:
    """Take in what is said by a word; gives the slot it is in."""
    head, of, text = match["head"], (match["of"] or "").strip(), match["rest"].strip()
    wanted = _HEADS.get(head)
    if wanted is None:
        hint = suggestion(head, _HEADS, f"there are {', '.join(WORDS)}.")
        raise MechanismError(f"Line {number}: nothing is known by {head[:40]}: {hint}")
    if (" " in wanted) != bool(of):
        raise MechanismError(f"Line {number}: write {wanted}: and what it is.")
    slot = f"{head} {of}" if of else head
    if slot in read.said:
        raise MechanismError(f"Line {number}: {slot} is there twice, first on line {read.said[slot].line}.")
    read.said[slot] = _Said(number, text)
    return slot


def _add_dial(read: _Read, number: int, body: str) -> None:
    match = _DIAL.fullmatch(body)
    if match is None:
        raise MechanismError(f'Line {number}: write a dial so: dial heat = 1 from 0 to 2 by 0.1 "what it is"')
    name, (start, low, high) = match["name"], (float(match[part]) for part in ("start", "low", "high"))
    step = float(match["step"]) if match["step"] else (high - low) / _STEPS
    if name in read.dials:
        raise MechanismError(f"Line {number}: the dial {name} is there twice, first on line {read.dials[name][0]}.")
    if not (math.isfinite(high - low) and low <= start <= high and 0 < step <= high - low):
        raise MechanismError(
            f"Line {number}: {name} must go from a lower to a higher number, start between them, and move by a part "
            "of that."
        )
    if len(read.dials) == MAX_DIALS:
        raise MechanismError(f"Line {number}: a story has at most {MAX_DIALS} dials; leave some out.")
    read.dials[name] = number, Dial(name, match["told"] or name.replace("_", " "), low, high, start, step)


def _check_dials(read: _Read) -> None:
    """Refuse dials that are used and not there, and such as are there and do nothing."""
    used = set()
    for number, line in enumerate(read.model, 1):
        for name in DIAL.findall(line):
            if name not in read.dials:
                raise MechanismError(
                    f"Line {number}: there is no dial called {name}; write for example: dial {name} = 1 from 0 to 2"
                )
            used.add(name)
    for name, (number, _) in read.dials.items():
        if name not in used:
            raise MechanismError(f"Line {number}: the dial {name} moves nothing; write {{{name}}} where it counts.")


def _each(read: _Read, head: str) -> list[tuple[str, _Said]]:
    """What is said of each by a word that needs to know of what."""
    return [(slot.removeprefix(f"{head} "), said) for slot, said in read.said.items() if slot.startswith(f"{head} ")]


def _node(read: _Read, word: str, among: list[str]) -> str:
    """The node that a word tells; empty where it is not said."""
    said = read.said.get(word)
    return _among(said.text, said, among, "those that are measured") if said else ""


def _among(name: str, said: _Said, known: list[str], what: str) -> str:
    if name not in known:
        raise MechanismError(f"Line {said.line}: {name[:40] or 'nothing'} is not among {what}: {', '.join(known)}.")
    return name


def _label(node: str, said: _Said, nodes: list[str]) -> str:
    if not re.fullmatch(r"(?!.*www\.)[\w\s.,'()%/-]+", said.text, re.IGNORECASE):  # of www. a link would be made
        raise MechanismError(f"Line {said.line}: a label is plain words, such as label {node[:40]}: ice cream sold")
    return _among(node, said, nodes, "the nodes")


def _numbers(said: _Said) -> dict[str, float]:
    """``a = 1, b = 2``."""
    found = {}
    for part in said.text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if not re.fullmatch(_NUMBER, number, re.ASCII) or name in found or not math.isfinite(float(number)):
            raise MechanismError(f"Line {said.line}: write names and numbers, each name once, such as a = 1, b = 2")
        found[name] = float(number)
    return found


def _wrong(read: _Read, rest: list[str]) -> tuple[str, ...]:
    if not (said := read.said.get("wrong")):
        return ()
    return tuple(_among(part.strip(), said, rest, "what can be adjusted for") for part in said.text.split(","))


def _unit(read: _Read, measured: list[str], nodes: list[str]) -> tuple[tuple[str, float], ...]:
    if not (said := read.said.get("unit")):
        return ()
    unit = _numbers(said)
    for name in unit:
        _among(name, said, nodes, "the nodes")
    if missing := [node for node in measured if node not in unit]:
        raise MechanismError(f"Line {said.line}: say of the unit as well what {missing[0]} was.")
    return tuple(unit.items())


def _start(read: _Read) -> float | None:
    if not (said := read.said.get("start")):
        return None
    if not re.fullmatch(_NUMBER, said.text, re.ASCII) or not math.isfinite(float(said.text)):
        raise MechanismError(f"Line {said.line}: start must be a number, not {said.text[:40] or 'nothing'}.")
    return float(said.text)


def _overlooked(read: _Read, model: Model, exposure: str, outcome: str) -> str:
    if not (said := read.said.get("overlooked")):
        return ""
    for node in (exposure, outcome):
        if not isinstance(model.mechanisms[node], Threshold):
            raise MechanismError(
                f"Line {said.line}: clicks are counted where {node} is 0 or 1, as in {node} = bernoulli(0.2); or "
                "leave overlooked out."
            )
    others = [node for node in model.order if node not in (exposure, outcome)]
    return _among(said.text, said, others, "the other nodes")


def _preset(said: _Said, story: Story) -> tuple[tuple[str, float], ...]:
    dials = _numbers(said)
    try:
        story.model(dials)
    except ValueError as error:
        raise MechanismError(f"Line {said.line}: {error}") from error
    return tuple(dials.items())
