"""Pooling: maxima of gathered windows, averages as convolutions with one number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from zkpot.step.decompose.onehot import one_hot
from zkpot.step.decompose.windows import Numbers, Windows, join, multiply, split, windows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten


def max_pool(
    a: Any,
    kernel: Numbers,
    stride: Numbers = (),
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
) -> tuple[Any, Any]:
    """Return the maxima and, for the gradient, the slot in its window that holds each."""
    slots = split(a, windows_of(a, kernel, stride, padding, dilation, ceil_mode))
    return slots.amax(-1), slots.argmax(-1)


def max_pool_backward(
    gradient: Any,
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers,
    ceil_mode: bool,
    slot: Any,
) -> Any:
    """Give the gradient to the first of each window's maxima."""
    windows = windows_of(a, kernel, stride, padding, dilation, ceil_mode)
    size = math.prod(axis.kernel for axis in windows)
    return join(gradient.unsqueeze(-1) * one_hot(slot, size, gradient.dtype), windows)


def average_pool(
    a: Any,
    kernel: Numbers,
    stride: Numbers = (),
    padding: Numbers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor: int | None = None,
) -> Any:
    """Return each window's sum times a number, or a number for each window."""
    windows = windows_of(a, kernel, stride, padding, ceil=ceil_mode)
    rank = len(windows)
    if all(axis.count == 1 and axis.kernel == axis.length for axis in windows):
        return a.sum(list(range(-rank, 0)), True) * (1.0 / (divisor or math.prod(a.shape[-rank:])))
    share = _share(a, windows, count_include_pad, divisor)
    images = _pad(a.reshape(-1, *a.shape[-rank - 1 :]), windows)
    number = share if isinstance(share, float) else 1.0
    sums = _convolve(images, windows, number, transposed=False)
    sums = sums.reshape(*a.shape[:-rank], *sums.shape[-rank:])
    return sums if isinstance(share, float) else sums * share


def average_pool_backward(
    gradient: Any,
    a: Any,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Any:
    """Spread the gradient evenly over each window."""
    windows = windows_of(a, kernel, stride, padding, ceil=ceil_mode)
    rank = len(windows)
    if all(axis.count == 1 and axis.kernel == axis.length for axis in windows):
        return (gradient * (1.0 / (divisor or math.prod(a.shape[-rank:])))).expand(a.shape)
    share = _share(a, windows, count_include_pad, divisor)
    number = share if isinstance(share, float) else 1.0
    if not isinstance(share, float):
        gradient = gradient * share
    images = gradient.reshape(-1, *gradient.shape[-rank - 1 :])
    spread = _convolve(images, windows, number, transposed=True)
    # Places behind the last window get nothing, padding is cut off.
    ends = [n for axis in reversed(windows) for n in (0, _missing(axis))]
    spread = aten.constant_pad_nd(spread, ends) if any(ends) else spread
    for place, axis in enumerate(windows, start=-rank):
        if axis.padding or spread.shape[place] != axis.length:
            spread = spread.narrow(place, axis.padding, axis.length)
    return spread.reshape(a.shape)


def _missing(axis: Windows) -> int:
    """Places that the last window leaves behind it."""
    return max(0, axis.padding + axis.length - axis.end)


def _pad(images: Any, windows: Sequence[Windows]) -> Any:
    """Zeros around the image, as far as windows reach."""
    pads = [
        n
        for axis in reversed(windows)
        for n in (axis.padding, max(0, axis.end - axis.padding - axis.length))
    ]
    return aten.constant_pad_nd(images, pads) if any(pads) else images


def _share(
    a: Any, windows: Sequence[Windows], count_padding: bool, divisor: int | None
) -> float | Any:
    """What sums are multiplied with: a number, or a tensor of one for each window."""
    sizes = [axis.sizes(count_padding=count_padding) for axis in windows]
    if divisor or all(len(set(own)) == 1 for own in sizes):
        return 1.0 / (divisor or math.prod(own[0] for own in sizes))
    share: Any = 1.0
    for place, own in enumerate(sizes):
        shape = [len(own) if n == place else 1 for n in range(len(sizes))]
        share = share * torch.tensor([1.0 / n for n in own], dtype=a.dtype).reshape(shape)
    return share


def _convolve(images: Any, windows: Sequence[Windows], number: float, *, transposed: bool) -> Any:
    """The convolution of each channel with a kernel of one number."""
    rank, channels = len(windows), images.shape[1]
    weight = images.new_full((channels, 1, *(axis.kernel for axis in windows)), number)
    zeros, strides = [0] * rank, [axis.stride for axis in windows]
    return aten.convolution(
        images, weight, None, strides, zeros, [1] * rank, transposed, zeros, channels
    )


def adaptive_average_pool(a: Any, counts: Sequence[int]) -> Any:
    """Average over as many windows as asked for; they overlap where they do not tile the image."""
    rank = len(counts)
    lengths = a.shape[-rank:]
    if all(length % count == 0 for length, count in zip(lengths, counts, strict=True)):
        kernel = [length // count for length, count in zip(lengths, counts, strict=True)]
        return average_pool(a, kernel, kernel)
    for place, (length, count) in enumerate(zip(lengths, counts, strict=True)):
        a = multiply(a, a.dim() - rank + place, _averages(a, length, count))
    return a


def adaptive_average_pool_backward(gradient: Any, a: Any) -> Any:
    """Spread the gradient evenly over each window."""
    rank = a.dim() - 2 if a.dim() > 3 else a.dim() - 1
    pairs = list(zip(a.shape[-rank:], gradient.shape[-rank:], strict=True))
    if all(length % count == 0 for length, count in pairs):
        kernel = [length // count for length, count in pairs]
        return average_pool_backward(gradient, a, kernel, kernel, 0, False, True, None)
    for place, (length, count) in enumerate(pairs):
        dim = gradient.dim() - rank + place
        gradient = multiply(gradient, dim, _averages(a, length, count).t())
    return gradient


def _averages(a: Any, length: int, count: int) -> Any:
    """What each of `count` windows takes of each place, as torch lays adaptive windows."""
    columns = []
    for window in range(count):
        first, last = window * length // count, -(-(window + 1) * length // count)
        columns.append([float(first <= p < last) / (last - first) for p in range(length)])
    return torch.tensor(columns, dtype=a.dtype).t()


DECOMPOSITIONS = {
    aten._adaptive_avg_pool2d.default: adaptive_average_pool,
    aten._adaptive_avg_pool2d_backward.default: adaptive_average_pool_backward,
    aten._adaptive_avg_pool3d.default: adaptive_average_pool,
    aten._adaptive_avg_pool3d_backward.default: adaptive_average_pool_backward,
    aten.max_pool2d_with_indices.default: max_pool,
    aten.max_pool2d_with_indices_backward.default: max_pool_backward,
    aten.max_pool3d_with_indices.default: max_pool,
    aten.max_pool3d_with_indices_backward.default: max_pool_backward,
    aten.avg_pool2d.default: average_pool,
    aten.avg_pool2d_backward.default: average_pool_backward,
    aten.avg_pool3d.default: average_pool,
    aten.avg_pool3d_backward.default: average_pool_backward,
}
