"""Rules that bring expressions to canonical form: few operator kinds, one way to write each.

A rule takes an expression that is about to be made and returns a simpler equal one, or None.
Equal means equal up to float rounding: the exporter's check against eager torch covers it.
Rules for sums and products move signs and numbers outwards, so that ``a - b * 0.1`` never
appears as ``a + b * -0.1``.
"""

# ruff: noqa: ARG001 -- a rule takes the graph whether it makes anything or not.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.artifacts.draw import PREFIX
from zkpot.step.expression import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zkpot.step.expression import Array, Expression, Graph, Rule

ELEMENTWISE = (
    "Add", "Sub", "Mul", "Div", "Greater", "GreaterOrEqual", "Equal", "Max", "Min", "Where",
)  # fmt: skip

# Only operators that IEEE 754 rounds correctly: exp or log of a constant would depend on the
# machine that exports, and so would the bytes.
_EXACT: dict[str, Callable[..., Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Equal": np.equal,
    "Max": np.maximum,
    "Min": np.minimum,
    "Sqrt": np.sqrt,
    "Where": np.where,
    "And": np.logical_and,
    "Or": np.logical_or,
}


def fold_constants(graph: Graph, raw: Expression) -> Expression | None:
    """Compute an exact operator on constants."""
    values = [o.constant for o in raw.operands if o.constant is not None]
    if len(values) < len(raw.operands):
        return None
    if raw.op in _EXACT:
        return graph.constant(_EXACT[raw.op](*values), raw.dtype)
    if raw.op == "Cast":
        return graph.constant(values[0], raw.dtype)
    if raw.op == "Not":
        return graph.constant(np.logical_not(values[0]), raw.dtype)
    if raw.op == "Reshape":
        return graph.constant(np.reshape(values[0], raw.shape), raw.dtype)
    if raw.op == "Expand":
        return graph.constant(np.broadcast_to(values[0], raw.shape), raw.dtype)
    if raw.op == "Transpose":
        return graph.constant(np.transpose(values[0], raw.attribute("perm")), raw.dtype)
    if raw.op == "Concat":
        return graph.constant(np.concatenate(values, raw.attribute("axis")), raw.dtype)
    return None


def shrink_operands(graph: Graph, raw: Expression) -> Expression | None:
    """Leave to broadcasting what an Expand, or a constant of equal elements, spells out."""
    operands = list(raw.operands)
    for place, operand in enumerate(operands):
        if operand.op == "Expand":
            smaller = operand.operands[0]
        elif operand.shape and operand.scalar is not None:
            smaller = graph.constant(operand.scalar, operand.dtype)
        else:
            continue
        trial = [*operands[:place], smaller, *operands[place + 1 :]]
        if np.broadcast_shapes(*(o.shape for o in trial)) == raw.shape:
            operands = trial
    if operands == list(raw.operands):
        return None
    return graph.apply(raw.op, operands, raw.shape, raw.dtype)


def constant_second(graph: Graph, raw: Expression) -> Expression | None:
    """Put the constant of a commutative operator second."""
    a, b = raw.operands
    if a.constant is not None and b.constant is None:
        return graph.apply(raw.op, (b, a), raw.shape, raw.dtype)
    return None


def _is(expression: Expression, number: float) -> bool:
    return expression.scalar == number


def _factor(expression: Expression) -> tuple[Expression, float] | None:
    """Return ``(a, c)`` where the expression is ``a * c`` with a number ``c``."""
    if expression.op != "Mul" or not np.issubdtype(expression.dtype, np.floating):
        return None
    base, number = expression.operands
    if number.scalar is None or number.shape:
        return None
    return base, number.scalar


def _times(graph: Graph, base: Expression, number: float) -> Expression:
    return graph.mul(base, graph.constant(number, base.dtype))


def add_nothing(graph: Graph, raw: Expression) -> Expression | None:
    """Drop the addition or subtraction of 0."""
    a, b = raw.operands
    return a if _is(b, 0) and a.shape == raw.shape else None


def subtract_from_nothing(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``0 - b`` as ``b * -1``."""
    a, b = raw.operands
    return _times(graph, b, -1) if _is(a, 0) and b.shape == raw.shape else None


def signed_term(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``a + b * -c`` as ``a - b * c``, and ``a - b * -c`` as ``a + b * c``."""
    a, b = raw.operands
    opposite = graph.sub if raw.op == "Add" else graph.add
    factor = _factor(b)
    if factor is not None and factor[1] < 0:
        return opposite(a, _times(graph, factor[0], -factor[1]))
    factor = _factor(a)
    if raw.op == "Add" and factor is not None and factor[1] < 0:
        return opposite(b, _times(graph, factor[0], -factor[1]))
    return None


def multiply_by_one(graph: Graph, raw: Expression) -> Expression | None:
    """Drop a product with 1."""
    a, b = raw.operands
    return a if _is(b, 1) and a.shape == raw.shape else None


def product_with_nothing(graph: Graph, raw: Expression) -> Expression | None:
    """Write a product with zeros as zeros: the first state of a recurrent layer is zero."""
    if not any(_is(operand, 0) for operand in raw.operands):
        return None
    return graph.constant(np.zeros(raw.shape, raw.dtype), raw.dtype)


def merge_numbers(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``(a * c) * d`` as ``a * (c * d)`` for numbers c and d."""
    factor = _factor(raw)
    inner = None if factor is None else _factor(factor[0])
    if factor is None or inner is None:
        return None
    product = np.float32(inner[1]) * np.float32(factor[1])
    return _times(graph, inner[0], float(product))


def negated_difference(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``(a - b) * -c`` as ``(b - a) * c``."""
    factor = _factor(raw)
    if factor is None or factor[1] >= 0 or factor[0].op != "Sub":
        return None
    a, b = factor[0].operands
    return _times(graph, graph.sub(b, a), -factor[1])


def sign_outwards(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``a * (b * -1)`` as ``(a * b) * -1``, and quotients likewise."""
    for place, operand in enumerate(raw.operands):
        factor = _factor(operand)
        if factor is not None and factor[1] == -1 and raw.operands[1 - place].constant is None:
            operands = list(raw.operands)
            operands[place] = factor[0]
            return _times(graph, graph.apply(raw.op, operands, raw.shape, raw.dtype), -1)
    return None


def divide_by_number(graph: Graph, raw: Expression) -> Expression | None:
    """Write division by a number as a product: Div is left for quotients of tensors."""
    a, b = raw.operands
    if b.scalar is None or b.scalar == 0 or not np.issubdtype(raw.dtype, np.floating):
        return None
    return _times(graph, a, float(np.float32(1) / np.float32(b.scalar)))


def sign_of_relu(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``relu(z) > 0`` as ``z > 0``: the mask depends on the pre-activation alone."""
    a, b = raw.operands
    if a.op == "Relu" and _is(b, 0):
        return graph.elementwise("Greater", a.operands[0], b, dtype=np.bool_)
    return None


def softmax_from_logarithm(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``exp(a - log(b))`` as ``exp(a) / b``, whose exp the log-softmax already has."""
    (difference,) = raw.operands
    if difference.op != "Sub" or difference.operands[1].op != "Log":
        return None
    a, logarithm = difference.operands
    return graph.div(graph.apply("Exp", (a,), a.shape), logarithm.operands[0])


def _noise(condition: Expression) -> Expression | None:
    """Return the random tensor whose ones a condition finds."""
    if condition.op != "Greater" or not _is(condition.operands[1], 0.5):
        return None
    drawn = condition.operands[0]
    random = drawn.op == INPUT and drawn.attribute("name").startswith(PREFIX)
    return drawn if random else None


def noise_as_number(graph: Graph, raw: Expression) -> Expression | None:
    """Drop the comparison where the ones of a random tensor are wanted as numbers."""
    drawn = _noise(raw.operands[0])
    return drawn if drawn is not None and raw.dtype == drawn.dtype else None


def choice_by_noise(graph: Graph, raw: Expression) -> Expression | None:
    """Write a choice by a random tensor as a sum, so that its mean chooses the mean."""
    condition, a, b = raw.operands
    drawn = _noise(condition)
    if drawn is None or raw.dtype != drawn.dtype:
        return None
    rest = graph.sub(graph.constant(1, raw.dtype), drawn)
    chosen = graph.add(graph.mul(a, drawn), graph.mul(b, rest))
    return chosen if chosen.shape == raw.shape else graph.expand(chosen, raw.shape)


def same_dtype(graph: Graph, raw: Expression) -> Expression | None:
    """Drop a Cast that converts nothing."""
    return raw.operands[0] if raw.operands[0].dtype == raw.dtype else None


def same_shape(graph: Graph, raw: Expression) -> Expression | None:
    """Drop an operator that moves nothing."""
    return raw.operands[0] if raw.operands[0].shape == raw.shape else None


def reshape_once(graph: Graph, raw: Expression) -> Expression | None:
    """Skip a Reshape before a Reshape."""
    inner = raw.operands[0]
    return graph.reshape(inner.operands[0], raw.shape) if inner.op == "Reshape" else None


def reshape_after_sum(graph: Graph, raw: Expression) -> Expression | None:
    """Let ``keepdims`` drop or restore a reduction's dimensions."""
    inner = raw.operands[0]
    if inner.op not in ("ReduceSum", "ReduceMax"):
        return None
    source, axes = inner.operands
    assert axes.constant is not None
    other = graph.reduce(inner.op, source, axes.constant.tolist(), not inner.attribute("keepdims"))
    return other if other.shape == raw.shape else None


def unmoved_axes(graph: Graph, raw: Expression) -> Expression | None:
    """Write a Transpose that keeps the order of all axes longer than 1 as a Reshape.

    A matrix of one row or column stays a Transpose: a layer of width 1 then looks like any other.
    """
    shape = raw.operands[0].shape
    if raw.attribute("perm") == (1, 0):
        return None
    long = [axis for axis in raw.attribute("perm") if shape[axis] != 1]
    return graph.reshape(raw.operands[0], raw.shape) if long == sorted(long) else None


def transpose_once(graph: Graph, raw: Expression) -> Expression | None:
    """Join a Transpose with the one before it."""
    inner = raw.operands[0]
    if inner.op != "Transpose":
        return None
    first = inner.attribute("perm")
    return graph.transpose(inner.operands[0], [first[axis] for axis in raw.attribute("perm")])


def _swapped(perm: Sequence[int]) -> bool:
    rank = len(perm)
    return rank >= 2 and list(perm) == [*range(rank - 2), rank - 1, rank - 2]


def transpose_of_product(graph: Graph, raw: Expression) -> Expression | None:
    """Write ``(A^T B)^T`` as ``B^T A``, when an operand is already transposed."""
    product, perm = raw.operands[0], raw.attribute("perm")
    if product.op != "MatMul" or not _swapped(perm):
        return None
    a, b = product.operands
    if len(a.shape) != len(b.shape) or not any(
        o.op == "Transpose" and _swapped(o.attribute("perm")) for o in (a, b)
    ):
        return None
    return graph.matmul(graph.transpose(b, perm), graph.transpose(a, perm))


_COMMON = (fold_constants, shrink_operands)

RULES: dict[str, Sequence[Rule]] = {
    **dict.fromkeys(ELEMENTWISE, _COMMON),
    "Add": (*_COMMON, constant_second, add_nothing, signed_term),
    "Sub": (*_COMMON, add_nothing, subtract_from_nothing, signed_term),
    "Mul": (
        *_COMMON,
        constant_second,
        product_with_nothing,
        multiply_by_one,
        merge_numbers,
        negated_difference,
        sign_outwards,
    ),
    "Div": (*_COMMON, divide_by_number, sign_outwards),
    "Equal": (*_COMMON, constant_second),
    "Greater": (*_COMMON, sign_of_relu),
    "Exp": (softmax_from_logarithm,),
    "Sqrt": (fold_constants,),
    "MatMul": (product_with_nothing,),
    "Not": (fold_constants,),
    "Concat": (fold_constants, same_shape),
    "Cast": (same_dtype, noise_as_number, fold_constants),
    "Where": (choice_by_noise, *_COMMON),
    "Expand": (same_shape, fold_constants),
    "Reshape": (same_shape, fold_constants, reshape_once, reshape_after_sum),
    "Transpose": (fold_constants, unmoved_axes, transpose_once, transpose_of_product),
}
