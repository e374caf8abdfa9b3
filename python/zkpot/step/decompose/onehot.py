"""Rows that select: one 1 where the index says, 0 elsewhere."""

from __future__ import annotations

import torch


def one_hot(index: torch.Tensor, classes: int, dtype: torch.dtype) -> torch.Tensor:
    """``index``: integers of any shape; returns that shape x ``classes``.

    An index out of [0, classes) gives a row of zeros, where torch would raise.
    """
    return (index.unsqueeze(-1) == torch.arange(classes, device=index.device)).to(dtype)
