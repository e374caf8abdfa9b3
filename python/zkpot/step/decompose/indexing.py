"""The gradients of selecting and slicing: the part, with zeros around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

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


DECOMPOSITIONS = {
    aten.select_backward.default: select_backward,
    aten.slice_backward.default: slice_backward,
}
