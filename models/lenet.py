"""Convolutional networks after LeNet-5."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, keep_variance, labelled, seeded


def mnist() -> Training:
    """LeNet-5 with ReLU and maximum pools on MNIST: 61,706 parameters.

    Without momentum: with it, float32 trainings that differ by rounding end 0.4 points apart.
    """
    with seeded():
        model = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        )
        keep_variance(model)
    return _training(model, labelled(64, 1, 28, 28, classes=10), lr=2**-4)


def digits() -> Training:
    """The same in small for images of 8 x 8 pixels: 3 x 3 convolutions to 4 and 8 channels."""
    with seeded():
        model = nn.Sequential(
            *(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(4, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 10)),
        )
    return _training(model, labelled(8, 1, 8, 8, classes=10), lr=2**-4, momentum=0.9)


def kaizen() -> Training:
    """The LeNet that Kaizen's code proves (CCS 2024), B = 16: 57,508 weights, no biases.

    32 x 32 images, 5 x 5 convolutions to 4, 16 and 128 channels, average pools after the first
    two, dense layers 128-32-16.
    """
    with seeded():
        model = nn.Sequential(
            *(nn.Conv2d(1, 4, 5, bias=False), nn.ReLU(), nn.AvgPool2d(2)),
            *(nn.Conv2d(4, 16, 5, bias=False), nn.ReLU(), nn.AvgPool2d(2)),
            *(nn.Conv2d(16, 128, 5, bias=False), nn.ReLU(), nn.Flatten()),
            *(nn.Linear(128, 32, bias=False), nn.ReLU(), nn.Linear(32, 16, bias=False)),
        )
        keep_variance(model)
    return _training(model, labelled(16, 1, 32, 32, classes=16), lr=2**-5)


def kaizen_small() -> Training:
    """The same in small for images of 8 x 8 pixels: 3 x 3 convolutions to 2 and 4 channels."""
    with seeded():
        model = nn.Sequential(
            *(nn.Conv2d(1, 2, 3, bias=False), nn.ReLU(), nn.AvgPool2d(2)),
            *(nn.Conv2d(2, 4, 3, bias=False), nn.ReLU(), nn.Flatten()),
            *(nn.Linear(4, 8, bias=False), nn.ReLU(), nn.Linear(8, 10, bias=False)),
        )
    return _training(model, labelled(8, 1, 8, 8, classes=10), lr=2**-3)


def _training(
    model: nn.Module, batch: tuple[torch.Tensor, torch.Tensor], *, lr: float, momentum: float = 0
) -> Training:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    return model, functional.cross_entropy, optimizer, batch
