"""What a step draws at random becomes inputs, and the step computes what torch does with them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from zkpot.artifacts.draw import Draw  # noqa: E402
from zkpot.errors import ExportError  # noqa: E402
from zkpot.step import Step, export_step  # noqa: E402
from zkpot.step.draws import Replay  # noqa: E402


class Masked(nn.Module):
    """A dense layer, something random, and another dense layer."""

    def __init__(self, change) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.first, self.last, self.change = nn.Linear(5, 8), nn.Linear(8, 3), change

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.first(x)
        return self.last(self.change(hidden) if self.training else hidden)


def exported(model: nn.Module, batches) -> Step:
    batch = batches(1, 6, 5, classes=3)[0]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return export_step(model, functional.cross_entropy, optimizer, batch)


def inputs(step: Step) -> dict[str, list[int]]:
    return {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in step.model.graph.input
        if value.name.startswith("bernoulli.")
    }


def rows(x: torch.Tensor) -> torch.Tensor:
    return functional.dropout2d(x.view(6, 2, 2, 2), 0.25).view(6, 8)


CASES = {
    "dropout": (lambda x: functional.dropout(x, 0.1), {"bernoulli.0.29491.15": [6, 8]}),
    "half": (lambda x: functional.dropout(x, 0.5), {"bernoulli.0.1.1": [6, 8]}),
    "channels": (rows, {"bernoulli.0.3.2": [6, 2, 1, 1]}),
    "native": (lambda x: torch.native_dropout(x, 0.25, True)[0], {"bernoulli.0.3.2": [6, 8]}),
    "twice": (
        lambda x: functional.dropout(functional.dropout(x, 0.5), 0.25),
        {"bernoulli.0.1.1": [6, 8], "bernoulli.1.3.2": [6, 8]},
    ),
    "bernoulli": (
        lambda x: 2 * x * torch.bernoulli(torch.full((6, 8), 0.5)),
        {"bernoulli.0.1.1": [6, 8]},
    ),
    "bernoulli of a number": (
        lambda x: 4 * x * torch.bernoulli(torch.zeros(8), p=0.25),
        {"bernoulli.0.1.2": [8]},
    ),
    "below": (lambda x: 4 * x * (torch.rand_like(x) < 0.25), {"bernoulli.0.1.2": [6, 8]}),
    "a choice": (
        lambda x: torch.where(torch.rand_like(x) < 0.25, 4 * x, torch.zeros(())),
        {"bernoulli.0.1.2": [6, 8]},
    ),
    "above": (lambda x: 4 * x * (torch.rand(6, 8) >= 0.75), {"bernoulli.0.1.2": [6, 8]}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_drawn_becomes_an_input(name: str, batches) -> None:
    """The export itself compares with eager torch, forward and backward, on the same noise."""
    change, expected = CASES[name]
    step = exported(Masked(change), batches)
    assert inputs(step) == expected
    assert step.parity is not None
    assert {step.roles["inputs"][n]["role"] for n in expected} == {"bernoulli"}


def test_noise_that_is_drawn_backwards_is_an_input_too(batches) -> None:
    class Other(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return functional.dropout(x, 0.5)

        @staticmethod
        def backward(ctx, gradient):
            return functional.dropout(gradient, 0.5)

    step = exported(Masked(Other.apply), batches)
    assert inputs(step) == {"bernoulli.0.1.1": [6, 8], "bernoulli.1.1.1": [6, 8]}


@pytest.mark.parametrize("lost", [0, 1])
def test_the_check_notices_other_noise(lost: int, batches, monkeypatch) -> None:
    """Eager torch with other noise in one place, forward or backward, deviates."""
    drawn = Replay._next

    def other(self: Replay) -> torch.Tensor:
        last = len(self._left) == 2 - lost
        return 1 - drawn(self) if last else drawn(self)

    monkeypatch.setattr(Replay, "_next", other)
    with pytest.raises(ExportError, match="does not compute what torch does"):
        exported(Masked(CASES["twice"][0]), batches)


def test_equal_models_have_equal_bytes(batches) -> None:
    change = CASES["twice"][0]
    assert exported(Masked(change), batches).onnx == exported(Masked(change), batches).onnx


def test_probabilities_are_rounded_to_sixteen_places() -> None:
    assert Draw.of(3, 0.5).name == "bernoulli.3.1.1"
    assert abs(Draw.of(0, 0.9).probability - 0.9) <= 2.0**-17
    for probability in (0.0, 1.0, -0.5, 1e-6, 1 - 1e-6, float("nan")):
        with pytest.raises(ValueError, match="a probability of"):
            Draw.of(0, probability)


@pytest.mark.parametrize(
    "name", ["bernoulli.0.2.2", "bernoulli.0.5.2", "bernoulli.0.1.17", "bernoulli.0.1", "x"]
)
def test_names_that_declare_no_random_tensor(name: str) -> None:
    with pytest.raises(ValueError, match="is no random tensor"):
        Draw.parse(name)


def test_samples_are_as_frequent_as_declared() -> None:
    draw = Draw.of(1, 0.9)
    sample = draw.sample(0, [100, 1000])
    assert set(np.unique(sample)) == {0.0, 1.0}
    assert abs(sample.mean() - 0.9) < 5 * (0.09 / 1e5) ** 0.5
    assert (draw.sample(1, [100, 1000]) != sample).any()
