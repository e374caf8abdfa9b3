"""A long short-term memory that reads an image row by row; torch unrolls it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, labelled, seeded


class Reader(nn.Module):
    """Rows [batch, length, features] to the logits of ten classes, read off the last state."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.memory = nn.LSTM(features, width, batch_first=True)
        self.out = nn.Linear(width, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Read all rows, then decide."""
        return self.out(self.memory(x)[0][:, -1])


def mnist() -> Training:
    """Width 64 on MNIST's 28 rows of 28 pixels, B = 32, Adam: 24,714 parameters.

    With momentum, gradients of single batches are fifty times as large as others.
    """
    with seeded():
        model = Reader(28, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=2**-9)
    return model, functional.cross_entropy, optimizer, labelled(32, 28, 28, classes=10)


def digits() -> Training:
    """Width 8 on the eight rows of scikit-learn's digits, B = 4, Adam."""
    with seeded():
        model = Reader(8, 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=2**-8)
    return model, functional.cross_entropy, optimizer, labelled(4, 8, 8, classes=10)
