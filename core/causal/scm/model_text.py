"""Structural causal models as text, one line for each node.

heat = normal(20, 5)                         # a root: mean 20, standard deviation 5
ice = 2*heat + normal(0, 3)                  # its causes, and noise of its own
drowned = bernoulli(sigmoid(0.2*heat - 6))   # 0 or 1
flavour = choice(1, 2, exp(0.1*heat))        # 0, 1 or 2, with these weights
hidden wind = uniform(0, 1)                  # not measured
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from core.causal.scm.expression_tree import (
    Binary,
    Call,
    ExpressionError,
    Number,
    Sign,
    Tree,
    parse_definition,
    parse_tree,
    set_dials,
    tree_text,
    walk,
)
from core.causal.scm.expressions import Expression
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model

MAX_CHARACTERS = 20_000
_NOISES = ("normal", "uniform", "laplace")
_ALONE = {"bernoulli": "y = bernoulli(0.2)", "choice": "y = choice(1, 2, 2)"}


def parse_model(text: str, dials: Mapping[str, float] | None = None) -> Model:
    """Returns the model that a text describes.

    Args:
        text: A line for each node; ``#`` begins a comment.
        dials: The numbers that stand for ``{names}`` in the text.

    Raises:
        MechanismError: A line can't be read, or a node has two; names the line.
        ExpressionError: A line, which is named, holds something that is no arithmetic.
        GraphError: The arrows form a cycle.
    """
    if len(text) > MAX_CHARACTERS:
        raise MechanismError(f"This text has more than {MAX_CHARACTERS:,} characters; a model needs far fewer.")
    numbers = {name: parse_tree(f"{value:.10g}") for name, value in (dials or {}).items()}
    mechanisms: dict[str, Mechanism] = {}
    hidden = set()
    for number, line in enumerate(text.splitlines(), 1):
        body = line.split("#")[0].rstrip()
        if not body:
            continue
        try:
            name, tree, is_hidden = parse_definition(body)
            mechanism = _mechanism(set_dials(tree, numbers))
        except (MechanismError, ExpressionError) as error:
            raise type(error)(_with_line(number, str(error))) from error
        if name in mechanisms:
            raise MechanismError(f"{name} has two lines, the second is line {number}; give each node one line.")
        mechanisms[name] = mechanism
        hidden |= {name} if is_hidden else set()
    if not mechanisms:
        raise MechanismError("There is no node in this text; write for example: x = normal(0, 1)")
    return Model(mechanisms, frozenset(hidden))


def _with_line(number: int, message: str) -> str:
    is_place = message.startswith("Column ")
    return f"Line {number}, c{message[1:]}" if is_place else f"Line {number}: {message}"


def parse_mechanism(text: str) -> Mechanism:
    """Returns the mechanism that stands after the ``=`` of a line.

    Raises:
        MechanismError, ExpressionError: It can't be read.
    """
    return _mechanism(parse_tree(text))


def _mechanism(tree: Tree) -> Mechanism:
    match tree:
        case Call(function="bernoulli", arguments=(chance,)):
            return _threshold(_expression(chance))
        case Call(function="choice", arguments=weights):
            return Categorical(tuple(_weight(_expression(weight)) for weight in weights))
    terms = _terms(tree)
    noises = [term for term in terms if isinstance(term, Call) and _is_noise(term)]
    if len(noises) > 1:
        raise MechanismError(f"a node has one noise term, and here are {len(noises)}.")
    rest = [term for term in terms if not _is_noise(term)]
    if not noises:
        return Additive(_expression(tree), scale=0.0)
    middle, scale = _mean_and_deviation(noises[0])
    if middle or not rest:
        rest = [*rest, Number(int(middle) if middle.is_integer() else middle)]
    mean = functools.reduce(lambda left, right: Binary("+", left, right), rest)
    return Additive(_expression(mean), scale, noises[0].function)


def mechanism_text(mechanism: Mechanism) -> str:
    """Returns a mechanism as ``parse_mechanism`` reads it."""
    match mechanism:
        case Threshold(chance=chance):
            return f"bernoulli({chance.text})"
        case Categorical(weights=weights):
            return f"choice({', '.join(weight.text for weight in weights)})"
        case Additive(mean=mean, scale=0):
            return mean.text
        case Additive(mean=mean):
            return _additive_text(mean, mechanism.scale, mechanism.shape)
    raise TypeError(mechanism)


def _additive_text(mean: Expression, scale: float, shape: str) -> str:
    middle = None if mean.names else float(mean({}))  # a mean that is one number stands in the noise
    if shape == "uniform":
        low, high = ((middle or 0.0) + side * 3**0.5 * scale for side in (-1, 1))
        noise = f"uniform({_short(low, scale)}, {_short(high, scale)})"
    else:
        noise = f"{shape}({_short(middle or 0.0, scale)}, {scale:.10g})"
    return noise if middle is not None else f"{summand(mean)} + {noise}"


def summand(mean: Expression) -> str:
    """Returns an expression as it stands in a sum: a comparison in brackets."""
    return f"({mean.text})" if mean.is_comparison else mean.text


def _short(value: float, scale: float) -> str:
    return "0" if abs(value) < 1e-12 * scale else f"{value:.10g}"  # what rounding leaves of 0


def _threshold(chance: Expression) -> Threshold:
    if not chance.names and not 0 <= (value := float(chance({}))) <= 1:
        raise MechanismError(f"a probability must be from 0 to 1, not {value:g}.")
    return Threshold(chance)


def _weight(weight: Expression) -> Expression:
    if not weight.names and not 0 <= (value := float(weight({}))) < np.inf:
        raise MechanismError(f"a weight must be a number of 0 or more, not {value:g}.")
    return weight


def _expression(tree: Tree) -> Expression:
    """Returns arithmetic; refuses noises and draws in the middle of it."""
    for part in walk(tree):
        match part:
            case Call(function=name) if name in _NOISES:
                raise MechanismError(f"{name} must be a term of its own at the end, as in 2*x + {name}(0, 1).")
            case Call(function=name) if name in _ALONE:
                raise MechanismError(f"{name} must stand alone, as in {_ALONE[name]}; give it a node of its own.")
    return Expression(tree_text(tree))


def _terms(tree: Tree) -> list[Tree]:
    """Returns the terms of a sum."""
    if isinstance(tree, Binary) and tree.operator == "+":
        return [*_terms(tree.left), *_terms(tree.right)]
    return [tree]


def _is_noise(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function in _NOISES


def _mean_and_deviation(noise: Call) -> tuple[float, float]:
    """Returns the mean and the standard deviation of a noise; ``uniform`` is written with its ends."""
    name = noise.function
    literals = [_literal(argument) for argument in noise.arguments]
    values = [value for value in literals if value is not None and np.isfinite(value)]
    if len(values) != 2 or len(literals) != 2:
        raise MechanismError(f"{name} takes two numbers, such as {name}(0, 1).")
    first, second = values
    if name == "uniform":
        if second <= first:
            raise MechanismError(f"uniform({first:g}, {second:g}) needs its lower end first.")
        return (first + second) / 2, (second - first) / 12**0.5
    return first, second


def _literal(tree: Tree) -> float | None:
    """Returns the value of a number, with a sign or without; None for anything else."""
    match tree:
        case Number(value=value):
            try:
                return float(value)
            except OverflowError:
                return None
        case Sign(sign=sign, operand=Number(value=value)):
            inner = _literal(Number(value))
            return None if inner is None else -inner if sign == "-" else inner
    return None
