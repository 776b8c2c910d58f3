"""How a causal graph is written: text in, statements out, in the notation of DAGitty and that of DOT.

A statement is a node with what is said of it, or a chain of arrows between nodes or groups of them in braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.causal.graphs.graph import GraphError

Token = tuple[str, str]  # kind and content
DEFAULTS = ("node", "edge", "graph")  # of DOT: what all have in common, nothing of ours
KEYWORDS = (*DEFAULTS, "subgraph")
_STRING = r'"(?:[^"\\]|\\.)*"'
_OUTSIDE = re.compile(
    rf"""{_STRING}|(?P<comment>/\*.*?\*/|//[^\n]*|(?<![^\s;{{}}\]])#[^\n]*)|(?P<sign>[→←↔])|(?P<open>"|/\*)""",
    re.DOTALL,
)
_SIGNS = {"→": "->", "←": "<-", "↔": "<->"}
_TOKEN = re.compile(
    rf"""\s*(?:(?P<quoted>{_STRING})|(?P<options>\[(?:{_STRING}|[^\]"])*\])|(?P<arrow><->|->|<-|--)"""
    r"""|(?P<mark>[{};,=])|(?P<name>[^\s"\[\]{};,=<>-]+(?:-[^\s"\[\]{};,=<>-]+)*))""",
    re.DOTALL,
)
_OPEN_END = re.compile(  # of a PAG, as in a o-> b and a @-@ b; a node may be called o, as in o -> b
    r"(?<=[^\s;{},\]>-])[ \t]+([o@]->|[o@]--?[o@]?(?=\s)|(?:<-|--?)[o@](?=[ \t]+[^\s;}]))"
)
_OPTION = re.compile(rf"""({_STRING}|[^\s,;="]+)(?:\s*=\s*({_STRING}|<(?:[^<>]|<[^<>]*>)*>|[^\s,;"]*))?""", re.DOTALL)
_LINE, _END, _COMMA, _IS = ("line", "\n"), ("mark", ";"), ("mark", ","), ("mark", "=")
_OPEN, _CLOSE = ("mark", "{"), ("mark", "}")
_SHOWN = 60  # characters of a statement in a message


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        sides: The nodes on each side of its arrows; one side where there is no arrow.
        arrows: One fewer than sides: ``->``, ``<-`` or ``<->``.
        options: What is said in brackets, by its name in small letters; None where a word has no value.
    """

    sides: tuple[tuple[str, ...], ...]
    arrows: tuple[str, ...]
    options: dict[str, str | None]


def read_statements(text: str) -> list[Statement]:
    """What a text says, statement by statement.

    Raises:
        GraphError: One sentence: where the text can't be read.
    """
    clean = _OUTSIDE.sub(_cleaned, text)
    if mark := _OPEN_END.search(re.sub(_STRING, '""', clean, flags=re.DOTALL)):
        raise GraphError(f"{mark[1]} leaves an end open; only directed arrows can be read, write a -> b or a <-> b.")
    return [statement for run in _runs(_inside(_tokens(clean))) for statement in _statements(run)]


def quoted(name: str) -> str:
    """A name as it can be written, in quotes where it needs them."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name) and name.lower() not in KEYWORDS:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cleaned(match: re.Match[str]) -> str:
    """What takes the place of a comment or a sign for an arrow; text in quotes stays."""
    if match["open"]:
        what, sign = ("quote", '"') if match["open"] == '"' else ("comment", "*/")
        raise GraphError(f"A {what} is open at the end; close it with {sign}.")
    return " " if match["comment"] else _SIGNS.get(match[0], match[0])


def _tokens(text: str) -> list[Token]:
    """Kinds and contents, one after the other; a new line is one too."""
    body, at, tokens = text.strip(), 0, []
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None:
            raise GraphError(f"This can't be read as a graph, from here on: {body[at:].strip()[:40]!r}.")
        kind, content = match.lastgroup, match[match.lastgroup]
        if "\n" in body[at : match.start(kind)]:
            tokens.append(_LINE)
        if kind == "name" and not re.search(r"\w", content):
            raise GraphError(f"{content[:40]!r} is no name of a node; put it in quotes if it is meant as one.")
        if (kind, content) == ("name", "subgraph"):
            raise GraphError("Subgraphs can't be read; write their nodes and arrows without subgraph and its braces.")
        tokens.append((kind, _unquoted(content) if kind == "quoted" else content))
        at = match.end()
    return tokens


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if text.startswith('"') else text


def _inside(tokens: list[Token]) -> list[Token]:
    """What stands between the outer braces; everything, where there are none."""
    opens = [i for i, token in enumerate(tokens) if token == _OPEN]
    if not opens or "arrow" in (kind for kind, _ in tokens[: opens[0]]) or _is_group(tokens, opens[0]):
        return tokens
    head = " ".join(content for kind, content in tokens[: opens[0]] if kind in ("name", "quoted")).lower()
    known = ("dag", "digraph", "graph", "strict", "pdag", "mag")
    if head.split(" ")[0] not in ("", *known):
        raise GraphError(f"A graph begins with dag or digraph, not {head.split(' ')[0]!r}.")
    if head.startswith(("pdag", "mag")):
        raise GraphError("Only graphs with directed arrows (dag) can be read, no pdag and no mag.")
    depth = 0
    for end in range(opens[0], len(tokens)):
        depth += {_OPEN: 1, _CLOSE: -1}.get(tokens[end], 0)
        if depth == 0:
            if rest := [token for token in tokens[end + 1 :] if token not in (_LINE, _END)]:
                raise GraphError(f"After the closing brace there is more: {_told(rest)!r}; put it inside.")
            inside = tokens[opens[0] + 1 : end]
            return _without_ports(inside) if re.search(r"\b(di)?graph\b", head) else inside
    raise GraphError("A brace is open at the end; close it with }.")


