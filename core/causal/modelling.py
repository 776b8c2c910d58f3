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

from core.causal.expressions import Arithmetic
from core.causal.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm import Model

MOST_CHARACTERS = 20_000
_LINE = re.compile(r"(?P<hidden>hidden\s+)?(?P<name>[^\W\d]\w*)\s*[=~]\s*(?P<rest>.+)")
_NOISES = ("normal", "uniform", "laplace")


def parse_model(text: str) -> Model:
    """Read a model.

    Raises:
        MechanismError: Names the line that can't be read, or the node that is there twice.
        ExpressionError: A line holds something that is no arithmetic.
        GraphError: The arrows run in a circle.
    """
    if len(text) > MOST_CHARACTERS:
        raise MechanismError(f"This text has more than {MOST_CHARACTERS:,} characters; a model needs far fewer.")
    mechanisms: dict[str, Mechanism] = {}
    hidden = set()
    for number, line in enumerate(text.splitlines(), 1):
        body = line.split("#")[0].strip()
        if not body:
            continue
        match = _LINE.fullmatch(body)
        if match is None:
            raise MechanismError(
                f"Line {number} can't be read: {body[:40]!r}; write for example y = 2*x + normal(0, 1)"
            )
        if match["name"] in mechanisms:
            raise MechanismError(f"{match['name']} has two lines, the second is line {number}; give each node one.")
        mechanisms[match["name"]] = _mechanism(match["rest"], number)
        hidden |= {match["name"]} if match["hidden"] else set()
    if not mechanisms:
        raise MechanismError("There is no node in this text; write for example: x = normal(0, 1)")
    return Model(mechanisms, frozenset(hidden))


def _mechanism(text: str, line: int) -> Mechanism:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise MechanismError(f"Line {line} can't be read as arithmetic: {text.strip()[:60]!r}.") from error
    match tree:
        case ast.Call(func=ast.Name(id="bernoulli"), args=[chance], keywords=[]):
            return _threshold(Arithmetic(ast.unparse(chance)), line)
        case ast.Call(func=ast.Name(id="choice"), args=weights, keywords=[]):
            return Categorical(tuple(Arithmetic(ast.unparse(weight)) for weight in weights))
    terms = _terms(tree)
    noises = [term for term in terms if _is_noise(term)]
    if len(noises) > 1:
        raise MechanismError(f"Line {line} has {len(noises)} noises; a node has one of its own.")
    rest = [term for term in terms if not _is_noise(term)]
    if not noises:
        return Additive(Arithmetic(text.strip()), scale=0.0)
    middle, scale = _numbers(noises[0], line)
    if middle or not rest:
        rest = [*rest, ast.Constant(int(middle) if middle.is_integer() else middle)]
    told = ast.unparse(functools.reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), rest))
    return Additive(Arithmetic(told), scale, noises[0].func.id)


def _threshold(chance: Arithmetic, line: int) -> Threshold:
    if not chance.names and not 0 <= (value := float(chance({}))) <= 1:
        raise MechanismError(f"Line {line}: a chance must be from 0 to 1, not {value:g}.")
    return Threshold(chance)


def _terms(tree: ast.expr) -> list[ast.expr]:
    """What is added up at the top."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        return [*_terms(tree.left), *_terms(tree.right)]
    return [tree]


def _is_noise(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _NOISES


def _numbers(noise: ast.Call, line: int) -> tuple[float, float]:
    """Mean and deviation of a noise. ``uniform`` is written with its ends."""
    try:
        first, second = (float(ast.literal_eval(argument)) for argument in noise.args)
    except (ValueError, TypeError, SyntaxError) as error:
        raise MechanismError(
            f"Line {line}: {noise.func.id} takes two numbers, such as {noise.func.id}(0, 1)."
        ) from error
    if noise.func.id == "uniform":
        if second <= first:
            raise MechanismError(f"Line {line}: uniform({first:g}, {second:g}) needs its lower end first.")
        return (first + second) / 2, (second - first) / 12**0.5
    return first, second
