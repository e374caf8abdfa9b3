"""Greatest elements along any axis: their places, one-hot rows of them, and softmaxes.

Each is a rule of the last axis, to which the axis is moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program.rows import move_back, move_last

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.graph import Op
    from zkpot.program.rewriter import Rewriter


def _axis(r: Rewriter, op: Op, default: int) -> int:
    return int(op.attributes.get("axis", default)) % max(len(r.graph.shapes[op.inputs[0]]), 1)


def _place(r: Rewriter, op: Op) -> None:
    """``ArgMax`` and ``ArgMin``: the first of equals, or the last, counted from the end."""
    axis, out = _axis(r, op, 0), op.output
    source = move_last(r, op, op.inputs[0], f"{out}/moved", axis)
    shape = r.graph.shapes[source]
    if op.kind == "ArgMin":
        minus = r.constant(f"{out}/minus", -1.0)
        source = r.emit(op, "Mul", (source, minus), f"{out}/negated", shape)
    if not op.attributes.get("select_last_index", 0):
        if axis == len(shape) - 1 and op.kind == "ArgMax":
            r.emit(op, "ArgMax", (source,), out)
        else:
            place = r.emit(op, "ArgMax", (source,), f"{out}/place", (*shape[:-1], 1))
            r.emit(op, "Reshape", (place,), out)
        return
    steps = (*[1] * (len(shape) - 1), -1)
    starts = (*[0] * (len(shape) - 1), shape[-1] - 1)
    turned = r.emit(op, "Slice", (source,), f"{out}/turned", shape, starts=starts, steps=steps)
    place = r.emit(op, "ArgMax", (turned,), f"{out}/place", (*shape[:-1], 1))
    last = r.constant(f"{out}/last", shape[-1] - 1.0)
    counted = r.emit(op, "Sub", (last, place), f"{out}/counted", (*shape[:-1], 1))
    r.emit(op, "Reshape", (counted,), out)


def one_hot(r: Rewriter, op: Op, column: str, count: int, out: str) -> str:
    """Rows of zeros and a one out of places with an own last axis, of labels or of maxima."""
    classes = f"{out}/classes"
    r.graph.constants[classes] = np.arange(count, dtype=np.int64)
    r.graph.shapes[classes], r.graph.types[classes] = (count,), "int"
    shape = (*r.graph.shapes[column][:-1], count)
    return r.emit(op, "Equal", (column, classes), out, shape)


def _hardmax(r: Rewriter, op: Op) -> None:
    axis, out = _axis(r, op, -1), op.output
    source = move_last(r, op, op.inputs[0], f"{out}/moved", axis)
    shape = r.graph.shapes[source]
    place = r.emit(op, "ArgMax", (source,), f"{out}/place", (*shape[:-1], 1))
    hot = one_hot(r, op, place, shape[-1], f"{out}/hot")
    move_back(r, op, hot, out, axis)


def _softmax(r: Rewriter, op: Op) -> None:
    axis, out = _axis(r, op, -1), op.output
    source = move_last(r, op, op.inputs[0], f"{out}/moved", axis)
    shape = r.graph.shapes[source]
    last = axis == len(shape) - 1
    small, axes = (*shape[:-1], 1), (len(shape) - 1,)
    top = r.emit(op, "ReduceMax", (source,), f"{out}/max", small, axes=axes)
    shifted = r.emit(op, "Sub", (source, top), f"{out}/shifted", shape)
    exp = r.emit(op, "Exp", (shifted,), f"{out}/exp", shape)
    total = r.emit(op, "ReduceSum", (exp,), f"{out}/sum", small, axes=axes)
    if op.kind == "Softmax":
        row = r.emit(op, "Div", (exp, total), out if last else f"{out}/row", shape)
    else:
        log = r.emit(op, "Log", (total,), f"{out}/log", small)
        row = r.emit(op, "Sub", (shifted, log), out if last else f"{out}/row", shape)
    if not last:
        move_back(r, op, row, out, axis)


RULES: dict[str, Callable[[Any, Op], None]] = {
    "ArgMax": _place,
    "ArgMin": _place,
    "Hardmax": _hardmax,
    "LogSoftmax": _softmax,
    "Softmax": _softmax,
}
