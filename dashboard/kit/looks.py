"""How each line looks in charts: its label, its colour role, its dash and its symbol. A model's come from its spec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.models.registry import find_spec

CEILING, BOUNCE_UNKNOWN, READ_OUT_LIMIT = "ceiling", "bounce unknown", "probe floor"
_DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x")
_BACKGROUND = ("baseline", "violation")  # roles whose lines are never solid: the arms stand out


@dataclass(frozen=True)
class Look:
    """``role`` is of the palette; ``dash`` and ``symbol`` set lines of one colour apart."""

    label: str
    role: str
    dash: str = "solid"
    symbol: str = "circle"


BOUNDS: Mapping[str, Look] = {
    CEILING: Look("best possible", "truth", "dot"),
    BOUNCE_UNKNOWN: Look("elasticity unknown", "truth", "dash"),
    READ_OUT_LIMIT: Look("read-out limit", "latent", "dot"),
}


def looks_of(names: Iterable[str], titles: Mapping[str, str] | None = None) -> dict[str, Look]:
    """The looks of the models of one chart: models of one colour differ by dash and symbol.

    Args:
        names: Of the models, in the order of the chart.
        titles: What to call those that the registry does not know; their names otherwise.
    """
    drawn: Counter[str] = Counter()
    looks = {}
    for name in names:
        spec = find_spec(name)
        role = spec.role if spec else "baseline"
        label = spec.label if spec else (titles or {}).get(name, name)
        place = drawn[role]
        drawn[role] += 1
        dash = _DASHES[(place + (role in _BACKGROUND)) % len(_DASHES)]
        looks[name] = Look(label, role, dash, _SYMBOLS[place % len(_SYMBOLS)])
    return looks


def label_of(name: str, title: str = "") -> str:
    """The short name of a model; its title, or else its name, if the registry does not know it."""
    spec = find_spec(name)
    return spec.label if spec else title or name
