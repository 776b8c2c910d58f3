"""Causal graphs as text: the notation of DAGitty and that of DOT, in and out.

DAGitty: ``dag { x [exposure]; y [outcome]; u [latent]; u -> x; x -> y; x <-> y }``. DOT: ``digraph { x -> y }`` with
``[latent=true]``, or plain ``x -> y`` lines. An arrow with two heads stands for a latent common cause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.causal.graph import CausalGraph, GraphError

MOST_CHARACTERS = 100_000
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<options>\[[^\]]*\])|(?P<arrow><->|->|<-|--)|(?P<mark>[{};,])"""
    r"""|(?P<name>[^\s"\[\]{};,<>-]+(?:-[^\s"\[\]{};,<>-]+)*))"""
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|^\s*#[^\n]*", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r'pos\s*=\s*"?\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)')
_DEFAULTS = ("node", "edge", "graph")  # of DOT: what all have in common, nothing of ours


def parse_graph(text: str) -> CausalGraph:
    """Read a graph.

    Raises:
        GraphError: One sentence: where the text can't be read, or what is wrong with the graph.
    """
    if len(text) > MOST_CHARACTERS:
        raise GraphError(f"This text has more than {MOST_CHARACTERS:,} characters; a graph needs far fewer.")
    found = _Found()
    for statement in _statements(_tokens(_COMMENT.sub(" ", text))):
        _read(statement, found)
    if not found.nodes:
        raise GraphError("There is no node in this text; write for example: dag { x -> y }")
    return CausalGraph(
        tuple(found.nodes), tuple(found.edges), frozenset(found.latent), found.exposure, found.outcome, found.places
    )


def to_dagitty(graph: CausalGraph) -> str:
    """The graph in DAGitty's notation."""
    roles = {"exposure": graph.exposure, "outcome": graph.outcome}
    lines = []
    for node in graph.nodes:
        words = [role for role, name in roles.items() if name == node] + ["latent"] * (node in graph.latent)
        if node in graph.places:
            words.append('pos="{:g},{:g}"'.format(*graph.places[node]))
        lines.append(_quoted(node) + (f" [{','.join(words)}]" if words else ""))
    lines += [f"{_quoted(cause)} -> {_quoted(effect)}" for cause, effect in graph.edges]
    return "dag {\n" + "\n".join(lines) + "\n}\n"


def to_dot(graph: CausalGraph) -> str:
    """The graph in DOT, for Graphviz and others."""
    lines = [f"  {_quoted(node)}" + (' [latent=true, style="dashed"]' if node in graph.latent else "") + ";"
             for node in graph.nodes]  # fmt: skip
    lines += [f"  {_quoted(cause)} -> {_quoted(effect)};" for cause, effect in graph.edges]
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


@dataclass
class _Found:
    """What has been read so far."""

    nodes: dict[str, None] = field(default_factory=dict)  # in order
    edges: list[tuple[str, str]] = field(default_factory=list)
    latent: set[str] = field(default_factory=set)
    exposure: str | None = None
    outcome: str | None = None
    places: dict[str, tuple[float, float]] = field(default_factory=dict)


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kinds and contents, one after the other; a new line is one too."""
    body, at, tokens = text.strip(), 0, []
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None:
            raise GraphError(f"This can't be read as a graph, from here on: {body[at:].strip()[:40]!r}.")
        kind, content = match.lastgroup, match[match.lastgroup]
        if "\n" in body[at : match.start(kind)]:
            tokens.append(("line", "\n"))
        quoted = kind == "quoted"
        tokens.append(("name", re.sub(r"\\(.)", r"\1", content[1:-1])) if quoted else (kind, content))
        at = match.end()
    return tokens


def _statements(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Runs of tokens that belong together: up to a semicolon or the end of a line, or as far as they make one."""
    inside, group = _inside(tokens), 0
    statements: list[list[tuple[str, str]]] = [[]]
    for kind, content in inside:
        before, word = statements[-1][-1] if statements[-1] else ("", "")
        group += {("mark", "{"): 1, ("mark", "}"): -1}.get((kind, content), 0)
        closed = (before, word) == ("mark", "}")
        ends = (kind, content) in (("mark", ";"), ("line", "\n")) and before != "arrow"
        opens = kind == "name" or ((kind, content) == ("mark", "{") and group == 1)
        starts = opens and (before in ("name", "options") or closed) and not word.endswith("=")
        if group == (content == "{") and (ends or starts):
            statements.append([])
        if kind != "line" and (kind, content) not in (("mark", ";"), ("mark", ",")):
            statements[-1].append((kind, content))
    joined: list[list[tuple[str, str]]] = []
    for statement in statements:  # a line may begin with the arrow that goes on from the last
        if statement and statement[0][0] in ("arrow", "options") and joined:
            joined[-1] += statement
        elif statement:
            joined.append(statement)
    return joined


