"""Small networks, and a follower that compares a step with torch on its own terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from zkpot.step import Step  # noqa: E402

Batch = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture
def network() -> Callable[..., nn.Sequential]:
    """network(5, 4, 3) has two dense layers with ReLU between them."""

    def build(*widths: int, bias: bool = True, seed: int = 0) -> nn.Sequential:
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after, bias=bias), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    return build


@pytest.fixture
def batches() -> Callable[..., list[Batch]]:
    """batches(2, 6, 5, classes=3): two batches of six samples with five features and labels."""

    def make(count: int, size: int, *shape: int, classes: int = 0, targets: int = 0) -> list[Batch]:
        generator = torch.Generator().manual_seed(1)
        made = []
        for _ in range(count):
            x = torch.randn(size, *shape, generator=generator)
            y = (
                torch.randint(classes, (size,), generator=generator)
                if classes
                else torch.randn(size, targets, generator=generator)
            )
            made.append((x, y))
        return made

    return make


@pytest.fixture
def follow() -> Callable[..., None]:
    """follow(step, model, loss, optimizer, batches): assert equality with training in torch.

    Trains ``model`` itself. It shares nothing with the exporter's own check.
    """

    def run(
        step: Step,
        model: nn.Module,
        loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        optimizer: torch.optim.Optimizer,
        data: Sequence[Batch],
        *,
        rates: Sequence[float] | None = None,
        clip: Callable[[Iterable[nn.Parameter]], object] | None = None,
        tolerance: float = 2e-5,
    ) -> None:
        session = onnxruntime.InferenceSession(step.onnx, providers=["CPUExecutionProvider"])
        outputs = [output.name for output in session.get_outputs()]
        # Empty at first: the defaults in the file have to be the initial values.
        carried: dict[str, Any] = {}
        for index, (x, y) in enumerate(data):
            if rates is not None:
                for group in optimizer.param_groups:
                    group["lr"] = rates[index]
                carried["lr.0"] = np.array(rates[index], np.float32)
            found = dict(
                zip(
                    outputs,
                    session.run(outputs, {**carried, "x": x.numpy(), "y": y.numpy()}),
                    strict=True,
                )
            )
            optimizer.zero_grad()
            prediction = model(x)
            loss = loss_fn(prediction, y)
            loss.backward()
            if clip is not None:
                clip(model.parameters())
            optimizer.step()
            expected = {
                "prediction": prediction,
                "loss": loss,
                **{f"new.param.{name}": value for name, value in model.named_parameters()},
                **{f"new.buffer.{name}": value for name, value in model.named_buffers()},
            }
            for name, value in expected.items():
                if name in found:
                    np.testing.assert_allclose(
                        found[name],
                        value.detach().numpy(),
                        rtol=tolerance,
                        atol=tolerance,
                        err_msg=f"{name} in step {index}",
                    )
            carried = {
                name.removeprefix("new."): value
                for name, value in found.items()
                if name.startswith("new.")
            }

    return run
