"""Sums, means and maxima over constant axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from zkpot.program.rows import merge_last

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.graph import Op, Shape
    from zkpot.program.rewriter import Rewriter


def _sum(r: Rewriter, op: Op) -> None:
    axes = r.axes(op)
    if axes is not None:
        r.emit(op, "ReduceSum", op.inputs[:1], op.output, axes=axes)


def _mean(r: Rewriter, op: Op) -> None:
    axes = r.axes(op)
    if axes is None:
        return
    shape = r.graph.shapes[op.inputs[0]]
    count = math.prod(shape[a] for a in axes)
    total = r.emit(
        op, "ReduceSum", op.inputs[:1], f"{op.output}/sum", r.graph.shapes[op.output], axes=axes
    )
    r.emit(op, "Mul", (total, r.constant(f"{op.output}/count", 1.0 / count)), op.output)


def maximum_of_axes(r: Rewriter, op: Op, axes: Shape) -> None:
    """A maximum over the last axis, after moving the reduced axes there and merging them."""
    rows = merge_last(r, op, axes)
    shape = r.graph.shapes[rows]
    last = (len(shape) - 1,)
    top = r.emit(op, "ReduceMax", (rows,), f"{op.output}/max", shape[:-1], axes=last)
    r.emit(op, "Reshape", (top,), op.output)


def _maximum(r: Rewriter, op: Op) -> None:
    axes = r.axes(op)
    if axes is None:
        return
    if not axes:
        r.emit(op, "Reshape", op.inputs[:1], op.output)
    elif axes != (len(r.graph.shapes[op.inputs[0]]) - 1,):
        maximum_of_axes(r, op, axes)
    else:
        r.emit(op, "ReduceMax", op.inputs[:1], op.output, axes=axes)


RULES: dict[str, Callable[[Any, Op], None]] = {
    "ReduceMax": _maximum,
    "ReduceMean": _mean,
    "ReduceSum": _sum,
}
