"""The check that makes an export worth something: onnxruntime against eager torch.

That an export succeeds says nothing about its numbers. Both sides run two steps from the same
weights: the first on the example batch at the optimizer's rate, the second with the labels
shifted by one sample and another learning rate, so that a batch or a rate baked into the graph
shows. That second rate is large: at a small one, float rounding of the weights would hide a
wrong gradient.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import torch

from zkpot.errors import ExportError
from zkpot.step import names
from zkpot.step.artifact import Parity
from zkpot.step.expression import Array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.step.subject import Subject

TOLERANCE = 1e-3

# A float32 sum of a weight and its change rounds to within a few units in the last place.
_ROUNDING = 4 * float(np.finfo(np.float32).eps)

Tensors = dict[str, Array]


def check(onnx: bytes, subject: Subject, tolerance: float) -> Parity:
    """Two steps on both sides.

    Raises:
        ExportError: an output deviates by more than ``tolerance``; the message names it.

    """
    session = _session(onnx)
    eager = _Eager(subject)
    inputs = {name: value.numpy().copy() for name, value in subject.inputs.items()}
    error, worst = 0.0, names.LOSS
    for _ in range(2):
        before = dict(inputs)
        expected = eager.step(inputs)
        found = _run(session, inputs)
        for name, value in expected.items():
            deviation = _deviation(name, value, found, before)
            # A NaN deviates from everything, and compares as if it did not.
            if not deviation <= error:
                error, worst = deviation, name
        inputs = _next(inputs, found)
    if not error <= tolerance:
        raise ExportError(
            f"the exported step does not compute what torch does: {worst} deviates by "
            f"{error:.1e} with a tolerance of {tolerance:.0e}; please report the model as a bug, "
            "or raise the tolerance if the step itself is that sensitive to rounding."
        )
    return Parity(error, tolerance, worst)


def _session(onnx: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The check is of the graph as it is written, not of what an optimizer makes of it.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ExportError(
            f"onnxruntime refuses the exported step ({error}): please report it as a bug."
        ) from error


def _run(session: onnxruntime.InferenceSession, inputs: Tensors) -> Tensors:
    outputs = [output.name for output in session.get_outputs()]
    values: list[Any] = list(session.run(outputs, inputs))
    return dict(zip(outputs, values, strict=True))


class _Eager:
    """The user's own step: backward() and the real optimizer on a copy of the model."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._model, self._optimizer = copy.deepcopy((subject.model, subject.optimizer))
        self._parameters = dict(self._model.named_parameters())

    def step(self, inputs: Mapping[str, Array]) -> Tensors:
        """One step at the rates and on the batch in ``inputs``; returns all named outputs."""
        for index, group in enumerate(self._optimizer.param_groups):
            rate = float(inputs[names.learning_rate(index)])
            group["lr"] = torch.tensor(rate) if torch.is_tensor(group["lr"]) else rate
        self._optimizer.zero_grad()
        x = torch.from_numpy(inputs[names.X].copy())
        prediction = self._model(x)
        loss = self._subject.loss_fn(prediction, torch.from_numpy(inputs[names.Y].copy()))
        loss.backward()  # type: ignore[no-untyped-call]
        if self._subject.clip_grad_norm is not None:
            trained = [p for p in self._parameters.values() if p.requires_grad]
            torch.nn.utils.clip_grad_norm_(trained, self._subject.clip_grad_norm)
        shown = {names.PREDICTION: prediction.detach(), names.LOSS: loss.detach()}
        self._optimizer.step()
        states = {
            names.state(key, name): self._optimizer.state[self._parameters[name]][key]
            for name, keys in self._subject.state_keys.items()
            for key in keys
        }
        after = {
            **{names.parameter(name): p for name, p in self._parameters.items()},
            **{names.buffer(name): b for name, b in self._model.named_buffers()},
            **states,
        }
        shown.update({names.new(name): value for name, value in after.items()})
        return {name: value.detach().numpy().copy() for name, value in shown.items()}


def _deviation(name: str, expected: Array, found: Tensors, before: Tensors) -> float:
    """Largest difference, relative to the change; 0 where rounding alone explains it."""
    source = name.removeprefix("new.")
    old = before.get(source)
    # An input without a ``new.`` output is one that the step leaves as it is.
    actual = found.get(name, old)
    assert actual is not None
    if actual.shape != expected.shape:
        return float("inf")
    if expected.dtype.kind != "f":
        return 0.0 if np.array_equal(actual, expected) else float("inf")
    wanted, got = expected.astype(np.float64), actual.astype(np.float64)
    if wanted.size == 0:
        return 0.0
    difference = float(np.abs(got - wanted).max())
    if not np.isfinite(difference):
        return float("inf")
    size = float(np.abs(wanted).max())
    change = size if old is None else float(np.abs(wanted - old).max())
    excess = difference - _ROUNDING * max(size, 1e-30)
    if excess <= 0:
        return 0.0
    return excess / change if change > 0 else float("inf")


def _next(inputs: Tensors, found: Tensors) -> Tensors:
    following = {name: found.get(names.new(name), value) for name, value in inputs.items()}
    following[names.Y] = np.roll(inputs[names.Y], 1, axis=0)
    for name, value in inputs.items():
        if name.startswith("lr."):
            following[name] = np.asarray(value * 0.5 + 1, np.float32)
    return following
