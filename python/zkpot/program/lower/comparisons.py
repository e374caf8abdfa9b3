"""Comparisons: each is the sign of a difference."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import identity
from zkpot.program.lower.one_hot import one_hot_rows
from zkpot.program.lower.signs import positive
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def greater(low: Lowering, op: Op) -> None:
    """``a > b``."""
    bound = low.scalar(op.inputs[1])
    if op.inputs[0] in low.graph.roles.random and bound in ({None: Fraction(1, 2)}, {}):
        shape = low.shape(op.output)
        low.view(op.inputs[0], op.output, shape, identity(len(shape)))
        return
    _compare(low, op, op.inputs[0], op.inputs[1], strict=True)


def greater_or_equal(low: Lowering, op: Op) -> None:
    """``a >= b``: not ``b > a``."""
    _compare(low, op, op.inputs[1], op.inputs[0], strict=False)


def less_or_equal(low: Lowering, op: Op) -> None:
    """``a <= b``: not ``a > b``."""
    _compare(low, op, op.inputs[0], op.inputs[1], strict=False)


def equal(low: Lowering, op: Op) -> None:
    """Labels against the classes in order: one-hot rows. Otherwise neither side is greater."""
    constants = [low.graph.constants[i] for i in op.inputs if i in low.graph.constants]
    places = any(name in low.places for name in op.inputs)
    if places or (len(constants) == 1 and constants[0].size > 1):
        one_hot_rows(low, op)
        return
    if _infinite(low, op) or _never(low, op):
        low.affine[op.output] = {None: Fraction(0)}
        return
    shape = low.shape(op.output)
    above = difference(low, op, *op.inputs)
    below = difference(low, op, op.inputs[1], op.inputs[0], "/other")
    if above is None or below is None:
        return
    axes = identity(len(shape))
    bits = [Term(Fraction(-1), Operand(positive(low, name), axes)) for name in (above, below)]
    low.define(op.output, shape, bits, Fraction(1))


def _compare(low: Lowering, op: Op, left: str, right: str, *, strict: bool) -> None:
    tested = difference(low, op, left, right)
    if tested is None:
        return
    shape = low.shape(op.output)
    bit = Operand(positive(low, tested), identity(len(shape)))
    if strict:
        low.define(op.output, shape, [Term(Fraction(1), bit)])
    else:
        low.define(op.output, shape, [Term(Fraction(-1), bit)], Fraction(1))


def difference(low: Lowering, op: Op, left: str, right: str, suffix: str = "") -> str | None:
    """``left - right``, repeated to the output's shape: a tensor of its own."""
    shape = low.shape(op.output)
    parts = [low.parts(op, name, shape) for name in (left, right)]
    if parts[0] is None or parts[1] is None:
        return None
    (above, a), (below, b) = parts[0], parts[1]
    if below == [] and b == 0 and len(above) == 1 and low.program.shapes.get(left) == shape:
        return left
    out = f"{op.output}/difference{suffix}"
    if not above and not below:
        low.complaints.form(op.name, op.kind, "it compares two constants")
        return None
    low.define(out, shape, [*above, *(t.scaled(Fraction(-1)) for t in below)], a - b)
    return out


def _infinite(low: Lowering, op: Op) -> bool:
    """Whether one side is an infinite constant, which no value of a program is."""
    constants = [low.graph.constants[i] for i in op.inputs if i in low.graph.constants]
    return any(array.dtype.kind == "f" and np.all(np.isinf(array)) for array in constants)


def _never(low: Lowering, op: Op) -> bool:
    """Whether labels, all of which one-hot rows show to be classes, are compared with none."""
    numbers = [low.scalar(name) for name in op.inputs]
    labels = [name for name in op.inputs if name in low.graph.roles.data]
    public = next((number for number in numbers if number is not None), None)
    if public is None or set(public) != {None} or len(labels) != 1 or public[None] >= 0:
        return False
    producers = low.graph.producers()
    for other in low.graph.ops:
        classes = [i for i in other.inputs if i in low.graph.constants]
        if other.kind != "Equal" or len(classes) != 1 or low.graph.constants[classes[0]].size < 2:
            continue
        source = next(i for i in other.inputs if i not in classes)
        while source in producers and producers[source].kind == "Reshape":
            source = producers[source].inputs[0]
        if source == labels[0]:
            return True
    return False
