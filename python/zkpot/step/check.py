"""The check that makes an export worth something: onnxruntime against eager torch.

That an export succeeds says nothing about its numbers. Both sides run two steps from the same
weights: the first on the example batch at the optimizer's rate, the second with the labels
shifted by one sample and another learning rate, so that a batch or a rate baked into the graph
shows. That second rate is large: at a small one, float rounding of the weights would hide a
wrong gradient.

Where rounding turns one ReLU or maximum around, a gradient jumps, on one side and not on the
other. Large models have a place where it does now and then; a wrong step is wrong everywhere. So
what deviates is tried again from other weights near by.
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
from zkpot.step.draws import Refusal, Replay, StillRandom
from zkpot.step.expression import Array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpot.step.draws import Drawn
    from zkpot.step.subject import Subject

# A float32 sum of a weight and its change rounds to within a few units in the last place.
_ROUNDING = 4 * float(np.finfo(np.float32).eps)

# How much further from the exact result than eager float32 an output may be. It matters where
# a gradient is zero but for rounding (a bias before a normalisation, an attention key's bias):
# what torch itself gets there is noise, and Adam blows it up to the size of an update.
_NOISE = 8

# How often what deviates is tried, and by what part weights are moved in between.
_ATTEMPTS, _NEARBY = 3, 2.0**-8

Tensors = dict[str, Array]


def check(
    onnx: bytes, subject: Subject, tolerance: float, draws: Mapping[str, Drawn] | None = None
) -> Parity:
    """Two steps on both sides, with the same noise; from other weights again where they deviate.

    Raises:
        ExportError: an output deviates by more than ``tolerance``; the message names it.

    """
    draws = draws or {}
    session = _session(onnx)
    deviations = _compare(session, subject, draws, attempt=0)
    for attempt in range(1, _ATTEMPTS):
        if max(deviations.values()) <= tolerance:
            break
        again = _compare(session, subject, draws, attempt)
        deviations = {name: min(found, again[name]) for name, found in deviations.items()}
    worst = max(deviations, key=deviations.__getitem__)
    error = deviations[worst]
    if error > tolerance:
        raise ExportError(
            f"the exported step does not compute what torch does: {worst} deviates by "
            f"{error:.1e} with a tolerance of {tolerance:.0e}; please report the model as a bug, "
            "or raise the tolerance if the step itself is that sensitive to rounding."
        )
    if draws:
        _check_means(session, subject, draws, tolerance)
    return Parity(error, tolerance, worst)


def _compare(
    session: onnxruntime.InferenceSession,
    subject: Subject,
    draws: Mapping[str, Drawn],
    attempt: int,
) -> dict[str, float]:
    """The larger deviation of each output in two steps; the first attempt is at the weights."""
    eager = _Eager(subject, draws, torch.float32)
    precise = _Eager(subject, draws, torch.float64)
    inputs = {name: value.numpy().copy() for name, value in subject.inputs.items()}
    if attempt:
        moved = eager.move(attempt)
        precise.take(moved)
        inputs.update(moved)
    deviations: dict[str, float] = {}
    for number in range(2):
        inputs |= {name: drawn.sample(number).numpy() for name, drawn in draws.items()}
        before = dict(inputs)
        expected = eager.step(inputs)
        exact = _attempt(precise, inputs)
        found = _run(session, inputs)
        for name, value in expected.items():
            deviation = _deviation(name, value, exact.get(name, value), found, before)
            # A NaN deviates from everything, and compares as if it did not.
            deviation = float("inf") if np.isnan(deviation) else deviation
            deviations[name] = max(deviation, deviations.get(name, 0.0))
        inputs = _next(inputs, found)
        eager.adopt(inputs)
        if exact:
            precise.adopt(inputs)
    return deviations


def _check_means(
    session: onnxruntime.InferenceSession,
    subject: Subject,
    draws: Mapping[str, Drawn],
    tolerance: float,
) -> None:
    """Evaluations take the mean of all that is drawn, which has to be the model without dropout."""
    inputs = {name: value.numpy() for name, value in subject.inputs.items()}
    for name, drawn in draws.items():
        inputs[name] = np.full(drawn.shape, drawn.draw.probability, np.float32)
    found = _run(session, inputs)[names.PREDICTION]
    model = copy.deepcopy(subject.model).eval()
    for module in model.modules():
        # The prediction of a step is made with the batch's statistics.
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.train()
    try:
        with torch.no_grad(), Refusal():  # type: ignore[no-untyped-call]
            expected = model(subject.inputs[names.X]).numpy()
    except StillRandom:
        return  # The model has no other prediction that could be meant.
    difference = _norm(found.astype(np.float64) - expected)
    if not difference <= tolerance * _norm(expected):
        raise ExportError(
            "the model predicts something else in eval mode than with all that it draws at its "
            f"mean, which evaluations take (a deviation of {difference / _norm(expected):.1e}): "
            "use dropout that is nothing in eval mode and keeps each element's mean, unlike "
            "alpha dropout."
        )


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


def _attempt(precise: _Eager, inputs: Tensors) -> Tensors:
    """Step in float64, where the model allows it; one that insists on float32 gets no allowance."""
    try:
        return precise.step(inputs)
    except Exception:
        return {}


class _Eager:
    """The user's own step: backward() and the real optimizer on a copy of the model."""

    def __init__(self, subject: Subject, draws: Mapping[str, Drawn], dtype: torch.dtype) -> None:
        self._draws = draws
        self._subject = subject
        self._dtype = dtype
        self._model, self._optimizer = copy.deepcopy((subject.model, subject.optimizer))
        if dtype != torch.float32:
            self._model.to(dtype)
            for state in self._optimizer.state.values():
                state.update({k: self._cast(v) for k, v in state.items() if torch.is_tensor(v)})
        self._parameters = dict(self._model.named_parameters())
        self._buffers = dict(self._model.named_buffers())

    def move(self, seed: int) -> Tensors:
        """Move the parameters a little; returns them by input name."""
        random = np.random.default_rng(seed)
        with torch.no_grad():
            for parameter in self._parameters.values():
                factors = random.uniform(1 - _NEARBY, 1 + _NEARBY, tuple(parameter.shape))
                parameter.mul_(torch.from_numpy(np.asarray(factors, np.float32)))
        parameters = self._parameters.items()
        return {names.parameter(name): p.detach().numpy().copy() for name, p in parameters}

    def take(self, parameters: Mapping[str, Array]) -> None:
        """Go on from these parameters."""
        with torch.no_grad():
            for name, parameter in self._parameters.items():
                parameter.copy_(torch.from_numpy(parameters[names.parameter(name)]))

    def adopt(self, inputs: Mapping[str, Array]) -> None:
        """Go on from these weights and states, so that rounding does not add up over steps."""
        with torch.no_grad():
            for name, value in self._tensors().items():
                value.copy_(torch.from_numpy(inputs[name].copy()))

    def _tensors(self) -> dict[str, torch.Tensor]:
        """Return parameters, buffers and states by input name."""
        return {
            **{names.parameter(name): p for name, p in self._parameters.items()},
            **{names.buffer(name): self._buffers[name] for name in self._subject.buffers},
            **{
                names.state(key, name): self._optimizer.state[self._parameters[name]][key]
                for name, keys in self._subject.state_keys.items()
                for key in keys
            },
        }

    def step(self, inputs: Mapping[str, Array]) -> Tensors:
        """One step at the rates and on the batch in ``inputs``; returns all named outputs."""
        for index, group in enumerate(self._optimizer.param_groups):
            rate = float(inputs[names.learning_rate(index)])
            group["lr"] = torch.tensor(rate) if torch.is_tensor(group["lr"]) else rate
        self._optimizer.zero_grad()
        x, y = (self._cast(torch.from_numpy(inputs[name].copy())) for name in (names.X, names.Y))
        with Replay({name: drawn.below for name, drawn in self._draws.items()}, inputs):
            prediction = self._model(x)
            loss = self._subject.loss_fn(prediction, y)
            loss.backward()  # type: ignore[no-untyped-call]
        trained = [p for p in self._parameters.values() if p.requires_grad]
        self._subject.clipping.apply(trained)
        shown = {names.PREDICTION: prediction.detach(), names.LOSS: loss.detach()}
        self._optimizer.step()
        shown.update({names.new(name): value for name, value in self._tensors().items()})
        return {name: value.detach().numpy().copy() for name, value in shown.items()}

    def _cast(self, value: torch.Tensor) -> torch.Tensor:
        return value.to(self._dtype) if value.is_floating_point() else value


def _deviation(name: str, expected: Array, exact: Array, found: Tensors, before: Tensors) -> float:
    """Return the difference, relative to the change; 0 where rounding explains it.

    ``expected`` is eager torch in float32, ``exact`` in float64.
    """
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
    difference, size = _norm(got - wanted), _norm(wanted)
    if not np.isfinite(difference):
        return float("inf")
    explained = _ROUNDING * size
    if name not in (names.LOSS, names.PREDICTION):
        explained += _NOISE * _norm(wanted - exact)
    if difference <= explained:
        return 0.0
    change = size if old is None else _norm(wanted - old)
    return (difference - explained) / change if change > 0 else float("inf")


def _norm(value: Array) -> float:
    """Return the Euclidean norm: one element that rounding turned around must not decide."""
    return float(np.sqrt(np.square(value, dtype=np.float64).sum()))


def _next(inputs: Tensors, found: Tensors) -> Tensors:
    following = {name: found.get(names.new(name), value) for name, value in inputs.items()}
    following[names.Y] = np.roll(inputs[names.Y], 1, axis=0)
    for name, value in inputs.items():
        if name.startswith("lr."):
            following[name] = np.asarray(value * 0.5 + 1, np.float32)
    return following
