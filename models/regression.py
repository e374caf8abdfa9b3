"""Logistic regression: one dense layer and cross entropy."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, labelled, seeded


def mnist() -> Training:
    """784-10 on MNIST, plain SGD: 7,850 parameters."""
    return _logistic(784, batch=64)


def digits() -> Training:
    """64-10 on scikit-learn's digits, plain SGD: 650 parameters."""
    return _logistic(64, batch=16)


def _logistic(features: int, *, batch: int) -> Training:
    with seeded():
        model = nn.Linear(features, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-3)
    return model, functional.cross_entropy, optimizer, labelled(batch, features, classes=10)
