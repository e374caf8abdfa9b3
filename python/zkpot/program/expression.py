"""Functions of one real argument, as trees of ONNX operators, and their values.

An expression is ``("x",)``, ``("constant", number)`` or ``(operator, attributes, *operands)``,
where attributes are sorted pairs. Trees can be compared and are the same for the same graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Expression = tuple[Any, ...]
Reals = npt.NDArray[np.float64]

ARGUMENT: Expression = ("x",)

# The error function of arrays; the arrays are as long as a table.
_erf = np.vectorize(math.erf, otypes=[np.float64])


def _softplus(x: Reals) -> Reals:
    values: Reals = np.logaddexp(0.0, x)
    return values


def _sigmoid(x: Reals) -> Reals:
    values: Reals = np.exp(-_softplus(-x))
    return values


def _gelu(x: Reals, approximate: bytes = b"none") -> Reals:
    if approximate == b"tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return np.asarray(0.5 * x * (1 + np.tanh(inner)), np.float64)
    values: Reals = 0.5 * x * (1 + _erf(x / math.sqrt(2)))
    return values


def _elu(x: Reals, alpha: float = 1.0) -> Reals:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _selu(x: Reals, alpha: float = 1.6732632, gamma: float = 1.0507010) -> Reals:
    return gamma * _elu(x, alpha)


def _celu(x: Reals, alpha: float = 1.0) -> Reals:
    return np.maximum(x, 0) + np.minimum(0, alpha * np.expm1(np.minimum(x, 0) / alpha))


def _hard_sigmoid(x: Reals, alpha: float = 0.2, beta: float = 0.5) -> Reals:
    return np.clip(alpha * x + beta, 0, 1)


def _clip(x: Reals, least: Reals | float = -math.inf, greatest: Reals | float = math.inf) -> Reals:
    return np.minimum(np.maximum(x, least), greatest)


#: Whole and half powers up to this one are products, each with a range of its own; a table's values
#: have one unit from the least of its arguments to the greatest.
MOST_FACTORS = 8

#: Functions that only a table computes.
CURVED: dict[str, Callable[..., Any]] = {
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atanh": np.arctanh,
    "Celu": _celu,
    "Cos": np.cos,
    "Cosh": np.cosh,
    "Elu": _elu,
    "Erf": _erf,
    "Exp": np.exp,
    "Gelu": _gelu,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda x: x * _hard_sigmoid(x, 1 / 6, 0.5),
    "Log": np.log,
    "Mish": lambda x: x * np.tanh(_softplus(x)),
    "Selu": _selu,
    "Sigmoid": _sigmoid,
    "Sin": np.sin,
    "Sinh": np.sinh,
    "Softplus": _softplus,
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "Tan": np.tan,
    "Tanh": np.tanh,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Round": np.round,
}

#: Functions that join a table where one of the above is in it, and have nodes otherwise.
PLAIN: dict[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "Add": np.add,
    "And": np.logical_and,
    "Clip": _clip,
    "Div": np.divide,
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "LeakyRelu": lambda x, alpha=0.01: np.where(x > 0, x, alpha * x),
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Max": np.maximum,
    "Min": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Not": np.logical_not,
    "Or": np.logical_or,
    "Pow": np.power,
    "Reciprocal": np.reciprocal,
    "Relu": lambda x: np.maximum(x, 0),
    "Sign": np.sign,
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "ThresholdedRelu": lambda x, alpha=1.0: np.where(x > alpha, x, 0),
    "Where": lambda condition, a, b: np.where(condition.astype(bool), a, b),
}


def evaluate(expression: Expression, argument: Reals) -> Reals:
    """The values at many arguments; infinite or NaN where there are none."""
    known: dict[int, Any] = {}

    def value(tree: Expression) -> Any:
        if id(tree) not in known:
            if tree == ARGUMENT:
                known[id(tree)] = argument
            elif tree[0] == "constant":
                known[id(tree)] = np.asarray(tree[1], np.float64)
            else:
                function = CURVED.get(tree[0]) or PLAIN[tree[0]]
                operands = [value(operand) for operand in tree[2:]]
                known[id(tree)] = np.asarray(function(*operands, **dict(tree[1])), np.float64)
        return known[id(tree)]

    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(value(expression), np.float64), argument.shape)


def describe(expression: Expression) -> str:
    """The expression as people read it."""
    if expression == ARGUMENT:
        return "x"
    if expression[0] == "constant":
        return f"{expression[1]:g}"
    operands = [describe(operand) for operand in expression[2:]]
    settings = [f"{name}={value!r}" for name, value in expression[1]]
    return f"{expression[0]}({', '.join(operands + settings)})"
