"""VGG-11: eight 3 x 3 convolutions with padding, five pools, dense layers."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, keep_variance, labelled, seeded

# Convolutions with a pool behind them, counted from the first.
_POOLED = (0, 1, 3, 5, 7)


def cifar() -> Training:
    """VGG-11 for 3 x 32 x 32 images, maximum pools, B = 16: 9.2 million parameters."""
    channels = (64, 128, 256, 256, 512, 512, 512, 512)
    return _vgg(3, channels, (512, 10), pool=nn.MaxPool2d, size=32, batch=16, bias=True, lr=2**-6)


def kaizen() -> Training:
    """The VGG-11 of Kaizen's paper (CCS 2024), B = 16: 9.2 million weights, no biases.

    3 x 64 x 64 images in 16 classes, average pools.
    """
    channels = (8, 16, 32, 32, 32, 32, 32, 32)
    dense = (128, 2048, 4096, 128, 16)
    return _vgg(3, channels, dense, pool=nn.AvgPool2d, size=64, batch=16, bias=False, lr=2**-6)


def small() -> Training:
    """The eight convolutions with 4 channels for 1 x 32 x 32 images, maximum pools."""
    return _vgg(1, (4,) * 8, (4, 10), pool=nn.MaxPool2d, size=32, batch=2, bias=True, lr=2**-7)


def kaizen_small() -> Training:
    """The eight convolutions with 2 channels for 1 x 32 x 32 images, average pools."""
    return _vgg(1, (2,) * 8, (2, 8, 10), pool=nn.AvgPool2d, size=32, batch=2, bias=False, lr=2**-7)


def _vgg(
    colours: int,
    channels: tuple[int, ...],
    dense: tuple[int, ...],
    *,
    pool: type[nn.Module],
    size: int,
    batch: int,
    bias: bool,
    lr: float,
) -> Training:
    with seeded():
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(pairwise((colours, *channels))):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=bias), nn.ReLU()]
            layers += [pool(2)] if index in _POOLED else []
        layers.append(nn.Flatten())
        for before, after in pairwise(dense):
            layers += [nn.Linear(before, after, bias=bias), nn.ReLU()]
        model = keep_variance(nn.Sequential(*layers[:-1]))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    example = labelled(batch, colours, size, size, classes=dense[-1])
    return model, functional.cross_entropy, optimizer, example
