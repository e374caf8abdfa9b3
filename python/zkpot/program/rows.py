"""Axes moved to the end, where rules of the last axis apply, and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zkpot.program.graph import Op, Shape
    from zkpot.program.rewriter import Rewriter


def move_last(r: Rewriter, op: Op, source: str, out: str, axis: int) -> str:
    """The tensor with an axis at the end; itself where that is so already."""
    shape = r.graph.shapes[source]
    if axis == len(shape) - 1:
        return source
    perm = (*(a for a in range(len(shape)) if a != axis), axis)
    return r.emit(op, "Transpose", (source,), out, tuple(shape[a] for a in perm), perm=perm)


def move_back(r: Rewriter, op: Op, source: str, out: str, axis: int) -> None:
    """The last axis back at `axis`, in a tensor whose shape is known."""
    rank = len(r.graph.shapes[out])
    order = (*(a for a in range(rank) if a != axis), axis)
    r.emit(op, "Transpose", (source,), out, perm=tuple(order.index(a) for a in range(rank)))


def merge_last(r: Rewriter, op: Op, axes: Shape) -> str:
    """The first input with these axes merged into one at the end."""
    source = op.inputs[0]
    shape = r.graph.shapes[source]
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    perm = (*kept, *axes)
    moved = tuple(shape[axis] for axis in perm)
    rows = (*moved[: len(kept)], math.prod(moved[len(kept) :]))
    if perm != tuple(range(len(shape))):
        source = r.emit(op, "Transpose", (source,), f"{op.output}/moved", moved, perm=perm)
    if rows != moved:
        source = r.emit(op, "Reshape", (source,), f"{op.output}/rows", rows)
    return source
