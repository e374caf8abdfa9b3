"""Tensors made from numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.step.expression import Expression
    from zkpot.step.translate.result import Result

aten = torch.ops.aten


def _filled(value: float) -> Callable[..., Expression]:
    def translation(result: Result, *_: Any, **__: Any) -> Expression:
        return result.graph.constant(np.full(result.shape, value), result.dtype)

    return translation


def _full(result: Result, _: Any, value: float, **__: Any) -> Expression:
    return result.graph.constant(np.full(result.shape, value), result.dtype)


def _scalar(result: Result, value: float, **_: Any) -> Expression:
    return result.graph.constant(value, result.dtype)


def _range_from(result: Result, start: float, end: float, step: float = 1, **_: Any) -> Expression:
    return result.graph.constant(np.arange(start, end, step), result.dtype)


def _range(result: Result, end: float, **_: Any) -> Expression:
    return _range_from(result, 0, end)


TRANSLATIONS: dict[Any, Callable[..., Any]] = {
    aten.full.default: _full,
    aten.full_like.default: _full,
    aten.new_full.default: lambda result, _, size, value, **__: _full(result, size, value),
    aten.scalar_tensor.default: _scalar,
    aten.ones_like.default: _filled(1),
    aten.ones.default: _filled(1),
    aten.zeros_like.default: _filled(0),
    aten.zeros.default: _filled(0),
    # Only made to be overwritten as a whole, which the check would notice if it were not so.
    aten.empty.memory_format: _filled(0),
    aten.empty_like.default: _filled(0),
    aten.empty_permuted.default: _filled(0),
    aten.new_zeros.default: _filled(0),
    aten.new_ones.default: _filled(1),
    aten.arange.default: _range,
    aten.arange.start: _range_from,
    aten.arange.start_step: _range_from,
    torch.ops.prims.iota.default: lambda result, length, *, start, step, **_: _range_from(
        result, start, start + length * step, step
    ),
}
