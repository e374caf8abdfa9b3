"""Training in float32 with torch, on the batches and with the noise that a public nonce gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

import zkpot
from zkpot.artifacts.draw import Draw
from zkpot.reference import bernoulli, schedule
from zkpot.step.draws import Replay

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def order(nonce: str, rows: int, steps: int, batch: int) -> np.ndarray:
    """The rows of each step, from the specification; the dataset is one shard."""
    scheduled = schedule.rows(bytes.fromhex(nonce), [rows], 0, steps, batch)
    return np.array([row for _, row in scheduled]).reshape(steps, batch)


def noise(step: zkpot.Step, nonce: str) -> Callable[[int], Replay]:
    """What gives the model of a step the dropout of step 0, 1, ... of an exact training."""
    drawn = {}
    for value in step.model.graph.input:
        if step.roles["inputs"][value.name]["role"] == "bernoulli":
            shape = [axis.dim_value for axis in value.type.tensor_type.shape.dim]
            drawn[value.name] = (Draw.parse(value.name), shape)

    def replay(number: int) -> Replay:
        elements = {
            name: bernoulli.draw(
                bytes.fromhex(nonce), number, draw.ordinal, draw.numerator, draw.bits, shape
            )
            for name, (draw, shape) in drawn.items()
        }
        return Replay.of(step, elements)

    return replay


def train(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    batches: np.ndarray,
    drawn: Callable[[int], Replay],
) -> None:
    """Train the model on these rows, a batch a step, with the noise that is drawn for each."""
    for number, rows in enumerate(torch.from_numpy(batches)):
        optimizer.zero_grad()
        with drawn(number):
            torch.autograd.backward(loss(model(x[rows]), y[rows]))
        optimizer.step()


def quality(
    model: nn.Module, loss: Loss, x: torch.Tensor, y: torch.Tensor, *, rows: int = 256
) -> tuple[float, float]:
    """Mean loss, and the share of labels that have the largest logit, some rows at a time.

    Dropout is at its mean, as in the evaluations of programs.
    """
    total, correct = 0.0, 0
    with torch.no_grad(), _Means():  # type: ignore[no-untyped-call]
        for start in range(0, len(x), rows):
            part = slice(start, start + rows)
            prediction = model(x[part])
            total += float(loss(prediction, y[part])) * len(y[part])
            correct += int((prediction.argmax(-1) == y[part]).sum())
    return total / len(x), correct / y.numel()


class _Means(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Dropout keeps each element's share instead of some elements."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func == torch.ops.aten.bernoulli_.float:
            return args[0].fill_(args[1] if len(args) > 1 else 0.5)
        return func(*args, **(kwargs or {}))
