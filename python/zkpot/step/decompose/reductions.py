"""Means, and the norms that gradient clipping takes."""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from zkpot.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Sequence

aten = torch.ops.aten


def mean(
    a: Any, dim: int | Sequence[int] | None = None, keepdim: bool = False, dtype: Any = None
) -> Any:
    """Take a sum times a number: a Div would look like a quotient of two tensors."""
    axes = [dim] if isinstance(dim, int) else list(dim or range(a.dim()))
    if not axes:
        return a
    return a.sum(axes, keepdim) * (1.0 / math.prod(a.shape[axis] for axis in axes))


def vector_norm(
    a: Any,
    order: float = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Any:
    """Return the Euclidean norm.

    Raises:
        ExportError: another norm is asked for.

    """
    if order != 2:
        raise ExportError(
            f"the step takes a norm of order {order}, which is not supported: use the order 2."
        )
    axes = [dim] if isinstance(dim, int) else list(dim or range(a.dim()))
    squares = a * a
    return (squares.sum(axes, keepdim) if axes else squares).sqrt()


DECOMPOSITIONS = {
    aten.mean.default: mean,
    aten.mean.dim: mean,
    aten.linalg_vector_norm.default: vector_norm,
}
