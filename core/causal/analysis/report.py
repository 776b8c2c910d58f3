"""One page about an effect, to be kept or sent: as HTML that needs nothing else, and as Markdown."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from core.causal.analysis.analyse import Analysis
from core.causal.estimation.question import Estimate
from core.causal.estimation.refuters import Refutation
from core.causal.graphs.writing import to_dagitty
from core.causal.identification.estimand import told
from core.causal.identification.implications import SIGNIFICANCE

WARNING = "Refuters can find an estimate wrong. None of them can confirm one: with a hidden cause they pass as well."
_MOST_SHOWN = 10  # implications in the table
_NO_WIDTH = 1e-9  # of an interval, as a share of the effect
_FIRST = "doubly robust"  # what is quoted if nothing speaks against it
_STYLE = """
:root { color-scheme: light dark; --ink: #1c1b18; --paper: #fbfaf6; --line: #d8d4c8; --soft: #6b675c }
@media (prefers-color-scheme: dark) { :root { --ink: #ece9e0; --paper: #191815; --line: #3a3832; --soft: #a19c8e } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
@media (max-width: 40rem) { table { display: block; overflow-x: auto } }
pre { border: 1px solid var(--line); padding: .6rem; overflow-x: auto } footer { color: var(--soft) }
"""


@dataclass(frozen=True)
class _Table:
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Code:
    text: str


_Part = str | list[str] | _Table | _Code
_Section = tuple[str, list[_Part]]


def to_markdown(analysis: Analysis, refutations: Sequence[Refutation] = (), *, version: str, date: str) -> str:
    """The report as Markdown.

    Args:
        refutations: What came of refuting the headline; none if it was not tried.
        version, date: Of the program and of the day, for the last line.
    """
    lines = [f"# {_marked(_title(analysis))}"]
    for head, parts in _sections(analysis, refutations):
        lines += ["", f"## {head}"]
        for part in parts:
            lines += ["", *_as_markdown(part)]
    return "\n".join([*lines, "", "---", "", _marked(_made(version, date)), ""])


def to_html(analysis: Analysis, refutations: Sequence[Refutation] = (), *, version: str, date: str) -> str:
    """The report as one HTML page that fetches nothing, light or dark as the reader has it."""
    title = html.escape(_title(analysis))
    body = [f"<h1>{title}</h1>"]
    for head, parts in _sections(analysis, refutations):
        body += [f"<h2>{html.escape(head)}</h2>", *(_as_html(part) for part in parts)]
    body.append(f"<footer>{html.escape(_made(version, date))}</footer>")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def answer(analysis: Analysis) -> str:
    """The answer in a few sentences, with what it takes to believe it."""
    x, y, found = analysis.exposure, analysis.outcome, analysis.headline
    if analysis.identification.kind == "no causal path":
        return f"No arrows lead from {x} to {y}: the graph says that the effect is 0."
    if found is None and analysis.bounds:
        best, why = min(analysis.bounds, key=lambda one: one.high - one.low), _why_none(analysis)
        told = f"The effect can't be identified; it lies from {best.low:.3f} to {best.high:.3f} if {best.believes}."
        return f"{told} No more can be told: {why}." if why else told
    if found is None:
        why = _why_none(analysis)
        quoted = " that can be quoted" if analysis.estimates else ""
        told = f"There is no estimate of the effect of {x} on {y} from these columns{quoted}"
        return f"{told}: {why}." if why else f"{told}."
    unit = f"{x} = 1 instead of 0" if analysis.binary else f"One unit more of {x}"
    warned = next((one.doubt for one in analysis.estimates if one.method == _FIRST and one.doubt), "")
    if warned:
        unit = f"Beware: {warned}. What {found.method} still gives, and {_FIRST} does not: {unit}"
    means = f" (mean {found.means[1]:.4g} instead of {found.means[0]:.4g})" if found.means else ""
    told = f"{unit} changes {y} by {found.value:.4g}{means}, 95 % interval {_interval(found)}, by {found.method}"
    return f"{told}.{_sure(analysis, found)}"


def means_told(x: str, y: str, means: tuple[float, float]) -> str:
    """What the outcome's mean would be, in a sentence."""
    return f"Mean {y} if {x} were 1 for all: {means[1]:.6f}, against {means[0]:.6f} if it were 0 for all."


def on_arms(analysis: Analysis) -> list[Estimate]:
    """The effect on those with the exposure and on those without, where there is one."""
    return [one for one in (analysis.treated, analysis.untreated) if one is not None]


def _why_none(analysis: Analysis) -> str:
    """Why no number is quoted: what was refused, or what is in doubt; empty if nothing was tried."""
    doubts = [one.doubt for one in analysis.estimates if one.doubt]
    refused = [note.partition(": ")[2].rstrip(".") for note in analysis.notes if note.startswith("No estimate by")]
    return "; ".join(dict.fromkeys((*refused, *doubts)))


def _sure(analysis: Analysis, found: Estimate) -> str:
    """What one must know of the headline besides its number."""
    told = "" if found.low > 0 or found.high < 0 else " The interval contains 0: no effect is among what is possible."
    if found.high - found.low <= _NO_WIDTH * abs(found.value):
        told += f" But {analysis.outcome} follows without exception in these rows: is it {analysis.exposure} itself?"
    if analysis.identification.kind == "not identifiable":
        told += f" It can't be identified in general; this holds if {found.believes}."
    elif found.believes:
        told += f" This holds if {found.believes}."
    for one in analysis.bounds:
        if not one.low <= found.value <= one.high:
            told += f" But it can only lie from {one.low:.4g} to {one.high:.4g} if {one.believes}."
    return told


def _title(analysis: Analysis) -> str:
    return f"What does {analysis.exposure} do to {analysis.outcome}?"


def _made(version: str, date: str) -> str:
    return (
        f"Made by worldscope {version} on {date}. It holds if the graph does; that no cause is missing can't be tested."
    )


def _sections(analysis: Analysis, refutations: Sequence[Refutation]) -> list[_Section]:
    sections: list[_Section] = [
        ("Answer", [answer(analysis)]), ("How it is identified", _identification(analysis)),
        ("Estimates", _estimates(analysis)), *_attribution(analysis),
        ("What the graph demands of the rows", _implications(analysis)),
    ]  # fmt: skip
    if refutations:
        heads = ("try", "should give", "gave", "passed")
        rows = tuple((r.name, r.expected, r.gave, _yes(r.passed)) for r in refutations)
        sections.append(("Tries to refute it", [WARNING, _Table(heads, rows)]))
    sections.append(("Rows", _rows(analysis)))
    sections.append(("Graph", [_Code(to_dagitty(analysis.graph).strip())]))
    return sections


def _identification(analysis: Analysis) -> list[_Part]:
    found = analysis.identification
    lines = [f"Answer of the graph: {found.kind}."]
    if found.sets:
        lines.append("Minimal adjustment sets: " + ", ".join(map(_set, found.sets)) + "." * found.complete
                     + " and perhaps more: the time was up." * (not found.complete))  # fmt: skip
    if analysis.adjusted is not None:
        lines.append(f"Adjusted for: {_set(analysis.adjusted)}.")
    if found.front_door:
        more = "." if found.complete or found.sets else " and perhaps more: the time was up."
        lines.append("By the front door: " + ", ".join(map(_set, found.front_door)) + more)
    lines += [f"Instrument: {one.node}" + f" given {_set(one.given)}" * bool(one.given) for one in found.instruments]
    if found.formula is not None:
        lines.append(told(found.formula, analysis.exposure, analysis.outcome))
    if found.hedge:
        lines.append(f"In the way: hidden causes tie {_set(found.hedge.nodes)} together.")
    return [lines]


def _estimates(analysis: Analysis) -> list[_Part]:
    heads = ("method", "effect", "95 % interval", "mean at 0", "mean at 1", "rows", "remarks")
    rows = [(found.method, f"{found.value:.4g}", _interval(found), *_means(found), f"{found.rows:,}", found.note)
            for found in (analysis.raw, *analysis.estimates, *on_arms(analysis))]  # fmt: skip
    rows += [(f"bounds: {one.method}", "", f"{one.low:.4g} to {one.high:.4g}", "", "", "", f"if {one.believes}")
             for one in analysis.bounds]  # fmt: skip
    parts: list[_Part] = [_Table(heads, tuple(rows))]
    if analysis.overlap is not None:
        parts.append(f"{analysis.overlap:.1%} of the rows have hardly anybody to compare with (propensity outside 0.05 "
                     "to 0.95).")  # fmt: skip
    if missing := analysis.missing_cause:
        parts.append(missing.told)
    return parts


def _attribution(analysis: Analysis) -> list[_Section]:
    found = analysis.attribution
    if found is None:
        return []
    heads = ("share", "lies from", f"if {found.exposure} never prevents {found.outcome}")
    return [(f"Was it {found.exposure} that did it?", [_Table(heads, tuple(found.rows())), found.assumed])]


def _implications(analysis: Analysis) -> list[_Part]:
    if not analysis.implications:
        return ["The graph demands nothing that these columns could contradict."]
    told = (
        f"{analysis.contradicted} of {len(analysis.implications)} independences are contradicted at "
        f"{SIGNIFICANCE:.0%}; by chance alone one would expect {analysis.expected:.1f}. Only straight lines are tested."
    )
    heads = ("independent", "given", "partial correlation", "chance")
    rows = tuple((f"{one.one}, {one.other}", ", ".join(one.given) or "nothing", f"{one.correlation:.3f}",
                  f"{one.chance:.2g}") for one in analysis.implications[:_MOST_SHOWN])  # fmt: skip
    return [told, _Table(heads, rows)]


def _rows(analysis: Analysis) -> list[_Part]:
    lines = [f"{analysis.rows:,} rows count, {analysis.dropped:,} fell out."]
    named = [f"{node} is the column {column}." for node, column in analysis.mapping.items() if node != column]
    return [[*lines, *named, *analysis.notes]]


def _interval(found: Estimate) -> str:
    return f"{found.low:.4g} to {found.high:.4g}"


def _means(found: Estimate) -> tuple[str, str]:
    return ("", "") if found.means is None else (f"{found.means[0]:.4g}", f"{found.means[1]:.4g}")


def _set(nodes) -> str:
    return "{" + ", ".join(sorted(nodes)) + "}"


def _yes(passed: bool) -> str:
    return "yes" if passed else "no"


def _as_html(part: _Part) -> str:
    escape = html.escape
    match part:
        case _Code(text=text):
            return f"<pre>{escape(text)}</pre>"
        case _Table(heads=heads, rows=rows):
            top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
            body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
            return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
        case list():
            return "<ul>\n" + "".join(f"<li>{escape(line)}</li>\n" for line in part) + "</ul>"
    return f"<p>{escape(part)}</p>"


def _as_markdown(part: _Part) -> list[str]:
    match part:
        case _Code(text=text):
            return ["    " + line for line in text.splitlines()]
        case _Table(heads=heads, rows=rows):
            told = ["| " + " | ".join(_marked(cell) for cell in row) + " |" for row in (heads, *rows)]
            return [told[0], "|" + " --- |" * len(heads), *told[1:]]
        case list():
            return [f"- {_marked(line)}" for line in part]
    return [_marked(part)]


def _marked(text: str) -> str:
    """Text that Markdown shows as it stands."""
    plain = " ".join(text.split())
    for mark in "\\`*_{}[]<>#|":
        plain = plain.replace(mark, "\\" + mark)
    return plain