def _without_ports(tokens: list[Token]) -> list[Token]:
    """Without the sides of nodes at which DOT's arrows begin and end: n and s in ``a:n -> b:s``."""
    if mark := next((content for kind, content in tokens if kind == "name" and content.endswith(":")), None):
        raise GraphError(f"After {mark} there is a port that can't be read; leave it and the colon out.")
    split = ((kind, content.partition(":")[0] if kind == "name" else content) for kind, content in tokens)
    return [token for token in split if token != ("name", "")]


def _is_group(tokens: list[Token], start: int) -> bool:
    """Whether a brace at the very beginning opens a group of nodes that arrows lead from, and no graph."""
    end = next((i for i in range(start, len(tokens)) if tokens[i] == _CLOSE), len(tokens))
    return start == 0 and end + 1 < len(tokens) and tokens[end + 1][0] == "arrow"


def _runs(tokens: list[Token]) -> list[list[Token]]:
    """Tokens that belong together: up to a semicolon or the end of a line, or as far as they make one statement. A line
    may end with an arrow or a comma, and begin with the arrow or the brackets that go on from the last."""
    runs, depth = [[]], 0
    for token, after in zip(tokens, [*tokens[1:], _END], strict=False):
        before = runs[-1][-1] if runs[-1] else _END
        goes_on = before[0] == "arrow" or before in (_COMMA, _IS) or after[0] in ("arrow", "options")
        ends = token == _END or (token == _LINE and not goes_on)
        starts = (token[0] in ("name", "quoted") or token == _OPEN) and (
            before[0] in ("name", "quoted", "options") or before == _CLOSE
        )
        if depth == 0 and (ends or starts):
            runs.append([])
        depth = max(0, depth + {_OPEN: 1, _CLOSE: -1}.get(token, 0))
        if token not in (_LINE, _END):
            runs[-1].append(token)
    return [run for run in runs if run]


def _statements(run: list[Token]) -> list[Statement]:
    """One statement, or several where nodes stand in a row with commas between; none where a run says nothing of nodes,
    as rankdir=LR and node [shape=circle] do."""
    if len(run) == 3 and run[1] == _IS:
        return []
    if run[0] in [("name", word) for word in DEFAULTS] and [kind for kind, _ in run[1:]] == ["options"]:
        options = _options(run[1:])
        if {"latent", "exposure", "outcome"} & set(options):
            raise GraphError(f'{run[0][1]} [...] stands for all; write "{run[0][1]}" in quotes if it is a name.')
        if options.get("dir", "forward") != "forward":
            raise GraphError("An attribute turns all arrows; write which way each points: a -> b, a <- b, or a <-> b.")
        return []
    parts = _between_commas(run)
    if len(parts) > 1 and any(kind == "arrow" for kind, _ in run):
        raise GraphError(f"No arrow reaches past a comma: {_told(run)!r}; write {{ a b }} -> c, or a line for each.")
    return [_statement(part) for part in parts if part]


def _between_commas(run: list[Token]) -> list[list[Token]]:
    """The parts of a run between commas that stand in no group."""
    parts, depth = [[]], 0
    for token in run:
        depth += {_OPEN: 1, _CLOSE: -1}.get(token, 0)
        if token == _COMMA and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _statement(tokens: list[Token]) -> Statement:
    """Read a node, or a chain of arrows."""
    plain = [token for token in tokens if token[0] != "options"]
    options = tokens[len(plain) :]
    if any(kind != "options" for kind, _ in options):
        raise GraphError(f"Brackets stand at the end of a statement: {_told(tokens)!r}; say it of each node apart.")
    sides, arrows, group = [], [], None
    for token in plain:
        if token in (_OPEN, _CLOSE):
            if (token == _OPEN) == (group is not None):
                raise GraphError(f"These braces don't match, or stand within others: {_told(tokens)!r}.")
            sides += [] if token == _OPEN else [_members(group, tokens)]
            group = [] if token == _OPEN else None
        elif group is not None:
            group.append(token)
        elif token[0] == "arrow" or token == _IS:
            arrows.append(token[1])
        else:
            sides.append((token[1],))
    if len(sides) != len(arrows) + 1 or {"--", "="} & set(arrows) or group is not None:
        hint = "; use ->" if "--" in arrows else ""
        raise GraphError(f"This is no arrow from one node to another: {_told(tokens)!r}{hint}.")
    return Statement(tuple(sides), tuple(arrows), _options(options))


def _members(group: list[Token], tokens: list[Token]) -> tuple[str, ...]:
    """The nodes of a group, without settings such as rank=same."""
    while _IS in group[1:-1]:
        at = group.index(_IS, 1)
        del group[at - 1 : at + 2]
    names = tuple(content for kind, content in group if kind in ("name", "quoted"))
    if not names or any(kind == "arrow" or (kind, content) == _IS for kind, content in group):
        raise GraphError(f"In these braces only names can stand, at least one: {_told(tokens)!r}.")
    return names


def _options(tokens: list[Token]) -> dict[str, str | None]:
    found = (match for _, content in tokens for match in _OPTION.finditer(content[1:-1]))
    return {_unquoted(match[1]).lower(): None if match[2] is None else _unquoted(match[2]) for match in found}


def _told(tokens: list[Token]) -> str:
    return " ".join(content for _, content in tokens)[:_SHOWN]
