"""The lines of a story's text, sorted: texts by keyword, dials, and the lines of the model."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from lark import Token, UnexpectedInput

from core.causal.graphs.spelling import suggestion
from core.causal.scm.mechanisms import MechanismError
from core.causal.stories.story import Dial
from core.grammar import expected, found_at, load_parser, place_of_error

KEYWORDS = (
    "title",
    "description",
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
_FORMER = {"told": "description"}  # keywords of older texts, which are still read
_BY_WORD = {keyword.split()[0]: keyword for keyword in KEYWORDS}
_DEFAULT_STEPS = 40  # of a dial whose text gives no step
_WORDS = {"NAME": "a name", "EQUAL": "=", "FROM": "from", "TO": "to", "BY": "by", "NUMBER": "a number"}


@dataclass(frozen=True)
class Entry:
    """The text after a keyword's colon, and the number of its first line."""

    line: int
    text: str


@dataclass
class StoryLines:
    """A text's lines, sorted.

    Attributes:
        entries: By keyword, with what it is about: ``title``, or ``label NODE``.
        dials: By name: the number of the line, and the dial.
        model: The lines of the model; the others are empty, so that their numbers stay.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    dials: dict[str, tuple[int, Dial]] = field(default_factory=dict)
    model: list[str] = field(default_factory=list)

    def text(self, keyword: str) -> str:
        """Returns the text of a keyword; empty if it does not appear."""
        entry = self.entries.get(keyword)
        return entry.text if entry else ""

    def each(self, keyword: str) -> list[tuple[str, Entry]]:
        """Returns the entries of a keyword such as ``label``, each with what it is about."""
        start = f"{keyword} "
        return [(slot.removeprefix(start), entry) for slot, entry in self.entries.items() if slot.startswith(start)]


def read_lines(text: str) -> StoryLines:
    """Returns the lines of a story, sorted.

    Raises:
        MechanismError: A line can't be read; names the line.
    """
    lines, last, edge = (
        StoryLines(),
        "",
        0,
    )  # a line that is indented further than ``edge`` continues the entry ``last``
    for number, line in enumerate(text.splitlines(), 1):
        body, indent = line.strip(), len(line) - len(line.lstrip())
        lines.model.append("")
        if not body or body.startswith("#"):
            last = ""
        elif last and indent > edge:
            entry = lines.entries[last]
            lines.entries[last] = replace(entry, text=f"{entry.text} {body}".strip())
        else:
            last, edge = _add_line(lines, number, body), indent
    return lines


def _add_line(lines: StoryLines, number: int, body: str) -> str:
    """Sort in one line. Returns the slot of its entry; empty if it is a dial or a line of the model."""
    try:
        tree = load_parser("core.causal.stories", "story").parse(body)
    except UnexpectedInput as error:  # only a dial can be written wrongly
        place = place_of_error(body, error)
        raise MechanismError(
            f"Line {number}, column {place.column}: expected {expected(error, _WORDS)}, not {found_at(body, place)}; "
            'write for example dial heat = 1 from 0 to 2 by 0.1 "what it does"'
        ) from error
    tokens = [part for part in tree.children if isinstance(part, Token)]
    parts = {token.type: str(token).strip() for token in tokens}
    if tree.data == "statement":
        return _add_entry(lines, number, parts["KEYWORD"], parts.get("TARGET", ""), parts.get("TEXT", ""))
    if tree.data == "dial":
        _add_dial(lines, number, tokens)
    else:
        lines.model[-1] = parts["DEFINITION"]
    return ""


def _add_entry(lines: StoryLines, number: int, word: str, target: str, text: str) -> str:
    word = _FORMER.get(word, word)
    keyword = _BY_WORD.get(word)
    if keyword is None:
        hint = suggestion(word, _BY_WORD, f"the keywords are {', '.join(KEYWORDS)}.")
        raise MechanismError(f"Line {number}: {word[:40]} is not a keyword; {hint}")
    if (" " in keyword) != bool(target):
        raise MechanismError(f"Line {number}: write {keyword}: and its text.")
    slot = f"{word} {target}" if target else word
    if slot in lines.entries:
        raise MechanismError(f"Line {number}: {slot} appears twice, first on line {lines.entries[slot].line}.")
    lines.entries[slot] = Entry(number, text)
    return slot


def _add_dial(lines: StoryLines, number: int, tokens: list[Token]) -> None:
    name = next(str(token) for token in tokens if token.type == "NAME")
    start, low, high, *steps = (float(token) for token in tokens if token.type == "NUMBER")
    description = next((token[1:-1] for token in tokens if token.type == "STRING"), "") or name.replace("_", " ")
    step = steps[0] if steps else (high - low) / _DEFAULT_STEPS
    if name in lines.dials:
        raise MechanismError(f"Line {number}: the dial {name} appears twice, first on line {lines.dials[name][0]}.")
    if not (math.isfinite(high - low) and low <= start <= high and 0 < step <= high - low):
        raise MechanismError(
            f"Line {number}: {name} must go from a lower to a higher number, start between them, and move in steps "
            "smaller than that range."
        )
    if len(lines.dials) == MAX_DIALS:
        raise MechanismError(f"Line {number}: a story has at most {MAX_DIALS} dials; leave some out.")
    lines.dials[name] = number, Dial(name, description, low, high, start, step)
