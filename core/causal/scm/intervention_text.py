"""Interventions as text, for links.

smoking:3                     # set to 3
smoking:shift:0.5             # 0.5 more than it would be
smoking:chance:0.3            # 1 with a chance of 0.3, else 0
smoking:listen:2*gene+normal(0,1)   # it listens to something else
"""

from __future__ import annotations

from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import mechanism_text, parse_mechanism

KINDS = {"set": Do, "shift": Shift, "chance": Randomise, "listen": ReplaceMechanism}


def kind_of(one: Intervention) -> str:
    """What an intervention is called in text."""
    return next(kind for kind, is_it in KINDS.items() if isinstance(one, is_it))


def make_intervention(node: str, kind: str, by: float | str) -> Intervention:
    """One of a kind: by a number, or by what stands behind a node's name in the text of a model.

    Raises:
        MechanismError, ExpressionError: There is no such kind, or what it is by can't be read.
    """
    if kind == "listen":
        return ReplaceMechanism(node, parse_mechanism(str(by)))
    if kind not in KINDS:
        raise MechanismError(f"There is no way to act called {kind!r}; there are {', '.join(KINDS)}.")
    try:
        return KINDS[kind](node, float(by))
    except ValueError as error:
        raise MechanismError(f"{node} must be changed by a number, not {by!r}.") from error


def argument_of(one: Intervention) -> float | str:
    """What an intervention is by; see ``intervention``."""
    match one:
        case Do(value=by) | Shift(by=by) | Randomise(chance=by):
            return by
        case ReplaceMechanism(mechanism=mechanism):
            return mechanism_text(mechanism)
    raise TypeError(one)


def parse_intervention(text: str) -> Intervention:
    """Read one intervention.

    Raises:
        MechanismError, ExpressionError: It can't be read.
    """
    node, *rest = text.split(":", 2)
    kind, by = ("set", *rest) if len(rest) == 1 else rest or ("set", "")
    return make_intervention(node, kind, by)


def intervention_text(one: Intervention) -> str:
    """An intervention as ``parse_intervention`` reads it, without blanks; numbers to six digits."""
    kind, by = kind_of(one), argument_of(one)
    told = by.replace(" ", "") if isinstance(by, str) else f"{by:.6g}"
    return f"{one.node}:{told}" if kind == "set" else f"{one.node}:{kind}:{told}"
