"""Interventions as text, for links.

smoking:3                               # do(smoking = 3)
smoking:shift:0.5                       # 0.5 more than it would be
smoking:chance:0.3                      # 1 with a chance of 0.3, else 0
smoking:replace:2*gene+normal(0,1)      # another mechanism
"""

from __future__ import annotations

from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import mechanism_text, parse_mechanism

KINDS = {"do": Do, "shift": Shift, "chance": Randomise, "replace": ReplaceMechanism}
_FORMER = {"set": "do", "listen": "replace"}  # kinds of older links, which are still read


def kind_of(one: Intervention) -> str:
    """Returns the word for an intervention's kind."""
    return next(kind for kind, is_it in KINDS.items() if isinstance(one, is_it))


def make_intervention(node: str, kind: str, argument: float | str) -> Intervention:
    """Returns an intervention of a kind.

    Args:
        node: The node to change.
        kind: One of ``KINDS``, or an older word for one.
        argument: A number, or the text of a mechanism.

    Raises:
        MechanismError, ExpressionError: There is no such kind, or the argument can't be read.
    """
    kind = _FORMER.get(kind, kind)
    if kind == "replace":
        return ReplaceMechanism(node, parse_mechanism(str(argument)))
    if kind not in KINDS:
        raise MechanismError(f"There is no intervention called {kind!r}; use {', '.join(KINDS)}.")
    try:
        return KINDS[kind](node, float(argument))
    except ValueError as error:
        raise MechanismError(f"{node} must get a number, not {argument!r}.") from error


def argument_of(one: Intervention) -> float | str:
    """Returns the argument of an intervention, as ``make_intervention`` takes it."""
    match one:
        case Do(value=argument) | Shift(by=argument) | Randomise(chance=argument):
            return argument
        case ReplaceMechanism(mechanism=mechanism):
            return mechanism_text(mechanism)
    raise TypeError(one)


def parse_intervention(text: str) -> Intervention:
    """Returns the intervention that a text describes.

    Raises:
        MechanismError, ExpressionError: It can't be read.
    """
    node, *rest = text.split(":", 2)
    kind, argument = ("do", *rest) if len(rest) == 1 else rest or ("do", "")
    return make_intervention(node, kind, argument)


def intervention_text(one: Intervention) -> str:
    """Returns an intervention as ``parse_intervention`` reads it, without blanks; numbers have six digits."""
    kind, argument = kind_of(one), argument_of(one)
    short = argument.replace(" ", "") if isinstance(argument, str) else f"{argument:.6g}"
    return f"{one.node}:{short}" if kind == "do" else f"{one.node}:{kind}:{short}"
