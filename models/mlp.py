"""Multilayer perceptrons: the models of the demo, the tests and the comparisons.

Each function returns (model, loss, optimizer, example batch) with fixed seeds, so the export
of it has the same bytes everywhere. The example batches are random: they give shapes, not data.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Training = tuple[nn.Module, Loss, torch.optim.Optimizer, tuple[torch.Tensor, torch.Tensor]]

_SEED = 2026


def _layers(widths: list[int], *, bias: bool, seed: int = _SEED) -> nn.Sequential:
    """Dense layers with ReLU between them; the seed leaves torch's global generator alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after, bias=bias), nn.ReLU()]
        return nn.Sequential(*layers[:-1])


def _labelled(batch: int, features: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(_SEED)
    x = torch.rand(batch, features, generator=generator)
    return x, torch.randint(classes, (batch,), generator=generator)


def _targets(batch: int, features: int, outputs: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(_SEED)
    x = torch.rand(batch, features, generator=generator)
    return x, torch.rand(batch, outputs, generator=generator)


def digits() -> Training:
    """64-32-10 on scikit-learn's digits (8 x 8 pixels / 16), cross entropy, momentum."""
    model = _layers([64, 32, 10], bias=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return model, functional.cross_entropy, optimizer, _labelled(32, 64, 10)


def mnist() -> Training:
    """784-128-10 on MNIST (28 x 28 pixels / 255), cross entropy, plain SGD."""
    model = _layers([784, 128, 10], bias=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-3)
    return model, functional.cross_entropy, optimizer, _labelled(64, 784, 10)


def bench_128_64_10() -> Training:
    """128-64-10 without bias, B = 16, squared error: the largest step EZKL was measured on."""
    return _squared_error([128, 64, 10], batch=16)


def bench_64_16_10() -> Training:
    """64-16-10 without bias, B = 8, squared error."""
    return _squared_error([64, 16, 10], batch=8)


def _squared_error(widths: list[int], *, batch: int) -> Training:
    model = _layers(widths, bias=False)
    # A power of two, so that the update costs no rescaling in fixed point.
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-4)
    return model, nn.MSELoss(reduction="sum"), optimizer, _targets(batch, widths[0], widths[-1])
