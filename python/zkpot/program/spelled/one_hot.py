"""``OneHot``: class numbers, compared with the classes in order, choose between two values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.spelled.place import integers, of_shape, positions

if TYPE_CHECKING:
    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place

_INT64, _BOOL = 7, 9


@of_shape
def _one_hot(place: Place, shape: Shape) -> str | None:
    """``off + (on - off) hot``, with the classes along a last axis that then moves to its place."""
    depth, rank = place.constant(1), len(shape) + 1
    kind = place.types[place.node.input[2]].tensor_type.elem_type
    if depth is None or kind == _BOOL:
        return None
    classes, axis = int(depth.reshape(())), place.attribute("axis", -1) % rank
    order = list(range(rank - 1))
    order.insert(axis, rank - 1)
    numbers = place.constant(0)
    return f"""(indices, depth, values) => (y) {{
        {_compared(shape, classes) if numbers is None else _known(numbers, classes)}
        hot = Cast <to = {kind}> (same)
        start = {integers([0])}
        middle = {integers([1])}
        end = {integers([2])}
        off = Slice (values, start, middle)
        on = Slice (values, middle, end)
        change = Sub (on, off)
        changed = Mul (hot, change)
        rows = Add (changed, off)
        y = Transpose <perm = {order}> (rows)
    }}"""


def _compared(shape: Shape, classes: int) -> str:
    """Of numbers from a data field, which one-hot rows show to be classes, or of maxima's places.

    A negative number, which ONNX counts from the last class, is none of these.
    """
    return f"""
        whole = Cast <to = {_INT64}> (indices)
        column_shape = {integers((*shape, 1))}
        column = Reshape (whole, column_shape)
        places = {integers(range(classes))}
        same = Equal (column, places)"""


def _known(numbers: np.ndarray, classes: int) -> str:
    """Of constants: negative ones are counted from the last class, others beyond it give no one."""
    whole = numbers.astype(np.int64)
    same = np.where(whole < 0, whole + classes, whole)[..., None] == np.arange(classes)
    return positions("same", same)


BODIES: dict[str, Body] = {"OneHot": _one_hot}
