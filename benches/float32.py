"""Training in float32 with torch, on the batches that the public schedule of a nonce gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from zkpot.reference import schedule

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def order(nonce: str, rows: int, steps: int, batch: int) -> np.ndarray:
    """The rows of each step, from the specification; the dataset is one shard."""
    scheduled = schedule.rows(bytes.fromhex(nonce), [rows], 0, steps, batch)
    return np.array([row for _, row in scheduled]).reshape(steps, batch)


def train(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    batches: np.ndarray,
) -> None:
    """Train the model on these rows, a batch a step."""
    for rows in torch.from_numpy(batches):
        optimizer.zero_grad()
        torch.autograd.backward(loss(model(x[rows]), y[rows]))
        optimizer.step()


def quality(
    model: nn.Module, loss: Loss, x: torch.Tensor, y: torch.Tensor, *, rows: int = 256
) -> tuple[float, float]:
    """Mean loss, and the share of labels that have the largest logit, some rows at a time."""
    total, correct = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(x), rows):
            part = slice(start, start + rows)
            prediction = model(x[part])
            total += float(loss(prediction, y[part])) * len(y[part])
            correct += int((prediction.argmax(-1) == y[part]).sum())
    return total / len(x), correct / y.numel()
