"""What the functions of this package return, and random numbers that leave torch's own alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional

Batch = tuple[torch.Tensor, torch.Tensor]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Training = tuple[nn.Module, Loss, torch.optim.Optimizer, Batch]

SEED = 2026


@contextmanager
def seeded(seed: int = SEED) -> Iterator[None]:
    """Draw initial weights from this seed; afterwards torch's generator is as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def keep_variance(model: nn.Sequential) -> nn.Sequential:
    """Draw weights that keep the variance of activations (He et al. 2015, section 2.2).

    torch's own shrink it threefold a layer, so that deep networks do not begin to learn and small
    ones begin by chance.
    """
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return model


def labelled(batch: int, *shape: int, classes: int) -> Batch:
    """Draw an example batch of float32 [batch, *shape] in [0, 1) with class numbers [batch]."""
    generator = torch.Generator().manual_seed(SEED)
    x = torch.rand(batch, *shape, generator=generator)
    return x, torch.randint(classes, (batch,), generator=generator)


def targets(batch: int, features: int, outputs: int) -> Batch:
    """Draw an example batch of float32 [batch, features] and [batch, outputs] in [0, 1)."""
    generator = torch.Generator().manual_seed(SEED)
    x = torch.rand(batch, features, generator=generator)
    return x, torch.rand(batch, outputs, generator=generator)


def tokens(batch: int, length: int, vocabulary: int) -> Batch:
    """Draw an example batch of token numbers [batch, length] and the tokens that follow them."""
    generator = torch.Generator().manual_seed(SEED)
    text = torch.randint(vocabulary, (batch, length + 1), generator=generator)
    return text[:, :-1].contiguous(), text[:, 1:].contiguous()


def next_token_loss(prediction: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy of logits [batch, length, vocabulary] with tokens [batch, length]."""
    return functional.cross_entropy(prediction.flatten(0, 1), y.flatten())
