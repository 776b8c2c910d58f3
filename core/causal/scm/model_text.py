"""Structural causal models as text, a line for each node.

heat = normal(20, 5)                         # a root: mean 20, deviation 5
ice = 2*heat + normal(0, 3)                  # what it listens to, and noise of its own
drowned = bernoulli(sigmoid(0.2*heat - 6))   # 0 or 1
flavour = choice(1, 2, exp(0.1*heat))        # 0, 1 or 2, with these weights
hidden wind = uniform(0, 1)                  # nobody measures it
"""

from __future__ import annotations

import ast
import functools
import re
import unicodedata

import numpy as np

from core.causal.scm.expressions import Expression, ExpressionError
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model

MAX_CHARACTERS = 20_000
_LINE = re.compile(r"(?P<hidden>hidden\s+)?(?P<name>[^\W\d]\w*)\s*[=~]\s*(?P<rest>.+)")
_NOISES = ("normal", "uniform", "laplace")
_ALONE = {"bernoulli": "y = bernoulli(0.2)", "choice": "y = choice(1, 2, 2)"}


def parse_model(text: str) -> Model:
    """Read a model.

    Raises:
        MechanismError: Names the line that can't be read, or the node that is there twice.
        ExpressionError: A line, which is named, holds something that is no arithmetic.
        GraphError: The arrows run in a circle.
    """
    if len(text) > MAX_CHARACTERS:
        raise MechanismError(f"This text has more than {MAX_CHARACTERS:,} characters; a model needs far fewer.")
    mechanisms: dict[str, Mechanism] = {}
    hidden = set()
    for number, line in enumerate(text.splitlines(), 1):
        body = line.split("#")[0].strip()
        if not body:
            continue
        match = _LINE.fullmatch(body)
        if match is None or not match["name"].isidentifier():
            raise MechanismError(
                f"Line {number} can't be read: {body[:40]!r}; write for example y = 2*x + normal(0, 1)"
            )
        name = unicodedata.normalize("NFKC", match["name"])  # as Python reads those in arithmetic
        if name in mechanisms:
            raise MechanismError(f"{name} has two lines, the second is line {number}; give each node one.")
        try:
            mechanisms[name] = parse_mechanism(match["rest"].strip())
        except (MechanismError, ExpressionError) as error:
            raise type(error)(f"Line {number}: {error}") from error
        hidden |= {name} if match["hidden"] else set()
    if not mechanisms:
        raise MechanismError("There is no node in this text; write for example: x = normal(0, 1)")
    return Model(mechanisms, frozenset(hidden))


def parse_mechanism(text: str) -> Mechanism:
    """Read what stands behind the name in a line.

    Raises:
        MechanismError, ExpressionError: It can't be read.
    """
    try:
        return _mechanism(ast.parse(text, mode="eval").body)
    except (SyntaxError, MemoryError) as error:
        raise MechanismError(f"{text[:60]!r} can't be read as arithmetic, such as 2*x + 1.") from error
    except RecursionError as error:
        raise MechanismError(f"{text[:60]!r} is nested too deeply; break it up.") from error


def _mechanism(tree: ast.expr) -> Mechanism:
    match tree:
        case ast.Call(func=ast.Name(id="bernoulli"), args=[chance], keywords=[]):
            return _threshold(_arithmetic(chance))
        case ast.Call(func=ast.Name(id="choice"), args=weights, keywords=[]):
            return Categorical(tuple(_weight(_arithmetic(weight)) for weight in weights))
    terms = _terms(tree)
    noises = [term for term in terms if _is_noise(term)]
    if len(noises) > 1:
        raise MechanismError(f"there are {len(noises)} noises; a node has one of its own.")
    rest = [term for term in terms if not _is_noise(term)]
    if not noises:
        return Additive(_arithmetic(tree), scale=0.0)
    middle, scale = _numbers(noises[0])
    if middle or not rest:
        rest = [*rest, ast.Constant(int(middle) if middle.is_integer() else middle)]
    mean = functools.reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), rest)
    return Additive(_arithmetic(mean), scale, noises[0].func.id)


def mechanism_text(mechanism: Mechanism) -> str:
    """A mechanism as ``parse_mechanism`` reads it."""
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
    middle = None if mean.names else float(mean({}))  # a number alone stands in the noise
    if shape == "uniform":
        low, high = ((middle or 0.0) + side * 3**0.5 * scale for side in (-1, 1))
        noise = f"uniform({_short(low, scale)}, {_short(high, scale)})"
    else:
        noise = f"{shape}({_short(middle or 0.0, scale)}, {scale:.10g})"
    return noise if middle is not None else f"{summand(mean)} + {noise}"


def summand(mean: Expression) -> str:
    """Arithmetic as it stands in a sum: a comparison in brackets."""
    return f"({mean.text})" if isinstance(ast.parse(mean.text, mode="eval").body, ast.Compare) else mean.text


def _short(value: float, scale: float) -> str:
    return "0" if abs(value) < 1e-12 * scale else f"{value:.10g}"  # what is left of nought by rounding


def _threshold(chance: Expression) -> Threshold:
    if not chance.names and not 0 <= (value := float(chance({}))) <= 1:
        raise MechanismError(f"a chance must be from 0 to 1, not {value:g}.")
    return Threshold(chance)


def _weight(weight: Expression) -> Expression:
    if not weight.names and not 0 <= (value := float(weight({}))) < np.inf:
        raise MechanismError(f"a weight must be a number of 0 or more, not {value:g}.")
    return weight


def _arithmetic(tree: ast.expr) -> Expression:
    _check_no_draw(tree)
    return Expression(ast.unparse(tree))


def _check_no_draw(tree: ast.expr) -> None:
    """Refuse noises and draws in the middle of arithmetic."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _NOISES:
                raise MechanismError(f"{name} stands alone at the end, as in 2*x + {name}(0, 1).")
            case ast.Call(func=ast.Name(id=name)) if name in _ALONE:
                raise MechanismError(f"{name} stands alone, as in {_ALONE[name]}; use a node of its own for it.")


def _terms(tree: ast.expr) -> list[ast.expr]:
    """What is added up at the top."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        return [*_terms(tree.left), *_terms(tree.right)]
    return [tree]


def _is_noise(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _NOISES


def _numbers(noise: ast.Call) -> tuple[float, float]:
    """Mean and deviation of a noise. ``uniform`` is written with its ends."""
    name = noise.func.id
    try:
        first, second = (float(ast.literal_eval(argument)) for argument in noise.args)
    except (ValueError, TypeError, SyntaxError, OverflowError) as error:
        raise MechanismError(f"{name} takes two numbers, such as {name}(0, 1).") from error
    if noise.keywords or not np.isfinite([first, second]).all():
        raise MechanismError(f"{name} takes two numbers, such as {name}(0, 1).")
    if name == "uniform":
        if second <= first:
            raise MechanismError(f"uniform({first:g}, {second:g}) needs its lower end first.")
        return (first + second) / 2, (second - first) / 12**0.5
    return first, second
