"""Small models of every family of layers, losses and optimizers, with data that they learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

BATCH = 16


def data(kind: str = "classes") -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(512, 6)).astype(np.float32)
    score = x @ generator.normal(size=(6, 3))
    noisy = score + 0.3 * generator.normal(size=score.shape)
    targets = {
        "classes": noisy.argmax(1),
        "values": (score / 3).astype(np.float32),
        "shares": (1 / (1 + np.exp(-score / 3))).astype(np.float32),
    }
    return {"x": x, "y": targets[kind]}


def perceptron(*middle: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), *middle, nn.Linear(8, 3))


def _sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.125)


@dataclass(frozen=True)
class Family:
    """What is trained, and how close fixed-point training stays: the loss after 64 steps."""

    model: Callable[[], nn.Module]
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] = _sgd
    loss: Callable[[Any, Any], Any] = functional.cross_entropy
    target: str = "classes"
    options: dict[str, Any] = field(default_factory=dict)
    tolerance: float = 0.01


def _adam(**settings: Any) -> Callable[[nn.Module], torch.optim.Optimizer]:
    return lambda model: torch.optim.Adam(model.parameters(), lr=0.01, **settings)


def _groups(model: nn.Module) -> torch.optim.Optimizer:
    first, last = list(model.parameters())[:2], list(model.parameters())[2:]
    return torch.optim.AdamW([{"params": first}, {"params": last, "lr": 0.02}], lr=0.005)


def _frozen() -> nn.Module:
    model = perceptron(nn.Tanh())
    model[0].weight.requires_grad_(False)
    return model


class _Tied(nn.Module):
    """One matrix there and back."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(6, 6) / 3)
        self.last = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(functional.gelu(x @ self.matrix) @ self.matrix.T)


