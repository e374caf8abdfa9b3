"""Convolutions and pooling: tensors read through sliding windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpot.program.index import Index, affine, place, plain
from zkpot.program.lower.layout import change_shape
from zkpot.program.lower.selection import take
from zkpot.program.real import Operand, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.program.graph import Op, Shape
    from zkpot.program.lower.context import Lowering


@dataclass(frozen=True)
class Windows:
    """How windows of `kernel` places lie on the spatial axes of an image.

    `pads` are the places in front of each axis.
    """

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads: tuple[int, ...]

    def read(self, axis: int, position: int, slot: int) -> Index:
        """Which place of spatial axis `axis` slot `slot` of window `position` reads."""
        strides = {position: self.strides[axis], slot: self.dilations[axis]}
        return affine(strides, -self.pads[axis])

    def read_back(self, axis: int, cell: int, slot: int) -> Index:
        """Which window reads place `cell` of spatial axis `axis` in slot `slot`."""
        strides = {cell: 1, slot: -self.dilations[axis]}
        return affine(strides, self.pads[axis], self.strides[axis])

    def nearest(self, axis: int, count: int, length: int) -> np.ndarray:
        """The place that each slot of each of `count` windows reads, moved inside of the image."""
        starts = np.arange(count)[:, None] * self.strides[axis] - self.pads[axis]
        places = starts + np.arange(self.kernel[axis]) * self.dilations[axis]
        inside = (places >= 0) & (places < length)
        first = np.where(inside, places, length).min(axis=1, keepdims=True)
        last = np.where(inside, places, -1).max(axis=1, keepdims=True)
        return np.asarray(np.clip(places, first, last))


def _numbers(attributes: Mapping[str, Any], name: str, rank: int, default: int) -> tuple[int, ...]:
    return tuple(int(n) for n in attributes.get(name, [default] * rank))


def _automatic(op: Op) -> str:
    mode = op.attributes.get("auto_pad", b"NOTSET")
    return mode.decode() if isinstance(mode, bytes) else str(mode)


def _windows(op: Op, kernel: tuple[int, ...], image: Shape, windows: Shape) -> Windows:
    """The windows of a convolution or pooling from `image` places to as many `windows`."""
    rank = len(kernel)
    strides = _numbers(op.attributes, "strides", rank, 1)
    dilations = _numbers(op.attributes, "dilations", rank, 1)
    mode = _automatic(op)
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        missing = [
            max(0, (count - 1) * step + (size - 1) * gap + 1 - length)
            for count, step, size, gap, length in zip(
                windows, strides, kernel, dilations, image, strict=True
            )
        ]
        pads = tuple(n // 2 if mode == "SAME_UPPER" else n - n // 2 for n in missing)
    elif mode == "VALID":
        pads = (0,) * rank
    else:
        pads = _numbers(op.attributes, "pads", 2 * rank, 0)[:rank]
    return Windows(kernel, strides, dilations, pads)


def _uniform(low: Lowering, name: str) -> Fraction | None:
    """The number that all weights are, as of a sum over windows."""
    number = low.scalar(name)
    return number[None] if number is not None and set(number) == {None} else None


def _bias(low: Lowering, op: Op, channel: Index) -> list[Term] | None:
    """The term of a bias, if there is one; None where it is no tensor."""
    if len(op.inputs) < 3 or not op.inputs[2]:
        return []
    if not low.tensor(op, op.inputs[2]):
        return None
    return [Term(Fraction(1), Operand(op.inputs[2], (channel,)))]


def convolve(low: Lowering, op: Op) -> None:
    """``y[n, o, p, ...] = sum of x[n, c, stride p + dilation i - pad, ...] w[o, c, i, ...]``."""
    _convolution(low, op, transposed=False)


def convolve_transposed(low: Lowering, op: Op) -> None:
    """``y[n, o, h, ..] = sum of x[n, c, (h + pad - dilation i) / stride, ..] w[c, o, i, ..]``."""
    _convolution(low, op, transposed=True)


def _convolution(low: Lowering, op: Op, *, transposed: bool) -> None:
    image, weight = op.inputs[:2]
    uniform = _uniform(low, weight)
    read = [image] if uniform is not None else [image, weight]
    if not low.tensors(op, read):
        return
    before, after, weights = low.shape(image), low.shape(op.output), low.shape(weight)
    rank, groups = len(before) - 2, int(op.attributes.get("group", 1))
    narrow, wide = before[1] // groups, after[1] // groups
    windows = (
        _transposed_windows(op, weights[2:], before[2:], after[2:])
        if transposed
        else _windows(op, weights[2:], before[2:], after[2:])
    )
    # Output labels: sample, group and channel in it, places; summed ones: channel, slots.
    grouped = groups > 1 and wide > 1
    shape = (after[0], groups, wide, *after[2:]) if grouped else after
    group, channel = 1, 2 if grouped else 1
    first, summed = channel + 1, len(shape)
    places = [
        (windows.read_back if transposed else windows.read)(a, first + a, summed + 1 + a)
        for a in range(rank)
    ]
    in_group = {group: narrow} if groups > 1 else {}
    image_channel = affine({**in_group, summed: 1})
    out_channel = affine({group: wide, channel: 1} if grouped else {channel: 1})
    slots = plain(range(summed + 1, summed + 1 + rank))
    if transposed:
        of_group = place(0) if wide == 1 else plain([channel])[0]
        weight_axes = (image_channel, of_group, *slots)
    else:
        weight_axes = (out_channel, *plain([summed]), *slots)
    term = Term(
        Fraction(1) if uniform is None else uniform,
        Operand(image, (*plain([0]), image_channel, *places)),
        Operand(weight, weight_axes) if uniform is None else None,
        summed=(narrow, *windows.kernel),
    )
    bias = _bias(low, op, out_channel)
    if bias is None:
        return
    name = f"{op.output}/groups" if grouped else op.output
    low.define(name, shape, [term, *bias])
    if grouped:
        change_shape(low, name, op.output, after)


def _transposed_windows(op: Op, kernel: tuple[int, ...], image: Shape, out: Shape) -> Windows:
    """Those of the convolution from `out` to `image` whose transpose the operator is."""
    rank = len(kernel)
    strides = _numbers(op.attributes, "strides", rank, 1)
    dilations = _numbers(op.attributes, "dilations", rank, 1)
    mode = _automatic(op)
    if mode == "NOTSET" and "output_shape" not in op.attributes:
        pads = _numbers(op.attributes, "pads", 2 * rank, 0)[:rank]
        return Windows(kernel, strides, dilations, pads)
    more = _numbers(op.attributes, "output_padding", rank, 0)
    total = [
        step * (count - 1) + extra + (size - 1) * gap + 1 - length
        for step, count, extra, size, gap, length in zip(
            strides, image, more, kernel, dilations, out, strict=True
        )
    ]
    upper = mode == "SAME_UPPER"
    pads = tuple(max(0, n) // 2 if upper else max(0, n) - max(0, n) // 2 for n in total)
    return Windows(kernel, strides, dilations, pads)


def average(low: Lowering, op: Op) -> None:
    """The sum over each window, divided by its size or by its places inside of the image."""
    if not low.tensor(op, op.inputs[0]):
        return
    kernel = tuple(int(n) for n in op.attributes["kernel_shape"])
    before, after = low.shape(op.inputs[0]), low.shape(op.output)
    rank = len(kernel)
    windows = _windows(op, kernel, before[2:], after[2:])
    slots = range(2 + rank, 2 + 2 * rank)
    axes = [windows.read(a, 2 + a, slot) for a, slot in enumerate(slots)]
    image = Operand(op.inputs[0], (*plain([0, 1]), *axes))
    counts = [_counts(op, windows, a, before[2 + a], after[2 + a]) for a in range(rank)]
    if all(np.all(own == own[0]) for own in counts):
        factor = Fraction(1, math.prod(int(own[0]) for own in counts))
        low.define(op.output, after, [Term(factor, image, summed=kernel)])
        return
    size = counts[0]
    for own in counts[1:]:
        size = np.multiply.outer(size, own)
    share = low.add_constant(f"{op.output}/share", 1.0 / size)
    operand = Operand(share, plain(range(2, 2 + rank)))
    low.define(op.output, after, [Term(Fraction(1), image, operand, summed=kernel)])


def _counts(op: Op, windows: Windows, axis: int, length: int, count: int) -> np.ndarray:
    """How many places count in each window along an axis."""
    rank = len(windows.kernel)
    first, last = 0, length
    if op.attributes.get("count_include_pad", 0):
        behind = _numbers(op.attributes, "pads", 2 * rank, 0)[rank + axis]
        if _automatic(op) == "VALID":
            behind = 0
        elif _automatic(op) != "NOTSET":  # Just enough for every window.
            behind = windows.kernel[axis] * windows.dilations[axis]
        first, last = -windows.pads[axis], length + behind
    positions = np.arange(count)[:, None] * windows.strides[axis] - windows.pads[axis]
    places = positions + np.arange(windows.kernel[axis]) * windows.dilations[axis]
    inside = (places >= first) & (places < last)
    return np.asarray(inside.sum(axis=1))


def maximum(low: Lowering, op: Op) -> None:
    """The greatest of each window's places inside of the image.

    Slots outside read the nearest place of their window, which changes no maximum.
    """
    if not low.tensor(op, op.inputs[0]):
        return
    if len(op.outputs) > 1 and op.outputs[1] in low.graph.consumers():
        low.complaints.form(op.name, op.kind, "its indices are read")
        return
    kernel = tuple(int(n) for n in op.attributes["kernel_shape"])
    before, after = low.shape(op.inputs[0]), low.shape(op.output)
    rank = len(kernel)
    windows = _windows(op, kernel, before[2:], after[2:])
    name = op.inputs[0]
    for axis in range(rank):
        places = windows.nearest(axis, after[2 + axis], before[2 + axis])
        name = take(low, name, f"{op.output}/windows{axis}", 2 + 2 * axis, places)
    order = [0, 1, *range(2, 2 + 2 * rank, 2), *range(3, 3 + 2 * rank, 2)]
    split = tuple(low.program.shapes[name][axis] for axis in order)
    axes = plain(order.index(axis) for axis in range(len(order)))
    slots = low.view(name, f"{op.output}/split", split, axes)
    flat = change_shape(low, slots, f"{op.output}/slots", (*after, math.prod(kernel)))
    low.apply("Max", (flat,), op.output, after)
