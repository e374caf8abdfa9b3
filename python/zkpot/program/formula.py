"""Public scalars of a step: formulas of learning rates and the step's number.

A scalar's name is its formula, such as ``lr.0 * sqrt(1 - 0.999 ** (step + 1))``, so the program
says what each of its scalars stands for. ``step`` counts the training steps behind the weights,
those of earlier runs included. Where a step of the program is a window of training steps, ``step``
is the number of the first, and ``lr.0_3`` the rate ``lr.0`` in the one three steps later.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from zkpot.errors import InputError

#: The number of training steps behind the weights, 0 in the first.
STEP = "step"

#: Formulas come with programs that anybody may have written.
_LONGEST = 16_000

_NAME = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*")
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def names_in(formula: str) -> list[str]:
    """The learning rates that a formula reads, and ``step``."""
    found = (match for match in _NAME.findall(formula) if match != "sqrt")
    return list(dict.fromkeys(found))


def rate_at(rate: str, number: int) -> str:
    """What a learning rate is called in a window's training step of that number."""
    return f"{rate}_{number}"


def rate_in_window(name: str) -> tuple[str, int]:
    """The learning rate, and the number of the window's training step, that a name stands for."""
    rate, _, number = name.rpartition("_")
    return rate, int(number)


def renamed(formula: str, names: Mapping[str, str]) -> str:
    """The formula with other names, or formulas, in the places of names."""
    return _NAME.sub(lambda match: names.get(match.group(), match.group()), formula)


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """The value of a formula, in floating point.

    Args:
        formula: numbers, names, ``+ - * / **``, ``sqrt`` and parentheses.
        values: what each name stands for.

    Raises:
        InputError: it is no formula, a name has no value, or there is no result.
    """
    if len(formula) > _LONGEST:
        raise InputError(f"public scalar '{formula[:40]}…': longer than {_LONGEST} characters")
    places: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match.group() == "sqrt":
            return "sqrt"
        places.append(match.group())
        return f"_{len(places) - 1}"

    try:
        tree = ast.parse(_NAME.sub(place, formula), mode="eval").body
        result = _value(tree, [values.get(name, math.nan) for name in places])
    except (
        SyntaxError,
        ValueError,
        ZeroDivisionError,
        OverflowError,
        RecursionError,
        MemoryError,
    ) as error:
        raise InputError(f"public scalar '{formula}': {error}") from error
    missing = [name for name in places if name not in values]
    if missing:
        raise InputError(f"public scalar '{formula}': nothing is known of '{missing[0]}'")
    return result


def _value(node: ast.expr, values: list[float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name.startswith("_"):
            return values[int(name[1:])]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument], keywords=[]):
            return math.sqrt(_value(argument, values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            result: Any = _BINARY[type(op)](_value(left, values), _value(right, values))
            if isinstance(result, complex):
                raise ValueError("a root of a negative number")
            return float(result)
    raise ValueError("it is no formula of numbers, learning rates and the step")
