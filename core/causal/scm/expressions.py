"""Arithmetic in text, for mechanisms: read once into a checked tree, worked out on whole columns. Nothing is executed:
only numbers, names, operators and a few functions are known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MAX_CHARACTERS = 500
_DEEPEST = 40
_TWO = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
}
_COMPARE = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS = {
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


class ExpressionError(ValueError):
    """One plain sentence: what can't be read in an expression."""


@dataclass(frozen=True)
class Expression:
    """An expression such as ``2*heat - 0.5*wind**2``.

    Raises:
        ExpressionError: It holds something that is no arithmetic.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_CHARACTERS:
            raise ExpressionError(f"This expression has more than {MAX_CHARACTERS} characters; break it up.")
        _check(self._tree, self.text, 0)

    @cached_property
    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"{self.text.strip()!r} can't be read as arithmetic, such as 2*x + 1.") from error

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables in it, in order."""
        called = {id(node.func) for node in ast.walk(self._tree) if isinstance(node, ast.Call)}
        found = (node for node in ast.walk(self._tree) if isinstance(node, ast.Name) and id(node) not in called)
        return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))

    def __call__(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its value for each row; not finite where arithmetic has none."""
        with np.errstate(all="ignore"):
            return np.asarray(_value(self._tree, columns), dtype=np.float64)


def _check(node: ast.expr, text: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise ExpressionError("This expression is nested too deeply; break it up.")
    inner: list[ast.expr] = []
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            _check_constant(value)
        case ast.Name():
            pass
        case ast.BinOp(op=op) if type(op) in _TWO:
            inner = [node.left, node.right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            inner = [node.operand]
        case ast.Compare(ops=[op], comparators=[_]) if type(op) in _COMPARE:
            inner = [node.left, *node.comparators]
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
            wanted = _ARGUMENTS.get(name, 1)
            if len(node.args) != wanted:
                raise ExpressionError(f"{name} takes {wanted} argument{'s' * (wanted > 1)}, not {len(node.args)}.")
            inner = node.args
        case ast.Call(func=ast.Name(id=name)):
            raise ExpressionError(f"There is no function called {name}; there are {', '.join(_FUNCTIONS)}.")
        case _:
            raise ExpressionError(f"{ast.unparse(node)[:60]!r} is no arithmetic; use numbers, names and + - * / **.")
    for part in inner:
        _check(part, text, depth + 1)


def _check_constant(value: float) -> None:
    try:
        float(value)
    except OverflowError as error:
        raise ExpressionError(f"{str(value)[:8]}... is too large a number; write at most 1e308.") from error


def _value(node: ast.expr, columns: Mapping[str, np.ndarray]):
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # of Python, 1 / 0 would be an error
        case ast.Name(id=name):
            return columns[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _TWO[type(op)](_floats(_value(left, columns)), _floats(_value(right, columns)))
        case ast.UnaryOp(op=op, operand=operand):
            value = _floats(_value(operand, columns))
            return -value if isinstance(op, ast.USub) else value
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](_value(left, columns), _value(right, columns))
        case ast.Call(func=ast.Name(id="if_"), args=[test, yes, no]):
            return np.where(_value(test, columns), _floats(_value(yes, columns)), _floats(_value(no, columns)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*(_floats(_value(argument, columns)) for argument in arguments))
    raise AssertionError("every kind was checked")


def _floats(value) -> np.ndarray:
    """Numbers, also of what is true or false: NumPy takes no minus of that, and the exponential of it in 16 bits."""
    return np.asarray(value, np.float64)
