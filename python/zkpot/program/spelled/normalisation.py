"""Normalisations over axes, with one reciprocal deviation for all elements that share it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zkpot.program.spelled.place import integers, number, of_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpot.program.graph import Shape
    from zkpot.program.spelled.place import Body, Place


def mean(out: str, source: str, axes: Sequence[int], shape: Sequence[int]) -> str:
    """Nodes that give the mean over axes, which stay with length one."""
    count = math.prod(shape[a] for a in axes)
    return f"""
        {out}_axes = {integers(axes)}
        {out}_sum = ReduceSum <keepdims = 1> ({source}, {out}_axes)
        {out}_share = {number(1 / count)}
        {out} = Mul ({out}_sum, {out}_share)"""


def _standard(axes: Sequence[int], shape: Sequence[int], epsilon: float) -> str:
    """Nodes from ``x`` to ``standard``, by way of ``average``, ``variance`` and ``inverse``."""
    return f"""
        {mean("average", "x", axes, shape)}
        centred = Sub (x, average)
        square = Mul (centred, centred)
        {mean("variance", "square", axes, shape)}
        {_inverse("variance", epsilon)}
        standard = Mul (centred, inverse)"""


def _inverse(variance: str, epsilon: float) -> str:
    return f"""
        epsilon = {number(epsilon)}
        above_zero = Add ({variance}, epsilon)
        deviation = Sqrt (above_zero)
        inverse = Reciprocal (deviation)"""


def _channels(shape: Sequence[int], *names: str) -> str:
    """Nodes that put vectors of channels along the second axis, as ``<name>_wide``."""
    wide = (1, -1, *[1] * (len(shape) - 2))
    lines = [f"channels = {integers(wide)}"]
    lines += [f"{name}_wide = Reshape ({name}, channels)" for name in names]
    return "\n".join(lines)


@of_shape
def _layer(place: Place, shape: Shape) -> str:
    first = place.attribute("axis", -1) % len(shape)
    axes = range(first, len(shape))
    biased = place.given(2)
    outputs = ["y", "average", "inverse"][: len(place.node.output)]
    last = "scaled = Mul (standard, scale)\n y = Add (scaled, bias)"
    return f"""(x, scale{", bias" if biased else ""}) => ({", ".join(outputs)}) {{
        {_standard(axes, shape, place.attribute("epsilon", 1e-5))}
        {last if biased else "y = Mul (standard, scale)"}
    }}"""


@of_shape
def _root_mean_square(place: Place, shape: Shape) -> str:
    axes = range(place.attribute("axis", -1) % len(shape), len(shape))
    return f"""(x, scale) => (y) {{
        square = Mul (x, x)
        {mean("variance", "square", axes, shape)}
        {_inverse("variance", place.attribute("epsilon", 1e-5))}
        standard = Mul (x, inverse)
        y = Mul (standard, scale)
    }}"""


@of_shape
def _instance(place: Place, shape: Shape) -> str:
    return f"""(x, scale, bias) => (y) {{
        {_standard(range(2, len(shape)), shape, place.attribute("epsilon", 1e-5))}
        {_channels(shape, "scale", "bias")}
        scaled = Mul (standard, scale_wide)
        y = Add (scaled, bias_wide)
    }}"""


@of_shape
def _group(place: Place, shape: Shape) -> str:
    groups = place.attribute("num_groups")
    split = (shape[0], groups, shape[1] // groups, *shape[2:])
    # Up to operator set 20 a group, and no channel, has a scale and a bias.
    each = (1, groups, -1, *[1] * (len(shape) - 2))
    return f"""(input, scale, bias) => (y) {{
        split = {integers(split)}
        x = Reshape (input, split)
        {_standard(range(2, len(split)), split, place.attribute("epsilon", 1e-5))}
        each = {integers(each)}
        scale_wide = Reshape (scale, each)
        bias_wide = Reshape (bias, each)
        scaled = Mul (standard, scale_wide)
        shifted = Add (scaled, bias_wide)
        joined = {integers(shape)}
        y = Reshape (shifted, joined)
    }}"""


@of_shape
def _batch(place: Place, shape: Shape) -> str:
    """With the batch's own statistics in training mode, whose running ones are outputs."""
    epsilon = place.attribute("epsilon", 1e-5)
    inputs = "(x, scale, bias, running_mean, running_variance)"
    head = _channels(shape, "scale", "bias", "running_mean", "running_variance")
    tail = """
        scaled = Mul (standard, scale_wide)
        y = Add (scaled, bias_wide)"""
    if not place.attribute("training_mode", 0):
        return f"""{inputs} => (y) {{
            {head}
            centred = Sub (x, running_mean_wide)
            {_inverse("running_variance_wide", epsilon)}
            standard = Mul (centred, inverse)
            {tail}
        }}"""
    axes = [axis for axis in range(len(shape)) if axis != 1]
    momentum = place.attribute("momentum", 0.9)
    outputs = ["y", "new_mean", "new_variance"][: len(place.node.output)]
    return f"""{inputs} => ({", ".join(outputs)}) {{
        {head}
        {_standard(axes, shape, epsilon)}
        {tail}
        kept = {number(momentum)}
        replaced = {number(1 - momentum)}
        vector = {integers([-1])}
        {_running("mean", "average")}
        {_running("variance", "variance")}
    }}"""


