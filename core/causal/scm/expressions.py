"""Arithmetic as text, for mechanisms: read once into a tree, evaluated on whole columns.

Nothing is executed: only numbers, names, operators and a few functions are known (``expression.lark``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.causal.scm.expression_tree import (
    Binary,
    Call,
    Dial,
    ExpressionError,
    Name,
    Number,
    Sign,
    Tree,
    children,
    parse_tree,
    walk,
)

MAX_CHARACTERS = 500
_MAX_DEPTH = 40
_BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "%": operator.mod,
}
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "abs": np.abs,
    "min": np.minimum,
    "max": np.maximum,
    "sigmoid": lambda value: 1 / (1 + np.exp(-value)),
    "if_": np.where,
}
_ARGUMENTS = {"min": 2, "max": 2, "if_": 3}


@dataclass(frozen=True)
class Expression:
    """An expression such as ``2*heat - 0.5*wind**2``.

    Raises:
        ExpressionError: The text is not arithmetic, or too long or too deeply nested.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_CHARACTERS:
            raise ExpressionError(f"This expression has more than {MAX_CHARACTERS} characters; break it up.")
        _check(self.tree, 0)

    @cached_property
    def tree(self) -> Tree:
        """The expression as a tree."""
        return parse_tree(self.text.strip())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables in it, in order."""
        return tuple(dict.fromkeys(part.name for part in walk(self.tree) if isinstance(part, Name)))

    @property
    def is_comparison(self) -> bool:
        """Whether its outermost operator compares, as in ``x > 1``."""
        return isinstance(self.tree, Binary) and self.tree.operator in _COMPARE

    def __call__(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Returns its value for each row; not finite where it has none, such as a division by 0."""
        with np.errstate(all="ignore"):
            return np.asarray(_value(self.tree, columns), dtype=np.float64)


def _check(tree: Tree, depth: int) -> None:
    """Refuse what can't be evaluated."""
    if depth > _MAX_DEPTH:
        raise ExpressionError("This expression is nested too deeply; break it up.")
    match tree:
        case Number(value=value):
            _check_number(value)
        case Dial(name=name):
            raise ExpressionError(f"{{{name}}} is a dial, and there are none here; write a number.")
        case Call(function=name) if name not in _FUNCTIONS:
            raise ExpressionError(f"There is no function called {name}; the functions are {', '.join(_FUNCTIONS)}.")
        case Call(function=name, arguments=arguments):
            wanted = _ARGUMENTS.get(name, 1)
            if len(arguments) != wanted:
                raise ExpressionError(f"{name} takes {wanted} argument{'s' * (wanted > 1)}, not {len(arguments)}.")
    for part in children(tree):
        _check(part, depth + 1)


def _check_number(value: float) -> None:
    try:
        float(value)
    except OverflowError as error:
        raise ExpressionError(f"{str(value)[:8]}... is too large a number; write at most 1e308.") from error


def _value(tree: Tree, columns: Mapping[str, np.ndarray]):
    match tree:
        case Number(value=value):
            return np.float64(value)  # with Python's own numbers, 1 / 0 would raise
        case Name(name=name):
            return columns[name]
        case Sign(sign=sign, operand=operand):
            floats = _floats(_value(operand, columns))
            return -floats if sign == "-" else floats
        case Binary(operator=sign, left=left, right=right) if sign in _COMPARE:
            return _COMPARE[sign](_value(left, columns), _value(right, columns))
        case Binary(operator=sign, left=left, right=right):
            return _BINARY[sign](_floats(_value(left, columns)), _floats(_value(right, columns)))
        case Call(function="if_", arguments=(test, yes, no)):
            return np.where(_value(test, columns), _floats(_value(yes, columns)), _floats(_value(no, columns)))
        case Call(function=name, arguments=arguments):
            return _FUNCTIONS[name](*(_floats(_value(argument, columns)) for argument in arguments))
    raise AssertionError("every kind of tree was checked")


def _floats(value) -> np.ndarray:
    """Floats, also from booleans: NumPy negates no boolean, and its exponential of one has 16 bits."""
    return np.asarray(value, np.float64)
