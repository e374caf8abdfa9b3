"""Reductions over constant axes: sums of something, least elements, products."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.spelled.place import integers

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.spelled.place import Body, Place

#: Factors of one product.
MOST_FACTORS = 64


def reduced_axes(place: Place) -> list[int] | None:
    """The axes, none where the operator then does nothing, from attribute or input."""
    shape = place.shape(0)
    if shape is None:
        return None
    axes = place.attribute("axes", [])
    if place.given(1):
        given = place.constant(1)
        if given is None:
            return None
        axes = [int(axis) for axis in given.reshape(-1)]
    if not axes and not place.attribute("noop_with_empty_axes", 0):
        axes = range(len(shape))
    return sorted(axis % len(shape) for axis in axes)


def maximum(opset: int, out: str, source: str, axes: list[int], kept: int) -> str:
    """A node ``ReduceMax`` as its operator set spells it."""
    if opset < 18:
        return f"{out} = ReduceMax <axes = {axes}, keepdims = {kept}> ({source})"
    return f"{out} = ReduceMax <keepdims = {kept}, noop_with_empty_axes = 1> ({source}, axes)"


def _body(write: Callable[[Place, list[int], int], str]) -> Body:
    """A body of ``x``, with ``axes`` a constant."""

    def body(place: Place) -> str | None:
        axes = reduced_axes(place)
        if axes is None:
            return None
        inputs = "(x, given)" if place.given(1) else "(x)"
        text = write(place, axes, place.attribute("keepdims", 1))
        known = f"axes = {integers(axes)}" if axes else "axes = Constant <value = int64[0] {}> ()"
        return f"{inputs} => (y) {{ {known}\n {text} }}"

    return body


def _sum(out: str, source: str, kept: int) -> str:
    return f"{out} = ReduceSum <keepdims = {kept}, noop_with_empty_axes = 1> ({source}, axes)"


def _of(each: str, last: str) -> Body:
    """The sum of ``each`` element, of which the result is ``last``."""
    return _body(lambda _, __, kept: f"{each}\n{_sum('total', 'each', kept)}\n{last}")


def _log_sum_exp(place: Place, axes: list[int], kept: int) -> str:
    """``max + log(sum(exp(x - max)))``, so that no exponential exceeds 1."""
    assert place.shape(0) is not None
    return f"""
        {maximum(place.opset, "top", "x", axes, 1)}
        {maximum(place.opset, "added", "x", axes, kept)}
        shifted = Sub (x, top)
        exp = Exp (shifted)
        {_sum("total", "exp", kept)}
        log = Log (total)
        y = Add (added, log)"""


def _minimum(place: Place, axes: list[int], kept: int) -> str:
    return f"""
        negated = Neg (x)
        {maximum(place.opset, "top", "negated", axes, kept)}
        y = Neg (top)"""


def _product(place: Place) -> str | None:
    """Factor by factor, half of them with the other half."""
    shape, axes = place.shape(0), reduced_axes(place)
    if shape is None or axes is None:
        return None
    count = math.prod(shape[axis] for axis in axes)
    if not 0 < count <= MOST_FACTORS:
        return None
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    rest = [shape[axis] for axis in kept]
    result = [1 if axis in axes else n for axis, n in enumerate(shape)]
    lines = []
    for number in range(count):
        lines.append(f"from{number} = {integers([number])}")
        lines.append(f"to{number} = {integers([number + 1])}")
        lines.append(f"f{number} = Slice (rows, from{number}, to{number}, last)")
    factors = [f"f{number}" for number in range(count)]
    while len(factors) > 1:
        left, right, *factors = factors
        lines.append(f"{left}_{right} = Mul ({left}, {right})")
        factors.append(f"{left}_{right}")
    newline = "\n"
    return f"""{"(x, given)" if place.given(1) else "(x)"} => (y) {{
        moved = Transpose <perm = {kept + axes}> (x)
        split = {integers([*rest, count])}
        rows = Reshape (moved, split)
        last = {integers([len(rest)])}
        {newline.join(lines)}
        shape = {integers(result if place.attribute("keepdims", 1) else rest)}
        y = Reshape ({factors[0]}, shape)
    }}"""


BODIES: dict[str, Body] = {
    "ReduceL1": _of("each = Abs (x)", "y = Identity (total)"),
    "ReduceL2": _of("each = Mul (x, x)", "y = Sqrt (total)"),
    "ReduceLogSum": _of("each = Identity (x)", "y = Log (total)"),
    "ReduceLogSumExp": _body(_log_sum_exp),
    "ReduceMin": _body(_minimum),
    "ReduceProd": _product,
    "ReduceSumSquare": _of("each = Mul (x, x)", "y = Identity (total)"),
}
