"""The exporter's own check refuses graphs that do not compute what torch does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from onnx import numpy_helper
from torch.nn import functional

from zkpot.errors import ExportError
from zkpot.step import check, export_step
from zkpot.step.clipping import Clipping
from zkpot.step.decompose import losses
from zkpot.step.export import DEFAULT_TOLERANCE
from zkpot.step.subject import examine


@pytest.fixture
def digits(network, batches):
    """Arguments of an export: model, loss, optimizer, batch of 8."""
    model = network(5, 4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    return model, functional.cross_entropy, optimizer, batches(1, 8, 5, classes=3)[0]


def tampered(step, change):
    """The step's bytes after ``change`` of its model."""
    model = step.model
    change(model.graph)
    return model.SerializeToString()


def constant_becomes(old, new):
    def change(graph):
        (found,) = [
            entry
            for entry in graph.initializer
            if entry.name.startswith("c") and list(entry.dims) == []
            if numpy_helper.to_array(entry) == np.float32(old)
        ]
        found.CopyFrom(numpy_helper.from_array(np.array(new, np.float32), found.name))

    return change


@pytest.mark.parametrize(
    ("change", "worst"),
    [
        # The factor N that torch's own export loses: N = 8.
        (constant_becomes(1 / 8, 1.0), "new"),
        (constant_becomes(-1 / 8, -1.0), "loss"),
        (constant_becomes(0.9, 0.899), "new"),
        (constant_becomes(1e-3, 0.9e-3), "new"),
    ],
    ids=["gradient", "loss", "momentum", "decay"],
)
def test_a_wrong_number_is_refused(digits, change, worst):
    step = export_step(*digits)
    subject = examine(*digits, Clipping())
    assert check.check(step.onnx, subject, DEFAULT_TOLERANCE).error <= DEFAULT_TOLERANCE
    with pytest.raises(ExportError, match=rf"does not compute what torch does: {worst}"):
        check.check(tampered(step, change), subject, DEFAULT_TOLERANCE)


def test_a_rate_that_is_baked_in_is_refused(digits):
    def bake(graph):
        graph.initializer.append(numpy_helper.from_array(np.array(0.1, np.float32), "baked"))
        for node in graph.node:
            node.input[:] = ["baked" if name == "lr.0" else name for name in node.input]

    step = export_step(*digits)
    with pytest.raises(ExportError, match="does not compute what torch does: new"):
        check.check(tampered(step, bake), examine(*digits, Clipping()), DEFAULT_TOLERANCE)


def test_labels_that_are_baked_in_are_refused(digits):
    y = digits[3][1].numpy()

    def bake(graph):
        graph.initializer.append(numpy_helper.from_array(y, "baked"))
        for node in graph.node:
            node.input[:] = ["baked" if name == "y" else name for name in node.input]

    step = export_step(*digits)
    with pytest.raises(ExportError, match="does not compute what torch does"):
        check.check(tampered(step, bake), examine(*digits, Clipping()), DEFAULT_TOLERANCE)


def test_a_swapped_output_is_refused(digits):
    def swap(graph):
        names = {"param.0.weight": "state.momentum_buffer.0.weight"}
        for node in graph.node:
            if node.output[0] == "new.param.0.weight":
                node.input[:] = [names.get(name, name) for name in node.input]

    step = export_step(*digits)
    with pytest.raises(ExportError, match=r"new\.param\.0\.weight"):
        check.check(tampered(step, swap), examine(*digits, Clipping()), DEFAULT_TOLERANCE)


def test_what_deviates_once_is_tried_from_weights_near_by(digits, monkeypatch):
    compare = check._compare
    attempts = []

    def once(session, subject, draws, attempt):
        attempts.append(attempt)
        jump = {"new.param.0.weight": 1.0} if attempt == 0 else {}
        return {**compare(session, subject, draws, attempt), **jump}

    monkeypatch.setattr(check, "_compare", once)
    assert export_step(*digits).parity.error <= DEFAULT_TOLERANCE
    assert attempts == [0, 1]


def test_the_factor_trap_of_nll_is_refused(digits, monkeypatch):
    """The mean's divisor as 1: the loss and every gradient are N times too large."""
    monkeypatch.setattr(losses, "_reduction_factor", lambda reduction, count: 1.0)
    with pytest.raises(ExportError, match="does not compute what torch does"):
        export_step(*digits)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("size", [1, 3, 32])
def test_cross_entropy_gradients_have_torchs_size(network, batches, size, reduction):
    """The trap itself, measured: the update is the gradient, not N times it."""
    onnxruntime = pytest.importorskip("onnxruntime")

    def loss(prediction, y):
        return functional.cross_entropy(prediction, y, reduction=reduction)

    model = network(5, 3)
    x, y = batches(1, size, 5, classes=3)[0]
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    step = export_step(model, loss, optimizer, (x, y))
    session = onnxruntime.InferenceSession(step.onnx, providers=["CPUExecutionProvider"])
    (updated,) = session.run(["new.param.0.weight"], {"x": x.numpy(), "y": y.numpy()})
    loss(model(x), y).backward()
    weight = model[0].weight
    ratio = np.linalg.norm(weight.detach().numpy() - updated) / weight.grad.norm().item()
    assert ratio == pytest.approx(1, rel=1e-4)


def test_tiny_rates_hide_nothing(network, batches):
    """At this rate the weights do not move in float32, and still a wrong gradient shows."""
    model = network(5, 4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-12)
    arguments = (model, functional.cross_entropy, optimizer, batches(1, 8, 5, classes=3)[0])
    step = export_step(*arguments)
    with pytest.raises(ExportError, match=r"new\.param"):
        check.check(
            tampered(step, constant_becomes(1 / 8, 1.0)),
            examine(*arguments, Clipping()),
            DEFAULT_TOLERANCE,
        )


def test_broken_bytes_are_refused(digits):
    with pytest.raises(ExportError, match="onnxruntime refuses the exported step"):
        check.check(b"no model", examine(*digits, Clipping()), DEFAULT_TOLERANCE)
