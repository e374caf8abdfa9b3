"""Exported steps train as torch does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from zkpot.step import export_step

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "momentum-decay": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "maximize": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, maximize=True),
    "tensor-rate": lambda p: torch.optim.SGD(p, lr=torch.tensor(0.1)),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True, weight_decay=0.05),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "rmsprop-centered": lambda p: torch.optim.RMSprop(p, lr=0.01, centered=True, momentum=0.9),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.01, initial_accumulator_value=0.1),
}

WEIGHTS = torch.tensor([0.5, 2.0, 1.0])

LOSSES = {
    "mse": (nn.MSELoss(), {"targets": 3}),
    "mse-sum": (nn.MSELoss(reduction="sum"), {"targets": 3}),
    "squared": (lambda o, y: ((o - y) ** 2).sum() / 2, {"targets": 3}),
    "cross-entropy": (functional.cross_entropy, {"classes": 3}),
    "cross-entropy-sum": (nn.CrossEntropyLoss(reduction="sum"), {"classes": 3}),
    "nll": (lambda o, y: functional.nll_loss(functional.log_softmax(o, 1), y), {"classes": 3}),
    "weights": (nn.CrossEntropyLoss(weight=WEIGHTS), {"classes": 3}),
    "weights-sum": (nn.CrossEntropyLoss(weight=WEIGHTS, reduction="sum"), {"classes": 3}),
    "ignored": (nn.CrossEntropyLoss(ignore_index=1), {"classes": 3}),
    "ignored-weights": (nn.CrossEntropyLoss(weight=WEIGHTS, ignore_index=2), {"classes": 3}),
    "ignored-sum": (nn.CrossEntropyLoss(ignore_index=0, reduction="sum"), {"classes": 3}),
    "each": (
        lambda o, y: (functional.cross_entropy(o, y, reduction="none") * o.abs().sum(1)).mean(),
        {"classes": 3},
    ),
    "squared-each": (
        lambda o, y: (functional.mse_loss(o, y, reduction="none") * y.abs()).mean(),
        {"targets": 3},
    ),
    "picked": (
        lambda o, y: -functional.log_softmax(o, 1).gather(1, y[:, None]).mean(),
        {"classes": 3},
    ),
    "positions": (
        lambda o, y: functional.cross_entropy(o.unflatten(0, (2, 3)).mT, y.unflatten(0, (2, 3))),
        {"classes": 3},
    ),
    "smoothing-weights": (
        nn.CrossEntropyLoss(weight=WEIGHTS, label_smoothing=0.1),
        {"classes": 3},
    ),
    "smoothing": (nn.CrossEntropyLoss(label_smoothing=0.1), {"classes": 3}),
    "probabilities": (
        lambda o, y: functional.cross_entropy(o, y.softmax(1)),
        {"targets": 3},
    ),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers(optimizer, network, batches, follow):
    model = network(5, 4, 3)
    data = batches(3, 6, 5, classes=3)
    made = OPTIMIZERS[optimizer](model.parameters())
    step = export_step(model, functional.cross_entropy, made, data[0])
    follow(step, model, functional.cross_entropy, made, data)


@pytest.mark.parametrize("label", [-100, -1, 3])
@pytest.mark.parametrize("weight", [None, WEIGHTS])
def test_a_label_that_is_no_class_is_ignored(label, weight, network, batches, follow):
    model = network(5, 4, 3)
    data = batches(2, 6, 5, classes=3)
    for _, y in data:
        y[2] = label
    function = nn.CrossEntropyLoss(weight=weight, ignore_index=label)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    step = export_step(model, function, optimizer, data[0])
    follow(step, model, function, optimizer, data)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss, bias, network, batches, follow):
    function, kind = LOSSES[loss]
    model = network(5, 4, 3, bias=bias)
    data = batches(2, 6, 5, **kind)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    step = export_step(model, function, optimizer, data[0])
    follow(step, model, function, optimizer, data)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "widths", [(5, 3), (5, 4, 3), (5, 4, 6, 4, 3), (5, *[4] * 8, 3), (1, 1, 1)]
)
def test_depths(widths, bias, network, batches, follow):
    model = network(*widths, bias=bias)
    data = batches(2, 6, widths[0], targets=widths[-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    step = export_step(model, nn.MSELoss(), optimizer, data[0])
    follow(step, model, nn.MSELoss(), optimizer, data)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_batch_sizes(size, network, batches, follow):
    model = network(5, 4, 3)
    data = batches(2, size, 5, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    follow(step, model, functional.cross_entropy, optimizer, data)


def test_the_rate_is_an_input(network, batches, follow):
    model = network(5, 4, 3)
    data = batches(3, 6, 5, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    rates = [0.3, 0.02, 0.0]
    follow(step, model, functional.cross_entropy, optimizer, data, rates=rates)


@pytest.mark.parametrize(
    ("option", "bound", "clip"),
    [
        ("clip_grad_norm", 0.05, nn.utils.clip_grad_norm_),
        ("clip_grad_value", 0.02, nn.utils.clip_grad_value_),
    ],
)
def test_clipping(option, bound, clip, network, batches, follow):
    model = network(5, 4, 3)
    data = batches(3, 6, 5, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, functional.cross_entropy, optimizer, data[0], **{option: bound})
    follow(
        step,
        model,
        functional.cross_entropy,
        optimizer,
        data,
        clip=lambda parameters: clip(parameters, bound),
    )


def test_groups_and_frozen_parameters(network, batches, follow):
    model = network(5, 4, 4, 3)
    model[0].weight.requires_grad_(False)
    # No group holds layer 2's bias: it has a gradient that nobody uses.
    optimizer = torch.optim.SGD(
        [
            {"params": [model[0].bias, model[2].weight], "lr": 0.2, "momentum": 0.9},
            {"params": model[4].parameters()},
        ],
        lr=0.01,
        weight_decay=0.1,
    )
    data = batches(3, 6, 5, classes=3)
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    outputs = set(step.roles["outputs"])
    assert "new.param.0.weight" not in outputs
    assert "new.param.2.bias" not in outputs
    assert step.roles["inputs"]["param.0.weight"] == {
        "role": "parameter",
        "torch": "0.weight",
        "trainable": False,
        "next": None,
    }
    assert [group["lr"] for group in step.roles["optimizer"]["groups"]] == ["lr.0", "lr.1"]
    follow(step, model, functional.cross_entropy, optimizer, data)


@pytest.mark.parametrize("dampening", [0.0, 0.3])
def test_state_of_an_optimizer_that_has_stepped(dampening, network, batches, follow):
    model = network(5, 4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, dampening=dampening)
    first, *data = batches(3, 6, 5, classes=3)
    functional.cross_entropy(model(first[0]), first[1]).backward()
    optimizer.step()
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    follow(step, model, functional.cross_entropy, optimizer, data)


def test_functional_layers(batches, follow):
    class Images(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(12, 4), nn.Linear(4, 3)

        def forward(self, x):
            return self.second(functional.relu(self.first(torch.flatten(x, 1))))

    torch.manual_seed(0)
    model = Images()
    data = batches(2, 6, 1, 3, 4, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    follow(step, model, functional.cross_entropy, optimizer, data)


def test_a_tensor_that_is_no_buffer_is_a_constant(network, batches, follow):
    scale = torch.tensor([1.0, 2.0, 4.0])

    def loss(prediction, y):
        return functional.cross_entropy(prediction * scale, y)

    model = network(5, 4, 3)
    data = batches(2, 6, 5, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    follow(export_step(model, loss, optimizer, data[0]), model, loss, optimizer, data)


def test_a_buffer_that_is_not_saved_is_a_constant_unless_it_changes(network, batches, follow):
    class Masked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network(5, 4, 3)
            self.register_buffer("mask", torch.tensor([1.0, 0.0, 2.0]), persistent=False)
            self.register_buffer("calls", torch.zeros(1), persistent=False)
            self.register_buffer("saved", torch.ones(3))

        def forward(self, x):
            self.calls += 1
            return self.network(x) * self.mask * self.saved + self.calls

    model = Masked()
    data = batches(2, 6, 5, classes=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, functional.cross_entropy, optimizer, data[0])
    inputs = {name for name in step.roles["inputs"] if name.startswith("buffer.")}
    assert inputs == {"buffer.calls", "buffer.saved"}
    follow(step, model, functional.cross_entropy, optimizer, data)


def test_nothing_given_is_changed(network, batches):
    model = network(5, 4, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    groups = [dict(group) for group in optimizer.param_groups]
    x, y = batches(1, 6, 5, classes=3)[0]
    untouched = x.clone(), y.clone()
    generator = torch.get_rng_state()
    export_step(model, functional.cross_entropy, optimizer, (x, y))
    assert all(map(torch.equal, before, model.parameters()))
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not optimizer.state
    assert optimizer.param_groups == groups
    assert torch.equal(x, untouched[0])
    assert torch.equal(y, untouched[1])
    assert torch.equal(generator, torch.get_rng_state())


def test_parity_is_stated(network, batches):
    model = network(5, 4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(
        model, functional.cross_entropy, optimizer, batches(1, 6, 5, classes=3)[0], tolerance=1e-3
    )
    assert step.parity is not None
    assert 0 <= step.parity.error <= 1e-3 == step.parity.tolerance
    assert step.parity.worst in step.roles["outputs"]


def test_accuracy_can_be_measured(network, batches):
    onnxruntime = pytest.importorskip("onnxruntime")
    model = network(5, 4, 3)
    x, y = batches(1, 6, 5, classes=3)[0]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = export_step(model, functional.cross_entropy, optimizer, (x, y))
    session = onnxruntime.InferenceSession(step.onnx, providers=["CPUExecutionProvider"])
    (prediction,) = session.run(["prediction"], {"x": x.numpy(), "y": y.numpy()})
    np.testing.assert_allclose(prediction, model(x).detach().numpy(), rtol=1e-5, atol=1e-6)
