"""Sums, maxima and the place of a maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zkpot.step.expression import Expression
    from zkpot.step.translate.result import Result

aten = torch.ops.aten


def _axes(dim: int | Sequence[int] | None) -> list[int]:
    if dim is None:
        return []
    return [dim] if isinstance(dim, int) else list(dim)


def _sum(
    result: Result, a: Expression, dim: Any = None, keepdim: bool = False, **_: Any
) -> Expression:
    a = result.graph.cast(a, result.dtype)
    return result.graph.reduce("ReduceSum", a, _axes(dim), keepdim)


def _sum_all(result: Result, a: Expression, **_: Any) -> Expression:
    return _sum(result, a)


def _maximum(result: Result, a: Expression, dim: Any = (), keepdim: bool = False) -> Expression:
    return result.graph.reduce("ReduceMax", a, _axes(dim), keepdim)


def _minimum(result: Result, a: Expression, dim: Any = (), keepdim: bool = False) -> Expression:
    """``-max(-a)``, so that the compiler meets one kind of extremum."""
    minus = result.graph.constant(-1, a.dtype)
    flipped = _maximum(result, result.graph.mul(a, minus), dim, keepdim)
    return result.graph.mul(flipped, minus)


def _place_of_maximum(
    result: Result, a: Expression, dim: int | None = None, keepdim: bool = False
) -> Expression:
    """Take the first of equal maxima, as torch does on the CPU."""
    if dim is None:
        a, dim = result.graph.reshape(a, [a.size]), 0
    return result.graph.apply(
        "ArgMax",
        (a,),
        result.shape,
        np.int64,
        axis=dim % len(a.shape),
        keepdims=int(keepdim),
        select_last_index=0,
    )


TRANSLATIONS: dict[Any, Callable[..., Any]] = {
    aten.sum.dim_IntList: _sum,
    aten.sum.default: _sum_all,
    aten.amax.default: _maximum,
    aten.amin.default: _minimum,
    aten.argmax.default: _place_of_maximum,
}