class _Attention(nn.Module):
    """Three places that attend to each other, with dropout on the shares."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(2, 4), nn.Linear(12, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        places = self.first(x.unflatten(1, (3, 2)))
        dropout = 0.2 if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(places, places, places, dropout_p=dropout)
        return self.last((places + mixed).flatten(1))


class _Residual(nn.Module):
    """Dropout right behind a dense layer, beside what goes past both, as in a transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.middle, self.last = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 3)
        self.norm = nn.LayerNorm(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        return self.last(self.norm(x + functional.dropout(self.middle(x), 0.1, self.training)))


class _Masked(nn.Module):
    """Attention over three positions of two numbers each; `mask` hides positions."""

    def __init__(self, mask: Callable[[torch.Tensor], Any] | None) -> None:
        super().__init__()
        self.mask = mask
        self.project = nn.Linear(2, 12)
        self.last = nn.Linear(12, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = self.project(x.reshape(-1, 3, 2)).chunk(3, -1)
        causal = self.mask is None
        hidden = None if self.mask is None else self.mask(x)
        found = functional.scaled_dot_product_attention(query, key, value, hidden, 0.0, causal)
        return self.last(found.reshape(-1, 12))


def _distant(x: torch.Tensor) -> torch.Tensor:
    """Positions away from each other, as torch's transformers hide them."""
    del x
    return torch.full((3, 3), -torch.inf).triu(1)


def _padded(x: torch.Tensor) -> torch.Tensor:
    """Positions, but for the first, whose first number is large count as padding."""
    kept = x[:, ::2] < 1
    return torch.cat([torch.ones_like(kept[:, :1]), kept[:, 1:]], 1)[:, None, :]


FAMILIES = {
    "dropout": Family(lambda: perceptron(nn.Tanh(), nn.Dropout(0.1))),
    "dropout of features and logits": Family(
        lambda: nn.Sequential(nn.Dropout(0.25), perceptron(nn.ReLU()), nn.Dropout(0.5)), _adam()
    ),
    "dropout of channels": Family(
        lambda: perceptron(nn.Tanh(), nn.Unflatten(1, (4, 2)), nn.Dropout1d(0.3), nn.Flatten())
    ),
    "dropout in attention": Family(_Attention),
    "dropout beside a residual": Family(_Residual),
    "causal attention": Family(lambda: _Masked(None)),
    "attention with an infinite mask": Family(lambda: _Masked(_distant)),
    "attention with padding in the data": Family(lambda: _Masked(_padded)),
    "layer norm, GELU, AdamW": Family(
        lambda: perceptron(nn.LayerNorm(8), nn.GELU()), lambda m: torch.optim.AdamW(m.parameters())
    ),
    "RMS norm, SiLU": Family(lambda: perceptron(nn.RMSNorm(8), nn.SiLU())),
    "batch norm": Family(lambda: perceptron(nn.BatchNorm1d(8), nn.ReLU())),
    "Adam": Family(lambda: perceptron(nn.ReLU()), _adam(), tolerance=0.02),
    "AMSGrad": Family(lambda: perceptron(nn.Tanh()), _adam(amsgrad=True, weight_decay=0.01)),
    "parameter groups": Family(lambda: perceptron(nn.Tanh()), _groups),
    "RMSprop": Family(
        lambda: perceptron(nn.Tanh()), lambda m: torch.optim.RMSprop(m.parameters(), lr=0.005)
    ),
    "Adagrad": Family(
        lambda: perceptron(nn.Tanh()), lambda m: torch.optim.Adagrad(m.parameters(), lr=0.05)
    ),
    "Nesterov": Family(
        lambda: perceptron(nn.Tanh()),
        lambda m: torch.optim.SGD(
            m.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3
        ),
    ),
    "maximize": Family(
        lambda: perceptron(nn.Tanh()),
        lambda m: torch.optim.SGD(m.parameters(), lr=0.125, maximize=True),
        lambda p, t: -functional.cross_entropy(p, t),
    ),
    "clipping by norm": Family(lambda: perceptron(nn.Tanh()), options={"clip_grad_norm": 0.5}),
    "clipping by value": Family(lambda: perceptron(nn.Tanh()), options={"clip_grad_value": 0.05}),
    "frozen parameters": Family(_frozen),
    "tied parameters": Family(_Tied),
    "sigmoid": Family(lambda: perceptron(nn.Sigmoid())),
    "softplus": Family(lambda: perceptron(nn.Softplus())),
    "ELU": Family(lambda: perceptron(nn.ELU())),
    "leaky ReLU": Family(lambda: perceptron(nn.LeakyReLU(0.1))),
    "hard swish": Family(lambda: perceptron(nn.Hardswish())),
    "ReLU6": Family(lambda: perceptron(nn.ReLU6())),
    "softmax over the batch": Family(lambda: perceptron(nn.Softmax(0))),
    "squared error": Family(
        lambda: perceptron(nn.Tanh()), loss=functional.mse_loss, target="values"
    ),
    "absolute error": Family(
        lambda: perceptron(nn.Tanh()), loss=functional.l1_loss, target="values"
    ),
    "Huber": Family(
        lambda: perceptron(nn.Tanh()),
        loss=lambda p, t: functional.huber_loss(p, t, delta=0.5),
        target="values",
    ),
    "binary cross entropy": Family(
        lambda: perceptron(nn.Tanh()),
        loss=functional.binary_cross_entropy_with_logits,
        target="shares",
    ),
    "class weights and an ignored class": Family(
        lambda: perceptron(nn.Tanh()),
        loss=lambda p, t: functional.cross_entropy(
            p, t, torch.tensor([0.5, 2.0, 1.0]), ignore_index=2
        ),
    ),
    "weights and label smoothing": Family(
        lambda: perceptron(nn.Tanh()),
        loss=lambda p, t: functional.cross_entropy(
            p, t, torch.tensor([0.5, 2.0, 1.0]), label_smoothing=0.1
        ),
    ),
    "log-probabilities picked by hand": Family(
        lambda: perceptron(nn.Tanh()),
        loss=lambda p, t: -functional.log_softmax(p, 1).gather(1, t[:, None]).mean(),
    ),
    "label smoothing": Family(
        lambda: perceptron(nn.Tanh()),
        loss=lambda p, t: functional.cross_entropy(p, t, label_smoothing=0.1),
    ),
}
