"""Selecting by labels, and the gradients of selecting and slicing, with zeros around the part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from zkpot.errors import ExportError
from zkpot.step.decompose.onehot import one_hot

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten


def _surround(part: Any, shape: Sequence[int], axis: int, start: int) -> Any:
    """Put ``part`` at ``start`` of an ``axis`` that is otherwise zero."""

    def zeros(length: int) -> Any:
        return part.new_zeros([*shape[:axis], length, *shape[axis + 1 :]])

    end = start + part.shape[axis]
    pieces = [zeros(start), part, zeros(shape[axis] - end)]
    return torch.cat([piece for piece in pieces if piece.shape[axis]], axis)


def select_backward(gradient: Any, shape: Sequence[int], dim: int, index: int) -> Any:
    """Undo ``a.select(dim, index)`` of a tensor of ``shape``."""
    axis = dim % len(shape)
    return _surround(gradient.unsqueeze(axis), shape, axis, index % shape[axis])


def slice_backward(
    gradient: Any, shape: Sequence[int], dim: int, start: int, end: int, step: int
) -> Any:
    """Undo ``a[start:end:step]`` along ``dim`` of a tensor of ``shape``."""
    axis = dim % len(shape)
    first, _, _ = slice(start, end).indices(shape[axis])
    if step != 1:
        # Zeros behind each element, up to the next one.
        gaps = [0, 0] * (len(shape) - 1 - axis) + [0, step - 1]
        part = aten.constant_pad_nd(gradient.unsqueeze(axis + 1), gaps)
        gradient = part.reshape(*shape[:axis], -1, *shape[axis + 1 :])
        gradient = gradient.narrow(axis, 0, min(gradient.shape[axis], shape[axis] - first))
    return _surround(gradient, shape, axis, first)


def gather(a: Any, dim: int, index: Any, sparse_grad: bool = False) -> Any:
    """Select along ``dim`` by labels, each of which is a one-hot row."""
    del sparse_grad
    part, hot = _with_rows(a, dim, index)
    return (hot * part.unsqueeze(-2)).sum(-1).movedim(-1, dim)


def scatter_add(a: Any, dim: int, index: Any, source: Any) -> Any:
    """Add at labels along ``dim``: :func:`gather` transposed, of as many places elsewhere."""
    part, hot = _with_rows(a, dim, index)
    if part.shape != a.movedim(dim, -1).shape:
        raise ExportError("scatter_add has fewer indices than its tensor has rows: add them all.")
    own = source[tuple(slice(length) for length in index.shape)].movedim(dim, -1)
    return a + (hot * own.unsqueeze(-1)).sum(-2).movedim(-1, dim)


def _with_rows(a: Any, dim: int, index: Any) -> tuple[Any, Any]:
    """Return ``a`` with ``dim`` last, cut to the index elsewhere, and the index's one-hot rows."""
    last, places = a.movedim(dim, -1), index.movedim(dim, -1)
    part = last[tuple(slice(length) for length in places.shape[:-1])]
    return part, one_hot(places, a.shape[dim], a.dtype)


DECOMPOSITIONS = {
    aten.gather.default: gather,
    aten.scatter_add.default: scatter_add,
    aten.select_backward.default: select_backward,
    aten.slice_backward.default: slice_backward,
}