def _running(name: str, found: str) -> str:
    return f"""
        {name}_flat = Reshape ({found}, vector)
        {name}_new = Mul ({name}_flat, replaced)
        {name}_old = Mul (running_{name}, kept)
        new_{name} = Add ({name}_old, {name}_new)"""


@of_shape
def _mean_variance(place: Place, shape: Shape) -> str:
    axes = sorted(a % len(shape) for a in place.attribute("axes", [0, 2, 3]))
    return f"""(x) => (y) {{
        {_standard(axes, shape, 0.0)}
        y = Identity (standard)
    }}"""


@of_shape
def _length(place: Place, shape: Shape) -> str:
    """``LpNormalization``: a row of zeros, which stays one, is divided by one."""
    axis = place.attribute("axis", -1) % len(shape)
    power = place.attribute("p", 2)
    sized = "size = Abs (x)" if power == 1 else "size = Mul (x, x)"
    root = "length = Identity (total)" if power == 1 else "length = Sqrt (total)"
    return f"""(x) => (y) {{
        {sized}
        axes = {integers([axis])}
        total = ReduceSum <keepdims = 1> (size, axes)
        {root}
        nothing = {number(0.0)}
        empty = LessOrEqual (length, nothing)
        one = Cast <to = 1> (empty)
        divisor = Add (length, one)
        inverse = Reciprocal (divisor)
        y = Mul (x, inverse)
    }}"""


@of_shape
def _response(place: Place, shape: Shape) -> str:
    """``LRN``: ``x / (bias + alpha / size * sum of squares of neighbouring channels) ^ beta``."""
    size = place.attribute("size")
    pads = [0] * (2 * len(shape))
    pads[1], pads[len(shape) + 1] = (size - 1) // 2, size // 2
    starts = [f"s{n} = {integers([n])}\n e{n} = {integers([n + shape[1]])}" for n in range(size)]
    cuts = [f"part{n} = Slice (padded, s{n}, e{n}, channel)" for n in range(size)]
    newline = "\n"
    return f"""(x) => (y) {{
        square = Mul (x, x)
        pads = {integers(pads)}
        padded = Pad (square, pads)
        channel = {integers([1])}
        {newline.join(starts + cuts)}
        total = Sum ({", ".join(f"part{n}" for n in range(size))})
        alpha = {number(place.attribute("alpha", 1e-4) / size)}
        bias = {number(place.attribute("bias", 1.0))}
        scaled = Mul (total, alpha)
        base = Add (scaled, bias)
        beta = {number(-place.attribute("beta", 0.75))}
        factor = Pow (base, beta)
        y = Mul (x, factor)
    }}"""


BODIES: dict[str, Body] = {
    "BatchNormalization": _batch,
    "GroupNormalization": _group,
    "InstanceNormalization": _instance,
    "LRN": _response,
    "LayerNormalization": _layer,
    "LpNormalization": _length,
    "MeanVarianceNormalization": _mean_variance,
    "RMSNormalization": _root_mean_square,
}
