"""Words that stand side by side and may be one name: ``smoking <- family income -> cancer``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lark import Token

from core.causal.graphs.graph import GraphError
from core.causal.graphs.statements import visible
from core.grammar import place_of

_BLANKS = re.compile(r"[^\S\n]+")
_MARKS = r"[<=\-–—−>→←↔⟶⟵⟷⇒⇐⇔]"
_ARROW_BEFORE, _ARROW_AFTER = re.compile(rf"{_MARKS}[\s{{]*$"), re.compile(rf"\s*{_MARKS}")
_WORD = 3  # letters: shorter names, such as x and y, are hardly parts of one


def check_words(text: str, mentions: Sequence[tuple[Token, bool]]) -> tuple[str, ...]:
    """Returns a remark on names that stand side by side in a line of arrows with nothing between them.

    Two statements may do so, ``x -> y z -> x``, and so may the words of one name without quotes. A word that appears
    nowhere else than beside another is taken for a part of a name.

    Args:
        mentions: Each mention of a node in order, and whether it stands in braces, where words are a list.

    Raises:
        GraphError: Two words are probably one name.
    """
    tokens = [token for token, _ in mentions]
    grouped = [is_grouped for _, is_grouped in mentions]
    joined = [
        not (grouped[i] or grouped[i + 1]) and _are_beside(text, tokens[i], tokens[i + 1])
        for i in range(len(tokens) - 1)
    ]
    free_before = {visible(one) for one, joint in zip(tokens, [False, *joined], strict=False) if not joint}
    free_after = {visible(one) for one, joint in zip(tokens, [*joined, False], strict=False) if not joint}
    doubtful = [
        (visible(tokens[i]), visible(tokens[i + 1]), tokens[i])
        for first, last in _runs(joined)
        if _touches_arrow(text, tokens, first, last)
        for i in range(first, last)
        if visible(tokens[i]) not in free_after and visible(tokens[i + 1]) not in free_before
    ]
    for left, right, token in doubtful:
        if max(len(left), len(right)) >= _WORD:
            raise GraphError(
                f'{place_of(token)}: {left} {right} may be one name or two; write "{left} {right}" in quotes or, if '
                f"{right} begins a new statement, a semicolon before it."
            )
    return tuple(f"{left} and {right} stand side by side and are read as two nodes." for left, right, _ in doubtful)


def _are_beside(text: str, left: Token, right: Token) -> bool:
    """Whether two plain names have only blanks between them, on one line."""
    plain = left.type == right.type == "NAME"
    return plain and bool(_BLANKS.fullmatch(visible(text[left.end_pos : right.start_pos])))


def _runs(joined: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The first and the last place of each series of names that stand side by side."""
    first = 0
    for i, joint in enumerate([*joined, False]):
        if not joint:
            if i > first:
                yield first, i
            first = i + 1


def _touches_arrow(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether an arrow stands before or after some tokens."""
    before = text[tokens[first - 1].end_pos : tokens[first].start_pos] if first else ""
    after = (
        text[tokens[last].end_pos : tokens[last + 1].start_pos]
        if last + 1 < len(tokens)
        else text[tokens[last].end_pos :][:9]
    )
    return bool(_ARROW_BEFORE.search(visible(before)) or _ARROW_AFTER.match(visible(after)))
