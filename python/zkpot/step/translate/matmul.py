"""Matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.step.expression import Expression
    from zkpot.step.translate.result import Result

aten = torch.ops.aten


def _product(result: Result, a: Expression, b: Expression) -> Expression:
    return result.graph.matmul(a, b)


TRANSLATIONS: dict[Any, Callable[..., Any]] = {
    aten.mm.default: _product,
    aten.bmm.default: _product,
}
