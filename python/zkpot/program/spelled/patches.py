"""Windows of images: their norms, and images as the sums of overlapping patches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.spelled.place import choice, integers, of_shape, static_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place

#: What is summed, and what the norm is of the sum. Other roots lose what is far below the greatest.
_ORDERS = {
    1: ("size = Abs (x)", "y = Identity (total)"),
    2: ("size = Mul (x, x)", "y = Sqrt (total)"),
}


@of_shape
def _norm(place: Place, shape: Shape) -> str | None:
    """``LpPool``: roots of sums over windows, each channel's convolution with ones."""
    known = place.types.get(place.node.output[0])
    pooled = None if known is None else static_shape(known)
    order = place.attribute("p", 2)
    if pooled is None or order not in _ORDERS:
        return None
    size, norm = _ORDERS[order]
    return f"""(x) => (y) {{
        {size}
        ones_shape = {integers((shape[1], 1, *place.attribute("kernel_shape")))}
        ones = ConstantOfShape <value = float[1] {{1.0}}> (ones_shape)
        total = Conv <{", ".join(_settings(place, shape, pooled))}> (size, ones)
        {norm}
    }}"""


def _settings(place: Place, shape: Shape, pooled: Shape) -> list[str]:
    """Attributes of the convolution, whose pads behind are those that its last window reaches."""
    kernel = place.attribute("kernel_shape")
    rank = len(kernel)
    strides = place.attribute("strides", [1] * rank)
    dilations = place.attribute("dilations", [1] * rank)
    found = [f"group = {shape[1]}", f"strides = {list(strides)}", f"dilations = {list(dilations)}"]
    mode = place.attribute("auto_pad", "NOTSET")
    if mode != "NOTSET":
        return [*found, f'auto_pad = "{mode}"']
    before = list(place.attribute("pads", [0] * (2 * rank)))[:rank]
    ends = [
        (count - 1) * step + (size - 1) * gap + 1
        for count, step, size, gap in zip(pooled[2:], strides, kernel, dilations, strict=True)
    ]
    behind = [
        max(0, end - length - pad) for end, length, pad in zip(ends, shape[2:], before, strict=True)
    ]
    return [*found, f"pads = {before + behind}"]


@of_shape
def _folded(place: Place, shape: Shape) -> str | None:
    """``Col2Im``: along each axis, a product with zeros and ones adds patches up where they lie.

    Places in front of the image and behind it are cut off afterwards, so that each row has a one.
    """
    image, block = place.constant(1), place.constant(2)
    if image is None or block is None or len(shape) != 3:
        return None
    rank = image.size
    strides = place.attribute("strides", [1] * rank)
    dilations = place.attribute("dilations", [1] * rank)
    pads = list(place.attribute("pads", [0] * (2 * rank)))
    kernel, lengths = [int(n) for n in block], [int(n) for n in image]
    padded = [n + pads[axis] + pads[rank + axis] for axis, n in enumerate(lengths)]
    counts = [
        (padded[axis] - (kernel[axis] - 1) * dilations[axis] - 1) // strides[axis] + 1
        for axis in range(rank)
    ]
    outer = [shape[0], shape[1] // math.prod(kernel)]
    # From slots of all axes, then patches of all axes, to slots and patches of each axis.
    order = [0, 1, *(2 + axis + part * rank for axis in range(rank) for part in (0, 1))]
    joined = [size * count for size, count in zip(kernel, counts, strict=True)]
    lines, source = [], "rows"
    for axis in range(rank):
        slots, patches = range(kernel[axis]), range(counts[axis])
        places = [s * dilations[axis] + p * strides[axis] for s in slots for p in patches]
        lines.append(_added(source, axis, rank, places, padded[axis]))
        source = f"added{axis}"
    newline = "\n"
    return f"""(x, image, block) => (y) {{
        split = {integers([*outer, *kernel, *counts])}
        parts = Reshape (x, split)
        sorted = Transpose <perm = {order}> (parts)
        joined = {integers([*outer, *joined])}
        rows = Reshape (sorted, joined)
        {newline.join(lines)}
        starts = {integers(pads[:rank])}
        ends = {integers(p + n for p, n in zip(pads, lengths, strict=False))}
        axes = {integers(range(2, 2 + rank))}
        y = Slice ({source}, starts, ends, axes)
    }}"""


def _added(source: str, axis: int, rank: int, places: Sequence[int], length: int) -> str:
    """Nodes that add the elements of a spatial axis up at these places of a new one."""
    order = [*(a for a in range(2 + rank) if a != 2 + axis), 2 + axis]
    back = [order.index(a) for a in range(2 + rank)]
    return f"""
        moved{axis} = Transpose <perm = {order}> ({source})
        {choice(f"ones{axis}", np.asarray(places), length)}
        summed{axis} = MatMul (moved{axis}, ones{axis})
        added{axis} = Transpose <perm = {back}> (summed{axis})"""


BODIES: dict[str, Body] = {"Col2Im": _folded, "LpPool": _norm}