def _inside(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What stands between the outer braces; everything, where there are none."""
    opens = [i for i, token in enumerate(tokens) if token == ("mark", "{")]
    if not opens or "arrow" in (kind for kind, _ in tokens[: opens[0]]) or _is_group(tokens, opens[0]):
        return tokens
    head = " ".join(content for kind, content in tokens[: opens[0]] if kind == "name").lower()
    known = ("dag", "digraph", "graph", "strict digraph", "pdag", "mag")
    if head.split(" ")[0] not in ("", *known, "strict"):
        raise GraphError(f"A graph begins with dag or digraph, not {head.split(' ')[0]!r}.")
    if head.startswith(("pdag", "mag")):
        raise GraphError("Only graphs with directed arrows (dag) can be read, no pdag and no mag.")
    depth = 0
    for end in range(opens[0], len(tokens)):
        depth += {("mark", "{"): 1, ("mark", "}"): -1}.get(tokens[end], 0)
        if depth == 0:
            return tokens[opens[0] + 1 : end]
    raise GraphError("A brace is open at the end; close it with }.")


def _is_group(tokens: list[tuple[str, str]], start: int) -> bool:
    """Whether a brace at the very beginning opens a group of nodes that arrows lead from, and no graph."""
    end = next((i for i in range(start, len(tokens)) if tokens[i] == ("mark", "}")), len(tokens))
    return start == 0 and end + 1 < len(tokens) and tokens[end + 1][0] == "arrow"


def _read(statement: list[tuple[str, str]], found: _Found) -> None:
    """Take in one statement: a node with what is said of it, or a chain of arrows."""
    if statement[0] in [("name", word) for word in _DEFAULTS] and len(statement) == 2:
        return
    names, arrows = [], []
    group: list[str] | None = None
    options = ""
    for kind, content in statement:
        if (kind, content) == ("mark", "{"):
            group = []
        elif (kind, content) == ("mark", "}"):
            names.append(group or [])
            group = None
        elif kind == "name" and group is not None:
            group.append(content)
        elif kind == "name":
            names.append([content])
        elif kind == "arrow":
            arrows.append(content)
        elif kind == "options":
            options = content[1:-1]
    told = " ".join(content for _, content in statement)
    if "=" in told and not arrows and not options:
        return  # a setting of the whole graph, such as rankdir=LR or bb="0,0,1,1"
    if len(names) != len(arrows) + 1 or "--" in arrows:
        hint = "; use ->" if "--" in arrows else ""
        raise GraphError(f"This is no arrow from one node to another: {told[:60]!r}{hint}.")
    for name in (name for side in names for name in side):
        found.nodes.setdefault(name)
    for left, arrow, right in zip(names, arrows, names[1:], strict=False):
        for cause in left:
            for effect in right:
                _join(cause, arrow, effect, found)
    if not arrows:
        _describe(names[0], options, found)


def _join(left: str, arrow: str, right: str, found: _Found) -> None:
    if arrow == "<->":
        hidden = f"U({left},{right})"
        if left == right:
            raise GraphError(f"{left} can't share a hidden cause with itself; leave {left} <-> {right} out.")
        found.nodes.setdefault(hidden)
        found.latent.add(hidden)
        found.edges += [(hidden, left), (hidden, right)]
    else:
        found.edges.append((left, right) if arrow == "->" else (right, left))


def _describe(names: list[str], options: str, found: _Found) -> None:
    """Take in what is said of a node in brackets."""
    words = {word.strip().split("=")[0].strip().lower(): word for word in re.sub(r'"[^"]*"', "", options).split(",")}
    for name in names:
        if {"latent", "unobserved", "l", "u"} & set(words) and "false" not in words.get("latent", "").lower():
            found.latent.add(name)
        for role, marks in (("exposure", {"exposure", "e", "source"}), ("outcome", {"outcome", "o", "target"})):
            if marks & set(words):
                before = getattr(found, role)
                if before not in (None, name):
                    raise GraphError(f"Both {before} and {name} are called the {role}; there can be only one.")
                setattr(found, role, name)
        if place := _PLACE.search(options):
            found.places[name] = (float(place[1]), float(place[2]))


def _quoted(name: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
