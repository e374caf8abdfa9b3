"""Operators that move elements to constant places, and those that resize by constant factors.

ONNX's reference, run on the numbers of the elements in their order, says which element goes where:
each such operator is then one gather from the elements in a row. What resizes acts along each axis
by a matrix, which is what the reference makes of the unit vectors.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.folding import evaluate
from zkpot.program.spelled.place import integers, of_shape, positions

if TYPE_CHECKING:
    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place


def _run(place: Place, arrays: list[np.ndarray | None]) -> np.ndarray | None:
    """The node's first output for other inputs; None where the reference has none."""
    import onnx

    node = onnx.NodeProto()
    node.CopyFrom(place.node)
    del node.input[:], node.output[1:]
    node.input.extend("" if a is None else f"i{n}" for n, a in enumerate(arrays))
    values = {f"i{n}": a for n, a in enumerate(arrays) if a is not None}
    try:
        return evaluate(node, values, place.opset)[node.output[0]]
    except Exception:  # the evaluator raises many kinds
        return None


def _counted(shape: Shape, first: int = 0) -> np.ndarray:
    return np.arange(first, first + math.prod(shape), dtype=np.float64).reshape(shape)


def _gathered(place: Place, shape: Shape, *, zeros: bool) -> str | None:
    """Elements of the first input at places that the other inputs, all constant, name.

    zeros: whether zeros stand where no element does; one before the first element gives them.
    """
    rest = [place.constant(number) for number in range(1, len(place.node.input))]
    if any(values is None for values in rest):
        return None
    found = _run(place, [_counted(shape, int(zeros)), *rest])
    if found is None or not found.size:
        return None
    inputs = ", ".join(["x", *(f"given{n}" for n in range(len(rest)))])
    with_zero = """nothing = Constant <value_floats: floats = [0.0]> ()
        all = Concat <axis = 0> (nothing, flat)"""
    return f"""({inputs}) => (y) {{
        row = {integers([-1])}
        flat = Reshape (x, row)
        {with_zero if zeros else ""}
        {positions("places", found)}
        y = Gather <axis = 0> ({"all" if zeros else "flat"}, places)
    }}"""


@of_shape
def _taken(place: Place, shape: Shape) -> str | None:
    return _gathered(place, shape, zeros=False)


@of_shape
def _unpooled(place: Place, shape: Shape) -> str | None:
    return _gathered(place, shape, zeros=True)


def _matrix(name: str, values: np.ndarray) -> str:
    numbers = ", ".join(repr(float(value)) for value in values.ravel())
    rows, columns = values.shape
    return f"{name} = Constant <value = float[{rows}, {columns}] {{ {numbers} }}> ()"


@of_shape
def _resized(place: Place, shape: Shape) -> str | None:
    """``Resize``: a product with a constant matrix along each axis that changes."""
    if place.attribute("keep_aspect_ratio_policy", "stretch") != "stretch":
        return None
    regions, scales, sizes = (place.constant(number) for number in (1, 2, 3))
    computed = any(place.given(n) and place.constant(n) is None for n in (1, 2, 3))
    if computed or (scales is None) == (sizes is None):
        return None
    rank = len(shape)
    axes = [axis % rank for axis in place.attribute("axes", range(rank))]
    lines, source = [], "x"
    for number, axis in enumerate(axes):
        length = shape[axis]
        unit = _one_axis(place, length, number, len(axes), regions, scales, sizes)
        if unit is None:
            return None
        if unit.shape == (length, length) and np.array_equal(unit, np.eye(length)):
            continue
        order = [*(a for a in range(rank) if a != axis), axis]
        lines.append(f"moved{axis} = Transpose <perm = {order}> ({source})")
        lines.append(_matrix(f"matrix{axis}", unit))
        lines.append(f"scaled{axis} = MatMul (moved{axis}, matrix{axis})")
        back = [order.index(a) for a in range(rank)]
        lines.append(f"back{axis} = Transpose <perm = {back}> (scaled{axis})")
        source = f"back{axis}"
    inputs = ["x", *(f"given{n}" for n in (1, 2, 3) if place.given(n))]
    newline = "\n"
    return f"""({", ".join(inputs)}) => (y) {{
        {newline.join(lines)}
        y = Identity ({source})
    }}"""


def _one_axis(
    place: Place,
    length: int,
    number: int,
    count: int,
    regions: np.ndarray | None,
    scales: np.ndarray | None,
    sizes: np.ndarray | None,
) -> np.ndarray | None:
    """What the reference makes of the unit vectors of one axis, rows; None where zeros change."""
    import dataclasses

    import onnx

    node = onnx.NodeProto()
    node.CopyFrom(place.node)
    kept = [a for a in node.attribute if a.name != "axes"]
    del node.attribute[:]
    node.attribute.extend(kept)
    alone = dataclasses.replace(place, node=node)
    region = None
    if regions is not None and regions.size == 2 * count:
        region = np.asarray([0, regions[number], 1, regions[count + number]], np.float32)
    scale = None if scales is None else np.asarray([1, scales[number]], np.float32)
    size = None if sizes is None else np.asarray([length, sizes[number]], np.int64)
    unit = np.eye(length, dtype=np.float32)
    found = _run(alone, [unit, region, scale, size])
    zeros = _run(alone, [0 * unit, region, scale, size])
    return None if found is None or zeros is None or np.any(zeros) else found


BODIES: dict[str, Body] = {
    "Compress": _taken,
    "GatherElements": _taken,
    "GatherND": _taken,
    "MaxUnpool": _unpooled,
    "Resize": _resized,
    "ReverseSequence": _taken,
}
