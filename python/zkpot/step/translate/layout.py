"""Operators that move or repeat elements and compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from zkpot.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zkpot.step.expression import Expression
    from zkpot.step.translate.result import Result

aten = torch.ops.aten


def _reshape(result: Result, a: Expression, *_: Any, **__: Any) -> Expression:
    return result.graph.reshape(a, result.shape)


def _expand(result: Result, a: Expression, *_: Any, **__: Any) -> Expression:
    return result.graph.expand(a, result.shape)


def _overwrite(result: Result, _: Expression, source: Expression, *__: Any) -> Expression:
    return result.graph.expand(result.graph.cast(source, result.dtype), result.shape)


def _permute(result: Result, a: Expression, perm: Sequence[int]) -> Expression:
    return result.graph.transpose(a, perm)


def _swap(result: Result, a: Expression, first: int = 0, second: int = 1) -> Expression:
    if len(a.shape) < 2:
        return a
    perm = list(range(len(a.shape)))
    perm[first], perm[second] = perm[second], perm[first]
    return result.graph.transpose(a, perm)


def _join(result: Result, parts: Sequence[Expression], dim: int = 0) -> Expression:
    # torch lets an empty vector stand among tensors of any rank.
    parts = [result.graph.cast(part, result.dtype) for part in parts if part.size]
    axis = dim % len(result.shape)
    return result.graph.apply("Concat", parts, result.shape, result.dtype, axis=axis)


def _cut(
    result: Result, a: Expression, axis: int, start: int, end: int, step: int = 1
) -> Expression:
    if (start, end, step) == (0, a.shape[axis], 1):
        return a
    shape = list(a.shape)
    shape[axis] = len(range(start, end, step))
    bounds = [result.graph.constant([number], np.int64) for number in (start, end, axis, step)]
    return result.graph.apply("Slice", (a, *bounds), shape, a.dtype)


def _bounds(size: int, start: int | None, end: int | None) -> tuple[int, int]:
    first, last, _ = slice(start, end).indices(size)
    return first, last


def _slice(
    result: Result,
    a: Expression,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Expression:
    axis = dim % len(a.shape)
    return _cut(result, a, axis, *_bounds(a.shape[axis], start, end), step)


def _select(result: Result, a: Expression, dim: int, index: int) -> Expression:
    axis = dim % len(a.shape)
    index %= a.shape[axis]
    return result.graph.reshape(_cut(result, a, axis, index, index + 1), result.shape)


def _split(
    result: Result, a: Expression, sizes: Sequence[int], dim: int = 0
) -> tuple[Expression, ...]:
    axis, start, parts = dim % len(a.shape), 0, []
    for size in sizes:
        parts.append(_cut(result, a, axis, start, start + size))
        start += size
    return tuple(parts)


def _put_slice(
    result: Result,
    a: Expression,
    part: Expression,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Expression:
    if step != 1:
        raise ExportError(
            f"a gradient through a slice of step {step} is not supported: take every "
            "element, or index with a reshape."
        )
    axis = dim % len(a.shape)
    first, last = _bounds(a.shape[axis], start, end)
    before = _constant_or_cut(result, a, axis, 0, first)
    after = _constant_or_cut(result, a, axis, last, a.shape[axis])
    return _join(result, [before, part, after], axis)


def _constant_or_cut(result: Result, a: Expression, axis: int, start: int, end: int) -> Expression:
    if a.constant is None and end > start:
        return _cut(result, a, axis, start, end)
    shape = [*a.shape[:axis], end - start, *a.shape[axis + 1 :]]
    if a.constant is None:
        return result.graph.constant(np.zeros(shape), a.dtype)
    return result.graph.constant(np.take(a.constant, range(start, end), axis), a.dtype)


def _put_select(
    result: Result, a: Expression, part: Expression, dim: int, index: int
) -> Expression:
    axis = dim % len(a.shape)
    index %= a.shape[axis]
    shape = [1 if place == axis else size for place, size in enumerate(a.shape)]
    return _put_slice(result, a, result.graph.reshape(part, shape), axis, index, index + 1)


def _pad(result: Result, a: Expression, pads: Sequence[int], value: float = 0) -> Expression:
    """Pad; ``pads`` are (before, after) of the last axis, then of the one before it, and so on."""
    for place in range(0, len(pads), 2):
        axis = len(a.shape) - 1 - place // 2
        before, after = pads[place], pads[place + 1]
        if before < 0 or after < 0:
            a = _cut(result, a, axis, max(-before, 0), a.shape[axis] - max(-after, 0))
        parts = [_filler(result, a, axis, before, value), a, _filler(result, a, axis, after, value)]
        shape = list(a.shape)
        shape[axis] += max(before, 0) + max(after, 0)
        kept = [part for part in parts if part.size]
        a = result.graph.apply("Concat", kept, shape, a.dtype, axis=axis)
    return a


def _filler(result: Result, a: Expression, axis: int, count: int, value: float) -> Expression:
    shape = [*a.shape[:axis], max(count, 0), *a.shape[axis + 1 :]]
    return result.graph.constant(np.full(shape, value), a.dtype)


def _pick(result: Result, a: Expression, dim: int, index: Expression) -> Expression:
    axis = dim % len(a.shape)
    return result.graph.apply("Gather", (a, index), result.shape, a.dtype, axis=axis)


TRANSLATIONS: dict[Any, Callable[..., Any]] = {
    aten.view.default: _reshape,
    aten._unsafe_view.default: _reshape,
    aten.view_copy.default: _reshape,
    aten.reshape.default: _reshape,
    aten.squeeze.dim: _reshape,
    aten.squeeze.dims: _reshape,
    aten.squeeze.default: _reshape,
    aten.unsqueeze.default: _reshape,
    aten.expand.default: _expand,
    aten.copy.default: _overwrite,
    aten.permute.default: _permute,
    aten.t.default: _swap,
    aten.transpose.int: _swap,
    aten.cat.default: _join,
    aten.slice.Tensor: _slice,
    aten.select.int: _select,
    aten.split_with_sizes.default: _split,
    aten.slice_scatter.default: _put_slice,
    aten.select_scatter.default: _put_select,
    aten.constant_pad_nd.default: _pad,
    aten.index_select.default: _pick,
}
