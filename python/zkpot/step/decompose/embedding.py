"""Embeddings: a row of a table is a one-hot row times the table.

No scatter: adding gradients to rows that an index names twice is a product with the one-hot
matrix, transposed.
"""

# ruff: noqa: ARG001 -- aten fixes these signatures.

from __future__ import annotations

from typing import Any

import torch

from zkpot.step.decompose.onehot import one_hot

aten = torch.ops.aten


def embedding(
    table: Any,
    index: Any,
    padding: int = -1,
    scale_by_frequency: bool = False,
    sparse: bool = False,
) -> Any:
    """``table``: rows x width; ``index``: any shape; returns that shape x width."""
    hot = one_hot(index.reshape(-1), table.shape[0], table.dtype)
    return hot.mm(table).reshape(*index.shape, table.shape[1])


def embedding_backward(
    gradient: Any, index: Any, rows: int, padding: int, scale_by_frequency: bool
) -> Any:
    """Sum the gradients of each row; the padding row gets none."""
    hot = one_hot(index.reshape(-1), rows, gradient.dtype)
    if padding >= 0:
        hot = hot * (torch.arange(rows, device=gradient.device) != padding).to(gradient.dtype)
    return hot.t().mm(gradient.reshape(-1, gradient.shape[-1]))


DECOMPOSITIONS = {
    aten.embedding.default: embedding,
    aten.embedding_dense_backward.default: embedding_backward,
}
