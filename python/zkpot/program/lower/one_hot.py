"""One-hot rows: labels, or places of maxima, that are compared with the classes in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.index import identity, place, plain
from zkpot.program.lower.maxima import first_maximum

if TYPE_CHECKING:
    from zkpot.program.graph import Op
    from zkpot.program.lower.context import Lowering


def one_hot_rows(low: Lowering, op: Op) -> None:
    """Labels against ``0 .. classes - 1`` along the last axis: a one-hot row each."""
    constants = [i for i in op.inputs if i in low.graph.constants]
    tensors = [i for i in op.inputs if i not in low.graph.constants]
    argument = low.places.get(tensors[0]) if tensors else None
    known = argument is not None or (len(tensors) == 1 and low.tensor(op, tensors[0]))
    if len(constants) != 1 or not known:
        low.complaints.form(op.name, op.kind, "it does not compare labels with constants")
        return
    labels, classes = tensors[0], low.graph.constants[constants[0]]
    shape, out = low.shape(labels), low.shape(op.output)
    count = out[-1] if out else 0
    ordered = (
        classes.size == count
        and classes.shape[-1:] == (count,)
        and np.array_equal(classes.ravel(), np.arange(count))
    )
    if not ordered or count < 2:
        low.complaints.form(op.name, op.kind, "the constants are not 0, 1, 2, … on the last axis")
        return
    if argument is not None:
        if out == low.shape(argument):
            low.view(first_maximum(low, argument), op.output, out, identity(len(out)))
        else:
            low.complaints.form(op.name, op.kind, "the maxima's places need an own last axis")
        return
    padded = (1,) * (len(out) - len(shape)) + shape
    if padded[-1] != 1 or padded[:-1] != out[:-1]:
        low.complaints.form(op.name, op.kind, "the labels need an own last axis of length one")
        return
    axes = (*plain(range(len(out) - len(shape), len(out) - 1)), place(0))
    column = f"{labels}/labels"
    if column not in low.program.shapes:
        low.view(labels, column, out[:-1], axes)
    hot = low.apply("OneHot", (column,), f"{labels}/onehot{count}", out)
    low.view(hot, op.output, out, identity(len(out)))
