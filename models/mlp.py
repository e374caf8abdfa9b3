"""Multilayer perceptrons: the models of the demo, the tests and the comparisons.

Each function returns (model, loss, optimizer, example batch) with fixed seeds, so the export
of it has the same bytes everywhere. The example batches are random: they give shapes, not data.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, labelled, seeded, targets


def _layers(widths: Sequence[int], *, bias: bool) -> nn.Sequential:
    """Dense layers with ReLU between them."""
    with seeded():
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after, bias=bias), nn.ReLU()]
        return nn.Sequential(*layers[:-1])


def digits() -> Training:
    """64-32-10 on scikit-learn's digits (8 x 8 pixels / 16), cross entropy, momentum."""
    model = _layers([64, 32, 10], bias=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return model, functional.cross_entropy, optimizer, labelled(32, 64, classes=10)


def mnist() -> Training:
    """784-128-10 on MNIST (28 x 28 pixels / 255), cross entropy, plain SGD."""
    model = _layers([784, 128, 10], bias=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-3)
    return model, functional.cross_entropy, optimizer, labelled(64, 784, classes=10)


def deep() -> Training:
    """784, eight layers of 1,024, 10 on MNIST, without bias, B = 64: 8.2 million parameters.

    The shape of zkDL's network (TIFS 2024).
    """
    return _deep([784, *[1024] * 8, 10], batch=64)


def deep_small() -> Training:
    """64, eight layers of 16, 10 on scikit-learn's digits, without bias."""
    return _deep([64, *[16] * 8, 10], batch=16)


def _deep(widths: list[int], *, batch: int) -> Training:
    model = _layers(widths, bias=False)
    with seeded():
        for layer in model:
            if isinstance(layer, nn.Linear):
                # torch's own initialisation shrinks activations threefold a layer.
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-6)
    return model, functional.cross_entropy, optimizer, labelled(batch, widths[0], classes=10)


def bench_128_64_10() -> Training:
    """128-64-10 without bias, B = 16, squared error: the largest step EZKL was measured on."""
    return squared_error([128, 64, 10], batch=16)


def bench_64_16_10() -> Training:
    """64-16-10 without bias, B = 8, squared error."""
    return squared_error([64, 16, 10], batch=8)


def squared_error(widths: Sequence[int], *, batch: int, lr: float = 2**-4) -> Training:
    """Dense layers of these widths without bias, squared error, plain SGD.

    The learning rate is a power of two, so that the update costs no rescaling in fixed point.
    """
    model = _layers(widths, bias=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return model, nn.MSELoss(reduction="sum"), optimizer, targets(batch, widths[0], widths[-1])
