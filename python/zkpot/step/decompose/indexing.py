"""The gradients of selecting and slicing: the part, with zeros around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from zkpot.errors import ExportError

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
    """Undo ``a[start:end]`` along ``dim`` of a tensor of ``shape``.

    Raises:
        ExportError: the slice skips elements.

    """
    if step != 1:
        raise ExportError(
            f"a gradient through a slice of step {step} is not supported: take every element, "
            "or reshape and select."
        )
    axis = dim % len(shape)
    first, _, _ = slice(start, end).indices(shape[axis])
    return _surround(gradient, shape, axis, first)


DECOMPOSITIONS = {
    aten.select_backward.default: select_backward,
    aten.slice_backward.default: slice_backward,
}
