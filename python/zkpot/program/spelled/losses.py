"""ONNX's losses of class numbers: with weights, ignored labels and further axes.

A label selects by its one-hot row. The mean divides by the sum of the labels' weights, which is a
constant only where there are neither weights nor ignored labels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.spelled.place import integers, number, of_shape

if TYPE_CHECKING:
    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place

_FLOAT, _INT64 = 1, 7


@of_shape
def _softmax_cross_entropy(place: Place, shape: Shape) -> str:
    return _loss(place, shape, "logarithm = LogSoftmax <axis = -1> (moved)")


@of_shape
def _negative_log_likelihood(place: Place, shape: Shape) -> str:
    return _loss(place, shape, "logarithm = Identity (moved)")


def _loss(place: Place, shape: Shape, logarithm: str) -> str:
    rank = len(shape)
    there, back = [0, *range(2, rank), 1], [0, rank - 1, *range(1, rank - 1)]
    rows, classes = (shape[0], *shape[2:]), shape[1]
    weight = ", weight" if place.given(2) else ""
    log = ", log" if place.wanted(1) else ""
    ignored = place.attribute("ignore_index")
    return f"""(x, target{weight}) => (loss{log}) {{
        moved = Transpose <perm = {there}> (x)
        {logarithm}
        log = Transpose <perm = {back}> (logarithm)
        {_selected(rows, classes, ignored)}
        {"chosen = Mul (heeded, weight)" if weight else "chosen = Identity (heeded)"}
        picked = Mul (logarithm, chosen)
        every = {integers(range(rank))}
        class = {integers([rank - 1])}
        {_reduced(place, rows, bool(weight) or ignored is not None)}
    }}"""


def _selected(rows: Shape, classes: int, ignored: int | None) -> str:
    """Nodes from ``target`` to ``heeded``: one-hot rows, of zeros for the label that is ignored.

    A label that is no class gets a column of its own: one-hot rows show that a label has a column.
    """
    first = min(ignored or 0, 0)
    last = max(classes, (ignored or 0) + 1)
    columns = f"""
        whole = Cast <to = {_INT64}> (target)
        column_shape = {integers((*rows, 1))}
        column = Reshape (whole, column_shape)
        first = Constant <value_int: int = {first}> ()
        last = Constant <value_int: int = {last - first}> ()
        zero = Constant <value_int: int = 0> ()
        one = Constant <value_int: int = 1> ()
        places = Range (zero, last, one)
        {"counted = Sub (column, first)" if first else "counted = Identity (column)"}
        same = Equal (counted, places)
        hot = Cast <to = {_FLOAT}> (same)"""
    if last - first == classes and ignored is None:
        return columns + "\nheeded = Identity (hot)"
    if ignored is not None and 0 <= ignored < classes:
        kept = ", ".join(str(float(label != ignored)) for label in range(classes))
        return f"""{columns}
        kept = Constant <value_floats: floats = [{kept}]> ()
        heeded = Mul (hot, kept)"""
    return f"""{columns}
        begin = {integers([-first])}
        end = {integers([classes - first])}
        class_axis = {integers([len(rows)])}
        heeded = Slice (hot, begin, end, class_axis)"""


def _reduced(place: Place, rows: Shape, weighted: bool) -> str:
    reduction = place.attribute("reduction", "mean")
    if reduction == "none":
        return """total = ReduceSum <keepdims = 0> (picked, class)
            loss = Neg (total)"""
    if reduction == "sum":
        return """total = ReduceSum <keepdims = 0> (picked, every)
            loss = Neg (total)"""
    if not weighted:
        return f"""total = ReduceSum <keepdims = 0> (picked, every)
            share = {number(-1 / math.prod(rows))}
            loss = Mul (total, share)"""
    return """total = ReduceSum <keepdims = 0> (picked, every)
            negated = Neg (total)
            weights = ReduceSum <keepdims = 0> (chosen, every)
            loss = Div (negated, weights)"""


BODIES: dict[str, Body] = {
    "NegativeLogLikelihoodLoss": _negative_log_likelihood,
    "SoftmaxCrossEntropyLoss": _softmax_cross_entropy,
}
