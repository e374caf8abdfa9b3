"""Dense layers: a biased product becomes a product and a sum."""

from __future__ import annotations

from typing import Any

import torch

aten = torch.ops.aten


def addmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """``beta * bias + alpha * a @ b``; a: n x k, b: k x m, bias broadcasts to n x m."""
    product = a.mm(b) if alpha == 1 else a.mm(b) * alpha
    return product + (bias if beta == 1 else bias * beta)


def baddbmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """``beta * bias + alpha * a @ b`` for each matrix of a batch."""
    product = a.bmm(b) if alpha == 1 else a.bmm(b) * alpha
    return product + bias * beta if beta != 0 else product


DECOMPOSITIONS = {aten.addmm.default: addmm, aten.baddbmm.default: baddbmm}
